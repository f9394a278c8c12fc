"""One pass over the events of a note: what stands in its body, each with its place."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from vaultc.model import Ignore, Reference, ReferenceKind, Snippet, Tag
from vaultc.parse.document import Document
from vaultc.parse.event import Event, Name, WikiLink
from vaultc.text import Span, make_span

EXTERNAL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]+:|//)")
PLACEHOLDER = re.compile(r"<%|\{\{|\{%")
_TAG = re.compile(r"(?<![^\s(,;])#((?:[^\W]|[/_\-‑]|[\u200d\ufe0f\U0001f000-\U0001faff])+)")
_HEADING_BLOCK_ID = re.compile(r"(?:^|\s)\^[\w-]+\s*$")
_HTML_ID = re.compile(r"""<[^<>]*?\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""")
_IGNORE = re.compile(r"<!--\s*vaultc:\s*ignore\b([^<>]*?)-->")
# Nearly half of all events, and nothing to learn from them.
_PASSED: frozenset[Name] = frozenset(
    (
        "+TableCell",
        "-TableCell",
        "-TableRow",
        "-TableHead",
        "-Table",
        "-Paragraph",
        "-Item",
        "-List",
        "-BlockQuote",
        "-Emphasis",
        "-Strong",
    )
)


class Title(NamedTuple):
    """A heading as it is read: `text` is what a reader sees, `inner` the range of bytes between the marks."""

    level: int
    text: str
    inner: tuple[int, int]
    span: Span


class Walk:
    """What one pass over a document's events finds; `literal` are the parts that no link is read in, `leaves` its blocks.

    Mutable, and of no use to anybody but the stage that makes notes.
    """

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.headings: list[Title] = []
        self.references: list[Reference] = []
        self.tags: list[Tag] = []
        self.snippets: list[Snippet] = []
        self.ignores: list[Ignore] = []
        self.literal: list[Span] = []
        self.leaves: list[Span] = []
        self.ids: list[str] = []
        # What is open: the block around, the heading's words and the bytes that they span, links with their words, and code.
        self._context = Span(doc.body, doc.body)
        self._heading: list[str] | None = None
        self._inner = (0, 0)
        self._links: list[tuple[Event, list[str]]] = []
        self._code: tuple[str, list[str]] | None = None
        self._pending: list[tuple[tuple[str, ...], Span]] = []
        steps = _STEPS.get
        for name, data, start, end in doc.steps(_PASSED):
            if (
                name == "Text" and self._heading is None and self._code is None and not self._links
            ):  # as most events are
                if "#" in data:
                    self._tags(data, start)
                continue
            if self._pending and name[0] == "+" and name != "+HtmlBlock":
                self._settle(Span(start, end))
            if (step := steps(name)) is not None:
                step(self, name, data, start, end)
        self._settle(Span(len(doc.data), len(doc.data)))

    def _settle(self, scope: Span) -> None:
        """The block that the comments before it speak of is found."""
        self.ignores += (Ignore(codes, span, scope) for codes, span in self._pending)
        self._pending.clear()

    def _text(self, name: Name, data: str, start: int, end: int) -> None:
        if self._code is not None:
            self._code[1].append(data)
            return
        if self._heading is not None:
            self._in_heading(data, start, end)
        if self._links:
            self._links[-1][1].append(data)
        elif "#" in data:
            self._tags(data, start)

    def _in_heading(self, words: str, start: int, end: int) -> None:
        assert self._heading is not None
        if words:
            self._heading.append(words)
        self._inner = (min(self._inner[0], start), max(self._inner[1], end))

    def _leaf(self, name: Name, data: Any, start: int, end: int) -> None:
        self._context = make_span((start, end))
        self.leaves.append(self._context)
        if name == "+Heading":
            self._heading, self._inner = [], (end, start)

    def _group(self, name: Name, data: Any, start: int, end: int) -> None:
        self.leaves.append(make_span((start, end)))

    def _html_block(self, name: Name, data: Any, start: int, end: int) -> None:
        self.literal.append(make_span((start, end)))

    def _code_block(self, name: Name, data: Any, start: int, end: int) -> None:
        span = make_span((start, end))
        self.literal.append(span)
        self.leaves.append(span)
        self._code = (data["Fenced"] if isinstance(data, dict) else "", [])

    def _code_block_ends(self, name: Name, data: Any, start: int, end: int) -> None:
        if self._code is not None:
            info, code = self._code
            if "bench" in info.split()[1:]:
                self.snippets.append(Snippet(info, "".join(code), Span(start, end)))
            self._code = None

    def _heading_ends(self, name: Name, data: Any, start: int, end: int) -> None:
        if self._heading is not None:
            inner = self._inner if self._inner[0] < self._inner[1] else (start, start)
            words = _HEADING_BLOCK_ID.sub("", "".join(self._heading)).strip()
            self.headings.append(Title(int(str(data)[1]), words, inner, make_span((start, end))))
            self._heading = None

    def _link(self, name: Name, data: Any, start: int, end: int) -> None:
        self._links.append((Event(name, data, start, end), []))

    def _link_ends(self, name: Name, data: Any, start: int, end: int) -> None:
        if self._links:
            opened, words = self._links.pop()
            self._markdown(opened, "".join(words))
            if self._links:
                self._links[-1][1].extend(words)

    def _inline(self, name: Name, data: Any, start: int, end: int) -> None:
        """Words in a link or a heading that are more than text."""
        words = data
        if name == "WikiLink":
            words = shown(data)
            self._wikilink(data)
        else:
            self.literal.append(make_span((start, end)))
        if self._heading is not None:
            self._in_heading(words, start, end)
        if self._links:
            self._links[-1][1].append(words)

    def _html(self, name: Name, data: str, start: int, end: int) -> None:
        self.literal.append(make_span((start, end)))
        if self._heading is not None:
            self._in_heading("", start, end)
        self.ids += _HTML_ID.findall(data)
        for match in _IGNORE.finditer(data) if "vaultc" in data else ():
            at = start + len(data[: match.start()].encode())
            codes = tuple(re.split(r"[\s,]+", match[1].strip())) if match[1].strip() else ()
            span = Span(at, at + len(match[0].encode()))
            if name == "Html":
                self._pending.append((codes, span))
            else:
                self.ignores.append(Ignore(codes, span, self._context))

    def _footnote(self, name: Name, data: Any, start: int, end: int) -> None:
        if self._heading is not None:
            self._in_heading("", start, end)

    def _break(self, name: Name, data: Any, start: int, end: int) -> None:
        if self._heading is not None:
            self._heading.append(" ")

    def _wikilink(self, link: WikiLink) -> None:
        if "://" in link.target and EXTERNAL.match(link.target):
            return
        kind: ReferenceKind = "embed" if link.embed else "link"
        self.references.append(
            Reference(
                kind, link.target, link.label, link.span, link.target_span, self._context, link.escaped, link.target
            )
        )

    def _markdown(self, event: Event, label: str) -> None:
        raw = event.data["dest_url"].strip()
        if (
            not raw
            or EXTERNAL.match(raw)
            or PLACEHOLDER.search(raw)
            or event.data["link_type"] in ("Autolink", "Email")
        ):
            return
        path, mark, fragment = raw.partition("#")
        path = path.partition("?")[0]
        target = unquote(path) + mark + unquote(fragment)
        if not target:
            return
        kind: ReferenceKind = "image" if event.name == "+Image" else "markdown"
        where = self._destination(event) if event.data["link_type"] == "Inline" else Span(event.end, event.end)
        self.references.append(
            Reference(kind, target, label, make_span((event.start, event.end)), where, self._context, raw=raw)
        )

    def _destination(self, event: Event) -> Span:
        """Where the destination of an inline link stands, angle brackets excluded."""
        source = self.doc.data[event.start : event.end]
        raw = event.data["dest_url"].encode()
        title = event.data["title"]
        until = source.rfind(title.encode()) if title else len(source)
        at = source.rfind(raw, 0, until if until > 0 else len(source))
        if at < 0:  # written with entities or escapes
            opening = source.rfind(b"](") + 2
            rest = source[opening : until if until > opening else len(source)].rstrip(b")\"'( \t\r\n")
            lead = len(rest) - len(rest.lstrip(b" \t\r\n<"))
            return Span(event.start + opening + lead, event.start + opening + len(rest.rstrip(b">")))
        return Span(event.start + at, event.start + at + len(raw))

    def _tags(self, data: str, start: int) -> None:
        before = self.doc.data[start - 1 : start]
        read = 0
        for match in _TAG.finditer(data):
            if match.start() == 0 and before and before not in b" \t\r\n(,;>|":
                continue
            name = tag(match[1])
            if name and not name.replace("/", "").isdigit():
                start += len(data[read : match.start()].encode())
                read = match.start()
                self.tags.append(Tag(name, Span(start, start + len(match[0].encode()))))


# What each event does. Others say nothing of a note.
_STEPS: Mapping[Name, Callable[[Walk, Name, Any, int, int], None]] = {
    "Text": Walk._text,
    **dict.fromkeys(("+Paragraph", "+Heading", "+Item", "+TableRow", "+TableHead"), Walk._leaf),
    **dict.fromkeys(("+Table", "+BlockQuote", "+List"), Walk._group),
    **dict.fromkeys(("+Link", "+Image"), Walk._link),
    **dict.fromkeys(("-Link", "-Image"), Walk._link_ends),
    **dict.fromkeys(("WikiLink", "Code", "InlineMath", "DisplayMath"), Walk._inline),
    **dict.fromkeys(("Html", "InlineHtml"), Walk._html),
    **dict.fromkeys(("SoftBreak", "HardBreak"), Walk._break),
    "+CodeBlock": Walk._code_block,
    "-CodeBlock": Walk._code_block_ends,
    "+HtmlBlock": Walk._html_block,
    "-Heading": Walk._heading_ends,
    "FootnoteReference": Walk._footnote,
}


def tag(text: str) -> str:
    """The name of a tag as it was written: its levels, none of them empty."""
    return text if "/" not in text else "/".join(filter(None, map(str.strip, text.split("/"))))


def shown(link: WikiLink) -> str:
    """What a reader sees of a link: its label, else the target as written (`n > h` for a heading, as Obsidian shows it)."""
    if link.embed:
        return ""
    if link.label:
        return html.unescape(link.label)
    return " > ".join(part for part in (p.strip() for p in link.target.split("#")) if part)
