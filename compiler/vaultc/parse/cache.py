"""Parsed notes on disk, by digest: an unchanged file is parsed once."""

import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache, partial
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from vaultc import many
from vaultc.diagnostics import report
from vaultc.model import Block, Definition, Heading, Ignore, Note, Reference, Snippet, SourceFile, Tag
from vaultc.parse.note import parse_all
from vaultc.text import Span, make_span

R = TypeVar("R", bound=tuple[Any, ...])
# A note as it is stored: plain tuples, texts and numbers, which load several times faster than records do and cannot run code.
Packed = tuple[Any, ...]
# Passes files on as they are read, and may show how far that has come.
Progress = Callable[[Sequence[SourceFile]], Iterable[SourceFile]]

# What reading a file that is not what we wrote can raise.
DAMAGED = (OSError, EOFError, pickle.UnpicklingError, AttributeError, ValueError, TypeError, KeyError, IndexError)
# Files that one processor parses before another would have begun.
_WORTH = 500
# Chunks in the file before it is written anew in one.
_MOST = 32


def load(sources: Sequence[SourceFile], folder: Path, progress: Progress = iter) -> list[Note]:
    """The notes of `sources`, in order; those the cache in `folder` does not hold are parsed and added to it.

    A cache that is damaged, of another version or cannot be written is passed over. Notes that are gone stay in the file until
    they are an eighth of it. `progress` passes on the sources that are parsed.
    """
    file = folder / "notes.pickle"
    chunks, known = _known(file)
    found: dict[str, Note] = {}
    for source in sources:
        if packed := known.get((source.path, source.digest)):
            with suppress(*DAMAGED):
                found[source.path] = _unpacked(packed)
    stale = len(known) - len(found)
    fresh = [source for source in sources if source.path not in found]
    if stale * 8 > len(sources) or len(chunks) > _MOST:
        chunks = [_chunk([known[s.path, s.digest] for s in sources if s.path in found])]
    elif not fresh:
        return [found[source.path] for source in sources]
    for share in many.work(fresh, parse_all, lambda notes: _chunk(map(_packed, notes)), progress, _WORTH):
        notes = share.made if share.made is not None else map(_unpacked, _opened(share.encoded))
        found.update((note.path, note) for note in notes)
        chunks.append(share.encoded)
    store(file, _version(), chunks)
    return [found[source.path] for source in sources]


def _known(file: Path) -> tuple[list[bytes], dict[tuple[str, str], Packed]]:
    """What the file holds: its chunks as they lie there, and the notes in them by path and digest, the later ones first in rank."""
    with suppress(*DAMAGED):
        chunks = list(restore(file, _version()) or ())
        return chunks, {(packed[0], packed[1]): packed for chunk in chunks for packed in _opened(chunk)}
    return [], {}


def _chunk(notes: Iterable[Packed]) -> bytes:
    return pickle.dumps(list(notes), protocol=5)


def _opened(chunk: bytes) -> list[Packed]:
    notes: list[Packed] = _Plain(BytesIO(chunk)).load()
    return notes


def restore(file: Path, version: str) -> Any:
    """The plain value that `store` wrote under this version, or None. Nothing in the file can run code."""
    with suppress(*DAMAGED), file.open("rb") as stream:
        if _Plain(stream).load() == version:
            return _Plain(stream).load()
    return None


def store(file: Path, version: str, value: Any) -> None:
    """Write a plain value in one step. Where that fails, nothing is stored."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-")
        try:
            with os.fdopen(handle, "wb") as stream:
                pickle.dump(version, stream, protocol=5)
                pickle.dump(value, stream, protocol=5)
            Path(name).replace(file)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise


class _Plain(pickle.Unpickler):
    """Loads plain values and nothing that could run code: a repository may come with a cache of its own."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in ("date", "datetime", "timedelta", "timezone"):  # from `!!timestamp`
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")


# Which fields of a note are records, and which columns of those are spans.
_KINDS: dict[int, type[tuple[Any, ...]]] = {
    Note._fields.index(name): kind
    for name, kind in (
        ("headings", Heading),
        ("blocks", Block),
        ("references", Reference),
        ("definitions", Definition),
        ("tags", Tag),
        ("snippets", Snippet),
        ("ignores", Ignore),
    )
}
_SPANS = {
    kind: tuple(at for at, type_ in enumerate(get_type_hints(kind).values()) if type_ is Span)
    for kind in _KINDS.values()
}


def _packed(note: Note) -> Packed:
    """The note in plain values, its records by columns. Findings of the parse have neither labels nor fixes."""
    values: list[Any] = list(note)
    for at in _KINDS:
        values[at] = _columns(values[at])
    values[-1] = [(f.code, f.message, tuple(f.span), f.help, f.suggestions) for f in note.findings]
    return tuple(values)


def _columns(records: Sequence[tuple[Any, ...]]) -> Packed:
    """The records column by column, spans as a flat row of offsets. The loops run in C."""
    if not records:
        return ()
    columns = list(zip(*records, strict=True))
    for at in _SPANS[type(records[0])]:
        columns[at] = tuple(chain.from_iterable(columns[at]))
    return tuple(columns)


def _unpacked(packed: Packed) -> Note:
    """The note again. Raises ValueError, TypeError or IndexError for what is none."""
    path, *_, found = values = list(packed)
    for at, kind in _KINDS.items():
        values[at] = _records(kind, values[at])
    values[-1] = tuple(
        report(code, message, path, make_span(at), help=help, suggestions=near)
        for code, message, at, help, near in found
    )
    return Note(*values)


def _records(kind: type[R], columns: Packed) -> tuple[R, ...]:
    """One record for each row; again in C."""
    if not columns:
        return ()
    values: list[Iterable[Any]] = list(columns)
    for at in _SPANS[kind]:
        offsets = iter(values[at])
        values[at] = map(make_span, zip(offsets, offsets, strict=True))
    return tuple(map(partial(tuple.__new__, kind), zip(*values, strict=True)))


@cache
def _version() -> str:
    """A digest of the code that makes notes, so that no older parse is taken for a new one."""
    here = Path(__file__).parent
    return digest(
        (*here.glob("*.py"), here.parent / "model.py", here.parent / "diagnostics.py", here.parent / "text.py")
    )


def digest(files: Iterable[Path]) -> str:
    """A digest of what files hold."""
    whole = hashlib.blake2b(digest_size=16)
    for path in sorted(files):
        whole.update(path.read_bytes())
    return whole.hexdigest()
