"""One reading of a note: CommonMark with GFM and Obsidian's additions, as a flat list of events with byte ranges.

Wiki-links and `%%` comments are no part of CommonMark. Before pyromark reads the text each is masked by as many bytes that
mean nothing to it (a link begins and ends with punctuation, so that emphasis beside it opens and closes as it should); where a
mask comes back inside plain text it was a link, where it comes back inside code, math or HTML it was not and the text is
restored. That lets a link hold code, quotes or a pipe, and keeps one scanner for `check` and `emit`.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import pyromark

from vaultc.parse.ranges import Ranges
from vaultc.text import Span

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
)
# The innermost pair of double brackets on one line; a single bracket may stand inside.
_WIKILINK = re.compile(rb"!?\[\[(?!\[)((?:[^\[\]\r\n]++|\[(?!\[)|\](?!\]))++)\]\]")
# What follows `[[1]]` when that is the text of a Markdown link: an address or a path, not a remark in parentheses.
_DESTINATION = re.compile(rb"\((?:[^()\s]*[/:#][^()\r\n]*|[^()\s]+\.[A-Za-z]\w{1,4})\)")
_PLACEHOLDER = re.compile(rb"<%|\{\{|\{%")
_COMMENT = re.compile(rb"%%")
_HIDDEN = re.compile(rb"%%.*?%%")
_LITERAL = frozenset({"Code", "+CodeBlock", "InlineMath", "DisplayMath", "Html", "InlineHtml"})
_FILL = b"\x1a"
_MASKED = re.compile(",\x1a+,|\x1a\x1a")


class Event(NamedTuple):
    """One step of the reading.

    `name` is pyromark's: `Text`, `Code`, `SoftBreak` …; `+Paragraph` opens and `-Paragraph` closes an element, and
    `WikiLink` is ours. `data` is its payload (the text, the heading's level, the `WikiLink`), or None.
    """

    name: str
    data: Any
    start: int
    end: int


class WikiLink(NamedTuple):
    """`[[target|label]]` as written; `target_span` excludes the brackets and the space around the target."""

    target: str
    label: str | None
    embed: bool
    escaped: bool
    span: Span
    target_span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """A note's text (UTF-8), the events of its body, the comments that were passed over, and where the body begins."""

    data: bytes
    body: int
    events: list[Event]
    comments: tuple[Span, ...]

    def slice(self, start: int, end: int) -> str:
        """The text between two byte offsets."""
        return self.data[start:end].decode("utf-8", "replace")


def read(data: bytes, body: int = 0) -> Document:
    """Read the text of a note from byte `body` on. `data` must be UTF-8; nothing raises."""
    comments: tuple[Span, ...] = ()
    masked = data.replace(b"\0", _FILL) if b"\0" in data else data
    if b"%%" in data:
        comments = _comments(data, body, _events(masked, body))
        masked, holes = _without(masked, comments)
    else:
        holes = []
    links = _wikilinks(masked, data, body) if b"[[" in masked else []
    if any("`" in link.target or "`" in (link.label or "") for link in links):
        links = _not_cut_by_code(links, _events(masked, body))
    if links:
        masked = _mask(masked, [link.span for link in links])
    masks = sorted((*links, *holes), key=lambda link: link.span) if holes else links
    events, marked = _read(masked, body)
    return Document(data, body, _split(data, events, marked, masks) if masks else events, comments)


def _events(masked: bytes, body: int) -> list[Event]:
    return _read(masked, body)[0]


def _read(masked: bytes, body: int) -> tuple[list[Event], list[tuple[int, bool]]]:
    """The events, and which of them hold a mask: their numbers, each with whether it lies in a code block."""
    out: list[Event] = []
    marked: list[tuple[int, bool]] = []
    code = False
    text = masked[body:].decode("utf-8", "replace")
    steps: Any = pyromark.events_with_range(text, options=_OPTIONS)
    for event, where in steps:
        start, end = where["start"] + body, where["end"] + body
        if type(event) is str:
            out.append(_event((event, None, start, end)))
            continue
        for name, data in event.items():  # the only one
            if name == "Start" or name == "End":
                signs = _OPENED if name == "Start" else _CLOSED
                if type(data) is str:
                    code = code and data != "CodeBlock"
                    out.append(_event((signs[data], None, start, end)))
                    continue
                for kind, payload in data.items():
                    if name == "Start":
                        if kind in _WRITTEN and "\x1a" in _written(payload):
                            marked.append((len(out), code))
                        code = code or kind == "CodeBlock"
                    out.append(_event((signs[kind], payload, start, end)))
                continue
            if type(data) is str and "\x1a" in data:
                marked.append((len(out), code))
            out.append(_event((name, data, start, end)))
    return out, marked


class _Signed(dict[str, str]):
    """Names with a sign before them, each made once."""

    def __init__(self, sign: str) -> None:
        super().__init__()
        self._sign = sign

    def __missing__(self, name: str) -> str:
        return self.setdefault(name, self._sign + name)


_OPENED, _CLOSED = _Signed("+"), _Signed("-")
_WRITTEN = frozenset({"Link", "Image", "CodeBlock"})
_event: Callable[[tuple[str, Any, int, int]], Event] = partial(tuple.__new__, Event)


def _written(payload: Any) -> str:
    """What an element holds as text of its own: a destination and a title, or an info string."""
    return f"{payload['dest_url']} {payload['title']}" if "dest_url" in payload else str(payload)


def _wikilinks(masked: bytes, data: bytes, body: int) -> list[WikiLink]:
    out = []
    for match in _WIKILINK.finditer(masked, body):
        start, end = match.span()
        if data[start - 1 : start] == b"\\" and _escaped(data, start):
            if data[start] != 0x21:
                continue
            start += 1
        inner = data[match.start(1) : match.end(1)]
        if (b"{" in inner or b"<" in inner) and _PLACEHOLDER.search(inner):
            continue
        if data[end : end + 1] == b"(" and _DESTINATION.match(data, end):
            continue
        pipe = inner.find(b"|")
        target, label = (inner, None) if pipe < 0 else (inner[:pipe], inner[pipe + 1 :])
        escaped = label is not None and target.endswith(b"\\")
        if escaped:
            target = target[:-1]
        written = target.decode()
        name = written.strip()
        if not name:
            continue
        lead = match.start(1)
        if written[0].isspace():
            lead += len(written[: -len(written.lstrip())].encode())
        text = None if label is None else _label(label)
        where = Span(lead, lead + len(name.encode()))
        out.append(WikiLink(name, text, data[start] == 0x21, escaped, Span(start, end), where))
    return out


def _label(label: bytes) -> str:
    if b"%%" in label:
        label = _HIDDEN.sub(b"", label)
    return label.replace(b"\\|", b"|").decode().strip()


def _not_cut_by_code(links: list[WikiLink], events: list[Event]) -> list[WikiLink]:
    """The links without those whose opening brackets stand in code and whose closing ones do not: `` `[[a`]] ``."""
    code = [Span(e.start, e.end) for e in events if e.name == "Code"]
    cut = set()
    at = 0
    for link in links:
        while at < len(code) and code[at].end <= link.span.start:
            at += 1
        if at < len(code) and code[at].start < link.span.start and code[at].end < link.span.end:
            cut.add(link)
    return [link for link in links if link not in cut]


def _escaped(data: bytes, at: int) -> bool:
    before = at
    while before and data[before - 1] == 0x5C:
        before -= 1
    return (at - before) % 2 == 1


def _comments(data: bytes, body: int, events: list[Event]) -> tuple[Span, ...]:
    """Spans of `%%` comments: opened outside code and math, closed by the next `%%`; one that opens a line and is never
    closed runs to the end, for what an author hid must not be published."""
    literal = Ranges(Span(e.start, e.end) for e in events if e.name in _LITERAL)
    out: list[Span] = []
    at = body
    while match := _COMMENT.search(data, at):
        start = match.start()
        if (inside := literal.end(start)) is not None:
            at = inside
            continue
        close = data.find(b"%%", match.end())
        if close < 0:
            line = data[data.rfind(b"\n", 0, start) + 1 : start]
            if line.strip(b" \t>-") == b"":
                out.append(Span(start, len(data)))
            break
        out.append(Span(start, close + 2))
        at = close + 2
    return tuple(out)


def _without(masked: bytes, comments: tuple[Span, ...]) -> tuple[bytes, list[WikiLink]]:
    """The text with its comments blanked, and a nameless link for each part that shares its line with other text: there
    blanks would make a hard break or an indented block."""
    pieces: list[bytes] = []
    end = 0
    for span in comments:
        pieces += (masked[end : span.start], re.sub(rb"[^\r\n]", b" ", masked[span.start : span.end]))
        end = span.end
    masked = b"".join((*pieces, masked[end:]))
    holes = []
    known, shared = (-1, -1), False  # the last line looked at, and whether other text stands on it
    for span in comments:
        at = span.start
        while at < span.end:
            stop = masked.find(b"\n", at, span.end)
            stop = span.end if stop < 0 else stop
            if not known[0] <= at <= known[1]:
                after = masked.find(b"\n", stop)
                known = (masked.rfind(b"\n", 0, at) + 1, after if after >= 0 else len(masked))
                shared = bool(masked[known[0] : known[1]].strip(b" \t\r>"))
            if stop - at >= 2 and shared:
                holes.append(WikiLink("", None, False, False, Span(at, stop), Span(at, at)))
            at = stop + 1
    return _mask(masked, [hole.span for hole in holes]), holes


def _mask(data: bytes, spans: list[Span]) -> bytes:
    out: list[bytes] = []
    at = 0
    for start, end in spans:
        length = end - start
        out += (data[at:start], b"," + _FILL * (length - 2) + b"," if length > 2 else _FILL * length)
        at = end
    return b"".join((*out, data[at:]))


def _split(
    data: bytes, events: list[Event], marked: list[tuple[int, bool]], links: list[WikiLink]
) -> list[Event]:
    """Give each masked link back: as an event of its own inside text, as the text it was elsewhere."""
    out: list[Event] = []
    at = 0
    read = 0
    for number, code in marked:
        out += events[read:number]
        read = number + 1
        event = events[number]
        name, payload, start, end = event
        if name[0] == "+":
            out.append(_restored(event, links))
            continue
        while at < len(links) and links[at].span.end <= start:
            at += 1
        inside = _between(links, at, end)
        if name == "Text" and not code:
            for link in inside:
                if link.span.start > start:
                    out.append(Event("Text", data[start : link.span.start].decode("utf-8", "replace"), start, link.span.start))
                if link.target:  # else a comment, which leaves nothing behind
                    out.append(Event("WikiLink", link, *link.span))
                start = link.span.end
            if start < end:
                out.append(Event("Text", data[start:end].decode("utf-8", "replace"), start, end))
        else:
            out.append(Event(name, _fill(data, payload, inside), start, end))
    out += events[read:]
    return out


def _between(links: list[WikiLink], first: int, end: int) -> list[WikiLink]:
    """The links from number `first` on that begin before `end`."""
    last = first
    while last < len(links) and links[last].span.start < end:
        last += 1
    return links[first:last]


def _restored(event: Event, links: list[WikiLink]) -> Event:
    data = event.data
    first = bisect_left(links, event.start, key=lambda link: link.span.start)
    inside = [link for link in _between(links, first, event.end) if link.span.end <= event.end]
    if event.name == "+CodeBlock":
        return event._replace(data={"Fenced": _refill(data["Fenced"], inside)})
    found = len(_MASKED.findall(data["dest_url"] + data["title"]))
    tail = inside[-found:]
    return event._replace(data={**data, "dest_url": _refill(data["dest_url"], tail), "title": _refill(data["title"], tail)})


def _source(link: WikiLink) -> str:
    if not link.target:
        return ""
    pipe = "" if link.label is None else ("\\|" if link.escaped else "|") + link.label
    return f"{'!' if link.embed else ''}[[{link.target}{pipe}]]"


def _refill(text: str, links: list[WikiLink]) -> str:
    rest = iter(links)
    return _MASKED.sub(lambda m: _source(link) if (link := next(rest, None)) else m[0], text)


def _fill(data: bytes, text: str, links: list[WikiLink]) -> str:
    rest = iter(links)

    def original(match: re.Match[str]) -> str:
        link = next(rest, None)
        if link is None:
            return match[0]
        return data[link.span.start : link.span.end].decode("utf-8", "replace") if link.target else ""

    return _MASKED.sub(original, text)
