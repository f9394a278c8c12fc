"""The inside of a paragraph, heading or cell: events back to Markdown."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from vaultc.emit.lower import cards, escape, html, pieces
from vaultc.emit.lower.plan import Plan
from vaultc.parse.document import Document
from vaultc.parse.event import Event
from vaultc.text import Span

_EDGES = re.compile(r"[ \t]+(?=\n)|(?<=\n)[ \t]+")
_BOX = re.compile(r"\[([ xX]|[^\w\s\0\1])\](?=[ \t])")
_HOLES = re.compile("[\0\1]")
_BUSY = re.compile(r"[\0\1\r\n]|==|://|www\.|^[ \t]")
_PLAIN_LABEL = re.compile(r"[\w.-]+")
_LINKABLE: Final = ("http://", "https://", "ftp://")
_MARKS: Final = ("*", "**", "_", "__")
_OTHER: Final = {"*": "_", "_": "*"}
_REFERENCES: Final = 50
_DEPTH: Final = 4  # of footnotes written inside footnotes


class Part(NamedTuple):
    """A piece of a paragraph: a run of lines, or blocks (of ours, or display math) that interrupt it."""

    markdown: str
    block: bool = False


@dataclass(slots=True)
class Scope:
    """What all leaves of one note share: the plan, and the footnotes met on the way."""

    document: Document
    plan: Plan
    replaced: list[tuple[Span, str]] = field(init=False)
    labels: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    referred: Counter[str] = field(default_factory=Counter)
    brought: list[str] = field(default_factory=list)  # the definitions of footnotes in embeds

    def __post_init__(self) -> None:
        self.replaced = sorted((*self.plan.ids.items(), *self.plan.tags.items()))

    def label(self, name: str) -> str:
        """The label under which the footnote `name` stands in the page."""
        known = self.labels.get(name)
        if known is None:
            plain = name if _PLAIN_LABEL.fullmatch(name) else f"note-{len(self.labels) + 1}"
            known = self.labels[name] = self.plan.prefix + plain
            self.order.append(name)
        return known

    def reference(self, name: str) -> tuple[str, str]:
        """A reference to the footnote `name`, and the hole it fills. The generator compares each with all others to the same
        footnote and links back from there; past some dozens one more is a link and nothing else."""
        label = self.label(name)
        self.referred[label] += 1
        if self.referred[label] <= _REFERENCES:
            return f"[^{label}]", escape.LINK
        return f'<sup><a class="footnote-ref" href="#fn:{label}">{label}</a></sup>', escape.HOLE

    def replacements(self, start: int, end: int) -> list[tuple[Span, str]]:
        """The `^id` markers and the tags that touch a range of bytes, with what the plan says of them."""
        if not self.replaced:
            return []
        at = bisect_left(self.replaced, start, key=lambda pair: pair[0].end)
        while at < len(self.replaced) and self.replaced[at][0].end <= start:
            at += 1
        stop = bisect_left(self.replaced, end, lo=at, key=lambda pair: pair[0].start)
        return self.replaced[at:stop]


def one_line(events: Sequence[Event], scope: Scope, *, cell: bool = False, opens: bool = False) -> str:
    """The inside of a heading or a cell on one line; `opens` for one that begins a line of the page, such as a title."""
    return " ".join(part.markdown for part in parts(events, scope, cell=cell, flat=True, opens=opens))


def parts(
    events: Sequence[Event],
    scope: Scope,
    *,
    cell: bool = False,
    flat: bool = False,
    item: bool = False,
    opens: bool = True,
    depth: int = 0,
) -> list[Part]:
    """The inside of a leaf.

    `flat` wants one line, `cell` one without bare pipes; `item` says that it opens a list item, where `[ ]` is a task, `opens`
    that its lines begin lines of the page; `depth` counts the footnotes around it.
    """
    if len(events) == 1 and events[0].name == "Text" and not scope.replacements(events[0].start, events[0].end):
        text = events[0].data
        if not (_BUSY.search(text) or (item and text[0] == "[") or text[-1] in "#^ "):
            return [Part(escape.escape(text, lines=opens, cell=cell))]
    return _Leaf(events, scope, cell, flat, item, opens, depth).run() if events else []


class _Leaf:
    """Builds one leaf: text, with a hole for each piece of Markdown, so that the text is escaped in one go."""

    def __init__(
        self, events: Sequence[Event], scope: Scope, cell: bool, flat: bool, item: bool, opens: bool, depth: int
    ) -> None:
        self.events, self.scope, self.cell, self.flat, self.item = events, scope, cell, flat, item
        self.opens, self.depth = opens, depth
        self.text: list[str] = []
        self.held: list[str] = []
        self.breaks: list[str] = []
        self.out: list[Part] = []
        self.nested = 0  # inside how many elements
        self.labels = 0  # inside how many of them that are links
        self.ends: list[str] = []  # what closes each open element
        self.closed = 0  # the number of the piece that last closed an emphasis
        source = scope.document.data[events[0].start : events[-1].end]
        self.opened: dict[str, int] = {}  # how many elements each sign has open
        self.marks = pieces.highlights(events, scope.document.data) if b"==" in source else frozenset()
        self.notes = b"^[" in source and depth < _DEPTH

    def run(self) -> list[Part]:
        i = 0
        while i < len(self.events):
            i = self.step(i)
        self.flush()
        return self.out

    def step(self, i: int) -> int:
        """Write the event at `i`; the index of the next one to write."""
        event = self.events[i]
        name, data, start, end = event
        if name == "Text":
            if self.notes and data.endswith("^") and (close := self.note(i)):
                inner = self.events[i + 2 : close]
                self.plain(data[:-1], start, end - 1, i)
                self.footnote(inner, start)
                return close + 1
            self.plain(data, start, end, i)
        elif name == "SoftBreak" or name == "HardBreak":
            self.text.append(" " if self.flat else "\n")
            if not self.flat:
                self.breaks.append("  \n" if name == "HardBreak" or self.scope.plan.hard_breaks else "\n")
        elif name == "Code":
            self.hold(pieces.code(data))
        elif name == "WikiLink":
            self.wikilink(event)
        elif name == "+Link" or name == "+Image":
            return self.link(i)
        elif name[0] == "+":
            self.nested += 1
            mark = self.mark(event)
            self.ends.append(mark)
            self.opened[mark] = self.opened.get(mark, 0) + 1
            self.hold(mark)
        elif name[0] == "-":
            self.nested -= 1
            if name == "-Link":
                self.labels -= 1
            mark = self.ends.pop()
            self.opened[mark] = self.opened.get(mark, 0) - 1
            self.hold(mark)
            self.closed = len(self.held) if mark in _MARKS else 0
        elif name == "InlineHtml":
            if not data.startswith("<!--"):
                data = html.theirs(data)
                data = data if self.scope.plan.title is None else html.demoted(data)
                self.hold(pieces.tag(data, one_line=self.flat, cell=self.cell))
        elif name == "InlineMath":
            self.math(data)
        elif name == "DisplayMath":
            if self.flat or self.nested:
                self.math(data.strip())
            else:
                self.flush()
                self.out.append(Part(f"$$\n{pieces.tex(data.strip())}\n$$", True))
        elif name == "FootnoteReference":
            self.hold(*self.scope.reference(data))
        elif name == "TaskListMarker":
            self.hold("[x] " if data else "[ ] ")
            self.item = False
        return i + 1

    def mark(self, event: Event) -> str:
        """What opens and closes an emphasis: as the author wrote it, or with the other sign where two runs would meet.

        One inside another of its kind that has no other sign left is dropped: it would look the same.
        """
        if event.name == "+Strikethrough":
            if self.scope.document.data[event.start : event.start + 2] != b"~~":
                return "\\~"  # one tilde strikes nothing out, in CommonMark or in Obsidian
            return "" if self.opened.get("~~") else "~~"
        data, size = self.scope.document.data, 1 + (event.name == "+Strong")
        sign = data[event.start : event.start + 1].decode()
        for other in (sign, _OTHER[sign]):
            mark = other * size
            if (
                not self.opened.get(mark)
                and self.free(mark)
                and (other != "_" or sign == "_" or not pieces.in_word(data, event))
            ):
                return mark
        return "" if self.opened.get(sign * size) else sign * size

    def free(self, mark: str) -> bool:
        """Whether no emphasis of the same sign has just been closed here."""
        beside = self.held[-1] if self.closed == len(self.held) and self.text and self.text[-1] == escape.HOLE else ""
        return beside[:1] != mark[0] or beside not in _MARKS

    def hold(self, markdown: str, hole: str = escape.HOLE) -> None:
        """Put Markdown where it stands, out of reach of the escapes."""
        if markdown:
            self.text.append(hole)
            self.held.append(markdown)

    def plain(self, text: str, start: int, end: int, i: int) -> None:
        """Text of the note, with what the plan puts in the place of its tags and of the markers of its blocks."""
        whole = len(text)
        for span, name in self.scope.replacements(start, end):
            before, start = start, min(span.end, end)
            rest = self.scope.document.slice(start, end)
            if span.start >= before:
                shown = self.scope.document.slice(before, span.start)
                tag = span in self.scope.plan.tags
                self.literal(shown if tag else shown.rstrip(), i, whole - len(text))
                if tag:
                    self.hold(name, escape.LINK)
                elif name:
                    self.hold(f' <span id="{pieces.attribute(name)}" data-vaultc="block"></span>')
            text = rest
        self.literal(text, i, whole - len(text))

    def literal(self, text: str, i: int, at: int = 0) -> None:
        """Text as it is read; `i` is its event, and it begins at the character `at` of that."""
        if "\0" in text or "\1" in text:
            text = text.replace("\0", "\ufffd").replace("\1", "\ufffd")
        if "\r" in text or "\n" in text:
            text = text.replace("\r", "").replace("\n", " ")
        if self.labels:
            for piece in re.split(r"([\[\]])", text):
                if piece in ("[", "]"):
                    self.hold("\\" + piece)
                else:
                    self.text.append(piece)
        elif self.marks and "==" in text:
            read = 0
            for match in pieces.HIGHLIGHT.finditer(text):
                if (i, at + match.start()) in self.marks:
                    self.text.append(text[read : match.start()])
                    self.hold("==")
                    read = match.end()
            self.text.append(text[read:])
        elif text:
            self.text.append(text)

    def math(self, tex: str) -> None:
        tex = pieces.tex(" ".join(tex.split("\n")) if self.flat else tex)
        if self.cell:
            tex = re.sub(r"\\?\|", lambda m: r"\Vert " if m[0] == r"\|" else r"\vert ", tex).rstrip()
        if not tex or tex[0].isspace() or tex[-1].isspace():
            tex = tex.strip() or r"\ "
        self.hold(f"${tex}$")

    def wikilink(self, event: Event) -> None:
        link, plan = event.data, self.scope.plan
        shown = plan.words.get(event.start) or link.label or link.target
        blocks = plan.blocks.get(event.start)
        if blocks is not None and not self.flat and not self.nested:
            self.flush()
            self.scope.brought += plan.footnotes.get(event.start, ())
            if blocks.strip():
                self.out.append(Part(blocks.strip("\n"), True))
        elif event.start in plan.inline and not self.labels:
            markdown = plan.inline[event.start]
            self.hold(escape.in_cell(markdown) if self.cell else markdown, escape.LINK)
        else:
            self.literal(shown, -1)

    def link(self, i: int) -> int:
        name, data, start, _ = self.events[i]
        plan = self.scope.plan
        close = self.close(i)
        if start in plan.inline and not self.labels:
            markdown = plan.inline[start]
            self.hold(escape.in_cell(markdown) if self.cell else markdown, escape.LINK)
            return close + 1
        target = plan.urls.get(start, data["dest_url"])
        if name == "+Image":
            self.image(pieces.shown(self.events[i + 1 : close], plan.words), target, data["title"])
            return close + 1
        kind = data["link_type"]
        if (
            kind == "Autolink"
            and target.startswith(_LINKABLE)
            and escape.readable(target)
            and not set(target) & set("\\`$[]|<> ")
        ):
            self.hold(f"<{target}>")
            return close + 1
        if kind == "Email" and not set(target) & set("\\`$[]|<> !"):
            self.hold(f"<{target}>")
            return close + 1
        if kind == "Email":
            target = "mailto:" + target
        self.nested += 1
        self.labels += 1
        self.hold("[", escape.LINK)
        self.ends.append(f"]({escape.url(target)}{escape.title(data['title'])})")
        return i + 1

    def image(self, words: str, target: str, title: str) -> None:
        card = cards.card(target)
        if card is None:
            self.hold(pieces.image(words, target, title))
            return
        words = pieces.sized(words)[0]
        if self.labels:  # a link holds no other
            self.literal(words or card.name, -1)
        else:
            self.hold(cards.written(card, target, words, cell=self.cell))

    def close(self, i: int) -> int:
        """The index of the event that closes the element opened at `i`."""
        depth = 0
        for j in range(i, len(self.events)):
            sign = self.events[j].name[0]
            depth += (sign == "+") - (sign == "-")
            if not depth:
                return j
        return len(self.events) - 1

    def note(self, i: int) -> int:
        """The index of the `]` that ends a footnote `^[…]` whose caret ends the text at `i`; 0 for none."""
        events, data = self.events, self.scope.document.data
        at = events[i].end
        if (
            i + 1 >= len(events)
            or events[i + 1].data != "["
            or data[at - 2 : at + 1] == b"\\^["
            or data[at : at + 1] != b"["
        ):
            return 0
        close = self.brackets.get(i + 1, 0)
        return close if close > i + 2 else 0

    @cached_property
    def brackets(self) -> dict[int, int]:
        """For each opening bracket in the text the one that closes it, inside the same element, by their events."""
        pairs: dict[int, int] = {}
        open_: list[list[int]] = [[]]
        for i, (name, text, _, _) in enumerate(self.events):
            if name[0] == "+":
                open_.append([])
            elif name[0] == "-":
                open_.pop()
            elif name == "Text" and text == "[":
                open_[-1].append(i)
            elif name == "Text" and text == "]" and open_[-1]:
                pairs[open_[-1].pop()] = i
        return pairs

    def footnote(self, inner: Sequence[Event], start: int) -> None:
        label = self.scope.label(f"^[{start}")
        body = parts(inner, self.scope, flat=True, opens=True, depth=self.depth + 1)
        self.scope.written[label] = " ".join(part.markdown for part in body)
        self.hold(f"[^{label}]", escape.LINK)

    def flush(self) -> None:
        """Turn what was gathered into one part."""
        whole = "".join(self.text)
        text = whole.lstrip(" \t\n")
        breaks, held = self.breaks[whole.count("\n", 0, len(whole) - len(text)) :], self.held
        text = text.rstrip(" \t\n")
        if " \n" in text or "\n " in text or "\t" in text:
            text = _EDGES.sub("", text)
        if text:
            if self.item and not self.out and text[0] == "[" and (match := _BOX.match(text)):
                state = match[1]
                # Any sign is a task to Obsidian; a cross or a space that is one was read as a task already.
                held = ["\\[", *held] if state in "xX " else ["[x]", *held]
                text = escape.HOLE + text[1 if state in "xX " else 3 :]
            if self.flat and not self.cell and text[-1] == "#":
                bare = text.rstrip("#")
                held = [*held, *["\\#"] * (len(text) - len(bare))]
                text = bare + escape.HOLE * (len(text) - len(bare))
            if found := escape.addresses(text):
                text, held = pieces.linked(text, held, found)
            text = escape.escape(text, lines=self.opens, cell=self.cell)
            if "\n" in text:
                lines = text.split("\n")
                text = lines[0] + "".join([a + b for a, b in zip(breaks, lines[1:], strict=False)])
            if held:
                around = _HOLES.split(text)
                text = around[0] + "".join([a + b for a, b in zip(held, around[1:], strict=True)])
            self.out.append(Part(text.strip(" \t\n")))
        self.text, self.held, self.breaks = [], [], []
