"""VC203: a link to a block id that the note does not have."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, hint, quoted, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Ambiguous, Resolution, Unresolved


def check(vault: Vault, note: Note, reference: Reference, resolution: Resolution) -> Iterator[Diagnostic]:
    """A finding when the note is there and no block of it has the id."""
    if isinstance(resolution, Ambiguous):
        resolution = resolution.chosen
    if not (isinstance(resolution, Unresolved) and resolution.missing == "block"):
        return
    where = "this note" if resolution.path == note.path else quoted(resolution.path or "")
    near = resolution.suggestions
    help = hint(near, "give the block that id, or link to the note alone")
    message = f"no block {quoted(resolution.name)} in {where}"
    yield report("VC203", message, note.path, reference.span, help=help, suggestions=near)
