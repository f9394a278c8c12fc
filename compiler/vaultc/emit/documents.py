"""The notes of a vault as they were read, each once for its page, its backlinks and all that embed it."""

from functools import cached_property

from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.parse import Document, read
from vaultc.resolve import Ambiguous, Resolved


class Documents:
    """Reads notes on demand. What others embed is kept; of the rest only the last one, for a page needs no other."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._kept: dict[str, Document] = {}
        self._last: tuple[str, Document] | None = None

    @cached_property
    def _embedded(self) -> set[str]:
        found = set()
        for _, reference, meant in self._vault.references():
            if reference.kind == "embed":
                chosen = meant.chosen if isinstance(meant, Ambiguous) else meant
                if isinstance(chosen, Resolved) and chosen.kind == "note":
                    found.add(chosen.path)
        return found

    def __call__(self, note: Note) -> Document:
        """The document of a note of the vault."""
        if known := self._kept.get(note.path):
            return known
        if self._last and self._last[0] == note.path:
            return self._last[1]
        document = read(self._vault.text(note.path), note.body)
        if note.path in self._embedded:
            self._kept[note.path] = document
        else:
            self._last = (note.path, document)
        return document
