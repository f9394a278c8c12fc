"""Stage 4: what each reference means, as a value."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Literal, NamedTuple
from urllib.parse import unquote

from vaultc.index import Index
from vaultc.model import Note, Reference
from vaultc.resolve import names
from vaultc.resolve.fragments import Fragments
from vaultc.resolve.names import Via
from vaultc.text import fold

__all__ = [
    "ASSETS",
    "Ambiguous",
    "Missing",
    "Part",
    "Resolution",
    "Resolved",
    "Resolver",
    "TargetKind",
    "Unresolved",
    "Via",
]

TargetKind = Literal["note", "asset", "folder", "hidden"]
Part = Literal["whole", "heading", "block", "id"]
Missing = Literal["note", "asset", "heading", "block", "outside"]

ASSETS = frozenset(
    "avif bmp gif jpeg jpg png svg webp ico flac m4a mp3 ogg wav 3gp mkv mov mp4 ogv webm pdf canvas base excalidraw "
    "csv json zip txt html htm css js ts py yml yaml toml docx xlsx pptx ipynb tex bib".split()
)


class Resolved(NamedTuple):
    """`path` is a note, an asset or a folder (then it ends in `/`); `via` is the rule that found it.

    `part` is what of it is meant, and `anchor` the id of that on the target's page, empty for the whole. Where that stands is
    the target's own business: a link does not mean something else because the text above a heading grew.
    """

    path: str
    kind: TargetKind
    via: Via | Literal["definition"] = "name"
    part: Part = "whole"
    anchor: str = ""


class Unresolved(NamedTuple):
    """`missing` says what is not there; `name` is the part that names it, `path` the file that was found, if any."""

    missing: Missing
    name: str
    path: str | None = None
    suggestions: tuple[str, ...] = ()


class Ambiguous(NamedTuple):
    """Several files fit; `chosen` is the one that Obsidian opens, `candidates` are all of them, in its order."""

    chosen: Resolved | Unresolved
    candidates: tuple[str, ...]


Resolution = Resolved | Unresolved | Ambiguous


class Resolver:
    """Resolves references against one index; repeated questions are answered once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: dict[tuple[str, str, str], Resolution] = {}
        # What names without a folder mean everywhere, for they have one candidate.
        self._anywhere: dict[str, Resolution] = {}
        self._suggested: dict[tuple[str, bool], tuple[str, ...]] = {}
        self._fragments: dict[str, Fragments] = {}
        self._definitions: dict[str, dict[str, str]] = {}

    def resolve(self, reference: Reference, note: Note) -> Resolution:
        """What `reference`, which stands in `note`, means."""
        markdown = reference.kind in ("markdown", "image")
        if not markdown and (anywhere := self._anywhere.get(reference.target)) is not None:
            return anywhere
        if reference.target.startswith("#"):
            whole = names.find(self._index, reference.target, note.folder)
            if not isinstance(whole, names.Found):
                return self._inside(reference, Resolved(note.path, "note"), reference.target[1:])
        key = (note.folder, reference.target, reference.kind if markdown else "")
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._resolve(reference, note.folder, markdown)
        if isinstance(known, Unresolved) and known.path is None and note.definitions:
            return self._defined(reference, note) or known
        return known

    def _resolve(self, reference: Reference, folder: str, markdown: bool) -> Resolution:
        for name, fragment in self._splits(reference.target):
            found = names.find(self._index, name, folder, markdown=markdown) if name else None
            if isinstance(found, names.Found):
                chosen = self._inside(reference, self._file(found.paths[0], found.via), fragment)
                if len(found.paths) > 1:
                    return Ambiguous(chosen, found.paths)
                only = len(self._index.stems.get(fold(name), ())) == 1  # then it was found by that name
                if only and not markdown and not self._index.hashes and "/" not in reference.target:
                    self._anywhere[reference.target] = chosen
                return chosen
        if isinstance(
            found, names.Outside
        ):  # of the ways to cut it the last, which does not depend on what other names hold
            return Unresolved("outside", name)
        name = reference.target.partition("#")[0].strip() or reference.target
        if hidden := names.hidden(self._index, name, folder, markdown=markdown):
            return Resolved(hidden, "hidden")
        extension = name.rpartition(".")[2].lower() if "." in name else ""
        asset = reference.kind == "image" or extension in ASSETS
        return Unresolved("asset" if asset else "note", name, None, self._suggest(name, asset))

    def _splits(self, target: str) -> Iterable[tuple[str, str | None]]:
        """The ways to cut a target that can lead somewhere: only the first `#` cuts, unless some name holds one."""
        if self._index.hashes or "&" in target:  # `&#39;` is no fragment
            return names.splits(target)
        name, mark, fragment = target.partition("#")
        return ((name.rstrip(), fragment.strip()) if mark else (target, None),)

    def _file(self, path: str, via: Via) -> Resolved:
        if path.endswith("/"):
            return Resolved(path, "folder", via)
        return Resolved(path, "note" if path in self._index.notes else "asset", via)

    def _inside(self, reference: Reference, file: Resolved, fragment: str | None) -> Resolved | Unresolved:
        if not fragment or file.kind != "note":
            return file
        inside = self._fragments.get(file.path)
        if inside is None:
            inside = self._fragments[file.path] = Fragments(self._index.notes[file.path])
        if fragment.startswith("^"):
            found = inside.block(fragment[1:])
            if found is None:
                return Unresolved("block", fragment, file.path, _nearest(fragment, inside.blocks))
            return Resolved(file.path, "note", file.via, "block", f"^{found.id}")
        if "#^" in fragment and (found := inside.block(fragment.rpartition("#^")[2])):
            return Resolved(file.path, "note", file.via, "block", f"^{found.id}")
        heading = inside.heading(fragment)
        if heading is None and reference.kind == "markdown":
            heading = inside.anchor(fragment)
        if heading is not None:
            return Resolved(file.path, "note", file.via, "heading", heading.anchor)
        if fragment in self._index.notes[file.path].ids:
            return Resolved(file.path, "note", file.via, "id", fragment)
        return Unresolved("heading", fragment, file.path, _nearest(fragment, inside.headings))

    def _defined(self, reference: Reference, note: Note) -> Resolution | None:
        """A wiki-link whose text has a link-reference definition in the note means what that says."""
        defined = self._definitions.get(note.path)
        if defined is None:
            defined = self._definitions[note.path] = {d.label: d.target for d in reversed(note.definitions)}
        target = defined.get(fold(reference.target))
        if target is None or reference.kind != "link":
            return None
        path, _, fragment = target.partition("#")
        found = names.find(self._index, unquote(path), note.folder, markdown=True)
        if found is None or isinstance(found, names.Outside):
            return None
        file = self._file(found.paths[0], found.via)
        return self._inside(reference, Resolved(file.path, file.kind, "definition"), unquote(fragment))

    def _suggest(self, name: str, asset: bool) -> tuple[str, ...]:
        """At most three names of the vault that look like `name`, best first: notes for a note, other files for a file."""
        known = self._suggested.get((name, asset))
        if known is None:
            index = self._index
            last = name.rpartition("/")[2]
            places: dict[str, str] = {}
            for near in index.similar(last):
                paths = index.stems.get(near) or index.aliases.get(near) or index.titles.get(near) or ()
                if fit := [p for p in paths if (p not in index.notes) is asset]:
                    places[near] = fit[0]
            best = _nearest(last if asset else last.removesuffix(".md"), {near: near for near in places})
            known = self._suggested[name, asset] = tuple(dict.fromkeys(index.shortest(places[near]) for near in best))
        return known


def _nearest(name: str, choices: Mapping[str, str]) -> tuple[str, ...]:
    """At most three of `choices` (each with its folded form) that look like `name`, best first, among the first three hundred.

    Slips of the finger count least, words in another order no more, and words that one of the two lacks a little.
    """
    from rapidfuzz import fuzz, process  # slow to import, and needed for broken links only

    some = dict(islice(choices.items(), 300))
    scores: dict[str, float] = {}
    for scorer, weight in ((fuzz.ratio, 1.0), (fuzz.token_sort_ratio, 1.0), (fuzz.token_set_ratio, 0.9)):
        for _, score, text in process.extract(fold(name), some, scorer=scorer, score_cutoff=_LIKE / weight, limit=6):
            scores[text] = max(scores.get(text, 0.0), score * weight)
    return tuple(sorted(scores, key=lambda text: (-scores[text], text))[:3])


_LIKE = 72.0
