"""What imported text needs whatever it is from: mathematics between dollars, headings below the title, a title, a language."""

import re
from datetime import datetime

from vaultc import parse, scan
from vaultc.parse.ranges import Ranges
from vaultc.text import Span, splice

_CODE = {"Code", "+CodeBlock"}
# `\\(x\\)` and `\\[x\\]`; a formula has no blank line, and is not endless.
_INLINE = re.compile(rb"(?<!\\)\\\(([^\n$]{1,1000}?)\\\)")
_DISPLAY = re.compile(rb"(?<!\\)\\\[((?:(?!\n[ \t>]*\n)[^$]){1,4000}?)\\\]")
_MARKS = re.compile(r"[*_`#>\[\]]+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s")
# All of a long beginning that comes before its last comma, bracket or dash, if that is enough for a title.
_CLAUSE = re.compile(r".{30,}(?=, | \(|: | [–—] )")
_WORDS = re.compile(r"[^\W\d_]+")
# The commonest words of English; one word in eight of a running text is one of these.
_ENGLISH = frozenset("the of and to in is that it for on with as are be this".split())
_RUSSIAN = re.compile(r"[а-яё]", re.I)
_OTHER_CYRILLIC = re.compile(r"[іїєґўјљњћџђ]", re.I)
_LONGEST_TITLE = 70


def mathematics(text: str) -> str:
    """The text with `\\(…\\)` written as `$…$` and `\\[…\\]` as `$$…$$`, outside of code."""
    data = text.encode("utf-8", "surrogatepass")
    found = [(match, b"$") for match in _INLINE.finditer(data)] + [(match, b"$$") for match in _DISPLAY.finditer(data)]
    if not found:
        return text
    code = Ranges(Span(event.start, event.end) for event in parse.read(data).events if event.name in _CODE)
    edits: list[tuple[Span, str]] = []
    end = 0
    for match, mark in sorted(found, key=lambda pair: pair[0].start()):
        if match.start() >= end and match.start() not in code:
            inner = match[1].strip() if mark == b"$" else match[1]
            edits.append((Span(*match.span()), (mark + inner + mark).decode("utf-8", "replace")))
            end = match.end()
    return splice(data, edits).decode("utf-8", "surrogatepass")


def below(text: str) -> str:
    """The text with its headings so far down that the first level is free for the title."""
    data = text.encode("utf-8", "surrogatepass")
    headings = parse.parse(scan.source_file("", data)).headings
    top = [heading for heading in headings if data[heading.span.start : heading.span.start + 1] == b"#"]
    if not top or min(heading.level for heading in top) > 1:
        return text
    edits = [(Span(h.span.start, h.span.start), "#") for h in top if h.level < 6]
    return splice(data, edits).decode("utf-8", "surrogatepass")


def opening(text: str) -> str:
    """How a text begins, as a title: its first sentence, cut after a word where that is long."""
    plain = " ".join(_MARKS.sub("", next((line for line in text.split("\n") if line.strip()), "")).split())
    sentence = _SENTENCE.split(plain, maxsplit=1)[0].rstrip(".…:;,")
    if len(sentence) > _LONGEST_TITLE:
        whole = sentence[: _LONGEST_TITLE + 1].rpartition(" ")[0] or sentence[:_LONGEST_TITLE]
        clause = _CLAUSE.search(whole)
        sentence = (clause[0] if clause else whole).rstrip(".,:;–—-( ")
    return sentence[:1].upper() + sentence[1:]


def language(text: str) -> str | None:
    """`ru` or `en` where a text is plainly that, else None."""
    letters = sum(map(len, _WORDS.findall(text)))
    if letters and len(_RUSSIAN.findall(text)) > letters / 2:
        return None if _OTHER_CYRILLIC.search(text) else "ru"
    words = [word.lower() for word in _WORDS.findall(text)]
    return "en" if sum(word in _ENGLISH for word in words) * 8 > len(words) > 0 else None


def moment(year: int, month: int, day: int, hour: int, minute: int) -> datetime | None:
    """A time as it was written, in no known zone; None when there is no such time."""
    try:
        return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the source names no zone
    except ValueError:
        return None
