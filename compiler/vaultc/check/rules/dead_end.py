"""VC302: a note that links to no other."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault
from vaultc.model import Note


def check(vault: Vault, note: Note) -> Iterator[Diagnostic]:
    """A finding for a published note none of whose links reaches another note that readers see."""
    if note.published and vault.published.isdisjoint(vault.ends[note.path]):
        help = "link to the notes that a reader would turn to next"
        yield report("VC302", "links to no other note", note.path, help=help)
