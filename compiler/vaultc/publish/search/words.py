"""The words of a text as search compares them. `site/client/src/search/words.ts` does the same to what a reader types."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from vaultc.emit.sections import Section

# Accents, which people leave out; the breve of a Russian `й` makes another letter.
_ACCENTS = re.compile("(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f]")
_WORD = re.compile(r"[^\W_]+")
# Characters of a word that say in which part of the index it stands: who typed these can be shown how it goes on.
_BEGINNING = 3


def plain(text: str) -> str:
    """A text without case, accents and compatibility forms."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text).lower()))


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return _WORD.findall(plain(text))


def places(sections: Iterable[Section]) -> dict[str, str]:
    """Where each word stands in a note, as `.3.17.#20`: numbers of words in order, those in headings marked. Two lines leave a number
    out between them, so that no phrase goes from one into the next."""
    found: dict[str, list[str]] = {}
    at = 0
    for section in sections:
        for mark, line in ((".#", section.heading), *((".", line) for line in section.text.split("\n"))):
            for word in words(line):
                found.setdefault(word, []).append(f"{mark}{at}")
                at += 1
            at += 1
    return {word: "".join(numbers) for word, numbers in found.items()}


def part(word: str, parts: int) -> int:
    """In which of the parts of an index a word stands."""
    return _hash(word[:_BEGINNING]) % parts


@lru_cache(maxsize=1 << 16)
def _hash(text: str) -> int:
    """FNV-1a, 32 bits (Fowler, Noll, Vo): small enough to be written twice."""
    value = 0x811C9DC5
    for byte in text.encode("utf-8", "surrogatepass"):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value
