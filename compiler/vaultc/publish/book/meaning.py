"""What the elements of a note mean in a book: links lead to chapters or to references, embeds are written out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from vaultc import faults
from vaultc.emit.lower.callouts import Callout
from vaultc.emit.note import DEPTH, SIZE, described, label_of, opening_title
from vaultc.model import Note, Reference
from vaultc.publish.book import ast
from vaultc.publish.book.ast import Node
from vaultc.publish.book.parts import Parts
from vaultc.publish.book.reader import read
from vaultc.resolve import Ambiguous, Resolved, Unresolved, unpublished
from vaultc.text import Span

LOWEST: Final = 6
_ADDRESS = re.compile(r"(?:https?|ftp|mailto):[^\s]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where text is being written: the number of the chapter, the level of its heading, and what is embedded in what, from the
    chapter inwards."""

    chapter: int
    level: int
    open: tuple[tuple[str, Span], ...] = ()


class NoteMeaning:
    """The meaning of one note's elements at a place of a book."""

    def __init__(self, parts: Parts, note: Note, place: Place) -> None:
        self.parts, self.note, self.place = parts, note, place
        vault = parts.vault
        pairs = zip(note.references, vault.links[note.path], strict=True)
        self._meant = {
            reference.span.start: (reference, meant.chosen if isinstance(meant, Ambiguous) else meant)
            for reference, meant in pairs
            if reference.kind != "property"
        }
        self._title = opening_title(note, parts.documents(note))
        self._headings = {heading.span.start: index for index, heading in enumerate(note.headings)}
        below = [heading.level for heading in note.headings if heading.span.start != self._title]
        self._highest = min(below, default=1)
        self._embedded = len(place.open) > 1

    def heading(self, start: int, level: int, content: list[Node]) -> list[Node]:
        if start == self._title and not self._embedded:
            return []
        here = min(self.place.level + 1 + level - self._highest, LOWEST)
        if self._embedded or start not in self._headings:
            return [ast.header(max(here, 1), "", content, ("unnumbered", "unlisted"))]
        return [ast.header(here, f"c{self.place.chapter}-h{self._headings[start]}", content)]

    def anchors(self, start: int, end: int) -> Sequence[tuple[Span, str]]:
        return [
            (block.id_span, "" if self._embedded else f"c{self.place.chapter}-b{index}")
            for index, block in enumerate(self.note.blocks)
            if block.id_span.start < end and start < block.id_span.end
        ]

    def wikilink(self, start: int) -> list[Node]:
        reference, meant = self._meant.get(start, (None, None))
        if reference is None or meant is None:
            return []
        label = reference.label or unpublished.WORDS if self._hidden(meant) else label_of(reference)
        if reference.kind == "embed" and isinstance(meant, Resolved) and meant.kind == "asset":
            return self._shown(reference, meant)
        return self._to(meant, ast.words(label), named=bool(reference.label))

    def link(self, start: int, target: str, content: list[Node]) -> list[Node]:
        _, meant = self._meant.get(start, (None, None))
        if meant is not None:
            return self._to(meant, content, named=True)
        if _ADDRESS.fullmatch(target):
            return [ast.link(content, target)]
        return [ast.link(content, f"mailto:{target}")] if "@" in target and "/" not in target else content

    def image(self, start: int, target: str, words: str) -> list[Node]:
        reference, meant = self._meant.get(start, (None, None))
        if reference is None or meant is None:  # from another host, of which nothing is fetched
            return [ast.link(ast.words(words or target), target)] if _ADDRESS.fullmatch(target) else ast.words(words)
        if isinstance(meant, Resolved) and meant.kind == "asset":
            return self._shown(reference, meant)
        return ast.words(described(self.parts.vault, reference, meant))

    def embed(self, start: int) -> list[Node] | None:
        reference, meant = self._meant.get(start, (None, None))
        if reference is None or reference.kind != "embed" or not isinstance(meant, Resolved) or meant.kind != "note":
            return None
        part = self.parts.vault.extent(meant) if not self._hidden(meant) else None
        open_ = self.place.open
        around = any(path == meant.path and part and (at.contains(part) or part.contains(at)) for path, at in open_)
        if part is None or around or len(open_) > DEPTH or not self.parts.may_embed():
            return None
        note = self.parts.vault.notes[meant.path]
        inner = NoteMeaning(self.parts, note, replace(self.place, open=(*open_, (meant.path, part))))
        breaks = self.parts.vault.project.obsidian.hard_breaks
        return faults.attempt(
            note.path,
            "embedded",
            lambda: read(self.parts.documents(note), part, inner, breaks),
            self.parts.findings.append,
        )

    def code(self, start: int, code: Node) -> list[Node]:
        return self.parts.measured(self.note, start, code) or [code]

    def callout(self, found: Callout, title: list[Node], body: list[Node]) -> list[Node]:
        head = ast.node(
            "Plain",
            [
                *ast.raw(False, typst="#callout[", latex="\\begin{callout}{"),
                *(title or ast.words(found.kind)),
                *ast.raw(False, typst="][", latex="}"),
            ],
        )
        return [head, *body, *ast.raw(True, typst="]", latex="\\end{callout}")]

    def _hidden(self, meant: Resolved | Unresolved) -> bool:
        return unpublished.hides(self.parts.vault.notes, meant)

    def _to(self, meant: Resolved | Unresolved, content: list[Node], named: bool) -> list[Node]:
        """A link to what is in the book, a citation of a block that is not, else its words alone."""
        if self._hidden(meant):
            return content
        if isinstance(meant, Unresolved):
            meant = Resolved(meant.path, "note") if meant.path else Resolved("", "asset")
        if meant.kind != "note":
            return content
        if (id := self.parts.id(meant)) is not None:
            chapter = self.parts.chapters[meant.path]
            to = [ast.link(content, f"#{id}")]
            return to if chapter in (0, self.place.chapter) else [*to, *_number(chapter)]
        if meant.part == "block" and (number := self.parts.cite(meant)):
            cited = ast.link([ast.node("Str", f"[{number}]")], f"#r{number}")
            return [*content, ast.node("Str", "\u00a0"), cited] if named else [cited]
        return content

    def _shown(self, reference: Reference, meant: Resolved) -> list[Node]:
        vault = self.parts.vault
        *words, last = (reference.label or "").split("|")
        size = SIZE.match(last.strip())
        said = "|".join(words if size else (*words, last)).strip() or meant.path.rpartition("/")[2]
        withheld = unpublished.withheld(meant, vault.project.config.html == "trusted")
        name = None if withheld or self._hidden(meant) else self.parts.pictures.asset(vault.project.root, meant.path)
        if name is None:
            return ast.words(said)
        sizes = (
            dict(zip(("width", "height"), (f"{each}px" for each in size.groups() if each), strict=False))
            if size
            else {}
        )
        return [ast.image(name, ast.words(said), **sizes)]


def _number(chapter: int) -> list[Node]:
    """The number of a chapter beside a link that leads there."""
    return ast.raw(False, typst=f" #number(<c{chapter}>);", latex=f"~(\\ref{{c{chapter}}})")
