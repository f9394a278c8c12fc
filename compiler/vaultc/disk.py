"""The one door for what is written: whole files or none, inside their folder, through no symlink, over nothing that changed.

A temporary file is called `.vaultc-….part`: scan hides it, and `tidy` removes those that a killed process left.
"""

import errno
import os
import stat
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from typing import Literal

from vaultc.errors import VaultcError

# Marks a folder as our output (https://bford.info/cachedir/): never scanned, and ours to empty.
TAG = "CACHEDIR.TAG"
TAG_TEXT = "Signature: 8a477f597d28d172789f06886806bc55\n# Written by vaultc; safe to delete.\n"
_PROJECT = (".git", ".obsidian", "pyproject.toml", "vaultc.toml")
_PREFIX, _SUFFIX = ".vaultc-", ".part"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
# A pipe that nobody writes to is not waited for.
_READ = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_REPLACE, _EXCHANGE = 1, 2  # of Linux' renameat2
_DARWIN = {_NO_REPLACE: 4, _EXCHANGE: 2}  # RENAME_EXCL and RENAME_SWAP of renamex_np
# What systems, file systems and containers answer that know no such call.
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM, errno.EXDEV}
_ANY = "*"
_MARK = 32
# Bytes by which a file may be larger than its size says.
_GROWTH = 1 << 16


class ChangedError(VaultcError):
    """A file is not what it was when it was read; nothing was written."""


def digest(data: bytes) -> str:
    """What identifies the content of a file: 128 bits of BLAKE2b, in hexadecimal."""
    return blake2b(data, digest_size=16).hexdigest()


Stamp = tuple[int, int]
"""A file's size and time, by which a later run tells whether it is the same file."""


def stamp(path: Path) -> Stamp:
    """The stamp of the file at `path`, of a symlink's own where it is one. Raises OSError."""
    found = path.stat(follow_symlinks=False)
    return found.st_size, found.st_mtime_ns


def inside(root: Path, name: str, known: set[str] | None = None) -> Path:
    """Where the file `name` (relative to `root`, in POSIX form) is written. `known` are folders that were found to be right; those
    that are, are added to it.

    Raises VaultcError when it would leave `root`, or when it or a folder on the way is a symlink.
    """
    folder = above = name.rpartition("/")[0]
    while above and above not in (known or ()):
        above = above.rpartition("/")[0]
    path = root / above
    for part in (name[len(above) + 1 :] if above else name).split("/"):
        if part in ("", ".", "..") or "\0" in part or Path(part).name != part:  # on Windows, backslashes and drives too
            raise VaultcError(f"{name!r} is no path inside {root}: nothing is written there")
        path /= part
        if path.is_symlink():
            raise VaultcError(f"{path}: a symlink is not written through: remove it, or name what it leads to")
    if known is not None:
        known.add(folder)
    return path


def plain(path: Path, *tops: Path) -> Path:
    """`path` made absolute, when no symlink leads to it that may have come with a checkout.

    Those are the ones below one of `tops`, the current folder or a folder that holds a repository or a project; the others are
    the user's own, or the system's. Raises VaultcError for the first of them.
    """
    whole = Path(os.path.normpath(path.absolute()))
    known = {os.path.realpath(top) for top in (*tops, Path())}
    for top in reversed(whole.parents[:-1]):
        if os.path.realpath(top) in known or any(os.path.lexists(top / mark) for mark in _PROJECT):
            return inside(top, whole.relative_to(top).as_posix())
    return whole


def claim(folder: Path, kept: Collection[str] = ()) -> None:
    """See that a folder is ours to empty and fill: absent, empty but for the names `kept`, or marked by `TAG` as made by vaultc.

    Raises VaultcError, and OSError for one that cannot be read.
    """
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise VaultcError(f"{folder}: is no folder") from None
    ours = TAG in names and _current(folder / TAG) == digest(TAG_TEXT.encode())
    if not ours and any(name not in kept and not _is_partial(name) for name in names):
        raise VaultcError(f"{folder}: holds files that vaultc did not write: empty it, or name another folder")


