"""One reading of a note: CommonMark with GFM and Obsidian's additions, as a flat list of events with byte ranges.

Wiki-links and `%%` comments are no part of CommonMark. Before pyromark reads the text each is masked by as many bytes that
mean nothing to it (a link begins and ends with punctuation, so that emphasis beside it opens and closes as it should); where a
mask comes back inside plain text it was a link, where it comes back inside code, math or HTML it was not and the text is
restored. That lets a link hold code, quotes or a pipe, and keeps one scanner for `check` and `emit`.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, get_args

import pyromark

from vaultc.parse.event import Closed, Comment, Event, Mask, Name, Opened, Step, WikiLink
from vaultc.parse.ranges import Ranges
from vaultc.text import Span, make_span

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
)
# The innermost pair of double brackets on one line; a single bracket may stand inside. It begins with a plain sign, which is
# searched for much faster; whether `!` stands before is looked at afterwards.
_WIKILINK = re.compile(rb"\[\[(?!\[)((?:[^\[\]\r\n]++|\[(?!\[)|\](?!\]))++)\]\]")
# What follows `[[1]]` when that is the text of a Markdown link: an address or a path, not a remark in parentheses.
_DESTINATION = re.compile(rb"\((?:(?=[^()\s/:#]*[/:#])[^()\r\n]*+|[^()\s]+\.[A-Za-z]\w{1,4})\)")
_PLACEHOLDER = re.compile(rb"<%|\{\{|\{%")
_COMMENT = re.compile(rb"%%")
_HIDDEN = re.compile(rb"%%.*?%%")
_LITERAL: frozenset[Name] = frozenset({"Code", "+CodeBlock", "InlineMath", "DisplayMath", "Html", "InlineHtml"})
# Display mathematics that opens a line, in quotes or a list item; and lines that no formula has.
_FORMULA = re.compile(rb"^([ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)\$\$", re.M)
_NO_FORMULA = re.compile(rb"[ \t>]*(?:#{1,6}[ \t]|```|~~~)")
_FILL = b"\x1a"
_MASKED = re.compile(",\x1a+,|\x1a\x1a")


@dataclass(frozen=True)
class Document:
    """A note's text (UTF-8), where the body begins, and the comments that were passed over."""

    data: bytes
    body: int
    comments: tuple[Span, ...]
    _masked: bytes
    _masks: Sequence[Mask]
    _formulas: dict[int, str]

    def slice(self, start: int, end: int) -> str:
        """The text between two byte offsets."""
        return self.data[start:end].decode("utf-8", "replace")

    @cached_property
    def events(self) -> list[Event]:
        """The events of the body."""
        return list(map(Event._make, self.steps()))

    def steps(self, passed: Container[Name] = ()) -> Iterator[Step]:
        """The same one after the other, as plain tuples, without those of the names in `passed`."""
        return _steps(self.data, self._masked, self.body, self._masks, self._formulas, passed)


def read(data: bytes, body: int = 0) -> Document:
    """Read the text of a note from byte `body` on. `data` must be UTF-8; nothing raises."""
    comments: tuple[Span, ...] = ()
    holes: list[Comment] = []
    masked = data.replace(b"\0", _FILL) if b"\0" in data else data
    formulas: dict[int, str] = {}
    if data.count(b"$$") > 1:
        masked, formulas = _formulas(data, masked, body)
    if b"%%" in data:
        comments = _comments(data, body, _steps(data, masked, body))
        masked, holes = _without(masked, comments)
    links = _wikilinks(masked, data, body) if b"[[" in masked else []
    if b"`" in data and any("`" in link.target or "`" in (link.label or "") for link in links):
        links = _not_cut_by_code(links, _steps(data, masked, body))
    if links:
        masked = _mask(masked, [link.span for link in links])
    if holes:  # those that a link has swallowed are part of its mask
        swallowed = Ranges(link.span for link in links)
        holes = [hole for hole in holes if hole.span.start not in swallowed]
    masks: Sequence[Mask] = sorted((*links, *holes), key=lambda mask: mask.span) if holes else links
    return Document(data, body, comments, masked, masks, formulas)


