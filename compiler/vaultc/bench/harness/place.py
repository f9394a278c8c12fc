"""Where a measuring process is, told without waking anybody: a few bytes that it shares with the runner.

A line over the pipe would wake the runner on a core that is being measured; this is read when the runner looks anyway.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

_LAYOUT = struct.Struct("qq")


class Place:
    """Index of the point that is worked at, and a counter of everything that was begun."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_LAYOUT.pack(-1, 0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _LAYOUT.size)

    def set(self, index: int) -> None:
        """The process goes on to something of this point."""
        _LAYOUT.pack_into(self._shared, 0, index, self.steps() + 1)

    def beat(self) -> None:
        """The process began something more of the same point."""
        _LAYOUT.pack_into(self._shared, 0, _LAYOUT.unpack_from(self._shared)[0], self.steps() + 1)

    @property
    def index(self) -> int | None:
        """The point that was worked at last; ``None`` before the first."""
        index: int = _LAYOUT.unpack_from(self._shared)[0]
        return index if index >= 0 else None

    def steps(self) -> int:
        steps: int = _LAYOUT.unpack_from(self._shared)[1]
        return steps
