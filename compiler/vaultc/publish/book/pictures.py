"""The files that a book shows: plots as vector drawings, pictures of the vault as they are."""

from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Final

from vaultc import disk
from vaultc.emit import attachments
from vaultc.publish.book import typeset

_KINDS: Final = frozenset("gif jpeg jpg png svg webp".split())
_LARGEST: Final = 1 << 26  # bytes


class Pictures:
    """Pictures by the names that they have beside the document."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._names: dict[str, str | None] = {}

    def plot(self, svg: str) -> str:
        """The name of a plot of ours, which then needs no style of a page."""
        head, end, rest = svg.partition(">")
        style = (files(__package__) / "plot.css").read_text(encoding="utf-8")
        name = f"plot-{len(self.files) + 1}.svg"
        shown = f'{head} xmlns="http://www.w3.org/2000/svg"{end}<style>{style}</style>{rest}'
        self.files[name] = shown.encode("utf-8", "replace")
        return name

    def asset(self, root: Path, path: str) -> str | None:
        """The name of a file of the vault; None for one that no engine shows, or that cannot be read."""
        if path not in self._names:
            self._names[path] = self._taken(root / path)
        return self._names[path]

    def _taken(self, path: Path) -> str | None:
        extension = path.suffix.lower()[1:]
        if extension not in _KINDS:
            return None
        with suppress(OSError):
            clean = attachments.drawing(path) if extension == "svg" else None
            data = disk.read(path, _LARGEST) if clean is None else clean.encode("utf-8", "replace")
            name = f"picture-{len(self.files) + 1}.{extension}"
            if typeset.shows(name, data):
                self.files[name] = data
                return name
        return None
