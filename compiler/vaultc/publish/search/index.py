"""The index of a site's notes, in parts that a reader's browser asks for: written for the notes that changed, carried over for the others.

`notes.js` has what each note is called; `words-N.js` where words stand, by their first letters; `text-N.js` the text of notes, for
quotes. They are scripts, since a page that is read from a disk may load nothing else.
"""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from vaultc import kept, many
from vaultc.disk import Stamp, stamp
from vaultc.emit.sections import Section
from vaultc.publish.search.words import part, places, plain

FOLDER = "assets/vaultc/search"
NOTES = f"{FOLDER}/notes.js"
_CODE = ("text.py", "parse/*.py", "emit/*.py", "emit/lower/*.py", "publish/search/*.py")
# Notes for each part of the words, and of the text.
_WORDS, _TEXT = 32, 12
# Notes that one processor reads before another would have begun, and those whose words are held at once.
_WORTH, _AT_ONCE = 60, 1000
# Characters of a note's name in the index: enough to tell notes apart, and where they are not, all are written.
_SHORT = 5


class Found(NamedTuple):
    """A note that search finds: its address in the site (not encoded), its names, and the digest of what its text is made of."""

    url: str
    title: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    key: str


class Tag(NamedTuple):
    """A tag that has a page, and how many notes have it or one below it."""

    name: str
    url: str
    notes: int


class Places(NamedTuple):
    """Where the last site is, what there is in it, and the folder to write into, which may be the same."""

    last: Path
    found: Mapping[str, Stamp | None]
    folder: Path


class _Row(NamedTuple):
    """What is known of a note in the last index: `name` is the whole of its name there, `id` as much as was written."""

    key: str
    name: str
    id: str
    row: str


class _Parts(NamedTuple):
    """In how many parts an index is: of where words stand, and of the text of notes."""

    words: int
    texts: int


class _Last(NamedTuple):
    """The last index: its parts, its notes by address, size and time of each file."""

    parts: _Parts
    rows: dict[str, _Row]
    files: dict[str, Stamp]


_NOTHING = _Last(_Parts(0, 0), {}, {})


class Store:
    """What is known of the index in one site folder: kept in `file` between runs, or only in memory."""

    def __init__(self, file: Path | None = None, size: int = 0) -> None:
        """`size` is that of the notes in bytes."""
        self._file, self._version = file, kept.version(_CODE, ("pyromark",))
        self.last = (kept.load(file, _Last, self._version, size) if file else None) or _NOTHING

    def save(self, last: _Last) -> None:
        """Keep this for the next time."""
        self.last = last
        if self._file:
            kept.save(self._file, last, self._version)


def write(
    notes: Sequence[Found],
    tags: Sequence[Tag],
    read: Callable[[Found], Sequence[Section]],
    places: Places,
    store: Store,
) -> list[str]:
    """Write the index of these notes, but for the files that stay as they are in the last site, whose names it returns. `read` gives
    the text of a note that changed. Raises OSError."""
    return _Work(notes, tags, places, store).run(read)


