"""The small pieces of inline Markdown: code, TeX, images, highlights, bare addresses."""

import re
from collections.abc import Mapping, Sequence

from vaultc.emit.lower import escape
from vaultc.parse.event import Event

HIGHLIGHT = re.compile(r"(?<!=)==(?!=)")
_SIZE = re.compile(r"(?:^|\|)(\d+)(?:x(\d+))?$")
_IN_TAG = re.compile(r"[`\\\[\]$]")
_IN_CELL = re.compile(r"[`\\\[\]$|]")
_EMPTY = re.compile(r"\n[ \t]*(?=\n)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def linked(text: str, held: list[str], found: list[tuple[int, int, str]]) -> tuple[str, list[str]]:
    """`text` with a hole for each bare address, and what stands in the holes."""
    out: list[str] = []
    pieces: list[str] = []
    at = used = 0
    for start, end, link in found:
        before = text[at:start]
        holes = before.count("\0") + before.count("\1")
        out += (before, escape.LINK)
        pieces += (*held[used : used + holes], link)
        used += holes
        at = end
    return "".join((*out, text[at:])), [*pieces, *held[used:]]


def highlights(events: Sequence[Event], source: bytes) -> frozenset[tuple[int, int]]:
    """Where `==` opens or closes a highlight: index of the event and offset in its text."""
    found: set[tuple[int, int]] = set()
    open_: list[tuple[int, int] | None] = [None]
    for i, (name, text, start, _) in enumerate(events):
        if name[0] == "+":
            open_.append(None)
        elif name[0] == "-" and len(open_) > 1:
            open_.pop()
        elif name == "Text" and "==" in text:
            for match in HIGHLIGHT.finditer(text):
                at = match.start()
                if at == 0 and source[start - 1 : start] == b"\\":
                    continue
                after = text[match.end() : match.end() + 1]
                before = text[at - 1 : at] if at else ""
                was = open_[-1]
                if was is not None and not before.isspace() and (at or i != was[0]):
                    found |= {was, (i, at)}
                    open_[-1] = None
                elif was is None and not after.isspace():
                    open_[-1] = (i, at)
    return frozenset(found)


def in_word(data: bytes, event: Event) -> bool:
    """Whether an emphasis touches a letter or digit outside, with nothing but the marks of others between."""
    before = data[max(event.start - 16, 0) : event.start].decode("utf-8", "replace").rstrip("*_")
    after = data[event.end : event.end + 16].decode("utf-8", "replace").lstrip("*_")
    return before[-1:].isalnum() or after[:1].isalnum()


def code(text: str) -> str:
    """A code span, between as few backticks as do."""
    text = text.replace("\r", "").replace("\n", " ")
    runs = {len(run) for run in re.findall("`+", text)}
    fence = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
    pad = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def tag(source: str, *, one_line: bool, cell: bool) -> str:
    """An HTML tag of the author's; what Python-Markdown would read inside it becomes entities."""
    source = (" " if one_line else "\n").join(line.strip(" \r") for line in source.split("\n"))
    if source.startswith(("<!", "<?")):
        return source
    return (_IN_CELL if cell else _IN_TAG).sub(lambda match: f"&#{ord(match[0])};", source)


def tex(source: str) -> str:
    """TeX that nothing else is seen in: two backticks would be code, an angle before a letter a tag, an empty line an end."""
    return _EMPTY.sub("", _TAG.sub("< ", source.replace("\r", "").replace("`", r"\lq{}")))


def sized(text: str) -> tuple[str, str]:
    """An image's text without its size, Obsidian's `|300` or `|300x200` at the end or nothing else in it, and that as attributes."""
    match = _SIZE.search(text)
    if not match:
        return text, ""
    height = f' height="{match[2]}"' if match[2] else ""
    return text[: match.start()], f'{{ width="{match[1]}"{height} }}'


def image(text: str, target: str, title: str) -> str:
    """A Markdown image of the size that its text says."""
    text, size = sized(text)
    return f"![{escape.alternative(text)}]({escape.url(target)}{escape.title(title)}){size}"


def shown(events: Sequence[Event], words: Mapping[int, str]) -> str:
    """What a reader without images would see of an image's text; `words` are those for wiki-links, by their place."""
    out: list[str] = []
    for name, data, start, _ in events:
        if name in ("Text", "Code", "InlineMath", "DisplayMath"):
            out.append(data)
        elif name in ("SoftBreak", "HardBreak"):
            out.append(" ")
        elif name == "WikiLink":
            out.append(words.get(start) or data.label or data.target)
    return "".join(out)


def attribute(text: str) -> str:
    """Text as the value of an HTML attribute."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