def _steps(
    data: bytes,
    masked: bytes,
    body: int,
    masks: Sequence[Mask] = (),
    formulas: Mapping[int, str] = MappingProxyType({}),
    passed: Container[Name] = (),
) -> Iterator[Step]:
    """What pyromark reads in `masked`, each mask given back: as an event of its own inside text, as the text it was elsewhere."""
    code = False
    at = 0  # the first mask that does not end before the last text
    # Blank lines in place of the front matter leave every offset as it is in the file.
    text = (b"\n" * body + masked[body:]).decode("utf-8", "replace")
    events: Any = pyromark.events_with_range(text, options=_OPTIONS)
    for event, where in events:
        if type(event) is not dict:
            yield event, None, where["start"], where["end"]
            continue
        name, payload = event.popitem()  # the only one
        if name == "Start" or name == "End":
            kind, payload = (payload, None) if type(payload) is str else payload.popitem()
            sign = (_OPENED if name == "Start" else _CLOSED)[kind]
            if sign in passed:
                continue
            if kind == "CodeBlock":
                code = name == "Start"
            start, end = where["start"], where["end"]
            if payload is not None and kind in _WRITTEN and masks and "\x1a" in _written(payload):
                payload = _restored(kind, payload, start, end, masks)
            yield sign, payload, start, end
        elif formulas and name == "DisplayMath" and where["start"] in formulas:
            yield name, formulas[where["start"]], where["start"], where["end"]
        elif masks and type(payload) is str and "\x1a" in payload:
            start, end = where["start"], where["end"]
            while at < len(masks) and masks[at].span.end <= start:
                at += 1
            inside = _between(masks, at, end)
            if name != "Text" or code:
                yield name, _fill(data, payload, inside), start, end
                continue
            for mask in inside:
                first, last = mask.span
                if first > start:
                    yield "Text", data[start:first].decode("utf-8", "replace"), start, first
                if type(mask) is WikiLink:
                    yield "WikiLink", mask, first, last
                start = last
            if start < end:
                yield "Text", data[start:end].decode("utf-8", "replace"), start, end
        else:
            yield name, payload, where["start"], where["end"]


_OPENED: Mapping[str, Name] = {name[1:]: name for name in get_args(Opened)}
_CLOSED: Mapping[str, Name] = {name[1:]: name for name in get_args(Closed)}
_WRITTEN = frozenset({"Link", "Image", "CodeBlock"})
# Made in C, as spans are.
_link: Callable[[tuple[str, str | None, bool, bool, Span, Span]], WikiLink] = partial(tuple.__new__, WikiLink)


def _written(payload: Any) -> str:
    """What an element holds as text of its own: a destination and a title, or an info string."""
    return f"{payload['dest_url']} {payload['title']}" if "dest_url" in payload else str(payload)


def _wikilinks(masked: bytes, data: bytes, body: int) -> list[WikiLink]:
    out = []
    for match in _WIKILINK.finditer(masked, body):
        start, end = match.span()
        lead, tail = match.span(1)
        embed = start > body and data[start - 1] == 0x21
        if embed:
            embed = not _escaped(data, start - 1)
            start -= embed
        elif _escaped(data, start):
            continue
        inner = data[lead:tail]
        if (b"{" in inner or b"<" in inner) and _PLACEHOLDER.search(inner):
            continue
        if end < len(data) and data[end] == 0x28 and _DESTINATION.match(data, end):
            continue
        shown = _HIDDEN.sub(b"", inner) if b"%%" in inner else inner
        name, pipe, rest = shown.partition(b"|")
        label = _label(rest) if pipe else None
        escaped = bool(pipe) and name.endswith(b"\\")
        if escaped:
            name = name[:-1]
        written = name.decode()
        target = written.strip()
        if not target:
            continue
        tail = lead + len(name)
        if shown != inner:  # a target around a comment is no stretch of the text, and nobody's to rewrite
            tail = lead
        elif target is not written and target != written:
            lead += len(written[: -len(written.lstrip())].encode()) if written[0].isspace() else 0
            tail = lead + len(target.encode())
        out.append(_link((target, label, embed, escaped, make_span((start, end)), make_span((lead, tail)))))
    return out


def _label(label: bytes) -> str:
    return label.replace(b"\\|", b"|").decode().strip()


