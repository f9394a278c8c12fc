"""Safe repairs: which bytes to replace so that every link means what it meant, or what it was meant to mean.

Two sources: the fixes that findings carry, and normal forms, for which there is no code: a link that differs from the file's
name in case, in Unicode form or by a needless `.md` is written as the file is. No edit is believed: the edited notes are read
and resolved again, and the edits of a note that would make anything worse are dropped.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from vaultc import index, scan
from vaultc.diagnostics import Diagnostic, Edit
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.parse import parse
from vaultc.refactor.spelling import cut, encoded
from vaultc.resolve import Ambiguous, Resolution, Resolved, Resolver, Unresolved
from vaultc.text import Span, fold, splice

Place = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class Repair:
    """The new text of each note that changes, and how many places change in all."""

    texts: Mapping[str, bytes]
    edits: int


def plan(vault: Vault, findings: Iterable[Diagnostic], covers: Callable[[str], bool]) -> Repair:
    """What to write so that what can be repaired is. `covers` says which notes may be changed.

    A note whose bytes are not UTF-8 is left alone.
    """
    sources = {source.path: source.data for source in vault.scan.sources}
    wanted: dict[str, dict[Span, str]] = defaultdict(dict)
    for edit in (*_carried(findings), *_normal(vault, covers)):
        if covers(edit.path) and edit.path in sources and sources[edit.path] == vault.text(edit.path):
            wanted[edit.path].setdefault(edit.span, edit.text)
    edits = {path: _apart(spans) for path, spans in wanted.items()}
    while edits:
        texts = {path: splice(sources[path], spans) for path, spans in edits.items()}
        worse = set(_worse(vault, texts, edits))
        if not worse:
            return Repair(texts, sum(map(len, edits.values())))
        kept = {
            path: [e for e in spans if worse.isdisjoint(((path, e[0]), (path, None)))] for path, spans in edits.items()
        }
        kept = {path: spans for path, spans in kept.items() if spans}
        edits = kept if kept != edits else {}  # where none of them is to blame, none is made
    return Repair({}, 0)


def _carried(findings: Iterable[Diagnostic]) -> Iterator[Edit]:
    for finding in findings:
        if finding.fix:
            yield from finding.fix.edits


def _apart(edits: Mapping[Span, str]) -> list[tuple[Span, str]]:
    """The edits without those that overlap an earlier one."""
    out: list[tuple[Span, str]] = []
    for span, text in sorted(edits.items()):
        if not out or span.start >= out[-1][0].end:
            out.append((span, text))
    return out


def _normal(vault: Vault, covers: Callable[[str], bool]) -> Iterator[Edit]:
    """Edits that write links as the files are named; each still resolves to the same place."""
    resolver = Resolver(vault.index)
    for note, reference, resolution in vault.references():
        if not isinstance(resolution, Resolved) or resolution.via != "name" or resolution.kind not in ("note", "asset"):
            continue
        if reference.target_span.start >= reference.target_span.end or not covers(note.path):
            continue
        new = _spelled(vault, note, reference, resolution.path)
        if new is None or new == reference.raw:
            continue
        target = unquote(new) if reference.kind in ("markdown", "image") else new
        if resolver.resolve(reference._replace(target=target, raw=new), note) == resolution:
            yield Edit(note.path, reference.target_span, new)


def _spelled(vault: Vault, note: Note, reference: Reference, path: str) -> str | None:
    """The destination with each component of its path as the file has it; None where they do not line up."""
    name, rest = cut(vault.index, note, reference)
    markdown = reference.kind in ("markdown", "image")
    if not name or ("?" in name and markdown):
        return None
    written = (unquote(name) if markdown else name).split("/")
    real = path.split("/")
    steps = next((at for at, part in enumerate(written) if part not in ("", ".", "..")), len(written))
    tail = written[steps:]
    if not tail or len(tail) > len(real) or "" in tail or "." in tail or ".." in tail:
        return None
    spelled = real[-len(tail) :]
    compared = list(tail)
    if path in vault.notes and not (markdown and fold(tail[-1]).endswith(".md")):
        spelled[-1] = spelled[-1][:-3]
        compared[-1] = compared[-1][:-3] if fold(tail[-1]).endswith(".md") else tail[-1]
    if [*map(fold, spelled)] != [*map(fold, compared)]:
        return None
    if spelled == tail:
        return reference.raw
    whole = "/".join((*written[:steps], *spelled))
    return (encoded(whole) if markdown and " " not in name else whole) + rest


def _worse(
    vault: Vault, texts: Mapping[str, bytes], edits: Mapping[str, Sequence[tuple[Span, str]]]
) -> Iterator[tuple[str, Span | None]]:
    """What would be worse by these edits, as the one that is to blame: its note and its place, or all edits of a note."""
    edited = {path: parse(scan.source_file(path, data)) for path, data in texts.items()}
    notes = {**vault.notes, **edited}
    names = index.build(notes.values(), vault.scan.assets, vault.scan.hidden)
    resolver = Resolver(names)
    for path, note in notes.items():
        before = vault.notes[path]
        own = {span for span, _ in edits.get(path, ())}
        if path in edited:
            faults = Counter(d.code for d in note.findings) - Counter(d.code for d in before.findings)
            if faults or len(note.references) != len(before.references) or len(note.headings) != len(before.headings):
                yield path, None
                continue
        for written, reference, old in zip(before.references, note.references, vault.links[path], strict=True):
            new = resolver.resolve(reference, note)
            if new == old or _as_good(vault.notes, old, notes, new):
                continue
            if written.target_span in own:
                yield path, written.target_span
            else:
                yield path, None
                yield _chosen(old).path or path, None


def _chosen(resolution: Resolution) -> Resolved | Unresolved:
    return resolution.chosen if isinstance(resolution, Ambiguous) else resolution


def _as_good(before: Mapping[str, Note], old: Resolution, after: Mapping[str, Note], new: Resolution) -> bool:
    """Whether a link leads to the same place as before, or to one where it led nowhere."""
    was, now = _chosen(old), _chosen(new)
    if isinstance(new, Ambiguous) and not isinstance(old, Ambiguous):
        return False
    if isinstance(was, Unresolved):
        return isinstance(now, Resolved) or (was.missing, was.name, was.path) == (now.missing, now.name, now.path)
    return isinstance(now, Resolved) and place(before, was) == place(after, now)


def place(notes: Mapping[str, Note], found: Resolved) -> Place:
    """Where a link leads, in terms that survive edits elsewhere in the target: file, kind, ordinal of the heading, block id."""
    if found.part != "heading":
        return (found.path, found.kind, -1, found.anchor)
    anchors = [heading.anchor for heading in notes[found.path].headings]
    return (found.path, found.kind, anchors.index(found.anchor), "")
