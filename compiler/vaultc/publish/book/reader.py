"""From a reading of a note to Pandoc's document model: the elements that `check` and the site see, no others."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, Protocol

from vaultc.emit.lower import pieces
from vaultc.emit.lower.callouts import Callout, callout
from vaultc.emit.lower.escape import addresses
from vaultc.parse import Document, Event
from vaultc.publish.book import ast
from vaultc.publish.book.ast import Node
from vaultc.text import Span

DEEPEST: Final = 16
"""Elements inside one another; what is deeper stands beside the innermost of them. Writers and engines go by recursion."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
# Elements of inline HTML that a printed page has, too.
_HTML: Final[Mapping[str, Callable[[list[Node]], Node]]] = {
    **dict.fromkeys(("b", "strong"), lambda inside: ast.node("Strong", inside)),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), lambda inside: ast.node("Emph", inside)),
    **dict.fromkeys(("s", "del", "strike"), lambda inside: ast.node("Strikeout", inside)),
    **dict.fromkeys(
        ("code", "kbd", "samp", "tt"), lambda inside: ast.node("Code", [ast.attributes(), ast.text(inside)])
    ),
    "mark": lambda inside: ast.span(inside, classes=["mark"]),
    "sub": lambda inside: ast.node("Subscript", inside),
    "sup": lambda inside: ast.node("Superscript", inside),
    "u": lambda inside: ast.node("Underline", inside),
}
_EMPHASIS: Final = {"+Emphasis": "Emph", "+Strong": "Strong", "+Strikethrough": "Strikeout"}


class Meaning(Protocol):
    """What a note's elements mean where they are written; each is named by the byte at which it starts."""

    def heading(self, start: int, level: int, content: list[Node]) -> list[Node]:
        """What stands for a heading."""

    def anchors(self, start: int, end: int) -> Sequence[tuple[Span, str]]:
        """The `^id` markers in a range, with the names of their blocks in the book, empty where they have none."""

    def wikilink(self, start: int) -> list[Node]:
        """A wiki-link, or an embed that cannot stand here, as text."""

    def embed(self, start: int) -> list[Node] | None:
        """The blocks that an embed stands for; None where it stands for text."""

    def link(self, start: int, target: str, content: list[Node]) -> list[Node]:
        """A Markdown link with this text."""

    def image(self, start: int, target: str, words: str) -> list[Node]:
        """A Markdown image with this description."""

    def code(self, start: int, code: Node) -> list[Node]:
        """What stands for a block of code."""

    def callout(self, found: Callout, title: list[Node], body: list[Node]) -> list[Node]:
        """A callout; without a title its kind is one."""


@dataclass(slots=True)
class _Frame:
    """An element that is open, with what it holds so far. A `name` without `+` is a tag of HTML, or `==`."""

    name: str
    data: Any
    start: int
    inlines: list[Node] = field(default_factory=list)
    blocks: list[Any] = field(default_factory=list)
    alignments: Sequence[str] = ()
    head: Callout | None = None

    def close_text(self) -> None:
        """Make a block of the text that stands between blocks."""
        text = _trimmed(self.inlines)
        if text:
            self.blocks.append(ast.node("Para" if self.name == "+Paragraph" else "Plain", text))
        self.inlines = []


def read(document: Document, part: Span, meaning: Meaning, hard_breaks: bool = False) -> list[Node]:
    """The blocks of a part of a note, with the footnotes that it refers to, wherever they are defined.

    `hard_breaks` says that a line of the source is a line of the page.
    """
    return _Reader(document, part, meaning, hard_breaks).run()


