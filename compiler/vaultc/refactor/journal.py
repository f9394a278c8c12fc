"""Changing several files of a vault at once, so that an interruption loses nothing and can be completed or undone.

What is to be done is written down first, in a journal in this user's state folder; a journal that a vault brings along is never
read. A file is replaced only while it holds what the change was made for. A fault undoes what was done; a process that is killed
leaves the journal, and only `resume` or `abort`, never a command that reads, goes on from there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from vaultc import disk
from vaultc.disk import ChangedError
from vaultc.errors import VaultcError

_NAME = "journal"
_MOVED = "moved"
_WAIT = 60.0
FINISH = "`vaultc mv --resume` completes it, `vaultc mv --abort` undoes it"


@dataclass(frozen=True, slots=True)
class Text:
    """What a file is to hold: `path` is where it lies after the move, `before` what it holds until then."""

    path: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """What to do in a vault: `move` a file or folder from one path to another, then write `texts`. Paths are relative to the vault."""

    texts: tuple[Text, ...] = ()
    move: tuple[str, str] | None = None

    def source(self, path: str) -> str:
        """Where the file that the move brings to `path` lies before it."""
        if self.move and (path == self.move[1] or path.startswith(f"{self.move[1]}/")):
            return self.move[0] + path[len(self.move[1]) :]
        return path


@dataclass(frozen=True, slots=True)
class Journal:
    """A change that was begun: in which vault, and which folders were not there before it."""

    root: bytes
    change: Change
    made: tuple[str, ...]


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Keep other writers off a vault, from before it is read until what follows from that is written.

    Raises VaultcError when another one does not finish, or one that was interrupted is neither completed nor undone.
    """
    with _alone(root):
        if journal := pending(root):
            raise VaultcError(f"{told(journal.change)} was interrupted: {FINISH}")
        yield


def commit(root: Path, change: Change) -> None:
    """Make a change. The caller is `writing`.

    Raises VaultcError when a file changed since it was read or something cannot be done. What was done is undone, except where
    somebody changed a file after that: the message names it.
    """
    change = replace(change, texts=tuple(_without_links(root, change)))
    if not change.move and not change.texts:
        return
    made = _missing_folders(root, change)
    _check_before(root, change)
    folder = _folder(root)
    folder.mkdir(exist_ok=True)
    reached: set[str] = set()
    try:
        disk.write(folder / _NAME, disk.seal(_encoded(Journal(os.fsencode(root), change, made))))
        for path in _apply(root, change, folder):
            reached.add(path)
    except BaseException as fault:
        try:
            left = [path for path in _undo(root, change, made, folder) if path in reached]
        except OSError as second:
            raise VaultcError(f"{_reason(fault)}, and undoing it failed, too: {_reason(second)}: {FINISH}") from None
        _forget(folder)
        if isinstance(fault, (OSError, VaultcError)):
            kept = f"nothing was changed but {', '.join(left)}" if left else "nothing was changed"
            raise VaultcError(f"{kept}: {_reason(fault)}") from None
        raise
    _forget(folder)


def pending(root: Path) -> Journal | None:
    """The change of a vault that was interrupted.

    Raises VaultcError when there is a journal that this user's vaultc did not write for this vault.
    """
    try:
        path = _folder(root) / _NAME
        sealed = path.read_bytes()
    except (OSError, VaultcError):  # where there is no state, nothing was interrupted
        return None
    import msgspec  # slow to import

    with suppress(msgspec.DecodeError):
        journal = msgspec.json.decode(disk.unseal(sealed) or b"", type=Journal)
        if journal.root == os.fsencode(root):
            return journal
    raise VaultcError(f"{path}: this is not what vaultc wrote about {root}: look at it, and remove it")


def told(change: Change) -> str:
    """What a change is, for a message: `the rename of a.md to b.md`."""
    if change.move:
        return f"the rename of {change.move[0]} to {change.move[1]}"
    return f"a repair of {len(change.texts)} notes"


def resume(root: Path) -> list[str]:
    """Complete the change that was interrupted; gives the files that were left as they are because they changed since.

    Raises VaultcError, before anything is done, when it cannot be completed.
    """
    with _interrupted(root) as (journal, folder):
        change = journal.change
        for path in _paths(change):
            disk.inside(root, path)
        moved = _is_moved(root, change, folder)
        if change.move and not moved:
            _check_move(root, change.move)
        left = _changed(root, change, moved)
        rest = replace(change, texts=tuple(text for text in change.texts if text.path not in left))
        for _ in _apply(root, rest, folder):
            pass
        return left


def abort(root: Path) -> list[str]:
    """Undo the change that was interrupted; gives the files that were left as they are because they changed since.

    Raises VaultcError when there is none.
    """
    with _interrupted(root) as (journal, folder):
        return _undo(root, journal.change, journal.made, folder)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    with disk.locked(root, f"another vaultc is writing to {root}: wait for it, or stop it", _WAIT):
        yield


