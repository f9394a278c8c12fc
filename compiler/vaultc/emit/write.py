"""Object files on the disk: written whole or not at all, and only when they changed."""

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from vaultc import disk
from vaultc.errors import VaultcError


def write(
    folder: Path, texts: Mapping[str, str], copies: Iterable[tuple[str, Path]], standing: Collection[str] = ()
) -> int:
    """Make `folder` hold exactly these texts and copied files; returns how many files changed. `standing` are files that are
    there and right.

    Raises VaultcError when the folder holds what vaultc did not write or cannot be written, or when a name leads out of it;
    files already there stay whole.
    """
    files = {name: source for name, source in copies if name != disk.TAG}
    known: set[str] = set()
    try:
        disk.claim(folder)
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder, disk.TAG, disk.TAG_TEXT, known)
        changed = _sweep(folder, {disk.TAG, *texts, *files, *standing})
        for name, text in texts.items():
            changed += _replace(folder, name, text, known)
        for name, source in files.items():
            changed += _copy(source, disk.inside(folder, name, known))
    except OSError as fault:
        raise VaultcError(f"{fault.filename or folder}: cannot write: {fault.strerror or fault}") from None
    return changed


def _replace(folder: Path, name: str, text: str, known: set[str]) -> int:
    path, data = disk.inside(folder, name, known), text.encode("utf-8", "replace")
    with suppress(FileNotFoundError):
        if path.read_bytes() == data:
            return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    disk.write(path, data)
    return 1


def _copy(source: Path, path: Path) -> int:
    new = source.stat()
    with suppress(FileNotFoundError):
        old = path.stat()
        if (old.st_size, old.st_mtime_ns) == (new.st_size, new.st_mtime_ns):
            return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    disk.copy(source, path)
    return 1


def _sweep(folder: Path, wanted: Collection[str], prefix: str = "") -> int:
    """Remove what is not wanted, symlinks as such, and the folders that are then empty; how many files that were."""
    removed = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                removed += _sweep(Path(entry.path), wanted, f"{name}/")
                with suppress(OSError):
                    Path(entry.path).rmdir()
            elif entry.is_symlink() or name not in wanted:
                Path(entry.path).unlink()
                removed += 1
    return removed
