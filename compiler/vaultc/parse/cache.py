"""Parsed notes on disk, by digest: an unchanged file is parsed once."""

import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from vaultc.diagnostics import report
from vaultc.model import Block, Definition, Heading, Ignore, Note, Reference, Snippet, SourceFile, Tag
from vaultc.parse import many
from vaultc.parse.note import parse
from vaultc.text import Span

R = TypeVar("R")
_span: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)
# A note as it is stored: plain tuples, texts and numbers, which load several times faster than records do and cannot run code.
Packed = tuple[Any, ...]
# Passes files on as they are read, and may show how far that has come.
Progress = Callable[[Sequence[SourceFile]], Iterable[SourceFile]]

# What reading a file that is not what we wrote can raise.
DAMAGED = (OSError, EOFError, pickle.UnpicklingError, AttributeError, ValueError, TypeError, KeyError, IndexError)


def load(sources: Sequence[SourceFile], folder: Path, progress: Progress = iter) -> list[Note]:
    """The notes of `sources`, in order; those the cache in `folder` does not hold are parsed and added to it.

    A cache that is damaged, of another version or cannot be written is passed over. The file holds just the given notes.
    `progress` passes on the sources that are parsed.
    """
    file = folder / "notes.pickle"
    known: dict[tuple[str, str], Packed] = {}
    with suppress(*DAMAGED):
        known = {(packed[0], packed[1]): packed for packed in restore(file, _version()) or ()}
    notes: list[Note | None] = []
    for source in sources:
        note = None
        if packed := known.get((source.path, source.digest)):
            with suppress(*DAMAGED):
                note = _unpacked(packed)
        notes.append(note)
    fresh = [source for source, note in zip(sources, notes, strict=True) if note is None]
    parsed = iter(many.work(fresh, lambda source: _packed(parse(source)), progress))
    stored = [known[source.path, source.digest] if note else next(parsed) for source, note in zip(sources, notes, strict=True)]
    if fresh or len(known) != len(stored):
        store(file, _version(), stored)
    return [note or _unpacked(packed) for note, packed in zip(notes, stored, strict=True)]


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


def _packed(note: Note) -> Packed:
    """The note in plain values, its records by columns. Findings of the parse have neither labels nor fixes."""
    return (
        note.path,
        note.digest,
        note.title,
        note.metadata,
        note.body,
        note.aliases,
        note.published,
        _columns((h.level, h.text, h.source, h.anchor, tuple(h.span)) for h in note.headings),
        _columns((b.id, tuple(b.span), tuple(b.id_span)) for b in note.blocks),
        note.ids,
        _columns(
            (r.kind, r.target, r.label, tuple(r.span), tuple(r.target_span), tuple(r.context), r.escaped, r.raw)
            for r in note.references
        ),
        _columns((d.label, d.target, tuple(d.target_span)) for d in note.definitions),
        _columns((t.name, tuple(t.span)) for t in note.tags),
        _columns((s.info, s.code, tuple(s.span)) for s in note.snippets),
        _columns((i.codes, tuple(i.span), tuple(i.scope)) for i in note.ignores),
        [(f.code, f.message, tuple(f.span), f.help, f.suggestions) for f in note.findings],
    )


def _columns(rows: Iterable[tuple[Any, ...]]) -> Packed:
    return tuple(zip(*rows, strict=True))


def _unpacked(packed: Packed) -> Note:
    """The note again. Raises ValueError or TypeError for what is none."""
    path, digest, title, metadata, body, aliases, published, heads, blocks, ids, refs, defs, tags, snippets, ignores, found = packed
    return Note(
        path,
        digest,
        title,
        metadata,
        body,
        aliases,
        published,
        _records(Heading, heads, 4),
        _records(Block, blocks, 1, 2),
        ids,
        _records(Reference, refs, 3, 4, 5),
        _records(Definition, defs, 2),
        _records(Tag, tags, 1),
        _records(Snippet, snippets, 2),
        _records(Ignore, ignores, 1, 2),
        tuple(report(code, message, path, _span(at), help=help, suggestions=near) for code, message, at, help, near in found),
    )


def _records(make: Callable[..., R], columns: Packed, *spans: int) -> tuple[R, ...]:
    """One record for each row; the columns numbered in `spans` hold spans. The loop runs in C."""
    if not columns:
        return ()
    values = list(columns)
    for at in spans:
        values[at] = map(_span, values[at])
    return tuple(map(make, *values))


@cache
def _version() -> str:
    """A digest of the code that makes notes, so that no older parse is taken for a new one."""
    here = Path(__file__).parent
    return digest((*here.glob("*.py"), here.parent / "model.py", here.parent / "diagnostics.py", here.parent / "text.py"))


def digest(files: Iterable[Path]) -> str:
    """A digest of what files hold."""
    whole = hashlib.blake2b(digest_size=16)
    for path in sorted(files):
        whole.update(path.read_bytes())
    return whole.hexdigest()
