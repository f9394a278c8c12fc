"""Callouts, `> [!type]± title`: Obsidian's types and their aliases as the twelve that Material for MkDocs styles."""

import re
from typing import Final, NamedTuple

_HEAD = re.compile(rb"\[!([^\]\[\r\n|]+)(?:\|[^\]\r\n]*)?\]([+-]?)")

_STYLES: Final = {
    "note": (),
    "abstract": ("summary", "tldr"),
    "info": ("todo",),
    "tip": ("hint", "important"),
    "success": ("check", "done"),
    "question": ("help", "faq"),
    "warning": ("caution", "attention"),
    "failure": ("fail", "missing"),
    "danger": ("error",),
    "bug": (),
    "example": ("snippet",),
    "quote": ("cite",),
}
_STYLE: Final = {alias: style for style, aliases in _STYLES.items() for alias in (style, *aliases)}


class Callout(NamedTuple):
    """The first line of a callout: its marker as Markdown, the author's word for its kind, the byte where the marker ends."""

    marker: str
    kind: str
    end: int


def callout(data: bytes, start: int) -> Callout | None:
    """The callout whose marker stands at byte `start` of a quote's first paragraph, or None."""
    match = _HEAD.match(data, start)
    if not match:
        return None
    kind = match[1].decode("utf-8", "replace").strip()
    name = re.sub(r"[^\w-]+", "-", kind.lower()).strip("-")
    if not name:
        return None
    return Callout(f"[!{_STYLE.get(name, name)}]{match[2].decode()}", kind[:1].upper() + kind[1:], match.end())
