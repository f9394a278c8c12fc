"""VC208: a note that embeds itself, by way of others or directly."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from vaultc.diagnostics import Diagnostic, Label, quoted, report
from vaultc.graph import Vault, target
from vaultc.model import Note, Reference
from vaultc.resolve import Ambiguous, Resolution, Resolved
from vaultc.text import Span

Embed = tuple[Span, str]


def gather(vault: Vault, note: Note) -> tuple[Embed, ...] | None:
    """The notes that a note embeds, and where; a part of its own counts if the embed lies in that part."""
    out: list[Embed] = []
    if not vault.counts[note.path][1]:  # as in most notes
        return None
    pairs = zip(note.references, vault.links[note.path], strict=True)
    for reference, resolution in [pair for pair in pairs if pair[0].kind == "embed"]:
        end = target(resolution)
        if end is None or end not in vault.notes:
            continue
        if end != note.path or _within(vault, reference, resolution):
            out.append((reference.span, end))
    return tuple(out) or None


def check(embeds: Mapping[str, Sequence[Embed]]) -> Iterator[Diagnostic]:
    """One finding for each group of notes that embed each other in a circle, at the embed that closes it.

    Whole notes and sections are followed alike.
    """
    done: set[str] = set()
    for start in sorted(embeds):
        yield from _circles(start, embeds, done)


def _within(vault: Vault, reference: Reference, resolution: Resolution) -> bool:
    """Whether an embed from its own note lies inside the part that it embeds."""
    chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
    return not isinstance(chosen, Resolved) or vault.extent(chosen).contains(reference.span)


def _circles(start: str, embeds: Mapping[str, Sequence[Embed]], done: set[str]) -> Iterator[Diagnostic]:
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
        span, end = embeds[note][at]
        if end in path:
            ring = [*list(path)[list(path).index(end) :], end]
            labels = []
            for here, there in pairwise(ring[:8]):
                if here != note:
                    place = next(at for at, goal in embeds[here] if goal == there)
                    labels.append(Label(here, place, f"embeds {quoted(there)}"))
            names = [*map(quoted, ring)] if len(ring) < 8 else [*map(quoted, ring[:3]), "…", *map(quoted, ring[-2:])]
            message = "note embeds itself" if len(ring) == 2 else f"embeds form a circle: {' → '.join(names)}"
            yield report("VC208", message, note, span, labels=labels, help="turn one of the embeds into a link")
        elif end not in done:
            stack.append((end, 0))
