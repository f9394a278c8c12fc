"""Positions in text. Spans are bytes of the UTF-8 form; people read code points, editors what they agreed on."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate
from typing import Literal, NamedTuple

# What moves the cursor, colours the screen, ends a line or turns its direction around; tab and line feed aside.
_SPEAKING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_UNSAFE = re.compile(f"[\n{_SPEAKING}]")
# The same but for colours and the ends of lines, and what begins a command of Azure Pipelines, TeamCity or GitHub's older form.
_GUARDED = re.compile(rf"(?!\x1b\[[\d;]*m|\r\n)[{_SPEAKING}]|(?<=#)#(?=\w*\[)")
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.M)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEAR = 2_000  # bytes
# What a column of an editor counts: the protocol's own names.
Unit = Literal["utf-8", "utf-16", "utf-32"]
_UNITS: Mapping[Unit, tuple[str, int]] = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
# Bytes of UTF-8 that begin no code point, and those that begin one which UTF-16 has in two units.
_WITHIN, _PAIRS = bytes(range(0x80, 0xC0)), bytes(range(0xF0, 0x100))
_STRIDE = 512  # bytes of a line from one place whose column is kept to the next; a line may be a whole note
Language = Literal["text", "patch", "json", "xml", "commands"]
_SPELLINGS: Mapping[Language, Callable[[str], str]] = {
    "text": lambda character: "\ufffd",
    "json": lambda character: f"\\u{ord(character):04x}",
    "xml": lambda character: f"&#{ord(character)};",
    "patch": lambda character: "\ufffd",
    "commands": lambda character: "\ufffd",
}


class Span(NamedTuple):
    """A half-open range of byte offsets into a note's UTF-8 text."""

    start: int
    end: int

    def contains(self, other: "Span") -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


# The same made in C; `Span(...)` is a call of Python, and a large vault has a million.
make_span: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)


class Position(NamedTuple):
    """A place as people write it: line and column from 1, the column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one text, for turning byte offsets into positions."""

    data: bytes
    starts: tuple[int, ...]

    @classmethod
    def of(cls, data: bytes) -> "Lines":
        starts = [0]
        at = data.find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = data.find(b"\n", at + 1)
        return cls(data, tuple(starts))

    def number(self, offset: int) -> int:
        """The line, from 1, that holds the byte at `offset`."""
        return bisect_right(self.starts, min(max(offset, 0), len(self.data)))

    def position(self, offset: int) -> Position:
        """Line and column in code points; offsets past the end give the end, a BOM takes no column."""
        line, column = self._place(offset, "utf-32")
        return Position(line, column + 1)

    def editor(self, offset: int, unit: Unit = "utf-16") -> Position:
        """Line and column from 0 in code units of an encoding, as editors count."""
        line, column = self._place(offset, unit)
        return Position(line - 1, column)

    def offset(self, line: int, character: int, unit: Unit = "utf-16") -> int:
        """The byte offset of an editor's position: `line` and `character` from 0; what lies outside is drawn in."""
        line = min(max(line, 0), len(self.starts) - 1)
        codec, size = _UNITS[unit]
        units = self.text(line + 1).encode(codec)[: size * max(character, 0)]
        return self._start(line + 1) + len(units.decode(codec, "ignore").encode())

    def text(self, line: int) -> str:
        """The text of a line, counted from 1, without its line ending."""
        return _decoded(self.data, self._start(line), self._end(line))

    def near(self, span: Span, block: int = 0) -> str:
        """The words of the lines that a span stands in, from its `block` on, blanks squeezed; no more than `_NEAR` bytes before it and
        after it."""
        start = max(self._start(self.number(span.start)), span.start - _NEAR, block)
        end = min(self._end(self.number(span.end)), span.end + _NEAR)
        return " ".join(self.data[start:end].decode("utf-8", "ignore").split())

    def _start(self, line: int) -> int:
        """Where the text of a line begins: after a byte order mark, which no one counts."""
        return 3 if line == 1 and self.data.startswith(b"\xef\xbb\xbf") else self.starts[line - 1]

    def _end(self, line: int) -> int:
        return self.starts[line] if line < len(self.starts) else len(self.data)

    def _place(self, offset: int, unit: Unit) -> tuple[int, int]:
        """The line, from 1, and how many units of it stand before the byte at `offset`."""
        offset = min(max(offset, 0), len(self.data))
        line = self.number(offset)
        start, end = self._start(line), self._end(line)
        while start < offset < end and self.data[offset] in _WITHIN:
            offset -= 1
        if offset - start <= _STRIDE:
            return line, _units(self.data[start:offset], unit)
        columns = _columns(self.data, start, end, unit)
        at = (offset - start) // _STRIDE
        return line, columns[at] + _units(self.data[start + at * _STRIDE : offset], unit)


def _units(data: bytes, unit: Unit) -> int:
    """How many units of an encoding the code points take that begin in a piece of UTF-8."""
    if unit == "utf-8":
        return len(data)
    points = len(data.translate(None, _WITHIN))
    return points if unit == "utf-32" else points + len(data) - len(data.translate(None, _PAIRS))


# Of the lines that were asked for last: one with a finding in every word is asked for again and again.
@lru_cache(maxsize=4)
def _columns(data: bytes, start: int, end: int, unit: Unit) -> tuple[int, ...]:
    """The columns of a long line, at each `_STRIDE` of its bytes."""
    strides = (_units(data[at : at + _STRIDE], unit) for at in range(start, end, _STRIDE))
    return tuple(accumulate(strides, initial=0))


@lru_cache(maxsize=4)
def _decoded(data: bytes, start: int, end: int) -> str:
    return data[start:end].decode("utf-8", "replace").rstrip("\r\n")


def safe(text: str) -> str:
    """The text as a part of one line that is shown to people: nothing in it speaks to a terminal. Tabs become four blanks."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub("\ufffd", text.replace("\t", "    "))


def safe_lines(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(map(safe, text.split("\n")))


def guard(text: str, language: Language = "text") -> str:
    """Lines for a terminal or a log, in which nothing speaks but vaultc's own colours: not even what was interpolated unseen.

    In JSON and XML every character keeps its meaning, in another spelling. A line that a CI service would take for a command
    (`::error::`, `##[group]`) is broken, except in the language of such `commands`.
    """
    if language == "patch":  # none of its colours are ours
        text = text.replace("\x1b", "\ufffd")
    text = _GUARDED.sub(lambda match: _SPELLINGS[language](match[0]), text)
    if language in ("text", "patch", "xml"):
        text = _COMMAND.sub(lambda match: f"{match[1]}{_SPELLINGS[language](':')}", text)
    return text


def fold(name: str) -> str:
    """The form in which names compare: trimmed, NFC, case-folded (`É` = `e\u0301`, `STRASSE` = `straße`), each space plain."""
    name = name.strip()
    if name.isascii():
        return name.lower()
    name = name.replace("\u00a0", " ").replace("\u202f", " ")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def splice(data: bytes, edits: list[tuple[Span, str]]) -> bytes:
    """`data` with each span replaced; every byte outside the spans stays.

    Raises ValueError when two edits overlap.
    """
    out: list[bytes] = []
    at = 0
    for span, new in sorted(edits):
        if span.start < at:
            raise ValueError(f"edits overlap at byte {span.start}")
        out += (data[at : span.start], new.encode())
        at = span.end
    out.append(data[at:])
    return b"".join(out)


def for_xml(text: str) -> str:
    """A text without what XML 1.0 cannot hold in any spelling; a title may."""
    return _NOT_XML.sub("\ufffd", text)
