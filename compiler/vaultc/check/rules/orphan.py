"""VC301: a note that no other links to."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.resolve.pages import url


def check(vault: Vault, note: Note) -> Iterator[Diagnostic]:
    """A finding for a published note without a link from another; a folder's index needs none."""
    if not note.published or not vault.published.isdisjoint(vault.sources.get(note.path, ())):
        return
    if url(note.path) not in ("", f"{note.folder}/"):
        yield report("VC301", "no note links here", note.path, help="link to it from a note on a near topic")
