"""The blocks of a note in the one form that Python-Markdown cannot misread: four spaces a level, blank lines between blocks,
code in fences, headings by `#`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from vaultc.emit.lower import html
from vaultc.emit.lower.callouts import callout
from vaultc.emit.lower.cut import first_line, shortened
from vaultc.emit.lower.element import fenced
from vaultc.emit.lower.escape import escape
from vaultc.emit.lower.inline import Scope, one_line, parts
from vaultc.emit.lower.plan import Fold, Plan
from vaultc.emit.lower.select import select
from vaultc.parse.document import Document
from vaultc.parse.event import Event

_INLINE: Final = frozenset(
    "Text Code InlineHtml SoftBreak HardBreak FootnoteReference TaskListMarker InlineMath DisplayMath WikiLink "
    "+Emphasis -Emphasis +Strong -Strong +Strikethrough -Strikethrough +Link -Link +Image -Image".split()
)
_ALIGN: Final = {"None": "---", "Left": ":--", "Right": "--:", "Center": ":-:"}
_LANGUAGE = re.compile(r"[ \t{]*\.?([\w#.+-]+)")
_OPTION = re.compile(r'(?<![\w-])hl_lines="[\d -]*"')
CALLOUT_KIND: Final = "vaultc-callout-kind"  # a class: for screen readers, hidden from sight by the site's style
_DEPTH: Final = 24  # of containers; what is nested deeper stands at this depth
# What stands between the marker of an item and a block that begins it; two blank lines for the rest.
_LEAD: Final = {"text": "", "line": "", "heading": "", "rule": "", "code": "\n", "bullets": "\n", "numbers": "\n"}
_APART: Final = "<!-- -->"  # between two lists, which would be one


class Block(NamedTuple):
    """A lowered block. `kind` decides what may stand next to it without a blank line."""

    kind: str
    text: str


@dataclass(slots=True)
class _Frame:
    """A container being filled: the root, a list, an item, a quote, a footnote, or one too deep to be shown (`flat`)."""

    kind: str
    blocks: list[Block] = field(default_factory=list)
    number: int | None = None
    marker: str = ""
    elements: list[str] = field(default_factory=list)


def lower(document: Document, plan: Plan, start: int = 0, end: int | None = None) -> str:
    """The note's body as Markdown for Python-Markdown with the extensions of `publish.dialect`, ending in a newline.

    Only the blocks that lie between the bytes `start` and `end` are lowered, and the footnotes that they use. Nothing raises.
    """
    text, footnotes = lowered(document, plan, start, end)
    return "\n\n".join((*filter(None, (text,)), *footnotes)) + "\n" if text or footnotes else ""


def lowered(document: Document, plan: Plan, start: int = 0, end: int | None = None) -> tuple[str, list[str]]:
    """The same in two: the text, and the definitions of its footnotes, which may stand anywhere but in another footnote."""
    return _Lowering(document, plan).run(select(document, start, end))


class _Lowering:
    def __init__(self, document: Document, plan: Plan) -> None:
        self.document, self.plan = document, plan
        self.scope = Scope(document, plan)
        self.frames = [_Frame("root")]
        self.depth = 0

    def run(self, events: Sequence[Event]) -> tuple[str, list[str]]:
        i = 0
        while i < len(events):
            i = self.step(events, i)
        while len(self.frames) > 1:
            self.leave()
        self.finish(self.frames[0])
        return _join(self.frames[0].blocks), self.notes()

    def notes(self) -> list[str]:
        """The footnotes that are referred to, those that other footnotes refer to included."""
        scope, events = self.scope, self.document.events
        if not scope.order:
            return scope.brought
        places = {e.data: i for i, e in reversed([*enumerate(events)]) if e.name == "+FootnoteDefinition"}
        out: list[str] = []
        for name in scope.order:  # which grows meanwhile
            label = scope.labels[name]
            text = scope.written.get(label)
            if text is None:
                text = self.definition(places[name]) if name in places else ""
            first, _, rest = text.partition("\n")
            out.append(f"[^{label}]: {first}".rstrip() + (f"\n{_indent(rest)}" if rest else ""))
        return [*scope.brought, *out]

    def definition(self, i: int) -> str:
        """The text of the footnote defined at event `i`."""
        events = self.document.events[i + 1 : _close(self.document.events, i)]
        inner = _Lowering(self.document, self.plan)
        inner.scope = self.scope
        j = 0
        while j < len(events):
            j = inner.step(events, j)
        inner.finish(inner.frames[0])
        return _first(inner.frames[0].blocks)

    # -- one step ----------------------------------------------------------------------------------------------------

    def step(self, events: Sequence[Event], i: int) -> int:
        """Lower the block at `i`; the index after what was read."""
        name, data, start, _ = events[i]
        if name in _INLINE:
            j = i + 1
            while j < len(events) and events[j].name in _INLINE:
                j += 1
            self.paragraph(events[i:j], "line")
            return j
        if name == "+Paragraph" or name == "+Heading":
            close = _close(events, i)
            if name == "+Paragraph":
                self.paragraph(events[i + 1 : close], "text")
            else:
                self.heading(events[i + 1 : close], int(data["level"][1]), start)
            return close + 1
        if name == "+CodeBlock":
            close = _close(events, i)
            self.code(fence(data, "".join(e.data for e in events[i + 1 : close] if e.data)), start)
            return close + 1
        if name == "+HtmlBlock":
            close = _close(events, i)
            self.html("".join(e.data for e in events[i + 1 : close] if e.data))
            return close + 1
        if name == "+Table":
            close = _close(events, i)
            self.add("table", self.table(events[i + 1 : close], data))
            return close + 1
        if name == "+FootnoteDefinition":
            return _close(events, i) + 1
        if name == "Rule":
            self.add("rule", "***")
        elif name == "Html":
            self.html(data)
        elif name == "+BlockQuote":
            return self.quote(events, i)
        elif name == "+List":
            self.enter("list", number=data)
        elif name == "+Item":
            self.enter("item")
        elif name in ("-BlockQuote", "-List", "-Item"):
            self.leave()
        return i + 1

    def add(self, kind: str, text: str) -> None:
        self.frames[-1].blocks.append(Block(kind, text))

    def enter(self, kind: str, number: int | None = None, marker: str = "") -> None:
        self.depth += 1
        kept = kind if self.depth <= _DEPTH else "flat"
        self.frames.append(_Frame(kept, number=number, marker=marker))

    def leave(self) -> None:
        """Close the innermost container and put it into the one around it."""
        if len(self.frames) == 1:
            return
        frame = self.frames.pop()
        self.depth -= 1
        around = self.frames[-1]
        self.finish(frame)
        if frame.kind == "flat":
            around.blocks += frame.blocks
        elif frame.kind == "item":
            around.blocks.append(Block("item", _item(frame.blocks)))
        elif frame.kind == "list":
            if frame.blocks:
                around.blocks.append(Block("bullets" if frame.number is None else "numbers", _list(frame)))
        elif frame.kind == "quote":
            inner = _join(frame.blocks)
            text = frame.marker + "\n" + inner if frame.marker and inner else frame.marker + inner
            around.blocks.append(Block("quote", "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))))

    def finish(self, frame: _Frame) -> None:
        """Close the HTML elements that the author left open in a container."""
        if frame.elements:
            frame.blocks.append(Block("html", "".join(f"</{name}>" for name in reversed(frame.elements[: html.DEPTH]))))

    # -- the blocks --------------------------------------------------------------------------------------------------

    def paragraph(self, events: Sequence[Event], kind: str) -> None:
        frame = self.frames[-1]
        for some in shortened(events):
            for part in parts(some, self.scope, item=frame.kind == "item" and not frame.blocks):
                self.add("given" if part.block else kind, part.markdown)

    def code(self, text: str, start: int) -> None:
        if fold := self.plan.folds.get(start):
            self.add("given", fold.before.strip("\n"))
            self.add("given", folded(fold, text))
        else:
            self.add("code", text)

    def heading(self, events: Sequence[Event], level: int, start: int) -> None:
        if self.plan.title is not None and level == 1 and start != self.plan.title:
            level = 2
        text = one_line(events, self.scope)
        anchor = self.plan.anchors.get(start, "")
        if anchor and text:
            text += f" {{#{anchor}}}" if re.fullmatch(r"[^\s=}\"']+", anchor) else f' {{: id="{anchor}"}}'
        self.add("heading", f"{'#' * level} {text}".rstrip())

    def html(self, source: str) -> None:
        source = html.visible(html.theirs(source.replace("\r", "")))
        if self.plan.title is not None:
            source = html.demoted(source)
        if not source:
            return
        if len(self.frames) > 1:
            source = html.nested(source)
        else:
            source = html.opened(source, self.frames[-1].elements)
        self.add("html", source)

    def table(self, events: Sequence[Event], aligned: Sequence[str]) -> str:
        rows: list[list[str]] = []
        opened = 0
        for i, (name, _, _, _) in enumerate(events):
            if name in ("+TableHead", "+TableRow"):
                rows.append([])
            elif name == "+TableCell":
                opened = i + 1
            elif name == "-TableCell" and rows:
                rows[-1].append(one_line(events[opened:i], self.scope, cell=True))
        lines = [_row([*row, *[""] * (len(aligned) - len(row))]) for row in rows]
        return "\n".join((lines[0], _row([_ALIGN.get(side, "---") for side in aligned]), *lines[1:])) if lines else ""

    def quote(self, events: Sequence[Event], i: int) -> int:
        first = events[i + 1] if i + 1 < len(events) else None
        head = callout(self.document.data, first.start) if first and first.name == "+Paragraph" else None
        if first is None or head is None:
            self.enter("quote")
            return i + 1
        close = _close(events, i + 1)
        j = i + 2
        while j < close and events[j].end <= head.end:
            j += 1
        rest = list(events[j:close])
        if rest and rest[0].name == "Text" and rest[0].start < head.end:
            text = self.document.slice(head.end, rest[0].end)
            rest[0] = rest[0]._replace(data=text, start=head.end)
        head_line, rest = first_line(rest)
        title = one_line(head_line, self.scope, opens=True)
        kind = escape(head.kind, lines=False)
        # Colour and icon alone do not tell every reader what kind of callout it is: a title is preceded by the word.
        shown = f"*{kind}*{{.{CALLOUT_KIND}}} {title}" if title else kind
        self.enter("quote", marker=f"{head.marker} {shown}")
        if rest:
            self.paragraph(rest, "text")
        return close + 1


def _close(events: Sequence[Event], i: int) -> int:
    """The index of the event that closes the block opened at `i`."""
    name = "-" + events[i].name[1:]
    depth = 0
    for j in range(i + 1, len(events)):
        if events[j].name == events[i].name:
            depth += 1
        elif events[j].name == name:
            if not depth:
                return j
            depth -= 1
    return len(events)


def _join(blocks: Sequence[Block]) -> str:
    out: list[str] = []
    for i, block in enumerate(blocks):
        if i:
            same = block.kind == blocks[i - 1].kind and block.kind in ("bullets", "numbers")
            out.append(f"\n\n{_APART}\n\n" if same else "\n\n")
        out.append(block.text)
    return "".join(out)


def _first(blocks: Sequence[Block]) -> str:
    """Blocks that begin on the line of a marker, where only text may stand."""
    text = _join(blocks)
    return text if not blocks or blocks[0].kind in ("text", "line") else "\n\n" + text


def _item(blocks: Sequence[Block]) -> str:
    """The inside of a list item: in a tight one a list or code may follow the text without a blank line."""
    out: list[str] = []
    for i, block in enumerate(blocks):
        if not i:
            # Stars or dashes behind a marker would be a rule in the item's stead.
            out.append(_LEAD.get(block.kind, "\n\n") + ("___" if block.kind == "rule" else block.text))
            continue
        before = blocks[i - 1].kind
        tight = i == 1 and before == "line" and block.kind in ("bullets", "numbers", "code")
        apart = before == block.kind and block.kind in ("bullets", "numbers")
        out.append(("\n" if tight else f"\n\n{_APART}\n\n" if apart else "\n\n") + block.text)
    return "".join(out)


def _list(frame: _Frame) -> str:
    # A line with a dash alone would underline the text above it.
    bullet = "*" if any(not item.text or item.text[0] == "\n" for item in frame.blocks) else "-"
    out: list[str] = []
    for i, item in enumerate(frame.blocks):
        first, _, rest = item.text.partition("\n")
        marker = bullet if frame.number is None else f"{frame.number + i}."
        out.append(f"{marker} {first}" + (f"\n{_indent(rest)}" if rest else ""))
        out.append("\n\n" if "\n\n" in _without_code(item.text) else "\n")
    return "".join(out[:-1])


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _without_code(text: str) -> str:
    return re.sub(r"^ *(`{3,})[^\n]*\n(?:.*\n)*? *\1$", "", text, flags=re.MULTILINE)


def fence(info: object, code: str) -> str:
    """A fenced block longer than any fence inside it, with the language and the lines to highlight."""
    code = code.replace("\r", "").removesuffix("\n")
    longest = max((len(run) for run in re.findall("`{3,}", code)), default=2)
    head = ""
    if isinstance(info, dict) and (given := str(info.get("Fenced", ""))):
        language = _LANGUAGE.match(given)
        head = " ".join(([language[1]] if language else []) + _OPTION.findall(given))
    fence = "`" * (longest + 1)
    return f"{fence} {head}".rstrip().replace("` ", "`", 1) + f"\n{code}\n{fence}"


def folded(fold: Fold, code: str) -> str:
    """A block of code that unfolds without a script."""
    return fenced("details.vaultc-code", f'<summary data-vaultc="code">{fold.summary}</summary>\n\n{code}')
