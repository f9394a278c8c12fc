"""What the chapters of a book share: which notes it has, what it cites, the pictures that it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from vaultc.diagnostics import Diagnostic
from vaultc.emit import results
from vaultc.emit.documents import Documents
from vaultc.emit.note import opening_title
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.publish.book import verdicts
from vaultc.publish.book.ast import Node
from vaultc.publish.book.pictures import Pictures
from vaultc.resolve import Resolved

_MOST_EMBEDS: Final = 1000


@dataclass(slots=True)
class Parts:
    """The `chapters` by path, the note with the order as number 0; `cited` are blocks of other notes, `listings` the
    code of benchmarks by their ids, `findings` are about notes that
    could not be written."""

    vault: Vault
    chapters: Mapping[str, int]
    measurements: results.Measured
    pictures: Pictures = field(default_factory=Pictures)
    cited: dict[Resolved, int] = field(default_factory=dict)
    listings: dict[str, Node] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    documents: Documents = field(init=False)
    _embeds: int = 0

    def __post_init__(self) -> None:
        self.documents = Documents(self.vault)

    def id(self, target: Resolved) -> str | None:
        """The name of a link's target in the book; None where it is not in it."""
        chapter = self.chapters.get(target.path)
        if chapter is None:
            return None
        note = self.vault.notes[target.path]
        if target.part == "heading":
            for index, heading in enumerate(note.headings):
                if heading.anchor == target.anchor and heading.span.start != opening_title(note, self.documents(note)):
                    return f"c{chapter}-h{index}"
        if target.part == "block":
            for index, block in enumerate(note.blocks):
                if f"^{block.id}" == target.anchor:
                    return f"c{chapter}-b{index}"
        return f"c{chapter}"

    def cite(self, target: Resolved) -> int:
        """The number under which the references have a block; 0 where it may not be shown."""
        note = self.vault.notes.get(target.path)
        if note is None or not note.published:
            return 0
        return self.cited.setdefault(target._replace(via="name"), len(self.cited) + 1)

    def may_embed(self) -> bool:
        """Whether one more note may be written out, which then is."""
        self._embeds += 1
        return self._embeds <= _MOST_EMBEDS

    def measured(self, note: Note, start: int, code: Node) -> list[Node]:
        """What stands for the code at a byte of a note where it is a benchmark: what became of it. The code goes to the end of the
        book, once; no code is nothing."""
        for attached in self.measurements.found.get(note.path, ()):
            if attached.snippet.span.start == start and attached.id:
                self.listings[attached.id] = code
                return verdicts.blocks(attached, f"l{list(self.listings).index(attached.id) + 1}", self.pictures)
        return []
