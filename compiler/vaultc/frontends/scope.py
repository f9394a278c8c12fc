"""Which vault the paths of a command line mean, and which of its notes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vaultc.config import Project, locate
from vaultc.errors import VaultcError
from vaultc.model import Note
from vaultc.resolve import names
from vaultc.session import Session


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a vault that was asked for: paths relative to the vault, or None for all of it.

    `outside` are the given paths that are no part of the vault.
    """

    paths: tuple[str, ...] | None = None
    outside: tuple[Path, ...] = ()

    def covers(self, path: str) -> bool:
        """Whether a finding at `path` (relative to the vault) was asked for."""
        return self.paths is None or any(path == part or path.startswith(f"{part}/") for part in self.paths)


ALL = Scope()


def open_scope(paths: Sequence[Path]) -> tuple[Session, Scope]:
    """The session for the vault that all of `paths` lie in, and what part of it they name; no path means the current folder.

    Raises VaultcError when a path does not exist or two belong to different vaults.
    """
    paths = paths or (Path(),)
    projects = {project.root: project for project in map(locate, paths)}
    if len(projects) > 1:
        if any(map(is_marked, projects.values())):
            first, second, *_ = sorted(projects)
            raise VaultcError(f"{first} and {second} are different vaults: check them one at a time")
        common = Path(os.path.commonpath(projects))
        session = Session.open(common)
    else:
        session = Session(next(iter(projects.values())))
    root = session.project.root
    inside: list[str] = []
    outside: list[Path] = []
    for path in paths:
        real = path.resolve()
        if real == root or root.is_relative_to(real):
            return session, ALL
        if real.is_relative_to(root):
            inside.append(real.relative_to(root).as_posix())
        elif real == session.project.source:
            inside.append(real.name)
        else:
            outside.append(path)
    return session, Scope(tuple(inside), tuple(outside))


def open_around(path: Path) -> Session:
    """The session for the vault around the note or folder at `path`, as `open_folder` finds it.

    Raises VaultcError when `path` does not exist or is a whole vault itself.
    """
    real = path.resolve()
    if not path.exists():
        raise VaultcError(f"{path}: no such file or folder")
    if real.is_dir() and (itself := locate(path)).root == real and is_marked(itself):
        raise VaultcError(f"{path} is a vault, not a part of one")
    return open_folder(real.parent)


def open_folder(folder: Path) -> Session:
    """The session for the marked vault that `folder` lies in, else for the current folder where it is inside, else for itself.

    Raises VaultcError when it does not exist.
    """
    project = locate(folder)
    if not is_marked(project) and folder.resolve().is_relative_to(Path.cwd().resolve()):
        project = locate(Path())
    return Session(project)


def is_marked(project: Project) -> bool:
    """Whether something says that the project's root is a vault, rather than only the path that was given."""
    return project.folder is not None or (project.root / ".obsidian").is_dir()


def find_note(session: Session, argument: str) -> Note:
    """The note of a vault that a path from the current folder, a name, an alias or a title means.

    Raises VaultcError when there is none or more than one.
    """
    for path in (Path(argument), Path(f"{argument}.md")):
        real = path.resolve()
        if real.is_relative_to(session.project.root) and real.is_file():
            known = session.vault.notes.get(session.relative(path))
            if known:
                return known
    return named(session, argument)


def named(session: Session, argument: str) -> Note:
    """The note of a vault that a name, an alias or a title means.

    Raises VaultcError when there is none or more than one.
    """
    found = names.find(session.vault.index, argument, "")
    paths = [path for path in found.paths if path in session.vault.notes] if isinstance(found, names.Found) else []
    if len(paths) > 1:
        raise VaultcError(f"{argument!r} may be {', '.join(paths)}: give the path")
    if not paths:
        raise VaultcError(f"no note named {argument!r} in the vault {session.project.root}")
    return session.vault.notes[paths[0]]
