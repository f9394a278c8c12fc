"""Stage 3: every name that a link can use, normalised once."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from vaultc.model import Note
from vaultc.text import fold

Table = Mapping[str, tuple[str, ...]]
# The files of a vault that something is said about, by path; None for what is no note.
Files = Mapping[str, Note | None]
Hidden = tuple[Iterable[str], Iterable[str]]
# The notes that speak for their folder, beside the one that has its name.
FOLDER_NOTES = ("index", "readme")
# A folded name and a file that has it.
Entry = tuple[str, str]


class Names(NamedTuple):
    """What one file contributes to the index: the folded names by which each table knows it, in the order of `Index`."""

    files: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """What is in the vault, by folded name.

    `notes` is keyed by path. `files` maps a path from the root to the files that have it (more than one only when two names differ
    in case or Unicode form): a note under its path with and without `.md`. `stems` maps a last path component the same way, `tails`
    the last two. `hidden` maps the path and the last component of files that are there and left out to those files. `folders` maps
    a folder's path to its spellings; `within` counts, by spelling, the files that it holds. `hashes` is false where no name
    holds a `#`, and may be true where none does any longer.
    """

    notes: Mapping[str, Note]
    files: Table
    stems: Table
    tails: Table
    aliases: Table
    titles: Table
    hidden: Table
    folders: Table
    within: Mapping[str, int]
    hashes: bool = field(compare=False)
    _trigrams: dict[str, list[str]] = field(default_factory=dict, compare=False)
    _endings: dict[tuple[str, bool], dict[str, list[str]]] = field(default_factory=dict, compare=False)

    def ending(self, key: str, *, hidden: bool = False) -> tuple[str, ...]:
        """The files, or those left out, whose path ends with the folded name `key`; a name of files has a folder."""
        parts = 1 if hidden else 2
        tail = "/".join(key.rsplit("/", parts)[-parts:])
        near = (self.hidden if hidden else self.tails).get(tail, ())
        if tail == key or not near:
            return near
        longer = self._endings.get((tail, hidden))
        if longer is None:
            longer = self._endings[tail, hidden] = {}
            for path in near:
                for ending in _endings(fold(path)):
                    longer.setdefault(ending, []).append(path)
        return tuple(longer.get(key, ()))

    def shortest(self, path: str) -> str:
        """The name to suggest for the file at `path`: its own where no other file has it, else its path. What a link in a given
        note may hold is for `refactor.spelling` to say."""
        name = path[:-3] if path.endswith(".md") else path
        stem = name.rpartition("/")[2]
        if len(self.stems.get(fold(stem), ())) == 1 and fold(stem) not in self.files:
            return stem
        if self.files.get(fold(stem)) == (path,) and "/" not in name:
            return stem
        return f"./{name}" if "/" not in name and len(self.files.get(fold(name), ())) > 1 else name

    def similar(self, name: str) -> list[str]:
        """At most fifty folded names that share rare letter triples with `name`; the work does not grow with the vault."""
        found: Counter[str] = Counter()
        for triple in self.rare(name):
            found.update(self._trigrams[triple][:400])
        return [known for known, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:50]]

    def rare(self, name: str) -> tuple[str, ...]:
        """The eight letter triples of `name` that the fewest names of the vault share, of those that any has."""
        if not self._trigrams:
            table: dict[str, list[str]] = defaultdict(list)
            for known in sorted(filter(_suggested, {*self.stems, *self.aliases, *self.titles})):
                for triple in triples(known):
                    table[triple].append(known)
            self._trigrams.update(table)
        known_ = (triple for triple in triples(fold(name)) if triple in self._trigrams)
        return tuple(sorted(known_, key=lambda triple: (len(self._trigrams[triple]), triple))[:8])


def _endings(path: str) -> Iterator[str]:
    """The ends of a path that have a folder, and the whole of it, with and without `.md`."""
    at = path.rfind("/")
    while at >= 0:
        at = path.rfind("/", 0, at)
        yield path[at + 1 :]
        if path.endswith(".md"):
            yield path[at + 1 : -3]


class Changed(NamedTuple):
    """What an update touched: `names` are last components of names that may mean something else now, `whole` the names themselves
    as far as they are suggested for others."""

    names: frozenset[str]
    whole: frozenset[str]


def build(notes: Iterable[Note], assets: Sequence[str], hidden: Iterable[str] = ()) -> Index:
    """The index of a vault. `assets` and `hidden` are paths relative to the vault."""
    by_path = {note.path: note for note in notes}
    tables: tuple[defaultdict[str, list[str]], ...] = tuple(defaultdict(list) for _ in Names._fields)
    within: Counter[str] = Counter()
    for path, names in _contributions({**by_path, **dict.fromkeys(assets)}, hidden):
        for table, keys in zip(tables, names, strict=True):
            for key in keys:
                table[key].append(path)
    for folder, number in Counter(path.rpartition("/")[0] for path in (*by_path, *assets)).items():
        for above in _upwards(folder):
            within[above] += number
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for folder in within:
        folders[fold(folder)].append(folder)
    hashes = any("#" in key for table in (*tables, folders) for key in table)
    files, stems, tails, aliases, titles, left_out = map(_frozen, tables)
    return Index(by_path, files, stems, tails, aliases, titles, left_out, _frozen(folders), within, hashes)


def update(index: Index, notes: Mapping[str, Note], gone: Files, come: Files, hidden: Hidden) -> tuple[Index, Changed]:
    """The index after some files changed, and what that touched.

    `notes` are all notes as they are now; `gone` are files as they were and `come` as they are, so that one that changed is in
    both; `hidden` holds the paths that ceased to be left out and those that now are. The old index stays as it was, and the new
    one shares with it what did not change.
    """
    was, now = dict(_contributions(gone, hidden[0])), dict(_contributions(come, hidden[1]))
    names: set[str] = set()
    whole: set[str] = set()
    tables: list[Table] = []
    for at, kind in enumerate(Names._fields):
        table: Table = getattr(index, kind)
        old = [(key, path) for path, given in was.items() for key in given[at]]
        new = [(key, path) for path, given in now.items() for key in given[at]]
        table, keys = _changed(table, Counter(old) - Counter(new), Counter(new) - Counter(old))
        tables.append(table)
        names.update(_last(key) for key in keys)
        if kind in ("stems", "aliases", "titles"):
            whole.update(filter(_suggested, keys))
        if kind == "files":
            names.update(_last(key.rpartition("/")[0]) for key in keys if _for_folder(key))
    within, folders, touched = _refoldered(index, gone, come)
    names.update(map(_last, touched))
    hashes = index.hashes or any("#" in key for key in (*names, *whole))
    trigrams = _respelled(index, tables, whole) if whole else index._trigrams
    files, stems, tails, aliases, titles, left_out = tables
    after = Index(notes, files, stems, tails, aliases, titles, left_out, folders, within, hashes, trigrams)
    return after, Changed(frozenset(names), frozenset(whole))


def triples(name: str) -> frozenset[str]:
    """The groups of three letters in a folded name, its ends included."""
    padded = f" {name} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def _contributions(files: Files, hidden: Iterable[str]) -> Iterator[tuple[str, Names]]:
    for path, note in files.items():
        yield path, _names(path, note)
    for path in hidden:
        keys = _spellings(fold(path))
        yield path, Names(hidden=tuple(dict.fromkeys((*keys, *map(_last, keys)))))


def _names(path: str, note: Note | None) -> Names:
    files = _spellings(fold(path))
    folder, _, stem = files[0].rpartition("/")
    stems = _spellings(stem)
    near = folder.rpartition("/")[2]
    tails = tuple(f"{near}/{name}" for name in stems) if folder else ()
    if note is None:
        return Names(files, stems, tails)
    aliases = tuple(name for name in dict.fromkeys(map(fold, note.aliases)) if name != stems[-1])
    title = fold(note.title)
    return Names(files, stems, tails, aliases, () if title == stems[-1] else (title,))


def _spellings(key: str) -> tuple[str, ...]:
    """A name with and without `.md`."""
    return (key, key[:-3]) if key.endswith(".md") else (key,)


def _changed(table: Table, gone: Iterable[Entry], come: Iterable[Entry]) -> tuple[Table, frozenset[str]]:
    """A table without some entries and with others, and the names that are concerned."""
    keys: dict[str, set[str]] = {}
    for key, path in gone:
        keys.setdefault(key, set(table[key])).discard(path)
    for key, path in come:
        keys.setdefault(key, set(table.get(key, ()))).add(path)
    if not keys:
        return table, frozenset()
    out = {**table}
    for key, paths in keys.items():
        if paths:
            out[key] = _ordered(paths)
        else:
            del out[key]
    return out, frozenset(keys)


def _refoldered(index: Index, gone: Files, come: Files) -> tuple[Mapping[str, int], Table, frozenset[str]]:
    """How many files each folder holds now, the folders there are, and those of them that came, went or are spelled otherwise."""
    steps: Counter[str] = Counter()
    for files, step in ((gone.keys() - come.keys(), -1), (come.keys() - gone.keys(), 1)):
        for path in files:
            for folder in _upwards(path.rpartition("/")[0]):
                steps[folder] += step
    if not steps:
        return index.within, index.folders, frozenset()
    within = Counter(index.within)
    within.update(steps)
    within = +within
    lost = [(fold(folder), folder) for folder in steps if folder in index.within and folder not in within]
    found = [(fold(folder), folder) for folder in steps if folder not in index.within and folder in within]
    return within, *_changed(index.folders, lost, found)


def _respelled(index: Index, tables: Sequence[Table], whole: Iterable[str]) -> dict[str, list[str]]:
    """The table of letter triples after some names came or went; still empty where nobody has asked for it."""
    if not index._trigrams:
        return {}
    _, stems, _, aliases, titles, _ = tables
    out = dict(index._trigrams)
    fresh: set[str] = set()
    for name in whole:
        was = name in index.stems or name in index.aliases or name in index.titles
        is_ = name in stems or name in aliases or name in titles
        for triple in triples(name) if was != is_ else ():
            if triple not in fresh:
                fresh.add(triple)
                out[triple] = [*out.get(triple, ())]
            if is_:
                insort(out[triple], name)
            else:
                del out[triple][bisect_left(out[triple], name)]
            if not out[triple]:
                del out[triple]
                fresh.discard(triple)
    return out


def _for_folder(key: str) -> bool:
    """Whether a file of this path may be what a link to its folder means."""
    folder, _, name = key.rpartition("/")
    return name in (f"{note}.md" for note in (*FOLDER_NOTES, _last(folder)))


def _upwards(folder: str) -> Iterator[str]:
    """A folder and those above it, without the root."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _suggested(name: str) -> bool:
    return not name.endswith(".md")


def _frozen(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: (paths[0],) if len(paths) == 1 else _ordered(paths) for key, paths in table.items()}


def _ordered(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(paths), key=lambda path: (len(path), path)))
