"""Stage 3: every name that a link can use, normalised once."""

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vaultc.model import Note
from vaultc.text import fold

Names = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Index:
    """What is in the vault, by folded name.

    `notes` is keyed by path. `files` maps a path from the root to the files that have it (more than one only when two names differ
    in case or Unicode form): a note under its path with and without `.md`. `stems` maps a last path component the same way, `tails`
    the last two.
    `folders` maps a folder's path to its spelling. `hidden` maps the path and the last component of files that are there and left out to those files.
    """

    notes: Mapping[str, Note]
    files: Names
    stems: Names
    tails: Names
    aliases: Names
    titles: Names
    folders: Mapping[str, str]
    hidden: Names
    _trigrams: dict[str, list[str]] = field(default_factory=dict, compare=False)

    def linktext(self, path: str, folder: str = "") -> str:
        """The shortest name by which a link from `folder` reaches `path` without ambiguity."""
        name = path[:-3] if path.endswith(".md") else path
        stem = name.rpartition("/")[2]
        if len(self.stems.get(fold(stem), ())) == 1 and fold(stem) not in self.files:
            return stem
        if self.files.get(fold(stem)) == (path,) and "/" not in name:
            return stem
        return (
            name if "/" in name else "./" + name if folder == "" and len(self.files.get(fold(name), ())) > 1 else name
        )

    def similar(self, name: str) -> list[str]:
        """At most fifty folded names that share rare letter triples with `name`; the work does not grow with the vault."""
        if not self._trigrams:
            table: dict[str, list[str]] = defaultdict(list)
            for known in (*self.stems, *self.aliases, *self.titles):
                for triple in _triples(known):
                    table[triple].append(known)
            self._trigrams.update(table)
        found: Counter[str] = Counter()
        rare = sorted(
            (t for t in _triples(fold(name)) if t in self._trigrams), key=lambda t: (len(self._trigrams[t]), t)
        )
        for triple in rare[:8]:
            found.update(self._trigrams[triple][:400])
        return [known for known, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:50]]


def build(notes: Iterable[Note], assets: Sequence[str], hidden: Iterable[str] = ()) -> Index:
    """The index of a vault. `assets` and `hidden` are paths relative to the vault."""
    by_path = {note.path: note for note in notes}
    files: dict[str, list[str]] = defaultdict(list)
    stems: dict[str, list[str]] = defaultdict(list)
    tails: dict[str, list[str]] = defaultdict(list)
    aliases: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, list[str]] = defaultdict(list)
    folders: dict[str, str] = {}
    for path, note in by_path.items():
        key = fold(path)
        files[key].append(path)
        files[key[:-3]].append(path)
        folder, _, stem = key.rpartition("/")
        stems[stem].append(path)
        stems[stem[:-3]].append(path)
        if folder:
            tail = f"{folder.rpartition('/')[2]}/{stem}"
            tails[tail].append(path)
            tails[tail[:-3]].append(path)
        for alias in note.aliases:
            if (named := fold(alias)) != stem[:-3]:
                aliases[named].append(path)
        if (named := fold(note.title)) != stem[:-3]:
            titles[named].append(path)
    for path in assets:
        key = fold(path)
        for name in (key, key[:-3]) if key.endswith(".md") else (key,):
            files[name].append(path)
            folder, _, stem = name.rpartition("/")
            stems[stem].append(path)
            if folder:
                tails[f"{folder.rpartition('/')[2]}/{stem}"].append(path)
    for path in (*by_path, *assets):
        folder = posixpath.dirname(path)
        while folder:
            key = fold(folder)
            if key in folders:
                break
            folders[key] = folder
            folder = posixpath.dirname(folder)
    left_out: dict[str, list[str]] = defaultdict(list)
    for path in hidden:
        key = fold(path)
        for name in (key, key[:-3]) if key.endswith(".md") else (key,):
            left_out[name].append(path)
            if "/" in name:
                left_out[name.rpartition("/")[2]].append(path)
    return Index(
        by_path,
        _frozen(files),
        _frozen(stems),
        _frozen(tails),
        _frozen(aliases),
        _frozen(titles),
        folders,
        _frozen(left_out),
    )


def _frozen(names: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {
        key: (paths[0],) if len(paths) == 1 else tuple(sorted(set(paths), key=lambda p: (len(p), p)))
        for key, paths in names.items()
    }


def _triples(name: str) -> set[str]:
    padded = f" {name} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
