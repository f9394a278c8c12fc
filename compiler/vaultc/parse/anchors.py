"""Heading anchors: the ids of the published page."""

import re
from collections.abc import Iterable
from functools import lru_cache

from pymdownx.slugs import slugify

_slug = slugify(case="lower")
_COUNT = re.compile(r"^(.*)_([0-9]+)$")


@lru_cache(4096)
def slug(text: str) -> str:
    """The anchor a heading of this text gets when no other has it.

    >>> slug("wifi 2.4 vs 5.0"), slug("Разреженное внимание")
    ('wifi-24-vs-50', 'разреженное-внимание')
    """
    anchor: str = _slug(text, "-")
    return anchor


def unique(texts: Iterable[str]) -> list[str]:
    """One anchor for each heading of a page, in order; a repeated one counts up by Python-Markdown's rule (`память_1`)."""
    taken: set[str] = set()
    last: dict[str, str] = {}  # what a slug got the last time: all before it is taken, too
    out = []
    for text in texts:
        plain = slug(text)
        anchor = last.get(plain, plain)
        while anchor in taken or not anchor:
            count = _COUNT.match(anchor)
            anchor = f"{count[1]}_{int(count[2]) + 1}" if count else f"{anchor}_1"
        last[plain] = anchor
        taken.add(anchor)
        out.append(anchor)
    return out
