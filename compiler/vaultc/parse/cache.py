"""Parsed notes on disk, by digest: an unchanged file is parsed once."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vaultc import kept, many
from vaultc.model import Note, SourceFile
from vaultc.parse.note import parse_all

# Passes files on as they are read, and may show how far that has come.
Progress = Callable[[Sequence[SourceFile]], Iterable[SourceFile]]

_FILE = "notes"
# Files that one processor parses before another would have begun.
_WORTH = 500
# What a parse depends on: code of ours, relative to the package, and of others.
_CODE = ("parse/*.py", "faults.py", "model.py", "diagnostics.py", "text.py")
_LIBRARIES = ("ftfy", "pymdownx", "pyromark", "yaml")


class _Row(NamedTuple):
    """A note as it is kept: encoded, so that only those that are asked for are read."""

    path: str
    digest: str
    note: msgspec.Raw


def load(sources: Sequence[SourceFile], folder: Path | None, progress: Progress = iter) -> list[Note]:
    """The notes of `sources`, in order; those the cache in `folder` does not hold are parsed, and it then holds these and no others.

    A cache that is damaged, of another version or user, or cannot be written is passed over; None is none. `progress` passes
    on the sources that are parsed.
    """
    size = sum(len(source.data) for source in sources)
    old = (kept.load(folder / _FILE, list[_Row], _version(), size) if folder else None) or []
    known = {(row.path, row.digest): row for row in old}
    found: dict[str, Note] = {}
    rows = []
    for source in sources:
        if row := known.get((source.path, source.digest)):
            with suppress(msgspec.MsgspecError):
                found[source.path] = _NOTE.decode(row.note)
                rows.append(row)
    fresh = [source for source in sources if source.path not in found]
    read = len(rows)
    for share in many.work(fresh, parse_all, _encoded, progress, _WORTH):
        new = _ROWS.decode(share.encoded)
        notes = share.made if share.made is not None else (_NOTE.decode(row.note) for row in new)
        found.update((note.path, note) for note in notes)
        rows += new
    # What another process parsed and could not hand on.
    found.update((note.path, note) for note in parse_all([source for source in fresh if source.path not in found]))
    if folder and not len(rows) == read == len(old):
        kept.save(folder / _FILE, rows, _version())
    return [found[source.path] for source in sources]


def _encoded(notes: Iterable[Note]) -> bytes:
    """The rows of the notes, without those whose metadata is more than plain data and dates: they are parsed each time."""
    rows = []
    for note in notes:
        with suppress(TypeError, ValueError, OverflowError, RecursionError):
            metadata = _plain(note.metadata)
            rows.append(_Row(note.path, note.digest, msgspec.Raw(_ENCODER.encode(note._replace(metadata=metadata)))))
    return _ENCODER.encode(rows)


def _plain(value: Any) -> Any:
    """A value of YAML in types that msgpack has, dates as extensions. Raises TypeError for another."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return [_plain(item) for item in value]
    if kind is dict and all(type(key) in _PLAIN for key in value):
        return {key: _plain(item) for key, item in value.items()}
    if kind in _DATES:
        return msgspec.msgpack.Ext(_DATES.index(kind), value.isoformat().encode())
    raise TypeError(f"{kind.__name__} is not kept")


def _date(code: int, data: memoryview) -> date:
    return _DATES[code].fromisoformat(bytes(data).decode())


_PLAIN = (str, int, float, bool, bytes, type(None))
_DATES = (date, datetime)
_ENCODER = msgspec.msgpack.Encoder()
_NOTE = msgspec.msgpack.Decoder(Note, ext_hook=_date)
_ROWS = msgspec.msgpack.Decoder(list[_Row])


@cache
def _version() -> str:
    """A digest of the code that makes notes, so that no older parse is taken for a new one."""
    return kept.version(_CODE, _LIBRARIES)
