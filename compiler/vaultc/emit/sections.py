"""The words of a note under its headings, as search reads them: without markup, comments, HTML, and what it embeds of others."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from vaultc.emit.links import Links
from vaultc.emit.lower.callouts import callout
from vaultc.emit.pages import Layout
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.parse import Document
from vaultc.text import fold

_INLINE = frozenset({"Emphasis", "Strong", "Strikethrough", "Link", "Image", "TableCell"})
_HIGHLIGHT = re.compile(r"==(?=\S)([^=]+)(?<=\S)==")
_SAID = frozenset({"Code", "InlineMath", "DisplayMath"})


class Section(NamedTuple):
    """What stands under a heading; both `anchor` and `heading` are empty for what stands under the title. A line of `text` is a
    paragraph, an item, a row of a table or a line of code."""

    anchor: str
    heading: str
    text: str


def sections(vault: Vault, layout: Layout, note: Note, document: Document) -> list[Section]:
    """The sections of a published note, in order; the first is that under the title and may be empty."""
    anchors = {heading.span.start: heading.anchor for heading in note.headings}
    found = [Section("", "", "")]
    lines: list[str] = []
    for anchor, line in _lines(vault, layout, note, document, anchors):
        if anchor is None:
            lines.append(line)
        elif anchor == anchors.get(_opening(note)) and not lines and len(found) == 1:
            lines += [line] if fold(line) != fold(note.title) else []
        else:
            found[-1] = found[-1]._replace(text="\n".join(lines))
            found.append(Section(anchor, line, ""))
            lines = []
    found[-1] = found[-1]._replace(text="\n".join(lines))
    return found


def _opening(note: Note) -> int:
    """Where the heading stands that is the note's title; -1 where none is."""
    first = note.headings[0] if note.headings else None
    return first.span.start if first and first.level == 1 else -1


def _lines(
    vault: Vault, layout: Layout, note: Note, document: Document, anchors: dict[int, str]
) -> Iterator[tuple[str | None, str]]:
    """The lines of a note, in order; a heading with its anchor."""
    links = Links(vault, layout, note)
    markers = sorted(block.id_span.start for block in note.blocks)
    words: list[str] = []
    anchor: str | None = None
    head = 0  # where the marker of the last callout ends
    for name, data, start, end in document.steps():
        if name[0] in "+-" and name[1:] not in _INLINE:
            yield from ((anchor, line) for line in _written(words))
            words = []
            anchor = anchors.get(start) if name == "+Heading" else None
            if name == "+Paragraph" and (found := callout(document.data, start)):
                head = found.end
        elif name in ("SoftBreak", "HardBreak", "-TableCell"):
            words.append(" ")
        elif name in _SAID:
            words.append(data)
        elif name == "WikiLink":
            words.append(links.label(start))
        elif name == "Text" and end > head:
            cut = next((at for at in markers if start <= at < end), None)
            words.append(data if cut is None and start >= head else document.slice(max(start, head), cut or end))
    yield from ((anchor, line) for line in _written(words))


def _written(words: list[str]) -> Iterator[str]:
    for line in _HIGHLIGHT.sub(r"\1", "".join(words)).splitlines():
        if text := " ".join(line.split()):
            yield text
