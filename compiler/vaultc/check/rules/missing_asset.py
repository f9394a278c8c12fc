"""VC204: an image or attachment that is not there."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, hint, quoted, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Resolution, Unresolved


def check(vault: Vault, note: Note, reference: Reference, resolution: Resolution) -> Iterator[Diagnostic]:
    """A finding when a file that is no note is not in the vault."""
    if not (isinstance(resolution, Unresolved) and resolution.missing == "asset"):
        return
    near = resolution.suggestions
    help = hint(near, "put the file into the vault, or correct its name")
    message = f"no file {quoted(resolution.name)}"
    yield report("VC204", message, note.path, reference.span, help=help, suggestions=near)
