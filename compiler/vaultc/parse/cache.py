"""Parsed notes on disk, by digest: an unchanged file is parsed once."""

import hashlib
import os
import pickle
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from vaultc.model import Note, SourceFile
from vaultc.parse.note import parse

_DAMAGED = (OSError, EOFError, pickle.UnpicklingError, AttributeError, ValueError, TypeError, KeyError, IndexError, ImportError)
_RECORDS = frozenset(
    {("vaultc.model", name) for name in "Note Heading Block Reference Definition Tag Snippet Ignore".split()}
    | {("vaultc.diagnostics", name) for name in "Diagnostic Severity Label Edit Fix".split()}
    | {("datetime", name) for name in "date datetime timedelta timezone".split()}
    | {("vaultc.text", "Span"), ("builtins", "set")}
)


def load(sources: Iterable[SourceFile], folder: Path) -> list[Note]:
    """The notes of `sources`, in order; those the cache in `folder` does not hold are parsed and added to it.

    A cache that is damaged, of another version or cannot be written is passed over. The file holds just the given notes.
    """
    file = folder / "notes.pickle"
    known: dict[tuple[str, str], Note] = {}
    with suppress(*_DAMAGED), file.open("rb") as stream:
        if _Records(stream).load() == _version():
            known = {(note.path, note.digest): note for note in _Records(stream).load()}
    notes = []
    changed = False
    for source in sources:
        note = known.get((source.path, source.digest))
        if note is None:
            note = parse(source)
            changed = True
        notes.append(note)
    if changed or len(notes) != len(known):
        with suppress(OSError):
            _write(file, notes)
    return notes


class _Records(pickle.Unpickler):
    """Loads our records and plain values, and nothing that could run code: a repository may come with a cache of its own."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _RECORDS:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no record")


def _write(file: Path, notes: list[Note]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".notes-")
    try:
        with os.fdopen(handle, "wb") as stream:
            pickle.dump(_version(), stream, protocol=5)
            pickle.dump(notes, stream, protocol=5)
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


@cache
def _version() -> str:
    """A digest of the code that makes notes, so that no older parse is taken for a new one."""
    digest = hashlib.blake2b(digest_size=16)
    here = Path(__file__).parent
    for path in sorted((*here.glob("*.py"), here.parent / "model.py", here.parent / "diagnostics.py", here.parent / "text.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
