"""The text of notes, and its lines: read once, when somebody asks."""

from collections.abc import Iterable

from vaultc.model import SourceFile
from vaultc.parse.note import text
from vaultc.text import Lines


class Texts:
    """The texts of some source files; spans are places in them."""

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self._sources = {source.path: source for source in sources}
        self._texts: dict[str, bytes] = {}
        self._lines: dict[str, Lines] = {}

    def __contains__(self, path: object) -> bool:
        return path in self._sources

    def text(self, path: str) -> bytes:
        """A note's text as UTF-8. Raises KeyError for what is no note."""
        known = self._texts.get(path)
        if known is None:
            known = self._texts[path] = text(self._sources[path])[0]
        return known

    def lines(self, path: str) -> Lines:
        """The lines of a note, or of nothing for any other file."""
        known = self._lines.get(path)
        if known is None:
            known = self._lines[path] = Lines.of(self.text(path) if path in self._sources else b"")
        return known
