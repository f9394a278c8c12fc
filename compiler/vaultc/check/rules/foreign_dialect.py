"""VC209: links written the other way round, `[[label|target]]`, as Dendron writes them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Ambiguous, Resolution, Resolved, names
from vaultc.text import Span

_ENOUGH = 3


class Tally(NamedTuple):
    """How a note writes its links with a label: those whose label is the name of a note and the target is none, and how many
    whose target is a name."""

    turned: tuple[Span, ...]
    straight: int


def speaks_for(reference: Reference, resolution: Resolution) -> bool:
    """Whether a link has a label, and what stands where the name belongs is none: a title or an alias is what readers see."""
    if reference.label is None or reference.kind != "link":
        return False
    chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
    return chosen.via in ("alias", "title") if isinstance(chosen, Resolved) else chosen.missing == "note"


def gather(vault: Vault, note: Note) -> Tally | None:
    """How the note writes its links."""
    turned = []
    straight = 0
    pairs = zip(note.references, vault.links[note.path], strict=True)
    for reference, resolution in [(it, meant) for it, meant in pairs if it.label is not None and it.kind == "link"]:
        if isinstance(resolution, Resolved) and resolution.via == "name":
            straight += 1
        elif speaks_for(reference, resolution) and _is_name(vault, note, reference.label or ""):
            turned.append(reference.span)
    return Tally(tuple(turned), straight) if turned or straight else None


def check(tallies: Mapping[str, Tally]) -> Iterator[Diagnostic]:
    """One finding for the vault when at least three links with a label name a note only by the label, and more do than by the
    target."""
    turned = sum(len(tally.turned) for tally in tallies.values())
    if turned < _ENOUGH or turned <= sum(tally.straight for tally in tallies.values()):
        return
    path = min(path for path, tally in tallies.items() if tally.turned)
    message = f"{turned} links are written `[[label|note]]`"
    help = "write `[[note|label]]`: this order is Dendron's, and here none of these links reaches its note by name"
    yield report("VC209", message, path, tallies[path].turned[0], help=help)


def _is_name(vault: Vault, note: Note, label: str) -> bool:
    name = label.partition("#")[0].strip()
    found = names.find(vault.index, name, note.folder) if name else None
    return isinstance(found, names.Found) and found.via == "name"
