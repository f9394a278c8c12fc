"""VC302: a note that links to no other."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault


def check(vault: Vault) -> Iterator[Diagnostic]:
    """A finding for each published note none of whose links reaches another note."""
    notes = vault.notes.keys()
    for path, ends in vault.successors.items():
        if notes.isdisjoint(ends):
            yield report(
                "VC302", "links to no other note", path, help="link to the notes that a reader would turn to next"
            )