class _Reader:
    def __init__(self, document: Document, part: Span, meaning: Meaning, hard_breaks: bool) -> None:
        self.document, self.part, self.meaning, self.hard_breaks = document, part, meaning, hard_breaks
        self.events = document.events
        self.marks = pieces.highlights(self.events, document.data) if b"==" in document.data else frozenset()
        self.open: list[_Frame] = [_Frame("", None, 0)]
        self.notes: dict[str, list[Node]] = {}
        self.references: list[Node] = []

    @property
    def top(self) -> _Frame:
        return self.open[-1]

    def run(self) -> list[Node]:
        defined = 0  # inside how many definitions of footnotes
        for index, event in enumerate(self.events):
            footnote = event.name.endswith("FootnoteDefinition")
            defined += footnote and event.name[0] == "+"
            if defined or self.part.start <= event.start < self.part.end:
                self.step(index, event)
            defined -= footnote and event.name[0] == "-"
        while len(self.open) > 1:
            self.close(self.top.name)
        self.top.close_text()
        self.fill()
        return self.top.blocks

    def fill(self) -> None:
        """Put the footnotes where they are referred to; one that refers to another would be without end."""
        for reference in self.references:
            label = reference.pop("label")
            blocks = self.notes.get(label, [])
            nested = any(each.get("t") == "Note" for each in ast.every(blocks))
            made = ast.node("Note", blocks) if blocks and not nested else ast.node("Superscript", ast.words(label))
            reference.update(made)

    def step(self, index: int, event: Event) -> None:
        name, data, start, end = event
        if name == "Text":
            self.text(index, data, start, end)
        elif name in ("SoftBreak", "HardBreak"):
            broken = name == "HardBreak" or self.hard_breaks
            self.top.inlines.append(ast.node("LineBreak" if broken else "SoftBreak"))
        elif name == "Code":
            self.top.inlines.append(ast.node("Code", [ast.attributes(), " ".join(data.split("\n"))]))
        elif name in ("InlineMath", "DisplayMath"):
            self.top.inlines.append(ast.node("Math", [ast.node(name), data.strip()]))
        elif name == "WikiLink":
            self.wikilink(start)
        elif name == "FootnoteReference":
            reference: Node = {"t": "Note", "label": data}
            self.references.append(reference)
            self.top.inlines.append(reference)
        elif name == "TaskListMarker":
            self.top.inlines += [ast.node("Str", "☒" if data else "☐"), ast.node("Space")]
        elif name == "InlineHtml":
            self.html(data, start)
        elif name == "Html":
            self.top.inlines.append(ast.node("Str", data))
        elif name == "Rule":
            self.block(ast.node("HorizontalRule"))
        elif name[0] == "+":
            self.open.append(_Frame(name, data, start, alignments=data if name == "+Table" else ()))
        elif name[0] == "-":
            self.close("+" + name[1:])

    def text(self, index: int, data: str, start: int, end: int) -> None:
        if self.top.name == "+CodeBlock":
            self.top.inlines.append(ast.node("Str", data))
            return
        if self.quoted(start):
            return
        at = 0
        for match in pieces.HIGHLIGHT.finditer(data) if self.marks else ():
            if (index, match.start()) in self.marks:
                self.plain(data[at : match.start()])
                self.toggle("==")
                at = match.end()
        if at:
            self.plain(data[at:])
            return
        for span, id in self.meaning.anchors(start, end):
            self.plain(self.document.slice(start, span.start).rstrip())
            if id:
                self.top.inlines.append(ast.span(ast.raw(False, typst="#metadata(none)"), id))
            start = min(span.end, end)
            data = self.document.slice(start, end)
        self.plain(data)

    def quoted(self, start: int) -> bool:
        """Whether text belongs to the marker of a callout, which is looked for where the first paragraph of a quote begins."""
        if len(self.open) < 2:
            return False
        quote, leaf = self.open[-2:]
        if quote.name != "+BlockQuote" or leaf.name != "+Paragraph" or quote.blocks:
            return False
        if quote.head is None and not leaf.inlines:
            quote.head = callout(self.document.data, start)
        return quote.head is not None and start < quote.head.end

    def plain(self, text: str) -> None:
        at = 0
        linked = any(frame.name == "+Link" for frame in self.open)
        for start, end, _ in () if linked else addresses(text):
            address = text[start:end]
            target = address if "://" in address else f"http://{address}"
            self.top.inlines += ast.words(text[at:start])
            self.top.inlines.append(ast.link([ast.node("Str", address)], target))
            at = end
        self.top.inlines += ast.words(text[at:])

    def wikilink(self, start: int) -> None:
        blocks = self.meaning.embed(start) if self.top.name in ("+Paragraph", "+Item", "") else None
        if blocks is None:
            self.top.inlines += self.meaning.wikilink(start)
        else:
            self.top.close_text()
            self.top.blocks += blocks

    def html(self, data: str, start: int) -> None:
        match = _TAG.match(data)
        name = match[2].lower() if match else ""
        if name == "br":
            self.top.inlines.append(ast.node("LineBreak"))
        elif match and name in _HTML:
            if not match[1]:
                self.open.append(_Frame(name, None, start))
            else:
                self.shut(name)

    def toggle(self, name: str) -> None:
        if not self.shut(name):
            self.open.append(_Frame(name, None, 0))

    def shut(self, name: str) -> bool:
        """Close a tag that is open in this element, and those in it."""
        for frame in reversed(self.open):
            if frame.name == name:
                while self.top is not frame:
                    self.end()
                self.end()
                return True
            if frame.name[:1] in ("+", ""):
                break
        return False

    def close(self, name: str) -> None:
        """Close the innermost element of that name, and the tags in it that were left open."""
        if name == self.top.name or any(frame.name == name for frame in self.open):
            while self.top.name != name:
                self.end()
            self.end()

    def end(self) -> None:
        frame = self.open.pop()
        deep = len(self.open) > DEEPEST
        if frame.name[:1] != "+":
            made = _HTML["mark" if frame.name == "==" else frame.name](frame.inlines) if not deep else None
            self.top.inlines += [made] if made else frame.inlines
        elif frame.name in _EMPHASIS:
            self.top.inlines += frame.inlines if deep else [ast.node(_EMPHASIS[frame.name], frame.inlines)]
        elif frame.name == "+Link":
            self.top.inlines += self.meaning.link(frame.start, frame.data["dest_url"], frame.inlines)
        elif frame.name == "+Image":
            self.top.inlines += self.meaning.image(frame.start, frame.data["dest_url"], ast.text(frame.inlines))
        else:
            _BLOCKS.get(frame.name, _Reader.others)(self, frame, deep)

    def block(self, *blocks: Node) -> None:
        self.top.close_text()
        self.top.blocks += blocks

    def paragraph(self, frame: _Frame, deep: bool) -> None:
        quote = self.top
        if quote.head is not None and not quote.blocks:  # the first line of a callout is its title
            at = next((i for i, each in enumerate(frame.inlines) if each["t"].endswith("Break")), len(frame.inlines))
            quote.inlines, frame.inlines = _trimmed(frame.inlines[:at]), frame.inlines[at + 1 :]
            quote.blocks.append(ast.node("Plain", quote.inlines))
            quote.inlines = []
        frame.close_text()
        self.block(*frame.blocks)

    def heading(self, frame: _Frame, deep: bool) -> None:
        self.block(*self.meaning.heading(frame.start, int(frame.data["level"][1]), _trimmed(frame.inlines)))

    def code(self, frame: _Frame, deep: bool) -> None:
        info = frame.data["Fenced"] if isinstance(frame.data, Mapping) else ""
        kinds = [word for word in info.split()[:1] if re.fullmatch(r"[\w+#-]+", word)]
        source = "".join(each["c"] for each in frame.inlines).rstrip("\n")
        code = ast.node("CodeBlock", [ast.attributes(classes=kinds), source])
        self.block(*self.meaning.code(frame.start, code))

    def html_block(self, frame: _Frame, deep: bool) -> None:
        self.block(ast.node("RawBlock", ["html", "".join(each["c"] for each in frame.inlines)]))

    def quote(self, frame: _Frame, deep: bool) -> None:
        frame.close_text()
        if deep:
            self.block(*frame.blocks)
        elif frame.head:
            title, *body = frame.blocks or [ast.node("Plain", [])]
            self.block(*self.meaning.callout(frame.head, title["c"], body))
        else:
            self.block(ast.node("BlockQuote", frame.blocks))

    def item(self, frame: _Frame, deep: bool) -> None:
        frame.close_text()
        if self.top.name == "+List":
            self.top.blocks.append(frame.blocks)
        else:  # of a list that begins before the part
            self.block(*frame.blocks)

    def list(self, frame: _Frame, deep: bool) -> None:
        if deep:
            self.block(*chain.from_iterable(frame.blocks))
        elif frame.data is None:
            self.block(ast.node("BulletList", frame.blocks))
        else:
            style = [int(frame.data), ast.node("Decimal"), ast.node("Period")]
            self.block(ast.node("OrderedList", [style, frame.blocks]))

    def cell(self, frame: _Frame, deep: bool) -> None:
        self.top.blocks.append(_trimmed(frame.inlines))

    def row(self, frame: _Frame, deep: bool) -> None:
        self.top.blocks.append(frame.blocks)

    def table(self, frame: _Frame, deep: bool) -> None:
        if frame.blocks:
            self.block(ast.table(frame.alignments, frame.blocks[0], frame.blocks[1:]))

    def footnote(self, frame: _Frame, deep: bool) -> None:
        frame.close_text()
        self.notes.setdefault(frame.data, frame.blocks)

    def others(self, frame: _Frame, deep: bool) -> None:
        frame.close_text()
        self.block(*frame.blocks)


_BLOCKS: Final[Mapping[str, Callable[[_Reader, _Frame, bool], None]]] = {
    "+BlockQuote": _Reader.quote,
    "+CodeBlock": _Reader.code,
    "+FootnoteDefinition": _Reader.footnote,
    "+Heading": _Reader.heading,
    "+HtmlBlock": _Reader.html_block,
    "+Item": _Reader.item,
    "+List": _Reader.list,
    "+Paragraph": _Reader.paragraph,
    "+Table": _Reader.table,
    "+TableCell": _Reader.cell,
    "+TableHead": _Reader.row,
    "+TableRow": _Reader.row,
}


def _trimmed(inlines: list[Node]) -> list[Node]:
    """Text without blanks and breaks at its ends."""
    blank = ("Space", "SoftBreak", "LineBreak")
    first = next((i for i, each in enumerate(inlines) if each["t"] not in blank), len(inlines))
    last = next((i for i, each in enumerate(reversed(inlines)) if each["t"] not in blank), 0)
    return inlines[first : len(inlines) - last]
