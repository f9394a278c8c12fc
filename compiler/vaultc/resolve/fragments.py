"""What stands after the `#`: a path of headings, or a block id."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import takewhile

from vaultc.model import Block, Heading, Note
from vaultc.parse.anchors import slug
from vaultc.text import fold

_MARKUP = re.compile(r"[*_`~=]+|\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]|!?\[([^\[\]]*)\]\([^()]*\)|\\(?=[^\w\s])")
_PUNCTUATION = re.compile(r"[\W_]+")
_NUMBERED = re.compile(r"^(.*?)[-_]([0-9]+)$")


def _exact(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _plain(text: str) -> str:
    return _exact(_MARKUP.sub(lambda m: m[1] or m[2] or "", text))


def _folded(text: str) -> str:
    return fold(_plain(text))


def words(text: str) -> str:
    """Case and punctuation dropped, as Obsidian drops them from a link to a heading."""
    return _PUNCTUATION.sub(" ", _folded(text)).strip()


def _every_word(text: str) -> str:
    return _PUNCTUATION.sub(" ", fold(text)).strip()


LEVELS: tuple[Callable[[str], str], ...] = (_exact, _plain, _folded, words)


def places(note: Note) -> tuple[object, ...]:
    """All of a note that what its fragments mean rests on: not where its headings and blocks stand, but which there are."""
    return ([heading[:4] for heading in note.headings], [block.id for block in note.blocks], note.ids)


class Fragments:
    """What can be linked to in one note, looked up by tables that are made once."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._levels: list[dict[str, list[int]]] = []
        self._found: dict[str, Heading | None] = {}

    @cached_property
    def headings(self) -> dict[str, str]:
        """The texts of the headings with their folded forms, to look for likely ones."""
        return {heading.text: fold(heading.text) for heading in self._note.headings if heading.text}

    @cached_property
    def blocks(self) -> dict[str, str]:
        """The same for block ids, each with its caret."""
        return {f"^{block.id}": fold(f"^{block.id}") for block in self._note.blocks}

    def heading(self, fragment: str) -> Heading | None:
        """The heading that `h1#h2` names: the first whose text matches at the strictest level at which one does, below the
        headings before it."""
        if plain := self._texts.get(fragment):
            return plain
        if fragment not in self._found:
            self._found[fragment] = self._searched(fragment)
        return self._found[fragment]

    def _searched(self, fragment: str) -> Heading | None:
        parts = [part.strip() for part in fragment.split("#") if part.strip()]
        for number, level in enumerate(LEVELS):
            wanted = [level(part) for part in parts]
            if all(wanted) and (found := self._descend(number, wanted)):
                return found
        whole = words(fragment)  # a heading whose own text holds a `#`
        at = self._level(len(LEVELS) - 1).get(whole) if whole else None
        return self._note.headings[at[0]] if at else None

    @cached_property
    def _texts(self) -> dict[str, Heading]:
        """The headings before the first with markup or odd spaces, by their text: what most links name, and no other could mean."""
        plain = takewhile(lambda it: it.text == it.source == _exact(it.text), self._note.headings)
        return {heading.text: heading for heading in reversed([*plain]) if heading.text and "#" not in heading.text}

    def anchor(self, fragment: str) -> Heading | None:
        """The heading that a Markdown link's fragment means: an anchor of the page, or one as another generator would write it."""
        if exact := self._anchors.get(fragment.lower()):
            return exact
        if same := self._squeezed.get(_squeeze(fragment)):
            return same[0]
        if count := _NUMBERED.match(fragment.lower()):
            same = self._squeezed.get(_squeeze(count[1]), [])
            at = int(count[2])
            return same[at] if at < len(same) else None
        return self._slugs.get(slug(fragment))

    def block(self, id: str) -> Block | None:
        """The block with this id; ids compare without case."""
        return self._blocks.get(fold(id))

    @cached_property
    def _blocks(self) -> dict[str, Block]:
        return {fold(block.id): block for block in reversed(self._note.blocks)}

    @cached_property
    def _anchors(self) -> dict[str, Heading]:
        return {heading.anchor: heading for heading in reversed(self._note.headings)}

    @cached_property
    def _slugs(self) -> dict[str, Heading]:
        slugs = {slug(heading.text): heading for heading in reversed(self._note.headings)}
        slugs.pop("", None)
        return slugs

    @cached_property
    def _squeezed(self) -> dict[str, list[Heading]]:
        table: dict[str, list[Heading]] = {}
        for heading in self._note.headings:
            if key := _squeeze(heading.text):
                table.setdefault(key, []).append(heading)
        return table

    def _level(self, number: int) -> dict[str, list[int]]:
        """Which headings, in order, have each name at a level of likeness."""
        while len(self._levels) <= number:
            level = LEVELS[len(self._levels)]
            last = level is words
            places: dict[str, list[int]] = {}
            for at, heading in enumerate(self._note.headings):
                names = {level(heading.text)}
                if heading.source != heading.text:
                    names.add(level(heading.source))
                if last:  # Obsidian writes a link to a heading with its Markdown left in and the punctuation of that taken out.
                    names.add(_every_word(heading.source))
                for name in names:
                    places.setdefault(name, []).append(at)
            self._levels.append(places)
        return self._levels[number]

    def _descend(self, number: int, wanted: list[str]) -> Heading | None:
        """The first heading of the last name that stands below one of the first name, with those between on the way.

        Where a heading lacks something below it, those that end before the next of that name are passed over: they lack it, too.
        """
        places = self._level(number)
        if not wanted or not all(name in places for name in wanted):
            return None
        firsts = places[wanted[0]]
        turn = 0
        while turn < len(firsts):
            at = first = firsts[turn]
            for name in wanted[1:]:
                below = places[name]
                next_ = bisect_right(below, at)
                if next_ == len(below):
                    return None
                at = below[next_]
                if at >= self._ends[first]:
                    break
            else:
                return self._note.headings[at]
            turn = bisect_left(firsts, min(above for above in (at, *self._above(at)) if above > first))
        return None

    def _above(self, at: int) -> Iterator[int]:
        """The headings that one stands below; each has a level of its own, so that they are few."""
        while (at := self._nested[1][at]) >= 0:
            yield at

    @property
    def _ends(self) -> list[int]:
        return self._nested[0]

    @cached_property
    def _nested(self) -> tuple[list[int], list[int]]:
        """For each heading the number of the first one after it that is not below it, and of the one that it is below, or -1."""
        headings = self._note.headings
        ends, parents = [len(headings)] * len(headings), [-1] * len(headings)
        open_: list[int] = []
        for at, heading in enumerate(headings):
            while open_ and headings[open_[-1]].level >= heading.level:
                ends[open_.pop()] = at
            if open_:
                parents[at] = open_[-1]
            open_.append(at)
        return ends, parents


def _squeeze(text: str) -> str:
    return words(text).replace(" ", "")
