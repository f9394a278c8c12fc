"""What may be meant by what is typed, and what to write so that it is meant.

Of a link each choice is written, read and resolved before it is offered: it leads to what its label says and to nothing else.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Literal

from vaultc import parse, scan
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.refactor.spelling import in_table, linktext
from vaultc.resolve import Resolution, Resolved, Resolver, names
from vaultc.text import Span, fold

# More than a screen; whoever types on is offered more.
MOST = 50
Kind = Literal["note", "alias", "file", "folder", "heading", "block", "tag", "key", "value"]

_LINK = re.compile(r"(!?)\[\[((?:(?!\[\[|\]\])[^|\n])*)$")
_REST = re.compile(r"[^\[\]|\n]*?(?=\]\]|\\?\|)")
_REST_IN_ROW = re.compile(r"[^\[\]|\n]*?(?=\]\]|\\\|)")  # a plain pipe ends the cell
_TAG = re.compile(r"(?<![^\s(])#([^\s#\[\]()]*)$")
_CALLOUT = re.compile(r"^[ >]*>\s*\[!([\w-]*)$")
_KEY = re.compile(r"^([\w-]*)$")
_VALUE = re.compile(r"^(?:([\w-]+):|\s*-)\s*(?:\[(?:[^\]]*,)?\s*)?([^\s,\[\]\"']*)$")
_UNSAFE = re.compile(r"[\[\]|#^\s]+")
_CALLOUTS = "note abstract info todo tip success question warning failure danger bug example quote".split()
_KEYS = ("title", "aliases", "tags", "publish")
_LITERAL = {"Code", "+CodeBlock", "InlineMath", "DisplayMath"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: `text` goes to the place of what was typed, `filter` is what the typed text is compared with."""

    label: str
    text: str
    kind: Kind
    detail: str = ""
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may stand in the place of `span`, of which `typed` stands before the cursor; best first."""

    span: Span
    typed: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class _Wish:
    """A link to offer: the texts that may do, and what the first that does must mean."""

    choice: Choice
    texts: Sequence[str]
    meaning: tuple[str, str]


def complete(vault: Vault, path: str, offset: int) -> Choices | None:
    """What may be meant at a place of a note; None where there is nothing to complete."""
    note, lines = vault.notes[path], vault.lines(path)
    number = lines.number(offset)
    start = lines.starts[number - 1]
    line = lines.text(number)
    before = lines.data[start:offset].decode("utf-8", "ignore").removeprefix("\ufeff")
    if offset >= note.body and _literal(vault, note, offset):
        return None
    if found := _LINK.search(before):
        return _Link(vault, note, offset, found, line[len(before) :]).choices()
    if offset < note.body:
        return _front_matter(vault, lines.data[:offset].decode("utf-8", "ignore"), before, offset)
    if found := _CALLOUT.match(before):
        return _matching(found[1], offset, [(name, "value", "") for name in _CALLOUTS])
    if (found := _TAG.search(before)) and (found[1] or found.start() > 0):
        return _matching(found[1], offset, [(name, "tag", f"{n}") for name, n in _tags(vault).most_common()])
    return None


class _Link:
    """A link that is being typed."""

    def __init__(self, vault: Vault, note: Note, offset: int, found: re.Match[str], after: str) -> None:
        self.vault, self.note, self.index = vault, note, vault.index
        self.typed, self.embed = found[2], found[1]
        row = in_table(vault, note, Span(offset, offset))
        rest = (_REST_IN_ROW if row else _REST).match(after)
        self.closing = "" if rest else "]]"
        end = len(rest[0].encode()) if rest else 0
        self.span = Span(offset - len(self.typed.encode()), offset + end)
        self.labelled = rest is not None and not after[rest.end() :].startswith("]]")
        self.pipe = "\\|" if row else "|"

    def choices(self) -> Choices:
        name, fragment, target = self._cut()
        if not name and fragment.startswith("#"):
            wishes = self._every_heading(fold(fragment[1:]))
        elif target and fragment.startswith("^"):
            wishes = self._blocks(target, name)
        elif target:
            wishes = self._headings(target, name, fold(fragment))
        else:
            wishes = self._names(fold(self.typed))
        return self._offered([*wishes])

    def _cut(self) -> tuple[str, str, Note | None]:
        """The name, what is typed after its `#`, and the note that has the name; no note where a name is being typed."""
        for name, fragment in names.splits(self.typed):
            found = names.find(self.index, name, self.note.folder) if name else names.Found((self.note.path,), "name")
            if isinstance(found, names.Found):
                return name, fragment or "", None if fragment is None else self.index.notes.get(found.paths[0])
        return self.typed, "", None

    def _offered(self, wishes: Sequence[_Wish]) -> Choices:
        """The wishes that come true, each by the first of its texts that means it."""
        meanings = iter(_meanings(self.vault, self.note, self.embed, [text for it in wishes for text in it.texts]))
        out = []
        for wish in wishes:
            means = [(text, next(meanings)) for text in wish.texts]
            if text := next((text for text, meaning in means if _is(meaning, wish.meaning)), None):
                text = text.partition("|")[0] if self.labelled else text.replace("|", self.pipe)
                choice = wish.choice
                out.append(Choice(choice.label, text + self.closing, choice.kind, choice.detail, choice.filter))
        return Choices(self.span, self.typed, out)

    def _names(self, query: str) -> Iterator[_Wish]:
        """Notes by name, alias and title, other files, and folders."""
        for *_, name, path, kind in nsmallest(MOST, self._ranked(query)):
            label = _shown(self.index.notes.get(path), path, name, kind)
            if kind == "folder":
                yield _Wish(Choice(label, "", kind, "", label), (label,), (path, ""))
            elif label and (link := linktext(self.index, path, self.note.folder)):
                shown = f"|{label}" if kind == "alias" and not re.search(r"[\[\]|]", label) else ""
                by = path.removesuffix(".md") if "/" in query else label
                detail = f"→ {path}" if kind == "alias" else path
                yield _Wish(Choice(label, "", kind, detail, by), (link + shown,), (path, ""))

    def _ranked(self, query: str) -> Iterator[tuple[int, bool, int, bool, int, int, str, str, Kind]]:
        """Every name that what was typed may mean, last its path and what it names: what fits better, is used more and lies nearer
        is less."""
        index, notes, sources, here = self.index, self.vault.notes, self.vault.sources, self.note.folder
        fit = fitting(query)
        others = bool(self.embed) or "." in query
        tables: tuple[tuple[Kind, Mapping[str, tuple[str, ...]]], ...] = (
            ("note", index.files if "/" in query else index.stems),
            ("alias", index.aliases),
            ("alias", index.titles),
            ("folder", {name: tuple(f"{path}/" for path in paths) for name, paths in index.folders.items()}),
        )
        for order, (kind, table) in enumerate(tables):
            for name, paths in table.items():
                rank = fit(name)
                if rank is None or (kind == "note" and name.endswith(".md")):
                    continue
                for path in paths:
                    file = path not in notes
                    if not file or others or kind == "folder":
                        means: Kind = "file" if file and kind == "note" else kind
                        used = len(sources.get(path, ()))
                        near = path.rstrip("/").rpartition("/")[0] != here
                        yield rank, bool(self.embed) != file, -used, near, order, len(name), name, path, means

    def _headings(self, target: Note, name: str, query: str) -> Iterator[_Wish]:
        fit = fitting(query)
        found = [(rank, at) for at, it in enumerate(target.headings) if (rank := fit(fold(it.text))) is not None]
        for _, at in sorted(found)[:MOST]:
            heading = target.headings[at]
            texts = [f"{name}#{it}" for it in _fragments(target, at)]
            choice = Choice(heading.text, "", "heading", "#" * heading.level, f"{name}#{heading.text}")
            yield _Wish(choice, texts, (target.path, heading.anchor))

    def _every_heading(self, query: str) -> Iterator[_Wish]:
        """Headings of the whole vault; only with letters of them, for there are many."""
        fit = fitting(query)
        all_ = (
            ((rank, -len(self.vault.sources.get(path, ())), path, at), path, at)
            for path, note in self.vault.notes.items()
            for at, heading in enumerate(note.headings)
            if query and (rank := fit(fold(heading.text))) is not None
        )
        for _, path, at in nsmallest(MOST, all_, key=lambda it: it[0]):
            note = self.vault.notes[path]
            link = "" if path == self.note.path else linktext(self.index, path, self.note.folder)
            if link is not None:
                heading = note.headings[at]
                choice = Choice(heading.text, "", "heading", path, f"##{heading.text}")
                yield _Wish(choice, [f"{link}#{it}" for it in _fragments(note, at)], (path, heading.anchor))

    def _blocks(self, target: Note, name: str) -> Iterator[_Wish]:
        for block in target.blocks[:MOST]:
            text = " ".join(self.vault.text(target.path)[block.span.start : block.span.end].decode().split())
            link = f"{name}#^{block.id}"
            yield _Wish(Choice(f"^{block.id}", "", "block", text[:80], link), (link,), (target.path, f"^{block.id}"))


def fitting(query: str) -> Callable[[str], int | None]:
    """How well a folded name fits what was typed, 0 best: the same, begins so, a word begins so, holds it, holds its letters in
    order; None where it does not."""
    # Of thousands of names most hold not even the letters, which one expression tells sooner than anything else.
    letters = re.compile("".join(f"[^{it}]*{it}" for it in map(re.escape, query)))

    def fit(name: str) -> int | None:
        if not letters.match(name):
            return None
        if name.startswith(query):
            return int(name != query)
        at = name.find(query)
        if at >= 0:
            return 2 if not name[at - 1].isalnum() or f" {query}" in name else 3
        return 4

    return fit


def _shown(note: Note | None, path: str, name: str, kind: Kind) -> str:
    """A folded name as it is written."""
    if kind == "folder":
        return path
    if kind == "alias":
        return next((it for it in (*note.aliases, note.title) if fold(it) == name), "") if note else ""
    last = path.rpartition("/")[2]
    return last[:-3] if note else last


def _fragments(note: Note, at: int) -> Iterator[str]:
    """The ways to name a heading, the shortest first: its text, then with the headings above it."""
    heading = note.headings[at]
    text = " ".join(_UNSAFE.sub(" ", heading.text).split())
    level = heading.level
    if not text:
        return
    yield text
    for above in reversed(note.headings[:at]):
        if above.level < level and (name := " ".join(_UNSAFE.sub(" ", above.text).split())):
            text, level = f"{name}#{text}", above.level
            yield text


def _meanings(vault: Vault, note: Note, mark: str, texts: Sequence[str]) -> Iterator[Resolution | None]:
    """What links of these texts would mean in a note; None for a text that makes no link, or more than one."""
    links = [f"{mark}[[{text}]]\n\n".encode() for text in texts]
    read = parse.parse(scan.source_file(note.path, b"".join(links)))
    found = {reference.span: reference for reference in read.references}
    resolver = Resolver(vault.index)
    at = 0
    for link in links:
        reference = found.get(Span(at, at + len(link) - 2))
        at += len(link)
        yield resolver.resolve(reference, note) if reference else None


def _is(meaning: Resolution | None, wanted: tuple[str, str]) -> bool:
    if not isinstance(meaning, Resolved):
        return False
    if wanted[0].endswith("/"):
        return meaning.via == "folder" and meaning.path.rpartition("/")[0] == wanted[0][:-1]
    return (meaning.path, meaning.anchor) == wanted


def _literal(vault: Vault, note: Note, offset: int) -> bool:
    """Whether a place is in code or mathematics."""
    events = parse.read(vault.text(note.path), note.body).events
    return any(it.name in _LITERAL and it.start < offset < it.end for it in events)


def _tags(vault: Vault) -> Counter[str]:
    return Counter(tag.name for note in vault.notes.values() for tag in note.tags)


def _front_matter(vault: Vault, head: str, before: str, offset: int) -> Choices | None:
    """Keys and values of the front matter, those that other notes have most often first."""
    if (found := _KEY.match(before)) and "\n" in head:
        used = Counter(str(key) for note in vault.notes.values() for key in note.metadata)
        keys = dict.fromkeys([*(key for key, _ in used.most_common()), *_KEYS])
        return _matching(found[1], offset, [(key, "key", "") for key in keys], ": ")
    if not (found := _VALUE.match(before)):
        return None
    keys_above = re.findall(r"^([\w-]+):", head, re.M)
    key = found[1] or (keys_above[-1] if keys_above else "")
    if key in ("tags", "tag"):
        values = _tags(vault)
    else:
        values = Counter(it for note in vault.notes.values() if isinstance(it := note.metadata.get(key), str))
    some: list[tuple[str, Kind, str]] = [
        (value, "value", "") for value, _ in values.most_common(1000) if "\n" not in value
    ]
    return _matching(found[2], offset, some)


def _matching(typed: str, offset: int, all_: Iterable[tuple[str, Kind, str]], after: str = "") -> Choices:
    """Those of some words that fit what was typed, and are not that."""
    span = Span(offset - len(typed.encode()), offset)
    some = [it for it in all_ if it[0] != typed]
    fit = fitting(fold(typed))
    ranked = [(rank, at, it) for at, it in enumerate(some) if (rank := fit(fold(it[0]))) is not None]
    ranked.sort(key=lambda it: it[:2])
    choices = [Choice(word, word + after, kind, detail, word) for _, _, (word, kind, detail) in ranked[:MOST]]
    return Choices(span, typed, choices)