def read(path: Path, most: int | None = None, *, follow: bool = False) -> bytes:
    """What a regular file holds, if it is no larger than `most` bytes; a symlink leads to one where it may be followed.

    Raises OSError, for a device, a pipe, a folder and a larger file, too.
    """
    handle = os.open(path, _READ & ~_NO_FOLLOW if follow else _READ)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if most is not None and found.st_size > most:
            raise OSError(errno.EFBIG, f"larger than the {most >> 10:,} KiB that are read", str(path))
    except BaseException:
        os.close(handle)
        raise
    with os.fdopen(handle, "rb") as stream:
        data = stream.read() if most is None else stream.read(min(most, found.st_size + _GROWTH))
    if data is None:  # some files of a kernel have nothing yet
        raise OSError(errno.EAGAIN, "nothing to read", str(path))
    return data


def write(path: Path, data: bytes, *, expect: str | None = _ANY, aside: Path | None = None, mode: int = 0o666) -> None:
    """Make `path` a file of these bytes in one step. A symlink is replaced; a file that is keeps its permissions, a new one has `mode`.

    `expect` is the digest that the file must still have; None says that there must be no file. The temporary file lies in
    `aside`, when that is on the same file system, else beside `path`. Raises ChangedError or OSError, with `path` as it was.
    """
    if aside and _same_device(aside, path.parent):
        try:
            return _write(path, data, expect, aside, mode)
        except OSError as fault:
            if fault.errno != errno.EXDEV:  # one device may be mounted at two places
                raise
    return _write(path, data, expect, path.parent, mode)


def _write(path: Path, data: bytes, expect: str | None, aside: Path, mode: int) -> None:
    partial = _partial(aside, data, mode)
    try:
        with suppress(FileNotFoundError):
            old = path.stat(follow_symlinks=False).st_mode
            if stat.S_ISREG(old):
                partial.chmod(stat.S_IMODE(old))
        if expect is None:
            move(partial, path)
        elif expect == _ANY:
            partial.replace(path)
        else:
            _swap(partial, path, expect)
    except FileExistsError:
        raise ChangedError(f"{path}: exists already; nothing was written to it") from None
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def copy(source: Path, path: Path) -> None:
    """Make `path` a copy of the file `source`, with its times and permissions, in one step. Raises OSError, with `path` as it was."""
    import shutil

    partial = _unused(path.parent)
    try:
        shutil.copy2(source, partial)
        partial.replace(path)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def move(old: Path, new: Path) -> None:
    """Rename a file or folder; what is at `new` is never replaced. Raises FileExistsError and other OSErrors."""
    if str(old).casefold() == str(new).casefold() and os.path.lexists(new) and old.samefile(new):
        old.rename(new)  # a change of case, on a file system that keeps no two names apart by it
    elif not _rename(old, new, _NO_REPLACE):
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
        old.rename(new)


def install(fresh: Path, place: Path) -> None:
    """Put the folder `fresh` at `place`; what stood there is then at `fresh`.

    One step where the system can exchange two names. Elsewhere two, and `recover` mends what a kill between them leaves.
    """
    if not os.path.lexists(place):
        fresh.rename(place)
    elif not _rename(fresh, place, _EXCHANGE):
        spare = _spare(place)
        place.rename(spare)
        fresh.rename(place)
        spare.rename(fresh)


def recover(fresh: Path, place: Path) -> None:
    """Mend what an `install` of `fresh` left that was killed half-way: a folder stands at `place` again."""
    spare = _spare(place)
    if spare.is_dir() and not spare.is_symlink():
        if not os.path.lexists(place):
            spare.rename(place)
        elif not os.path.lexists(fresh):
            spare.rename(fresh)


def tidy(folder: Path) -> None:
    """Remove the temporary files that killed processes left in a folder. The caller holds the lock of what is written there."""
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in folder.iterdir():
            if _is_partial(path.name):
                with suppress(OSError):
                    path.unlink()


@contextmanager
def locked(place: Path, busy: str, wait: float = 0) -> Iterator[None]:
    """Hold the lock of a folder, whatever path it is named by; the system lets go of it when the process ends, however it ends.

    Raises VaultcError(busy) when another process holds it for longer than `wait` seconds.
    """
    from filelock import FileLock, Timeout  # slow to import

    lock = FileLock(state("locks") / f"{key(place)}.lock", timeout=wait)
    try:
        lock.acquire()
    except Timeout:
        raise VaultcError(busy) from None
    try:
        yield
    finally:
        lock.release()


def key(place: Path) -> str:
    """What names a folder in this user's state, whatever path it is reached by."""
    return digest(os.fsencode(os.path.normcase(os.path.realpath(place))))


def seal(data: bytes, purpose: str = "") -> bytes:
    """The bytes with a mark that only this user's vaultc can make. Raises VaultcError where the user's state cannot be written."""
    return _mark(data, purpose) + data


