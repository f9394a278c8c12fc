"""VC210: a public note links to one that is not published, or to such a file."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, quoted, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Ambiguous, Resolution, Resolved, unpublished


def check(vault: Vault, note: Note, reference: Reference, resolution: Resolution) -> Iterator[Diagnostic]:
    """A finding when the target exists and has no page; the site shows the link's label or a neutral word."""
    chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
    if not isinstance(chosen, Resolved) or not note.published:
        return
    if unpublished.withheld(chosen, vault.project.config.html == "trusted"):
        message = f"{quoted(chosen.path)} would be more than a file in a site, and is not published"
        help = 'rename the file, or link to where it is on the web; `html = "trusted"` publishes your own'
        yield report("VC210", message, note.path, reference.span, help=help)
        return
    if not unpublished.hides(vault.notes, chosen):
        return
    why = "is left out of the vault" if chosen.kind == "hidden" else "is not published"
    message = f"{quoted(reference.target)} {why}"
    help = "publish the note, or remove the link: readers see only its label"
    yield report("VC210", message, note.path, reference.span, help=help)
