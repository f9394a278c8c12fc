"""Parsed notes on disk, by digest: an unchanged file is parsed once."""

import hashlib
import os
import pickle
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from vaultc.model import Note, SourceFile
from vaultc.parse.note import parse


def load(sources: Iterable[SourceFile], folder: Path) -> list[Note]:
    """The notes of `sources`, in order; those the cache in `folder` does not hold are parsed and added to it.

    A cache that is damaged, of another version or cannot be written is passed over. The file holds just the given notes.
    """
    file = folder / "notes.pickle"
    known: dict[tuple[str, str], Note] = {}
    with suppress(OSError, EOFError, pickle.UnpicklingError, AttributeError, ValueError, TypeError, KeyError, IndexError, ImportError):
        with file.open("rb") as stream:
            if pickle.load(stream) == _version():
                known = {(note.path, note.digest): note for note in pickle.load(stream)}
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


def _write(file: Path, notes: list[Note]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".notes-")
    try:
        with os.fdopen(handle, "wb") as stream:
            pickle.dump(_version(), stream, protocol=5)
            pickle.dump(notes, stream, protocol=5)
        os.replace(name, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


@cache
def _version() -> str:
    """A digest of the code that makes notes, so that no older parse is taken for a new one."""
    digest = hashlib.blake2b(digest_size=16)
    here = Path(__file__).parent
    for path in sorted((*here.glob("*.py"), here.parent / "model.py", here.parent / "diagnostics.py", here.parent / "text.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
