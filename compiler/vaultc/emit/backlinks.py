"""The sentence around each link, for the pages that it leads to."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from vaultc import faults
from vaultc.graph import Vault, target
from vaultc.model import Note, Reference
from vaultc.parse import Document, shown
from vaultc.resolve import unpublished
from vaultc.text import Span

_END = re.compile(r"(?<=[.!?…。！？])[\"'»”’)\]]*\s+(?=[^\sa-zа-яё])")
# A full stop after these ends no sentence, nor after an initial.
_SHORT = re.compile(
    r"(?:(?<!\w)(?:al|e\.g|i\.e|cf|vs|fig|figs|eq|eqs|sec|no|vol|pp|ed|eds|ref|refs|approx|resp|dr|mr|mrs|ms|prof|st|"
    r"см|рис|табл|гл|стр|им|проф|акад|т\.е|т\.\s?к|напр|ср|др)|(?<!\w)[A-ZА-ЯЁ])\.$",
    re.IGNORECASE,
)
_CALLOUT = re.compile(r"^\s*\[![^\]]*\][+-]?")
_LIMIT = 240
_LONG = 4000  # bytes; a list item that holds more is no sentence


class Mention(NamedTuple):
    """One link to a note, in the plain words around it: `before`, the `link` itself, `after`."""

    source: str
    before: str
    link: str
    after: str


def mentions(vault: Vault, note: Note, document: Document) -> list[tuple[str, Mention]]:
    """The links of a published note to others, each with the path of the note that it leads to, in order."""
    words: _Words | None = None
    out = []
    for reference, meant in zip(note.references, vault.links[note.path], strict=True):
        end = target(meant)
        if end is None or end == note.path or end not in vault.notes or not vault.notes[end].published:
            continue
        words = words or _Words(document, unpublished.bare(vault.notes, note, vault.links[note.path]))
        # A note whose words cannot be told is mentioned without them; its own page says why.
        said = partial(_mention, note, reference, words)
        out.append((end, faults.attempt(note.path, "quoted", said, lambda fault: Mention(fault.path, "", "", ""))))
    return out


def _mention(note: Note, reference: Reference, words: "_Words") -> Mention:
    if reference.kind == "property":
        return Mention(note.path, "", "", "")
    start, end = words.around(reference)
    before = words.between(start, reference.span.start)
    link = words.between(reference.span.start, reference.span.end)
    after = words.between(reference.span.end, end)
    before, after = sentence(before, after)
    return Mention(note.path, before, link, after)


def sentence(before: str, after: str) -> tuple[str, str]:
    """What belongs to a link's sentence of the words before it and after it; a long one is cut."""
    before = " ".join(_CALLOUT.sub("", before).split()) + (" " if before[-1:].isspace() else "")
    before = before[next(reversed(_ends(before)), 0) :]
    rest = " ".join(after.split())
    after = (" " if after[:1].isspace() else "") + rest[: next(iter(_ends(rest)), len(rest))].rstrip()
    if len(before) > _LIMIT:
        before = "… " + before[-_LIMIT:].partition(" ")[2]
    if len(after) > _LIMIT:
        after = after[:_LIMIT].rpartition(" ")[0] + " …"
    return before, after


def _ends(text: str) -> list[int]:
    """Where the sentences of a text begin, but for the first."""
    return [
        match.end()
        for match in _END.finditer(text)
        if not _SHORT.search(text[max(match.start() - 12, 0) : match.start()])
    ]


class _Words:
    """The words of a note as a reader sees them; what the links `kept_back` lead to is not named."""

    def __init__(self, document: Document, kept_back: Iterable[Reference]) -> None:
        unnamed = {reference.span.start for reference in kept_back}
        self._data = document.data
        self._pieces: list[str] = []
        self._places: list[int] = []
        for event in document.events:
            if event.name in ("Text", "Code", "InlineMath"):
                self._add(event.data, event.start)
            elif event.name == "WikiLink":
                self._add(unpublished.WORDS if event.start in unnamed else shown(event.data), event.start)
            elif event.name in ("SoftBreak", "HardBreak"):
                self._add(" ", event.start)
            elif event.name in ("-Item", "-Paragraph", "-Heading"):
                self._add(" ", event.end - 1)  # the next block may begin where this one ends
            elif event.name in ("+Item", "+TableCell"):
                self._add(" · ", event.start - 1)

    def _add(self, piece: str, place: int) -> None:
        self._pieces.append(piece)
        self._places.append(max(place, self._places[-1]) if self._places else place)

    def between(self, start: int, end: int) -> str:
        """The words that stand between two offsets."""
        return "".join(self._pieces[bisect_left(self._places, start) : bisect_left(self._places, end)])

    def around(self, reference: Reference) -> Span:
        """The block around a link; of a long one the line, and of a long line so much that no sentence shown is cut."""
        start, end = reference.context
        if end - start <= _LONG:
            return Span(start, end)
        here, there = reference.span
        near = self._data.rfind(b"\n", max(start, here - _LONG), here) + 1
        far = self._data.find(b"\n", there, there + _LONG)
        return Span(near or max(start, here - _LONG), far if far >= 0 else min(end, there + _LONG))
