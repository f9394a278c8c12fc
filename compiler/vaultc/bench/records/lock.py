"""One at a time, of which nothing is left: the standard library only, for a bare measuring machine has no more."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a lock file, which is gone afterwards; the system lets go of it when the process ends, however it ends.

    Raises BlockingIOError where another process holds it and ``wait`` is false, OSError where it cannot be made.
    Windows, which measures nothing, has no such locks: there it does nothing.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        while not _is(path, descriptor):  # the one before us took it away while we waited for it
            os.close(descriptor)
            descriptor = _open(path)
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        try:
            yield
        finally:
            with suppress(OSError):  # another user's, in a folder where only its owner may remove it
                path.unlink()
    finally:
        os.close(descriptor)


def lock_for(path: Path) -> Path:
    """A lock file for ``path`` outside its folder, so that nothing of it is committed or published."""
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"vaultc-{os.getuid()}-{name}.lock"


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except PermissionError:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)  # another user's file can be locked as well


def _is(path: Path, descriptor: int) -> bool:
    """Whether the path still leads to the open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
