"""What the emitter asks for: the places of a note where other Markdown stands in the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from vaultc.text import Span


class Fold(NamedTuple):
    """A code block that is folded, under the `summary` (HTML): readers need first what stands `before` it, lowered blocks."""

    before: str
    summary: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes to make while a note is lowered; keys are byte offsets at which an event of the note starts.

    `inline`: a wiki-link, Markdown link or image → the Markdown in its place.
    `words`: a wiki-link → the plain words for it where no Markdown can stand, such as in a link's label.
    `urls`: a Markdown link or image → its new destination, an unescaped URL.
    `blocks`: a wiki-link → lowered blocks in its place; its paragraph is split around them. In a heading, a table's cell,
    emphasis or a link's label there is no room for blocks, and `inline` is used.
    `footnotes`: a wiki-link → the definitions of the footnotes in its blocks.
    `folds`: a code block → how it is folded.
    `anchors`: a heading → the id written after it; "" or no entry writes none.
    `ids`: the span of a `^id` marker → the id of the empty span that takes its place.
    `tags`: the span of a tag in the text → the Markdown in its place.
    `hard_breaks`: every line ending within a paragraph breaks the line, as Obsidian shows it.
    `title`: where the heading is that stays of level 1; others become level 2. None leaves all as they are.
    `prefix`: put before the labels of footnotes, so that an embedded note's do not meet the host's.
    """

    inline: Mapping[int, str] = field(default_factory=dict)
    words: Mapping[int, str] = field(default_factory=dict)
    urls: Mapping[int, str] = field(default_factory=dict)
    blocks: Mapping[int, str] = field(default_factory=dict)
    footnotes: Mapping[int, list[str]] = field(default_factory=dict)
    folds: Mapping[int, Fold] = field(default_factory=dict)
    anchors: Mapping[int, str] = field(default_factory=dict)
    ids: Mapping[Span, str] = field(default_factory=dict)
    tags: Mapping[Span, str] = field(default_factory=dict)
    hard_breaks: bool = False
    title: int | None = None
    prefix: str = ""