def _not_cut_by_code(links: list[WikiLink], steps: Iterable[Step]) -> list[WikiLink]:
    """The links without those whose opening brackets stand in code and whose closing ones do not: `` `[[a`]] ``."""
    code = [Span(start, end) for name, _, start, end in steps if name == "Code"]
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


def _formulas(data: bytes, masked: bytes, body: int) -> tuple[bytes, dict[int, str]]:
    """The text with display mathematics of several lines masked, and what stands in each by its first byte.

    To CommonMark a formula is text like any other: an empty line, a minus or an equals sign at the start of a line would end
    it. To Obsidian it runs from `$$` to `$$`, like a block of code.
    """
    literal = Ranges(Span(start, end) for name, _, start, end in _steps(data, masked, body) if name in _LITERAL)
    formulas: dict[int, str] = {}
    pieces: list[bytes] = []
    at = done = body
    while match := _FORMULA.search(masked, at):
        start = match.end() - 2
        if (inside := literal.end(start)) is not None:  # code, or a formula that is read as one anyway
            at = inside
            continue
        end = masked.find(b"$$", start + 2)
        if end < 0:
            break
        first, *others = data[start + 2 : end].split(b"\n")
        quote = re.compile(rb"(?:[ \t]*>){%d} ?" % match[1].count(b">"))
        at = start + 2
        if not all(quote.match(line) and not _NO_FORMULA.match(line) for line in others):
            continue
        at = end + 2
        if others:
            lines = (first, *(quote.sub(b"", line, count=1) for line in others))
            formulas[start] = b"\n".join(lines).decode("utf-8", "replace")
            pieces += (masked[done : start + 2], _FILL * (end - start - 2))
            done = end
    return b"".join((masked[:body], *pieces, masked[done:])), formulas


def _comments(data: bytes, body: int, steps: Iterable[Step]) -> tuple[Span, ...]:
    """Spans of `%%` comments: opened outside code and math, closed by the next `%%`; one that opens a line and is never
    closed runs to the end, for what an author hid must not be published."""
    literal = Ranges(Span(start, end) for name, _, start, end in steps if name in _LITERAL)
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


def _without(masked: bytes, comments: tuple[Span, ...]) -> tuple[bytes, list[Comment]]:
    """The text with its comments blanked, and a mask for each part that shares its line with other text: there
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
                holes.append(Comment(Span(at, stop)))
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


def _between(masks: Sequence[Mask], first: int, end: int) -> Sequence[Mask]:
    """The masks from number `first` on that begin before `end`."""
    last = first
    while last < len(masks) and masks[last].span.start < end:
        last += 1
    return masks[first:last]


def _restored(kind: str, payload: Any, start: int, end: int, masks: Sequence[Mask]) -> Any:
    """What an element from `start` to `end` holds as text of its own, without masks."""
    first = bisect_left(masks, start, key=lambda mask: mask.span.start)
    inside = [mask for mask in _between(masks, first, end) if mask.span.end <= end]
    if kind == "CodeBlock":
        return {"Fenced": _refill(payload["Fenced"], inside)}
    found = len(_MASKED.findall(payload["dest_url"] + payload["title"]))
    tail = inside[-found:]
    return {**payload, "dest_url": _refill(payload["dest_url"], tail), "title": _refill(payload["title"], tail)}


def _source(mask: Mask) -> str:
    if isinstance(mask, Comment):
        return ""
    pipe = "" if mask.label is None else ("\\|" if mask.escaped else "|") + mask.label
    return f"{'!' if mask.embed else ''}[[{mask.target}{pipe}]]"


def _refill(text: str, masks: Sequence[Mask]) -> str:
    rest = iter(masks)
    return _MASKED.sub(lambda m: _source(mask) if (mask := next(rest, None)) else m[0], text)


def _fill(data: bytes, text: str, masks: Sequence[Mask]) -> str:
    rest = iter(masks)

    def original(match: re.Match[str]) -> str:
        mask = next(rest, None)
        if mask is None:
            return match[0]
        return data[mask.span.start : mask.span.end].decode("utf-8", "replace") if type(mask) is WikiLink else ""

    return _MASKED.sub(original, text)
