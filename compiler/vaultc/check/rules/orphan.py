"""VC301: a note that no other links to."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault
from vaultc.resolve.pages import url


def check(vault: Vault) -> Iterator[Diagnostic]:
    """A finding for each published note without a link from another; a folder's index needs none."""
    linked = frozenset[str]().union(*vault.successors.values())
    for path, note in vault.notes.items():
        if note.published and path not in linked and url(path) not in ("", f"{note.folder}/"):
            yield report("VC301", "no note links here", path, help="link to it from a note on a near topic")
