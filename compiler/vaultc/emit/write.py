"""Object files on the disk: written whole or not at all, and only when they changed."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from vaultc.disk import TAG, TAG_TEXT
from vaultc.errors import VaultcError


def write(folder: Path, texts: Mapping[str, str], copies: Iterable[tuple[str, Path]]) -> int:
    """Make `folder` hold exactly these texts and copied files; returns how many files changed.

    Raises VaultcError when the folder cannot be written or the disk is full; files already there stay whole.
    """
    changed = 0
    wanted = {TAG, *texts}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in ((TAG, TAG_TEXT), *texts.items()):
            changed += _replace(folder / name, text.encode("utf-8", "replace"))
        for name, source in copies:
            wanted.add(name)
            changed += _copy(source, folder / name)
        changed += _sweep(folder, wanted)
    except OSError as fault:
        raise VaultcError(f"{fault.filename or folder}: cannot write: {fault.strerror or fault}") from None
    return changed


def _replace(path: Path, data: bytes) -> int:
    try:
        if path.read_bytes() == data:
            return 0
    except (FileNotFoundError, NotADirectoryError):
        pass
    except IsADirectoryError:
        shutil.rmtree(path)
    _room(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".vaultc-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return 1


def _copy(source: Path, path: Path) -> int:
    new = source.stat()
    with suppress(FileNotFoundError, NotADirectoryError):
        old = path.stat()
        if old.st_size == new.st_size and old.st_mtime_ns == new.st_mtime_ns:
            return 0
    _room(path)
    name = path.with_name(f".vaultc-{os.getpid()}.part")
    try:
        shutil.copy2(source, name)
        name.replace(path)
    except BaseException:
        with suppress(OSError):
            name.unlink()
        raise
    return 1


def _room(path: Path) -> None:
    """Make the folders above `path`, in place of files that an older build left there."""
    for folder in reversed(path.parents):
        if folder.is_file():
            folder.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)


def _sweep(folder: Path, wanted: set[str]) -> int:
    removed = 0
    for here, folders, files in os.walk(folder, topdown=False):
        for name in files:
            path = Path(here) / name
            if path.relative_to(folder).as_posix() not in wanted:
                path.unlink()
                removed += 1
        for name in folders:
            with suppress(OSError):
                (Path(here) / name).rmdir()
    return removed
