"""VC208: a note that embeds itself, by way of others or directly."""

from collections.abc import Iterator
from itertools import pairwise

from vaultc.diagnostics import Diagnostic, Label, quoted, report
from vaultc.graph import Vault, target
from vaultc.model import Reference
from vaultc.resolve import Ambiguous, Resolution, Resolved


def check(vault: Vault) -> Iterator[Diagnostic]:
    """One finding for each group of notes that embed each other in a circle, at the embed that closes it.

    Whole notes and sections are followed alike; a section that embeds another section of its own note is no circle unless
    it lies in what it embeds.
    """
    embeds: dict[str, list[tuple[Reference, str]]] = {}
    for path, note in vault.notes.items():
        for reference, resolution in zip(note.references, vault.links[path], strict=True):
            if reference.kind != "embed" or (end := target(resolution)) not in vault.notes or end is None:
                continue
            if end != path or _within(vault, reference, resolution):
                embeds.setdefault(path, []).append((reference, end))
    done: set[str] = set()
    for start in embeds:
        yield from _circles(vault, start, embeds, done)


def _within(vault: Vault, reference: Reference, resolution: Resolution) -> bool:
    """Whether an embed from its own note lies inside the part that it embeds."""
    chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
    return not isinstance(chosen, Resolved) or vault.extent(chosen).contains(reference.span)


def _circles(
    vault: Vault, start: str, embeds: dict[str, list[tuple[Reference, str]]], done: set[str]
) -> Iterator[Diagnostic]:
    """Depth first without recursion; `done` holds the notes whose every embed was followed."""
    path: dict[str, None] = {}  # in order, and quick to ask
    stack: list[tuple[str, int]] = [(start, 0)]
    while stack:
        note, at = stack.pop()
        if at == 0:
            if note in done:
                continue
            path[note] = None
        if at >= len(embeds.get(note, ())):
            done.add(note)
            path.popitem()
            continue
        stack.append((note, at + 1))
        reference, end = embeds[note][at]
        if end in path:
            ring = [*list(path)[list(path).index(end) :], end]
            labels = []
            for here, there in pairwise(ring[:8]):
                if here != note:
                    link = next(r for r, e in embeds[here] if e == there)
                    labels.append(Label(here, link.span, f"embeds {quoted(there)}"))
            names = [*map(quoted, ring)] if len(ring) < 8 else [*map(quoted, ring[:3]), "…", *map(quoted, ring[-2:])]
            message = "note embeds itself" if len(ring) == 2 else f"embeds form a circle: {' → '.join(names)}"
            yield report(
                "VC208", message, note, reference.span, labels=labels, help="turn one of the embeds into a link"
            )
        elif end not in done:
            stack.append((end, 0))
