"""What a link shows of the page that it leads to: title, first words, headings, and the first words below each anchor."""

import html
import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from vaultc.emit.frame import summary_of
from vaultc.emit.links import Links
from vaultc.emit.lower.callouts import callout
from vaultc.emit.pages import Layout
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.parse import Document
from vaultc.parse.event import Event

# Characters of text: of the whole note, below one anchor, and below all anchors together.
_NOTE, _SECTION, _ALL = 420, 220, 6000
_HEADINGS = 12
# Elements whose text is no prose.
_PASSED = frozenset({"CodeBlock", "HtmlBlock", "Table", "FootnoteDefinition", "Image"})
_ELEMENTS = {"Emphasis": "em", "Strong": "strong", "Strikethrough": "del"}
_HIGHLIGHT = re.compile(r"==(?=\S)([^=]+)(?<=\S)==")


def preview(vault: Vault, layout: Layout, note: Note, document: Document) -> str:
    """The preview of a published note as JSON: `title`, `html`, `headings` (anchor and HTML of each) and `sections` (HTML by anchor).

    HTML holds nothing but the elements that are written here; destinations are addresses from the root of the site.
    """
    links = Links(vault, layout, note)
    leaves = list(_leaves(document))
    starts = [leaf.start for leaf in leaves]
    marks = sorted(block.id_span.start for block in note.blocks)
    anchors = {heading.span.start: heading.anchor for heading in note.headings}
    first: list[_Leaf] = []
    below: dict[str, list[_Leaf]] = {}
    headings: list[tuple[str, str]] = []
    current = first
    for leaf in leaves:
        anchor = anchors.get(leaf.start) if leaf.level else None
        if leaf.level == 1 and not headings and not first:
            continue  # the note's title
        if anchor is None:
            current.append(leaf)
            continue
        headings.append((anchor, _written([leaf], marks, document, links, _SECTION, "")))
        current = below.setdefault(anchor, [])
    for block in note.blocks:
        below[f"^{block.id}"] = leaves[bisect_left(starts, block.span.start) : bisect_left(starts, block.span.end)]
    intro = first or next((some for some in below.values() if some), [])
    summary = summary_of(vault, note)
    text = f"<p>{html.escape(summary)}</p>" if summary else _written(intro, marks, document, links, _NOTE)
    sections: dict[str, str] = {}
    left = _ALL
    for anchor, some in below.items():
        if left > 0 and (said := _written(some, marks, document, links, _SECTION)):
            sections[anchor] = said
            left -= len(said)
    found = {"title": note.title, "html": text, "headings": headings[:_HEADINGS], "sections": sections}
    return _json({key: value for key, value in found.items() if value})


def bare(title: str) -> str:
    """The preview of a page that no note wrote."""
    return _json({"title": title})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Leaf:
    """A run of inline events: a paragraph, the text of an item, or (with its `level`) a heading."""

    def __init__(self, start: int, level: int) -> None:
        self.start, self.level = start, level
        self.events: list[Event] = []


def _leaves(document: Document) -> Iterator[_Leaf]:
    """The runs of text in a note, in order, less those that are no prose and the titles of callouts."""
    passed, level, head = 0, 0, 0
    leaf: _Leaf | None = None
    for event in document.events:
        name, data, start, _ = event
        sign, kind = name[0], name[1:]
        if sign in "+-" and kind in _PASSED:
            passed += 1 if sign == "+" else -1
            continue
        if passed or name in ("Html", "InlineHtml", "FootnoteReference", "TaskListMarker", "Rule"):
            continue
        if sign in "+-" and kind not in _ELEMENTS and kind != "Link":
            if leaf and leaf.events:
                yield leaf
            leaf = None
            level = int(data["level"][1]) if name == "+Heading" else 0
            if name == "+Heading":
                leaf = _Leaf(start, level)
            elif name == "+Paragraph" and (found := callout(document.data, start)):
                head = found.end
            continue
        if event.end <= head and sign not in "+-":
            continue
        if leaf is None:
            leaf = _Leaf(start, 0)
        leaf.events.append(event)
    if leaf and leaf.events:
        yield leaf


def _written(
    leaves: Sequence[_Leaf], marks: Sequence[int], document: Document, links: Links, limit: int, element: str = "p"
) -> str:
    """As many leaves, each in an element, as the limit of characters leaves room for; the last one is cut."""
    out: list[str] = []
    for leaf in leaves:
        if limit <= 0:
            break
        inline = _Inline(document, links, marks, limit)
        text = inline.run(leaf.events)
        limit = inline.left
        if text:
            out.append(f"<{element}>{text}</{element}>" if element else text)
    return "".join(out)


class _Inline:
    """Writes one leaf as HTML, until no room is `left`."""

    def __init__(self, document: Document, links: Links, marks: Sequence[int], left: int) -> None:
        self.left = left
        self._document, self._links, self._marks = document, links, marks
        self._out: list[str] = []
        self._ends: list[str] = []

    def run(self, events: Sequence[Event]) -> str:
        for event in events:
            self._step(event)
            if self.left <= 0:
                break
        return "".join([*self._out, *reversed(self._ends)]).strip()

    def _mark(self, start: int, end: int) -> int:
        """Where the mark of a block's id stands in a text, else its end."""
        at = bisect_left(self._marks, start)
        return min(self._marks[at], end) if at < len(self._marks) else end

    def _step(self, event: Event) -> None:
        name, data, start, end = event
        if name == "Text":
            mark = self._mark(start, end)
            self._words(self._document.slice(start, mark).rstrip() if mark < end else _HIGHLIGHT.sub(r"\1", data))
        elif name in ("SoftBreak", "HardBreak"):
            self._words(" ")
        elif name == "Code":
            self._element("code", data)
        elif name in ("InlineMath", "DisplayMath"):
            self.left -= len(data)
            self._out.append(f'<span class="arithmatex">\\({html.escape(data.strip())}\\)</span>')
        elif name == "WikiLink":
            href = self._links.href(start)
            self._element("a", self._links.label(start), f' href="{html.escape(href)}"') if href else self._words(
                self._links.label(start)
            )
        elif name == "+Link":
            href = self._links.href(start)
            self._out.append(f'<a href="{html.escape(href)}">' if href else "")
            self._ends.append("</a>" if href else "")
        elif name[0] == "+":
            self._out.append(f"<{_ELEMENTS[name[1:]]}>")
            self._ends.append(f"</{_ELEMENTS[name[1:]]}>")
        elif name[0] == "-" and self._ends:
            self._out.append(self._ends.pop())

    def _element(self, name: str, text: str, attributes: str = "") -> None:
        if text:
            self._out.append(f"<{name}{attributes}>")
            self._words(text)
            self._out.append(f"</{name}>")

    def _words(self, text: str) -> None:
        if len(text) > self.left:
            text = (text[: self.left].rpartition(" ")[0] or text[: self.left]) + " …"
            self.left = 0
        self.left -= len(text)
        self._out.append(html.escape(text, quote=False))