def unseal(sealed: bytes, purpose: str = "") -> bytes | None:
    """What `seal` was given for this purpose; None where a byte of it changed or another user, or nobody's vaultc, wrote it."""
    mark, data = sealed[:_MARK], sealed[_MARK:]
    return data if compare_digest(mark, _mark(data, purpose)) else None


def state(name: str) -> Path:
    """A folder of this user's state that only this user can read; where there is no home, one among the temporary files.

    Raises VaultcError when neither can be written.
    """
    import tempfile  # slow to import

    for base in (_home("state"), Path(tempfile.gettempdir()) / f"vaultc-{_user()}"):
        with suppress(OSError):
            if base:
                (base / name).mkdir(parents=True, exist_ok=True)
                _own(base)
                return base / name
    raise VaultcError(f"{base}: cannot write: set XDG_STATE_HOME to a folder that can be written")


def cache() -> Path:
    """The folder of this user's caches. Raises VaultcError where there is neither a home nor a place among the temporary files."""
    return _home("cache") or state("cache")


def _home(kind: Literal["cache", "state"]) -> Path | None:
    """The folder of that kind for vaultc; None for a user who has no home."""
    import platformdirs  # slow to import

    try:
        path = platformdirs.user_cache_path("vaultc") if kind == "cache" else platformdirs.user_state_path("vaultc")
    except RuntimeError:
        return None
    return path if path.is_absolute() else None


def _mark(data: bytes, purpose: str) -> bytes:
    mark = blake2b(f"{len(purpose)} {purpose}".encode(), digest_size=_MARK, key=_secret())
    mark.update(data)
    return mark.digest()


def _secret() -> bytes:
    """What only this user knows, made at its first use."""
    path = state("keys") / "seal"
    for _ in range(2):
        with suppress(OSError):
            if len(known := read(path, _MARK)) == _MARK:
                return known
            path.unlink()
        with suppress(ChangedError):  # another process was quicker
            write(path, os.urandom(_MARK), expect=None, mode=0o600)
    raise VaultcError(f"{path}: cannot be read: remove it")


def _own(folder: Path) -> None:
    """Close a folder to others. Raises PermissionError when it is not this user's."""
    found = folder.stat(follow_symlinks=False)
    if os.name != "nt":
        if found.st_uid != os.getuid() or folder.is_symlink():
            raise PermissionError(errno.EPERM, "not this user's", str(folder))
        if found.st_mode & 0o077:
            folder.chmod(0o700)


def _user() -> str:
    return str(os.getuid()) if os.name != "nt" else os.environ.get("USERNAME", "user")


def _partial(folder: Path, data: bytes, mode: int) -> Path:
    path = _unused(folder)
    try:
        with os.fdopen(os.open(path, _NEW, mode), "wb") as stream:
            stream.write(data)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    return path


def _unused(folder: Path) -> Path:
    return folder / f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}"


def _is_partial(name: str) -> bool:
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def _same_device(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_dev == other.stat().st_dev
    except OSError:
        return False


def _swap(partial: Path, path: Path, expect: str) -> None:
    """Put a file in the place of another. Exchanged, the other can be looked at when nobody can save over it any more."""
    same = _current(path) == expect
    if same and _rename(partial, path, _EXCHANGE):
        same = _current(partial) == expect
        if not same:
            _rename(partial, path, _EXCHANGE)
    elif same:
        partial.replace(path)
    if not same:
        raise ChangedError(f"{path}: changed in the meantime; nothing was written to it: run the command again")


def _current(path: Path) -> str | None:
    """The digest of a file, None where there is none that is no symlink."""
    try:
        return digest(read(path))
    except OSError:
        return None


def _spare(place: Path) -> Path:
    return place.with_name(f".{place.name}.vaultc-old")


def _rename(old: Path, new: Path, flag: int) -> bool:
    """Rename as the flag says; False where the system or the file system cannot. Raises OSError for what went wrong otherwise."""
    if os.name == "nt":
        return False
    import ctypes

    here, there = os.fsencode(old), os.fsencode(new)
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        status = library.renamex_np(here, there, _DARWIN[flag])
    elif call := getattr(library, "renameat2", None):
        status = call(-100, here, -100, there, flag)  # AT_FDCWD: relative paths are relative to the current folder
    else:
        return False
    code = ctypes.get_errno()
    if status and code in _CANNOT:
        return False
    if status:
        raise OSError(code, os.strerror(code), str(old), None, str(new))
    return True
