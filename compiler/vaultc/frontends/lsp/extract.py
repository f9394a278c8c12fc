"""A part of a note as a note of its own: what to write so that every link still means what it meant."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from vaultc import index, scan
from vaultc.diagnostics import Edit
from vaultc.frontends.cli.new import filename
from vaultc.frontends.cli.new import text as written
from vaultc.graph import Vault
from vaultc.index import Index
from vaultc.model import Note, Reference
from vaultc.parse import parse
from vaultc.refactor.spelling import cut, destination, in_table, linkable, linktext
from vaultc.resolve import Ambiguous, Resolution, Resolved, Resolver
from vaultc.text import Span, fold, splice

_FOOTNOTE = re.compile(rb"\[\^[^\]\s]+\]")
_LONGEST = 60
# What a link means: a file and a part of it; of one that leads nowhere, nothing.
_Meaning = tuple[str, str]
_NOTHING: _Meaning = ("", "")
# Links by the note that they stand in, each with what it is to mean.
_Wanted = dict[str, list[tuple[Reference, _Meaning]]]


@dataclass(frozen=True, slots=True)
class Extract:
    """The new note, and what to write elsewhere: a link in place of what it took, and in links to that."""

    path: str
    text: str
    edits: tuple[Edit, ...]


def extract(vault: Vault, note: Note, span: Span) -> Extract | None:
    """What it takes to make a note of what stands at `span`; None where that has no name, or something would come out otherwise."""
    data = vault.text(note.path)
    chosen = data[span.start : span.end]
    span = Span(span.start + len(chosen) - len(chosen.lstrip()), span.end - len(chosen) + len(chosen.rstrip()))
    if not note.body <= span.start < span.end or _cuts(note, data, span):
        return None
    path = _path(vault, note, span)
    text = fresh(path) + data[span.start : span.end].decode("utf-8", "replace") + "\n" if path else ""
    return _Extraction(vault, note, span, path, text).made() if path else None


class _Extraction:
    """One extraction: the names as they will be, and what each link concerned must mean then."""

    def __init__(self, vault: Vault, note: Note, span: Span, path: str, text: str) -> None:
        self.vault, self.note, self.span, self.path, self.text = vault, note, span, path, text

    def made(self) -> Extract | None:
        took = parse(scan.source_file(self.path, self.text.encode()))
        names, _ = index.update(
            self.vault.index, {**self.vault.notes, self.path: took}, {}, {self.path: took}, ((), ())
        )
        link = linktext(names, self.path, self.note.folder)
        if link is None or in_table(self.vault, self.note, self.span):
            return None
        left = parse(scan.source_file(self.note.path, self._spliced(self.note.path, [(self.span, f"[[{link}]]")])))
        renamed = self._renamed(left, took)
        if renamed is None:
            return None
        come = {self.note.path: left, self.path: took}
        gone = {self.note.path: self.note}
        names, _ = index.update(self.vault.index, {**self.vault.notes, **come}, gone, come, ((), ()))
        edits = [*self._edits(names, come, self._wanted(renamed))]
        inside = [(it.span, it.text) for it in edits if it.path == self.note.path and self.span.contains(it.span)]
        outside = [it for it in edits if not (it.path == self.note.path and self.span.contains(it.span))]
        shift = len(self.text.encode()) - 1 - self.span.end
        moved = [(Span(span.start + shift, span.end + shift), text) for span, text in inside]
        text = splice(self.text.encode(), moved).decode()
        done = Extract(self.path, text, (Edit(self.note.path, self.span, f"[[{link}]]"), *outside))
        return done if self._holds(done, self._wanted(renamed)) else None

    def _renamed(self, left: Note, took: Note) -> Mapping[_Meaning, _Meaning] | None:
        """What parts of the note are called afterwards; None where not each of them is in one of the two."""
        out: dict[_Meaning, _Meaning] = {}
        for parts in (_anchors, _ids):
            old = list(parts(self.note))
            inside = [(self.note.path, anchor) for span, anchor in old if self.span.contains(span)]
            outside = [(self.note.path, anchor) for span, anchor in old if not self.span.contains(span)]
            for before, after in ((inside, took), (outside, left)):
                now = [(after.path, anchor) for _, anchor in parts(after)]
                if len(now) != len(before):
                    return None
                out.update(zip(before, now, strict=True))
        return out

    def _wanted(self, renamed: Mapping[_Meaning, _Meaning]) -> _Wanted:
        out: _Wanted = {}
        for path in sorted({self.note.path, *self.vault.sources.get(self.note.path, ())}):
            for reference, meaning in zip(self.vault.notes[path].references, self.vault.links[path], strict=True):
                means = _means(meaning)
                moves = path == self.note.path and self.span.contains(reference.span)
                wish = (reference, renamed.get(means, means))
                out.setdefault(self.path if moves else path, []).append(wish)
        return out

    def _edits(self, names: Index, come: Mapping[str, Note], wanted: _Wanted) -> Iterator[Edit]:
        """What to write for the links that would mean something else; at their places before."""
        resolver = Resolver(names)
        for path, links in wanted.items():
            here = come.get(path) or self.vault.notes[path]
            written_in = self.note if path == self.path else self.vault.notes[path]
            for reference, means in links:
                place = reference.target_span
                if means == _NOTHING or place.start >= place.end or _means(resolver.resolve(reference, here)) == means:
                    continue
                if text := self._spelled(names, written_in, here, reference, means[0]):
                    yield Edit(written_in.path, place, text)

    def _spelled(self, names: Index, before: Note, here: Note, reference: Reference, path: str) -> str | None:
        rest = cut(self.vault.index, before, reference)[1]
        if reference.kind in ("markdown", "image"):
            return destination(path, here.folder) + rest
        name = linktext(names, path, here.folder)
        return name + rest if name and linkable(name + rest) else None

    def _holds(self, done: Extract, wanted: _Wanted) -> bool:
        """Whether, read once more, every link means what it should, and nothing new is wrong."""
        texts = {done.path: done.text.encode()}
        for path in {it.path for it in done.edits}:
            texts[path] = self._spliced(path, [(it.span, it.text) for it in done.edits if it.path == path])
        come = {path: parse(scan.source_file(path, data)) for path, data in texts.items()}
        gone = {path: self.vault.notes[path] for path in come if path in self.vault.notes}
        names, _ = index.update(self.vault.index, {**self.vault.notes, **come}, gone, come, ((), ()))
        resolver = Resolver(names)
        for path, links in wanted.items():
            note = come.get(path) or self.vault.notes[path]
            found = [_means(resolver.resolve(reference, note)) for reference in note.references]
            means = [meaning for _, meaning in links]
            if path == self.note.path:
                at = sum(reference.span.end <= self.span.start for reference, _ in links)
                means.insert(at, (self.path, ""))
            # What led nowhere may lead to the new note.
            if len(found) != len(means) or any(a != b for a, b in zip(found, means, strict=True) if b != _NOTHING):
                return False
        faults = sum(len(note.findings) for note in come.values())
        return faults <= sum(len(note.findings) for note in gone.values())

    def _spliced(self, path: str, edits: list[tuple[Span, str]]) -> bytes:
        return splice(self.vault.text(path), edits)


def fresh(path: str) -> str:
    """What a new note at a path begins with."""
    title = path.rpartition("/")[2].removesuffix(".md")
    return written({"title": title, "aliases": [], "tags": [], "created": datetime.now().astimezone().date()})


def _path(vault: Vault, note: Note, span: Span) -> str | None:
    """Where the new note lies: beside the old one, called after its first heading or its first words, by a name that nothing has."""
    heading = next((it.text for it in note.headings if span.contains(it.span)), "")
    line = vault.text(note.path)[span.start : span.end].decode("utf-8", "replace").split("\n", 1)[0]
    words = (heading or " ".join(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", line)))[:_LONGEST]
    name = filename(words if len(words) < _LONGEST else words.rpartition(" ")[0] or words)
    if not name:
        return None
    for number in range(1, 100):
        title = name if number == 1 else f"{name} {number}"
        path = f"{note.folder}/{title}.md" if note.folder else f"{title}.md"
        names = vault.index
        taken = any(fold(title) in table for table in (names.stems, names.aliases, names.titles))
        if not taken and not os.path.lexists(vault.project.root / path):
            return path
    return None


def _cuts(note: Note, data: bytes, span: Span) -> bool:
    """Whether a selection cuts through something that one note must hold whole: a link, a heading, a benchmark, footnotes."""
    whole = [it.span for parts in (note.references, note.headings, note.snippets, note.tags) for it in parts]
    crossed = any(it.start < span.end and span.start < it.end and not span.contains(it) for it in whole)
    notes_in = set(_FOOTNOTE.findall(data, span.start, span.end))
    notes_out = {*_FOOTNOTE.findall(data, note.body, span.start), *_FOOTNOTE.findall(data, span.end)}
    return crossed or not notes_in.isdisjoint(notes_out)


def _anchors(note: Note) -> Iterable[tuple[Span, str]]:
    return ((it.span, it.anchor) for it in note.headings)


def _ids(note: Note) -> Iterable[tuple[Span, str]]:
    return ((it.id_span, f"^{it.id}") for it in note.blocks)


def _means(meaning: Resolution) -> _Meaning:
    chosen = meaning.chosen if isinstance(meaning, Ambiguous) else meaning
    return (chosen.path, chosen.anchor) if isinstance(chosen, Resolved) else _NOTHING
