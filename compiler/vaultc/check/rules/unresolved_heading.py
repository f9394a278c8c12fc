"""VC202: a link to a heading that the note does not have."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, hint, quoted, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Ambiguous, Resolution, Unresolved


def check(vault: Vault, note: Note, reference: Reference, resolution: Resolution) -> Iterator[Diagnostic]:
    """A finding when the note is there and the heading is not."""
    if isinstance(resolution, Ambiguous):
        resolution = resolution.chosen
    if not (isinstance(resolution, Unresolved) and resolution.missing == "heading"):
        return
    where = "this note" if resolution.path == note.path else quoted(resolution.path or "")
    near = resolution.suggestions
    help = hint(near, "add the heading, or link to the note alone")
    message = f"no heading {quoted(resolution.name)} in {where}"
    yield report("VC202", message, note.path, reference.span, help=help, suggestions=near)
