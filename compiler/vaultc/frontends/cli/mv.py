"""`vaultc mv`: rename a note or a folder together with every link to it."""

import os
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import click

from vaultc.errors import VaultcError
from vaultc.frontends.cli.check import diff
from vaultc.frontends.cli.notes import place
from vaultc.frontends.cli.output import emit, note, remind
from vaultc.frontends.render import count
from vaultc.frontends.report import Report
from vaultc.frontends.scope import named
from vaultc.refactor import journal, moves
from vaultc.session import Session
from vaultc.text import fold, safe


@click.command()
@click.argument("paths", nargs=-1, metavar="OLD NEW")
@click.option("--dry-run", is_flag=True, help="Print what would change, and change nothing.")
@click.option(
    "--resume", is_flag=True, help="Complete what was interrupted, a rename or `check --fix`. PATH: the vault, or here."
)
@click.option("--abort", is_flag=True, help="Undo what was interrupted.")
def mv(paths: tuple[str, ...], dry_run: bool, resume: bool, abort: bool) -> int:
    """Rename the note, file or folder OLD to NEW and rewrite every link to it.

    Both are paths; OLD may be a note's name, too, and a NEW without a folder then stays beside it. An existing folder as NEW
    takes OLD in. A file that is saved meanwhile is never overwritten: then nothing is changed. After a crash, `vaultc mv --resume`
    completes the rename and `vaultc mv --abort` undoes it.
    """
    if resume or abort:
        if len(paths) > 1 or dry_run or (resume and abort):
            raise click.UsageError("--resume and --abort stand alone, or with a path in the vault")
        return _finish(Path(*paths), undo=abort)
    if len(paths) != 2:
        raise click.UsageError("give OLD and NEW")
    old, new = paths
    session, path = place(old, Path.exists)
    with nullcontext() if dry_run else journal.writing(session.project.root):
        _rename(session, path, old, new, dry_run)
    return 0


def _finish(path: Path, undo: bool) -> int:
    """Complete or undo what was interrupted in the vault around a path."""
    root = Session.open(path).project.root
    left = (journal.abort if undo else journal.resume)(root)
    note("undone" if undo else "completed")
    for name in left:
        note(f"{name} changed since, and was left as it is: `vaultc check` says whether its links lead somewhere")
    return int(bool(left))


def _rename(session: Session, path: Path | None, old: str, new: str, dry_run: bool) -> None:
    if dry_run:
        remind(session.project)
    root = session.project.root
    source = _source(session, path) if path else named(session, old).path
    goal = _goal(root, source, old, new)
    if twins := [path for path in session.vault.index.files.get(fold(goal), ()) if path not in (goal, source)]:
        raise VaultcError(f"{twins[0]} differs only in case or Unicode form: choose another name")
    assets = session.vault.scan.assets
    before = {source.path: source.data for source in session.scan.sources}
    canvases = {path: (root / path).read_bytes() for path in assets if path.lower().endswith(".canvas")}
    before |= canvases
    move = moves.plan(session.vault, source, goal, canvases)
    change = journal.Change(move=(source, goal))
    texts = tuple(journal.Text(path, before[change.source(path)], data) for path, data in move.texts.items())
    report = Report(session.vault, ())
    emit(f"{safe(report.from_here(source))} -> {safe(report.from_here(goal))}\n")
    drawn = sum(change.source(text.path) in canvases for text in texts)
    files = [count(len(texts) - drawn, "note"), *([count(drawn, "canvas file")] if drawn else [])]
    links = f"{count(move.edits, 'link')} in {' and '.join(files)}"
    if dry_run:
        emit(diff(report, {change.source(text.path): (text.before, text.after) for text in texts}), language="patch")
        note(f"would rewrite {links}")
    else:
        journal.commit(root, replace(change, texts=texts))
        note(f"rewrote {links}")
        if os.path.lexists(root / source) and not (root / source).samefile(root / goal):
            note(f"{report.from_here(source)} was saved once more meanwhile: compare it with {report.from_here(goal)}")
    if move.joined:
        note(f"{count(move.joined, 'link')} that led nowhere {'leads' if move.joined == 1 else 'lead'} here now")


def _source(session: Session, path: Path) -> str:
    """The path in the vault of a file or folder that can be moved."""
    source = session.relative(path)
    if path.is_symlink():
        raise VaultcError(f"{path} is a symlink: move what it leads to")
    if source == ".":
        raise VaultcError(f"{path} is the vault itself: rename it by other means")
    return source


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
    try:
        f"{source}{goal}".encode()
    except UnicodeEncodeError:
        raise VaultcError(f"{path}: a name that is not UTF-8 is no part of a vault") from None
    if any(part.startswith(".") for part in goal.split("/")):
        raise VaultcError(f"{path} would be hidden: names that begin with a dot are no part of a vault")
    return goal
