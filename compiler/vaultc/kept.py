"""What is kept on disk between two runs: typed, and believed only when this user's vaultc wrote it under the same key."""

from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from vaultc import disk
from vaultc.errors import VaultcError

T = TypeVar("T")
PLACES = 8  # folders that one vault's sites are kept for
# A file larger than this and `_RATIO` times the notes is not read.
_LEAST, _RATIO = 1 << 25, 32


def load(file: Path, kind: type[T], key: str, size: int) -> T | None:
    """The value of type `kind` that `save` wrote under this key, else None; `size` is that of the notes, in bytes."""
    with suppress(OSError, VaultcError, msgspec.MsgspecError):
        data = disk.unseal(disk.read(file, _LEAST + _RATIO * size), key)
        return None if data is None else msgspec.msgpack.decode(data, type=kind)
    return None


def save(file: Path, value: Any, key: str) -> None:
    """Keep a value of plain data, tuples and records. Where that cannot be, nothing is kept."""
    with suppress(OSError, VaultcError, TypeError, ValueError, OverflowError, RecursionError):
        sealed = disk.seal(msgspec.msgpack.encode(value), key)
        file.parent.mkdir(parents=True, exist_ok=True)
        disk.write(file, sealed)


def save_for_place(file: Path, value: Any, key: str) -> None:
    """The same for one of many places, each with a file of its own, `NAME-…`: places go, and only the files of the last ones stay."""
    save(file, value, key)
    with suppress(OSError):
        others = [
            it for it in file.parent.glob(f"{file.name.partition('-')[0]}-*") if it.is_file() and not it.is_symlink()
        ]
        for old in sorted(others, key=lambda it: it.stat().st_mtime_ns)[:-PLACES]:
            old.unlink()


def version(code: Iterable[str], libraries: Iterable[str] = ()) -> str:
    """A digest of the code that what is kept was made with: files of this package by pattern, and libraries as they are installed."""
    whole = blake2b(digest_size=16)
    package = Path(__file__).parent
    for path in sorted({path for pattern in code for path in package.glob(pattern)}):
        whole.update(path.read_bytes())
    for name in libraries:
        spec = find_spec(name)  # neither imported nor asked for its metadata, which takes longer than a warm check
        if spec and spec.origin:
            found = Path(spec.origin).stat()
            whole.update(f"{spec.origin} {found.st_size} {found.st_mtime_ns}".encode())
    return whole.hexdigest()
