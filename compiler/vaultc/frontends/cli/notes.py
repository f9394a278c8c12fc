"""Which note an argument of the command line means."""

from collections.abc import Callable
from pathlib import Path

from vaultc.errors import VaultcError
from vaultc.frontends.cli.output import remind
from vaultc.frontends.scope import named, open_around
from vaultc.model import Note
from vaultc.session import Session


def open_note(argument: str) -> tuple[Session, Note]:
    """The note that a path, a name, an alias or a title means: first on the disk, then in the vault of the current folder.

    Raises VaultcError when there is none or more than one.
    """
    session, path = place(argument)
    remind(session.project)
    if path is None:
        return session, named(session, argument)
    known = session.vault.notes.get(session.relative(path))
    if known is None:
        raise VaultcError(f"{path} is no note of the vault {session.project.root}")
    return session, known


def place(argument: str, is_meant: Callable[[Path], bool] = Path.is_file) -> tuple[Session, Path | None]:
    """The vault of what an argument means, not read yet, and the path where one of that name, `.md` or not, is on the disk."""
    for path in (Path(argument), Path(f"{argument}.md")):
        if is_meant(path):
            return open_around(path), path
    return Session.open(Path()), None
