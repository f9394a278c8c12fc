"""What a public note may tell about one that is not published: the words of a link's label, never the name that it leads to."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from vaultc.index import Index
from vaultc.model import Note, Reference
from vaultc.parse import anchors
from vaultc.resolve import Ambiguous, Resolution, Resolved

WORDS = "an unpublished note"


def hides(notes: Mapping[str, Note], resolution: Resolution) -> bool:
    """Whether a link leads to what is there and not published, be it to a part of it that is missing."""
    chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
    if isinstance(chosen, Resolved) and chosen.kind == "hidden":
        return True
    note = notes.get(chosen.path) if chosen.path else None
    return note is not None and not note.published


def bare(notes: Mapping[str, Note], note: Note, links: Sequence[Resolution]) -> list[Reference]:
    """The links of a note to unpublished ones that have no label, so that a reader would see the name itself."""
    return [
        reference
        for reference, resolution in zip(note.references, links, strict=True)
        if hides(notes, resolution) and not reference.label and reference.kind not in ("markdown", "image")
    ]


def without(text: str, links: Sequence[Reference]) -> str:
    """`text` with neutral words for what those links show in it."""
    for reference in links:
        shown = " > ".join(part for part in (p.strip() for p in reference.target.split("#")) if part)
        for name in (f"![[{reference.target}]]", f"[[{reference.target}]]", shown):
            text = text.replace(name, WORDS)
    return text


def discreet(index: Index, links: Mapping[str, Sequence[Resolution]], paths: Iterable[str]) -> dict[str, Note]:
    """Those of the notes at `paths` that are published and whose title or anchors would name an unpublished one, as they are
    without those names."""
    notes = index.notes
    if not index.hidden and all(note.published for note in notes.values()):
        return {}
    out: dict[str, Note] = {}
    for path in paths:
        note = notes[path]
        names = bare(notes, note, links[path]) if note.published else []
        if not names:
            continue
        starts = [heading.span.start for heading in note.headings]
        inside: list[list[Reference]] = [[] for _ in starts]
        for name in names:
            at = bisect_right(starts, name.span.start) - 1
            if at >= 0 and note.headings[at].span.contains(name.span):
                inside[at].append(name)
        texts = [without(heading.text, some) for heading, some in zip(note.headings, inside, strict=True)]
        ids = anchors.unique(texts)
        headings = tuple(h._replace(anchor=anchor) for h, anchor in zip(note.headings, ids, strict=True))
        title = without(note.title, [*(name for name in names if name.kind == "property"), *chain(*inside)])
        if headings != note.headings or title != note.title:
            out[path] = note._replace(title=title, headings=headings)
    return out