@contextmanager
def _interrupted(root: Path) -> Iterator[tuple[Journal, Path]]:
    """What was interrupted, and the folder of its journal, which is removed in the end."""
    with _alone(root):
        journal, folder = pending(root), _folder(root)
        if journal is None:
            raise VaultcError(f"nothing was interrupted in {root}")
        try:
            yield journal, folder
        except OSError as fault:
            raise VaultcError(f"{_reason(fault)}: repair that, and run the command again") from None
        for parent in {(root / path).parent for path in _paths(journal.change)}:
            disk.tidy(parent)
        _forget(folder)


def _apply(root: Path, change: Change, folder: Path) -> Iterator[str]:
    """Do what is not done yet, and give each path that is in place. Raises ChangedError or another VaultcError, or OSError."""
    if change.move and not _is_moved(root, change, folder):
        old, new = (disk.inside(root, path) for path in change.move)
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            disk.move(old, new)
        except FileExistsError:
            raise ChangedError(f"{change.move[1]} is there by now") from None
        (folder / _MOVED).touch()
        yield change.move[1]
    for text in change.texts:
        path = disk.inside(root, text.path)
        if _held(path) != text.after:
            try:
                disk.write(path, text.after, expect=disk.digest(text.before), aside=folder)
            except ChangedError:
                raise ChangedError(f"{text.path} was saved while this ran: run the command again") from None
        yield text.path


def _undo(root: Path, change: Change, made: tuple[str, ...], folder: Path) -> list[str]:
    """Put back what was done; gives what was left as it is because it is neither what was there before nor what was written."""
    moved = _is_moved(root, change, folder)
    left = []
    for text in change.texts if moved or not change.move else ():
        try:
            path = disk.inside(root, text.path)
            if _held(path) != text.before:
                disk.write(path, text.before, expect=disk.digest(text.after), aside=folder)
        except VaultcError:  # changed, or behind a symlink by now
            left.append(text.path)
    if change.move and moved:
        old, new = (root / path for path in change.move)
        try:
            disk.move(new, old)
        except (FileExistsError, FileNotFoundError):
            left.append(change.move[1])
    for empty in made:
        with suppress(OSError):
            (root / empty).rmdir()
    return left


def _check_before(root: Path, change: Change) -> None:
    """Raise VaultcError unless everything is as the change wants to find it."""
    for name in _paths(change):
        disk.inside(root, name)
    if change.move:
        _check_move(root, change.move)
    for text in change.texts:
        if _held(root / change.source(text.path)) != text.before:
            raise ChangedError(f"nothing was changed: {text.path} was saved while this ran: run the command again")


def _check_move(root: Path, move: tuple[str, str]) -> None:
    old, new = (root / path for path in move)
    if not os.path.lexists(old):
        raise VaultcError(f"{move[0]} is not there any more")
    if os.path.lexists(new) and not new.samefile(old):
        raise VaultcError(f"{move[1]} is there already: choose another name, or move it away")


def _changed(root: Path, change: Change, moved: bool) -> list[str]:
    """The texts whose files hold neither what they held before nor what they are to hold."""
    places = {text: root / (text.path if moved else change.source(text.path)) for text in change.texts}
    return [text.path for text, place in places.items() if _held(place) not in (text.before, text.after)]


def _is_moved(root: Path, change: Change, folder: Path) -> bool:
    """Whether the move is done. Where both names are there, or none, only the mark that follows it can tell."""
    if not change.move:
        return False
    here, there = (os.path.lexists(root / path) for path in change.move)
    return there if here != there else (folder / _MOVED).exists()


def _without_links(root: Path, change: Change) -> Iterator[Text]:
    """The texts but for those of symlinks to a file that is written itself.

    Raises VaultcError where a link's text would be another than its file's.
    """
    known = {change.source(text.path): text for text in change.texts}
    for path, text in known.items():
        if not (root / path).is_symlink():
            yield text
            continue
        real = Path(os.path.realpath(root / path))
        twin = known.get(real.relative_to(root).as_posix()) if real.is_relative_to(root) else None
        if twin is None or twin.after != text.after:
            raise VaultcError(
                f"{path} is a symlink to {real}, and its links would have to be others: put a copy in its place"
            )


def _missing_folders(root: Path, change: Change) -> tuple[str, ...]:
    """The folders that the move makes, the deepest first."""
    parents = Path(change.move[1]).parents if change.move else ()
    return tuple(folder.as_posix() for folder in parents if not (root / folder).exists())


def _paths(change: Change) -> set[str]:
    texts = {text.path for text in change.texts}
    return texts | set(map(change.source, texts)) | set(change.move or ())


def _held(path: Path) -> bytes | None:
    """What a file holds; None where there is none that is no symlink."""
    try:
        return disk.read(path)
    except OSError:
        return None


def _encoded(journal: Journal) -> bytes:
    import msgspec  # slow to import

    return msgspec.json.encode(journal)


def _folder(root: Path) -> Path:
    return disk.state("journals") / disk.key(root)


def _forget(folder: Path) -> None:
    """Remove the journal first: without it, nothing else there counts."""
    (folder / _NAME).unlink(missing_ok=True)
    (folder / _MOVED).unlink(missing_ok=True)
    disk.tidy(folder)
    with suppress(OSError):
        folder.rmdir()


def _reason(fault: BaseException) -> str:
    if isinstance(fault, OSError):
        return f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault.strerror or fault)
    return str(fault) or type(fault).__name__
