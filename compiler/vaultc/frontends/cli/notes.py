"""Which note an argument of the command line means."""

from pathlib import Path

from vaultc.errors import VaultcError
from vaultc.frontends.cli.output import settle
from vaultc.frontends.scope import open_around
from vaultc.model import Note
from vaultc.resolve import names
from vaultc.session import Session


def open_note(argument: str) -> tuple[Session, Note]:
    """The note that a path, a name, an alias or a title means: first on the disk, then in the vault of the current folder.

    Raises VaultcError when there is none or more than one.
    """
    for path in (Path(argument), Path(f"{argument}.md")):
        if path.is_file():
            session = open_around(path)
            settle(session.project)
            known = session.vault.notes.get(session.relative(path))
            if known is None:
                raise VaultcError(f"{path} is no note of the vault {session.project.root}")
            return session, known
    session = Session.open(Path())
    settle(session.project)
    found = names.find(session.vault.index, argument, "")
    paths = [path for path in found.paths if path in session.vault.notes] if isinstance(found, names.Found) else []
    if len(paths) > 1:
        raise VaultcError(f"{argument!r} may be {', '.join(paths)}: give the path")
    if not paths:
        raise VaultcError(f"no note named {argument!r} in the vault {session.project.root}")
    return session, session.vault.notes[paths[0]]
