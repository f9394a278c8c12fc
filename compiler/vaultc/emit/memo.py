"""What was made of each note the last time, under the digest of all that it was made of."""

import os
import stat
from pathlib import Path
from typing import NamedTuple, Self

from vaultc import kept
from vaultc.emit.backlinks import Mention
from vaultc.graph.metrics import Metrics
from vaultc.graph.near import Near
from vaultc.graph.topics import Topic

_CODE = ("*.py", "parse/*.py", "resolve/*.py", "graph/*.py", "bench/records/*.py", "emit/**/*.py")
_LIBRARIES = ("igraph", "pyromark", "pymdownx")


class Part(NamedTuple):
    """What a note gives to others: the assets in it, its links with the words around them, and what links to it show of it
    (JSON)."""

    key: str
    assets: tuple[str, ...]
    mentions: tuple[tuple[str, Mention], ...]
    preview: str


class File(NamedTuple):
    """An object file as it was written."""

    key: str
    digest: str
    title: str
    size: int
    changed: int

    def stands(self, path: str) -> bool:
        """Whether the file is still the one that was written, by its size and time."""
        try:
            found = os.lstat(path)
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and (found.st_size, found.st_mtime_ns) == (self.size, self.changed)


class _Kept(NamedTuple):
    parts: dict[str, Part]
    files: dict[str, File]
    metrics: tuple[str, dict[str, Metrics]]
    topics: tuple[str, list[Topic]]
    picture: tuple[str, str]
    near: tuple[str, dict[str, Near]]


class Memo:
    """Parts by note, files by name, and of the last graph the numbers, the topics, the picture and what lies around each note. Nothing
    in it is believed without its digest."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self.files: dict[str, File] = {}
        self.metrics: tuple[str, dict[str, Metrics]] = ("", {})
        self.topics: tuple[str, list[Topic]] = ("", [])
        self.picture: tuple[str, str] = ("", "")
        self.near: tuple[str, dict[str, Near]] = ("", {})

    @classmethod
    def load(cls, file: Path, size: int) -> Self:
        """What was saved by this very code, else nothing; `size` is that of the notes in bytes."""
        memo = cls()
        if found := kept.load(file, _Kept, kept.version(_CODE, _LIBRARIES), size):
            memo.parts, memo.files, memo.metrics, memo.topics, memo.picture, memo.near = found
        return memo

    @property
    def state(self) -> tuple[object, ...]:
        """What tells whether anything in it changed."""
        return self.parts, self.files, self.metrics[0], self.topics[0], self.picture[0], self.near[0]

    def save(self, file: Path) -> None:
        """Keep all of it for the next process."""
        kept.save(
            file,
            _Kept(self.parts, self.files, self.metrics, self.topics, self.picture, self.near),
            kept.version(_CODE, _LIBRARIES),
        )
