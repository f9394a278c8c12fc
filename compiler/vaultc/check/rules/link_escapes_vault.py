"""VC207: a link that leads out of the vault."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, quoted, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Resolution, Unresolved


def check(vault: Vault, note: Note, reference: Reference, resolution: Resolution) -> Iterator[Diagnostic]:
    """A finding when the path climbs above the vault's root; what lies there is never looked at."""
    if not (isinstance(resolution, Unresolved) and resolution.missing == "outside"):
        return
    message = f"{quoted(resolution.name)} leads out of the vault"
    help = "link to a note of the vault, or give a web address"
    yield report("VC207", message, note.path, reference.span, help=help)
