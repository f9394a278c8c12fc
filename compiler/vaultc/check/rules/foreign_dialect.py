"""VC209: links written the other way round, `[[label|target]]`, as Dendron writes them."""

from collections.abc import Iterable
from dataclasses import dataclass

from vaultc.diagnostics import Diagnostic, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Resolution, Unresolved, names
from vaultc.text import Span

_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Foreign:
    """One finding for the vault, and the links (path, start) that it speaks for."""

    finding: Diagnostic
    links: frozenset[tuple[str, int]]


def check(vault: Vault, odd: Iterable[tuple[Note, Reference, Resolution]]) -> Foreign | None:
    """A finding when at least three links with a label name a note only by the label, and they outnumber those that resolve.
    `odd` are the references of the vault, or those of them that do not simply resolve."""
    reversed_: list[tuple[str, Span]] = []
    for note, reference, resolution in odd:
        if reference.label is None or reference.kind != "link":
            continue
        if isinstance(resolution, Unresolved) and resolution.missing == "note":
            name = reference.label.partition("#")[0].strip()
            found = names.find(vault.index, name, note.folder) if name else None
            if isinstance(found, names.Found) and found.via == "name":
                reversed_.append((note.path, reference.span))
    if len(reversed_) < _ENOUGH:
        return None
    straight = sum(
        reference.label is not None and reference.kind == "link" and not isinstance(resolution, Unresolved)
        for _, reference, resolution in vault.references()
    )
    if len(reversed_) <= straight:
        return None
    path, span = reversed_[0]
    message = f"{len(reversed_)} links are written `[[label|note]]`"
    help = "write `[[note|label]]`: this order is Dendron's, and no link of it resolves here"
    finding = report("VC209", message, path, span, help=help)
    return Foreign(finding, frozenset((p, s.start) for p, s in reversed_))
