"""Who must be asked again: a table from what the meaning of a note's references rests on to that note.

Keys are texts. A name stands without its folders (`find` reads nothing under other names), so it holds no slash; what begins
with one of the marks below is about a note. Too many keys cost time, one too few would leave a link with an old meaning.
"""

import html
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from vaultc.index import Changed, Index, triples
from vaultc.model import Note, Reference
from vaultc.resolve import Ambiguous, Resolution, Resolved, Unresolved
from vaultc.resolve.names import splits
from vaultc.resolve.pages import url
from vaultc.text import fold


def published(path: str) -> str:
    """The key for whether the note at `path` is there and published."""
    return f"/{path}"


def parts(path: str) -> str:
    """The key for the headings, blocks and ids of the note at `path`."""
    return f"/{path}#"


def address(path: str) -> str:
    """The key for the notes whose page would stand where that of `path` does."""
    return f"/@{fold(url(path))}"


class Mentions:
    """Which notes rest on what. Mutable, one for each session; filled as notes are resolved."""

    def __init__(self) -> None:
        self._notes: dict[str, set[str]] = {}
        self._keys: dict[str, frozenset[str]] = {}
        # Names for which others were suggested: their letter triples, and those by which the others were found.
        self._sought: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {}
        self._plain: dict[str, frozenset[str]] = {}

    def put(self, index: Index, note: Note, links: Sequence[Resolution]) -> None:
        """Remember what a note rests on, in place of what it rested on before."""
        keys = frozenset(self._all(index, note, links))
        old = self._keys.get(note.path, frozenset())
        self._keys[note.path] = keys
        for key in keys - old:
            self._notes.setdefault(key, set()).add(note.path)
        self._forget(note.path, old - keys)

    def drop(self, path: str) -> None:
        """Forget a note."""
        self._forget(path, self._keys.pop(path, frozenset()))

    def touched(self, index: Index, changed: Changed, keys: Iterable[str]) -> set[str]:
        """The notes that rest on what changed, the names of which `index` already has as they are now."""
        out: set[str] = set()
        for key in (*changed.names, *keys, *self._suggested(index, changed.whole)):
            out |= self._notes.get(key, set())
        return out

    def _suggested(self, index: Index, whole: Iterable[str]) -> Iterator[str]:
        """The names for which other names would be suggested now, or the same ones found in another way."""
        new = frozenset[str]().union(*map(triples, whole))
        for key, (own, rare) in self._sought.items():
            if not own.isdisjoint(new) and (not new.isdisjoint(rare) or index.rare(key[1:]) != rare):
                yield key

    def _forget(self, path: str, keys: Iterable[str]) -> None:
        for key in keys:
            notes = self._notes[key]
            notes.discard(path)
            if not notes:
                del self._notes[key]
                self._sought.pop(key, None)

    def _all(self, index: Index, note: Note, links: Sequence[Resolution]) -> Iterator[str]:
        yield address(note.path)
        for alias in note.aliases:
            yield _last(fold(alias))
        for definition in note.definitions:
            yield from self._names(unquote(definition.target), note.folder)
        for reference, resolution in zip(note.references, links, strict=True):
            yield from self._names(reference.target, note.folder)
            chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
            if chosen.path is not None:
                yield published(chosen.path)
                if isinstance(chosen, Unresolved) or chosen.part != "whole":
                    yield parts(chosen.path)
            if type(resolution) is not Resolved or resolution.via != "name":
                yield from self._odd(index, note, reference, resolution)

    def _names(self, target: str, folder: str) -> frozenset[str]:
        """The names under which the meaning of a target is looked for."""
        if "/" in target or target[:1] == ".":
            return frozenset(_looked_for(target, folder))
        known = self._plain.get(target)
        if known is None:
            known = self._plain[target] = frozenset(_looked_for(target, ""))
        return known

    def _odd(self, index: Index, note: Note, reference: Reference, resolution: Resolution) -> Iterator[str]:
        """What the findings about a link that is not simply there rest on: the names that they suggest or write."""
        if reference.label:
            yield from self._names(reference.label, note.folder)
        if reference.raw != reference.target:
            yield from self._names(reference.raw, note.folder)
        if isinstance(resolution, Ambiguous):
            yield from (_last(name) for path in resolution.candidates for name in _spellings(path))
        elif isinstance(resolution, Resolved):
            yield from map(_last, _spellings(resolution.path))
        elif resolution.missing in ("note", "asset"):
            last = _last(resolution.name)
            yield from (_last(fold(near)) for near in resolution.suggestions)
            key = f"?{fold(last)}"
            self._sought[key] = (triples(key[1:]), index.rare(key[1:]))
            yield key
            yield from (parts(path) for path in index.stems.get(_last(fold(resolution.name)), ())[:1])


def _looked_for(target: str, folder: str) -> Iterator[str]:
    for name in filter(None, (name for name, _ in splits(target))):
        for spelled in {name, html.unescape(name)}:
            yield _last(fold(spelled.rstrip("/")))
            if "/" in spelled or spelled in (".", ".."):
                yield _last(fold(posixpath.normpath(posixpath.join(folder, spelled))))
                yield _last(fold(posixpath.normpath(spelled)))


def _spellings(path: str) -> Iterator[str]:
    yield fold(path)
    yield fold(path.removesuffix(".md"))


def _last(name: str) -> str:
    return name.rpartition("/")[2]