class _Work:
    """One writing: the last index, as far as it still stands, and what becomes of it."""

    def __init__(self, notes: Sequence[Found], tags: Sequence[Tag], places: Places, store: Store) -> None:
        self._notes, self._tags, self._places, self._store = notes, tags, places, store
        self._parts = _Parts(_count(len(notes), _WORDS), _count(len(notes), _TEXT))
        self._names = [NOTES, *map(_words, range(self._parts.words)), *map(_texts, range(self._parts.texts))]
        self._last = store.last if self._stands(store.last) else _NOTHING
        self._written: set[str] = set()

    def run(self, read: Callable[[Found], Sequence[Section]]) -> list[str]:
        rows = self._rows()
        folder = self._places.folder
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        for number, changed in self._text(rows, read).items():
            name = _words(number)
            self._put(name, _merged(self._get(name), changed))
        self._put(NOTES, self._table(rows))
        stay = [name for name in self._names if name in self._last.files and name not in self._written]
        for name in set(self._names) - self._written - set(stay):
            self._put(name, {})  # no note has a word in it
        for name in self._store.last.files.keys() - set(self._names):
            (folder / name).unlink(missing_ok=True)
        new = {name: stamp(folder / name) for name in self._written}
        self._store.save(_Last(self._parts, rows, self._last.files | new))
        return stay

    def _stands(self, last: _Last) -> bool:
        """Whether the last index has the same parts, and every file of it is the one that was written."""
        if last.parts != self._parts or last.files.keys() != set(self._names):
            return False
        return all(self._places.found.get(name) == written for name, written in last.files.items())

    def _rows(self) -> dict[str, _Row]:
        known = self._last.rows
        names = {note.url: known[note.url].name if note.url in known else _name(note.url) for note in self._notes}
        short = Counter(name[:_SHORT] for name in names.values())
        out: dict[str, _Row] = {}
        for note in self._notes:
            name, old = names[note.url], known.get(note.url)
            id = name[:_SHORT] if short[name[:_SHORT]] == 1 else name
            same = old and note.key and old.key == note.key and old.id == id
            out[note.url] = old if old and same else _Row(note.key, name, id, _row(note, id))
        return out

    def _text(
        self, rows: Mapping[str, _Row], read: Callable[[Found], Sequence[Section]]
    ) -> dict[int, dict[str, list[str]]]:
        """Write the text of notes that changed; returns what to change in the parts of the index, by number and word: entries that are
        new, and the bare names of notes that have the word no more."""
        known, texts = self._last.rows, dict[int, dict[str, Any]]()
        changes: dict[int, dict[str, list[str]]] = {}

        def among(id: str) -> dict[str, Any]:
            number = part(id, self._parts.texts)
            if number not in texts:
                texts[number] = self._get(_texts(number))
            return texts[number]

        def change(id: str, was: Mapping[str, str], now: Mapping[str, str]) -> None:
            for word in was.keys() | now.keys():
                if was.get(word) != now.get(word):
                    changed = changes.setdefault(part(word, self._parts.words), {})
                    changed.setdefault(word, []).append(id + now.get(word, ""))

        before = {
            row.id: places(Section(*section) for section in among(row.id).pop(row.id))
            for url, row in known.items()
            if rows.get(url) is not row
        }
        fresh = [note for note in self._notes if rows[note.url] is not known.get(note.url)]
        for url, sections, words in _read(fresh, read):
            id = rows[url].id
            among(id)[id] = sections
            change(id, before.pop(id, {}), words)
        for id, was in before.items():
            change(id, was, {})
        for number, inside in texts.items():
            self._put(_texts(number), inside)
        return changes

    def _table(self, rows: Mapping[str, _Row]) -> str:
        """What a reader's browser asks for first, as JSON."""
        notes = ",\n".join(rows[url].row for url in sorted(rows))
        return f'{{"words":{self._parts.words},"texts":{self._parts.texts},"tags":{_json(sorted(self._tags))},"notes":[{notes}]}}'

    def _get(self, name: str) -> Any:
        """What stands in a part of the last index; nothing where there is none."""
        if name not in self._last.files:
            return {}
        return json.loads((self._places.last / name).read_text("utf-8").partition(",")[2].rstrip().removesuffix(");"))

    def _put(self, name: str, data: Any) -> None:
        """Write a part: data, or what is JSON already."""
        label = name.rpartition("/")[2].removesuffix(".js")
        text = data if isinstance(data, str) else _json(dict(sorted(data.items())))
        script = f'vaultcSearch("{label}",{text});\n'.encode("utf-8", "replace")
        path = self._places.folder / name
        path.unlink(missing_ok=True)  # it may be the same file as in another site
        path.write_bytes(script)
        self._written.add(name)


# A note's address, its sections, and where its words stand: what goes from one process to another.
_Text = tuple[str, Sequence[Section], dict[str, str]]


def _read(notes: Sequence[Found], read: Callable[[Found], Sequence[Section]]) -> Iterator[_Text]:
    """The texts of some notes, read on all processors."""

    def made(some: Sequence[Found]) -> list[_Text]:
        return [(note.url, text := read(note), places(text)) for note in some]

    def encode(texts: Iterable[_Text]) -> bytes:
        return json.dumps(list(texts)).encode()

    for begin in range(0, len(notes), _AT_ONCE):
        for share in many.work(notes[begin : begin + _AT_ONCE], made, encode, iter, _WORTH):
            yield from share.made if share.made is not None else json.loads(share.encoded)


def _count(notes: int, each: int) -> int:
    """How many parts for so many notes: a power of two, so that it seldom changes."""
    return 1 << (notes // each).bit_length()


def _words(number: int) -> str:
    return f"{FOLDER}/words-{number}.js"


def _texts(number: int) -> str:
    return f"{FOLDER}/text-{number}.js"


def _name(url: str) -> str:
    digest = blake2b(url.encode("utf-8", "surrogatepass"), digest_size=12).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _row(note: Found, id: str) -> str:
    """A note in the table: its name there, address, title (empty where the address ends in it), other names, tags."""
    title = "" if note.title == note.url.rstrip("/").rpartition("/")[2] else note.title
    others = {plain(alias): alias for alias in reversed(note.aliases)}
    others.pop(plain(note.title), None)
    row = [id, note.url, title, list(reversed(others.values())), list(note.tags)]
    while not row[-1]:
        row.pop()
    return _json(row)


def _merged(index: dict[str, str], changed: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A part of the index with the entries of some words changed."""
    for word, entries in changed.items():
        left = [entry for entry in entries if "." in entry]
        if word in index:
            ids = {entry.partition(".")[0] for entry in entries}
            left += (entry for entry in index[word].split() if entry.partition(".")[0] not in ids)
        if left:
            index[word] = " ".join(sorted(left))
        else:
            index.pop(word, None)
    return index


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
