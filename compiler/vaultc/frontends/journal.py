"""Changing several files of a vault at once, so that an interruption leaves all of the changes or none.

The changes are first written to a journal beside the cache. A fault while they are made undoes them; a process that is killed
leaves the journal, and the next command on that vault completes it.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from vaultc.config import Project
from vaultc.errors import VaultcError
from vaultc.frontends.files import write
from vaultc.scan import source_file


@dataclass(frozen=True, slots=True)
class Changes:
    """What to do in a vault, in this order: `moves` (from, to: files or folders), then `texts` (path after the moves, bytes).

    Paths are relative to the vault.
    """

    moves: Sequence[tuple[str, str]] = ()
    texts: Mapping[str, bytes] = field(default_factory=dict)


def commit(project: Project, changes: Changes) -> None:
    """Make the changes.

    Raises VaultcError, with everything as it was, when one of them cannot be made.
    """
    folder = _folder(project)
    if not changes.moves and not changes.texts:
        return
    origin = {new: old for old, new in changes.moves}
    before = {path: (project.root / _before(path, origin)).read_bytes() for path in changes.texts}
    fresh = [folder for _, new in changes.moves for folder in (project.root / new).parents if not folder.exists()]
    try:
        _record(folder, changes, before)
        _apply(project.root, changes)
    except BaseException as fault:
        _undo(project.root, changes, before)
        for made in fresh:
            with suppress(OSError):
                made.rmdir()
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(fault, OSError):
            named = f"{fault.filename}: " if fault.filename else ""
            raise VaultcError(f"nothing was changed: {named}{fault.strerror or fault}") from None
        raise
    _forget(folder)


def recover(project: Project) -> bool:
    """Complete what a killed process began; whether there was anything. A file that was edited since is left alone."""
    folder = _folder(project)
    try:
        plan = json.loads((folder / "journal.json").read_text(encoding="utf-8"))
        moves = [(old, new) for old, new in plan["moves"]]
        origin = {new: old for old, new in moves}
        paths = [*origin, *origin.values(), *(path for path, _, _ in plan["texts"])]
        if not all(_inside(project.root, path) for path in paths) or not all(
            name.isdigit() for _, name, _ in plan["texts"]
        ):
            return False  # not ours: a repository may come with a build folder of its own
        texts = {
            path: (folder / name).read_bytes()
            for path, name, digest in plan["texts"]
            if _digest(project.root, path, origin) == digest
        }
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):  # none, or one that was killed before it had begun
        return False
    try:
        _apply(project.root, Changes(moves, texts))
    except OSError as fault:
        raise VaultcError(f"an interrupted change cannot be completed: {fault.filename}: {fault.strerror}") from None
    _forget(folder)
    return True


def _inside(root: Path, path: str) -> bool:
    """Whether a path from a journal stays in the vault, whatever links lie on the way."""
    top = root.resolve()
    return (
        (top / path).parent.resolve().is_relative_to(top)
        and ".." not in Path(path).parts
        and not (top / path).is_symlink()
    )


def _folder(project: Project) -> Path:
    return project.build / "journal"


def _record(folder: Path, changes: Changes, before: Mapping[str, bytes]) -> None:
    """Write the journal. Only its last step, a rename, makes it count."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = []
    for at, (path, data) in enumerate(changes.texts.items()):
        (folder / str(at)).write_bytes(data)
        rows.append((path, str(at), source_file(path, before[path]).digest))
    write(folder / "journal.json", json.dumps({"moves": list(changes.moves), "texts": rows}).encode())


def _forget(folder: Path) -> None:
    (folder / "journal.json").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _apply(root: Path, changes: Changes) -> None:
    for old, new in changes.moves:
        if (root / old).exists():
            (root / new).parent.mkdir(parents=True, exist_ok=True)
            (root / old).rename(root / new)
    for path, data in changes.texts.items():
        write(root / path, data)


def _undo(root: Path, changes: Changes, before: Mapping[str, bytes]) -> None:
    """Put back what was changed, as far as that was reached."""
    moved = all((root / new).exists() and not (root / old).exists() for old, new in changes.moves)
    for path, data in before.items() if moved else ():
        with suppress(OSError):
            if (root / path).read_bytes() != data:
                write(root / path, data)
    for old, new in reversed(changes.moves):
        if (root / new).exists() and not (root / old).exists():
            with suppress(OSError):
                (root / new).rename(root / old)


def _before(path: str, origin: Mapping[str, str]) -> str:
    """Where the file that is at `path` after the moves is before them."""
    for new, old in origin.items():
        if path == new or path.startswith(f"{new}/"):
            return old + path[len(new) :]
    return path


def _digest(root: Path, path: str, origin: Mapping[str, str]) -> str | None:
    """The digest of a file that may not have been moved yet."""
    for candidate in (path, _before(path, origin)):
        with suppress(OSError):
            return source_file(path, (root / candidate).read_bytes()).digest
    return None
