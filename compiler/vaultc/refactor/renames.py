"""Renaming a heading or a block: what to write so that every link to it, and to what stands near it, still leads there.

As with a move, there is one question for every link of the vault: does it, under the new name, mean what it meant? Anchors of
later headings of the same name, and the note's title, may depend on a heading, too.
"""

import re
from collections.abc import Iterator

from vaultc import index, scan
from vaultc.diagnostics import Edit, quoted
from vaultc.errors import VaultcError
from vaultc.graph import Vault
from vaultc.model import Block, Heading, Note, Reference
from vaultc.parse import parse
from vaultc.refactor.fixes import Place, place
from vaultc.refactor.moves import defined
from vaultc.refactor.spelling import cut, encoded
from vaultc.resolve import Ambiguous, Resolution, Resolved, Resolver
from vaultc.resolve.fragments import words
from vaultc.text import Span, splice

_BLOCK = re.compile(r"[A-Za-z0-9-]+")
# What cuts or ends a link where it stands in a fragment.
_UNSAFE = re.compile(r"[\[\]|#^\s]+")


def heading(vault: Vault, path: str, old: Heading, text: str) -> tuple[Edit, ...]:
    """The edits that give a heading the Markdown `text`. Raises VaultcError when it cannot be one, or a link could not follow."""
    text = " ".join(text.split())
    source = old.source.encode()
    start = vault.text(path).find(source, old.span.start, old.span.end)
    if not text or not source or start < 0:
        raise VaultcError("this heading cannot be renamed: edit it, and the links to it")
    return _Renamer(vault, path, Span(start, start + len(source)), text, old.span).edits()


def block(vault: Vault, path: str, old: Block, id: str) -> tuple[Edit, ...]:
    """The edits that give a block another id. Raises VaultcError when that is none, or taken."""
    id = id.removeprefix("^")
    if not _BLOCK.fullmatch(id):
        raise VaultcError(f"{quoted(id)} is no block id: use letters, digits and hyphens")
    if any(other.id.lower() == id.lower() != old.id.lower() for other in vault.notes[path].blocks):
        raise VaultcError(f"{path} has a block {quoted(id)} already: choose another id")
    span = Span(old.id_span.start + 1, old.id_span.end)
    return _Renamer(vault, path, span, id, old.id_span, (f"^{old.id}", f"^{id}")).edits()


class _Renamer:
    """One rename: the vault as it is, and its names as they will be. `inside` is what links are not looked for in."""

    def __init__(
        self, vault: Vault, path: str, span: Span, text: str, inside: Span, block: tuple[str, str] | None = None
    ) -> None:
        self.vault, self.path, self.text, self.inside, self.block = vault, path, text, inside, block
        self.edit = Edit(path, span, text)
        self.old = vault.text(path)[span.start : span.end].decode()
        before = vault.notes[path]
        self.note = parse(scan.source_file(path, splice(vault.text(path), [(span, text)])))
        shape = [(len(it.headings), len(it.blocks), len(it.findings)) for it in (before, self.note)]
        if shape[0] != shape[1]:
            raise VaultcError(f"{quoted(text)} cannot stand here: choose another name")
        self.notes = {**vault.notes, path: self.note}
        names = index.build(self.notes.values(), vault.scan.assets, vault.scan.hidden)
        self.before, self.resolver = Resolver(vault.index), Resolver(names)

    def edits(self) -> tuple[Edit, ...]:
        """The rename itself, and a new fragment for each link that would lose what it meant."""
        sources = {source.path: source.data for source in self.vault.scan.sources}
        out = [self.edit]
        for path, note in self.vault.notes.items():
            out += self._links(note)
            if out[-1].path == path and sources[path] != self.vault.text(path):
                raise VaultcError(f"{path} is not UTF-8, and links of it must change: convert it first")
        return tuple(out)

    def _links(self, note: Note) -> Iterator[Edit]:
        here = self.notes[note.path]
        bare, bare_here = note._replace(definitions=()), here._replace(definitions=())
        written = [(it, note, here) for it in note.references if it.target_span.start < it.target_span.end]
        written += [(defined(it), bare, bare_here) for it in note.definitions]
        for reference, was_in, is_in in written:
            if note.path == self.path and self.inside.contains(reference.span):
                continue
            goal = self._goal(self.before.resolve(reference, was_in))
            if goal is None or goal == self._place(self.resolver.resolve(reference, is_in)):
                continue
            yield Edit(note.path, reference.target_span, self._rewritten(note, is_in, reference, goal))

    def _goal(self, old: Resolution) -> Place | None:
        """Where a link must lead after the rename; None for one that leads nowhere."""
        was = old.chosen if isinstance(old, Ambiguous) else old
        if not isinstance(was, Resolved):
            return None
        path, kind, at, anchor = place(self.vault.notes, was)
        if self.block and (path, anchor) == (self.path, self.block[0]):
            anchor = self.block[1]
        return path, kind, at, anchor

    def _place(self, new: Resolution) -> Place | None:
        now = new.chosen if isinstance(new, Ambiguous) else new
        return place(self.notes, now) if isinstance(now, Resolved) else None

    def _rewritten(self, note: Note, here: Note, reference: Reference, goal: Place) -> str:
        name, rest = cut(self.vault.index, note, reference)
        for fragment in self._fragments(reference, rest, goal):
            raw = name + "#" + (encoded(fragment) if reference.kind in ("markdown", "image") else fragment)
            target = reference.target.removesuffix(reference.target.partition("#")[2])
            target = (target if reference.kind in ("markdown", "image") else f"{name}#") + fragment
            if self._place(self.resolver.resolve(reference._replace(target=target, raw=raw), here)) == goal:
                return raw
        line = self.vault.lines(note.path).position(reference.span.start).line
        raise VaultcError(f"{note.path}:{line}: no link could lead to {quoted(self.text)}: choose another name")

    def _fragments(self, reference: Reference, rest: str, goal: Place) -> Iterator[str]:
        """What may stand after the `#`, best first."""
        if self.block and goal[3]:
            yield goal[3]
            return
        if reference.kind in ("markdown", "image"):
            yield self.notes[goal[0]].headings[goal[2]].anchor
            return
        parts = rest[1:].split("#")
        shown = (it.text for it in self.note.headings if it.span.start == self.inside.start)
        new = _safe(next(shown, self.text))
        for at in reversed(range(len(parts))):
            if words(parts[at]) == words(self.old):
                yield "#".join((*parts[:at], new, *parts[at + 1 :]))
        headings = self.notes[goal[0]].headings
        text, level = _safe(headings[goal[2]].text), headings[goal[2]].level
        yield text
        for above in reversed(headings[: goal[2]]):
            if above.level < level:
                text, level = f"{_safe(above.text)}#{text}", above.level
                yield text


def _safe(text: str) -> str:
    return " ".join(_UNSAFE.sub(" ", text).split())
