"""One build of a vault at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vaultc.errors import VaultcError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the build lock of an output folder; the system lets go of it when the process ends, however it ends.

    Raises VaultcError when another process holds it or the folder cannot be written.
    """
    path = folder / "lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = path.open("a+b")
    except OSError as fault:
        raise VaultcError(f"{path}: cannot write: {fault.strerror}") from None
    with stream:
        if not _try(stream.fileno()):
            raise VaultcError(f"{folder}: another build of this vault is running: wait for it, or stop it")
        yield


def _try(handle: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
