"""`vaultc mv`: rename a note or a folder together with every link to it."""

from pathlib import Path

import click

from vaultc.errors import VaultcError
from vaultc.frontends.cli.check import diff
from vaultc.frontends.cli.notes import open_note
from vaultc.frontends.cli.output import emit, note, settle
from vaultc.frontends.journal import Changes, commit
from vaultc.frontends.render import count
from vaultc.frontends.report import Report
from vaultc.frontends.scope import open_around
from vaultc.refactor import moves
from vaultc.session import Session
from vaultc.text import fold


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--dry-run", is_flag=True, help="Print what would change, and change nothing.")
def mv(old: str, new: str, dry_run: bool) -> None:
    """Rename the note, file or folder OLD to NEW and rewrite every link to it.

    Both are paths; OLD may be a note's name, too, and a NEW without a folder then stays beside it. An existing folder as NEW
    takes OLD in. Interrupted, the command leaves all of the changes or none.
    """
    session, source = _source(old)
    root = session.project.root
    goal = _goal(root, source, old, new)
    if twins := [path for path in session.vault.index.files.get(fold(goal), ()) if path not in (goal, source)]:
        raise VaultcError(f"{twins[0]} differs only in case or Unicode form: choose another name")
    assets = session.vault.scan.assets
    canvases = {path: (root / path).read_bytes() for path in assets if path.lower().endswith(".canvas")}
    move = moves.plan(session.vault, source, goal, canvases)
    report = Report(session.vault, ())
    emit(f"{report.from_here(source)} -> {report.from_here(goal)}\n")
    known = session.vault.notes.keys() | canvases.keys()
    where = {path: path if path in known else source + path[len(goal) :] for path in move.texts}
    drawn = sum(path in canvases for path in where.values())
    files = [count(len(where) - drawn, "note"), *([count(drawn, "canvas file")] if drawn else [])]
    links = f"{count(move.edits, 'link')} in {' and '.join(files)}"
    if dry_run:
        before = {path: canvases[path] if path in canvases else session.texts.text(path) for path in where.values()}
        emit(diff(report, {where[path]: (before[where[path]], text) for path, text in move.texts.items()}))
        note(f"would rewrite {links}")
    else:
        commit(session.project, Changes(((source, goal),), move.texts))
        note(f"rewrote {links}")
    if move.joined:
        note(f"{count(move.joined, 'link')} that led nowhere {'leads' if move.joined == 1 else 'lead'} here now")


def _source(old: str) -> tuple[Session, str]:
    """The vault and the path in it that OLD means."""
    path = Path(old)
    if not path.exists() and Path(f"{old}.md").exists():
        path = Path(f"{old}.md")
    if not path.exists():
        session, found = open_note(old)
        return session, found.path
    session = open_around(path)
    settle(session.project)
    source = session.relative(path)
    if path.is_symlink():
        raise VaultcError(f"{path} is a symlink: move what it leads to")
    if source == ".":
        raise VaultcError(f"{path} is the vault itself: rename it by other means")
    return session, source


def _goal(root: Path, source: str, old: str, new: str) -> str:
    """The path in the vault that NEW means.

    Raises VaultcError when it is taken, outside the vault, or no note's name.
    """
    named = "/" not in new and not Path(old).exists() and not Path(f"{old}.md").exists()
    path = (root / source).parent / new if named else Path(new)
    if new.endswith("/") or (path.is_dir() and not path.samefile(root / source)):
        path = path / Path(source).name
    if (root / source).is_file():
        suffix = Path(source).suffix
        if path.suffix.lower() != suffix.lower():
            path = path.with_name(path.name + suffix)
    real = path.parent.resolve() / path.name
    if not real.is_relative_to(root) or real == root:
        raise VaultcError(f"{path} is not in the vault {root}")
    goal = real.relative_to(root).as_posix()
    if goal == source:
        raise VaultcError(f"{path} is where it is already")
    if real.exists() and not real.samefile(root / source):
        raise VaultcError(f"{path} is already there: choose another name")
    if goal.startswith(f"{source}/"):
        raise VaultcError(f"{old} cannot move into itself")
    if any(part.startswith(".") for part in goal.split("/")):
        raise VaultcError(f"{path} would be hidden: names that begin with a dot are no part of a vault")
    return goal
