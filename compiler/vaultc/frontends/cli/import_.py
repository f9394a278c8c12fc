"""`vaultc import`: notes from chats, exports and other programs' Markdown."""

import errno
import os
from pathlib import Path
from typing import NamedTuple

import click

from vaultc import disk, importer
from vaultc.diagnostics import Severity
from vaultc.errors import VaultcError
from vaultc.frontends.cli.new import filename, write_new
from vaultc.frontends.cli.output import emit, note, remind
from vaultc.frontends.render import count
from vaultc.frontends.render.terminal import head
from vaultc.frontends.report import Report
from vaultc.frontends.scope import open_folder
from vaultc.importer import Draft, links
from vaultc.refactor import unlinked
from vaultc.resolve import Resolution, Resolved
from vaultc.session import Session
from vaultc.text import fold, safe

# An export of some thousand conversations; as records it takes several times that much memory.
_MOST = 64 << 20
# Repairs that are shown unless all are asked for.
_SHOWN = 3


class _Planned(NamedTuple):
    """A note to write: its path in the vault, its text, and how many links to notes were made in it."""

    draft: Draft
    path: str
    text: str
    linked: int


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder for the notes; by default the current one.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, with every repair, and write nothing.")
def import_(files: tuple[Path, ...], into: Path | None, dry_run: bool) -> int:
    """Make notes of each FILE: a chat, an export of chats, or Markdown of another program.

    Known are the conversations.json of ChatGPT and of Claude, chats that were saved as callouts, and Markdown: plain, Obsidian's,
    Notion's, Logseq's, Dendron's and Zettlr's; and archives of these. Each note gets title, source, date and language; text that was decoded with a wrong encoding is
    repaired, formulas stand between dollars, and names of notes become links. A note that is there already is never overwritten.
    """
    where = (into or Path()).resolve()
    session = open_folder(next(parent for parent in (where, *where.parents) if parent.is_dir()))
    remind(session.project)
    root = session.project.root
    if not where.is_relative_to(root):
        raise VaultcError(f"{into or where} is not in the vault {root}")
    drafts = importer.joined([draft for file in files for draft in _read(file)])
    folder = where.relative_to(root).as_posix()
    planned, there = _planned(session, drafts, "" if folder == "." else f"{folder}/")
    planned = _linked(session, planned)
    report = Report(session.vault, ())
    for one in planned:
        if not dry_run:
            write_new(disk.inside(root, one.path), one.text)
        emit(_told(report, one, every=dry_run))
    for path in there:
        note(f"{report.from_here(path)} is already there, and stays as it is")
    verb = "would write" if dry_run else "wrote"
    note(f"{verb} {count(len(planned), 'note')}{_findings(session, planned)}")
    return int(bool(there))


def _read(file: Path) -> list[Draft]:
    """The notes of a file. Raises VaultcError when it cannot be read or is no text of a known kind."""
    try:
        data = disk.read(file, _MOST, follow=True)
    except OSError as fault:
        help = ": split it, and import the parts" if fault.errno == errno.EFBIG else ""
        raise VaultcError(f"{file}: {fault.strerror or fault}{help}") from None
    return importer.read(file.name, data)


def _planned(session: Session, drafts: list[Draft], folder: str) -> tuple[list[_Planned], list[str]]:
    """The notes to write in a folder of the vault, and those of their paths at which something is already.

    Two of one title get numbers, in the order of the source.
    """
    planned, there = [], []
    names: set[str] = set()
    for draft in drafts:
        name = stem = filename(draft.title) or "Untitled"
        number = 1
        place = folder + "".join(f"{part}/" for part in map(filename, draft.folder) if part)
        while fold(place + name) in names:
            number += 1
            name = f"{stem} {number}"
        names.add(fold(place + name))
        path = f"{place}{name}.md"
        if os.path.lexists(session.project.root / path) or fold(path) in session.vault.index.files:
            there.append(path)
        else:
            planned.append(_Planned(draft, path, importer.compose(draft), 0))
    return planned, there


def _linked(session: Session, planned: list[_Planned]) -> list[_Planned]:
    """The same with links to the notes of the vault; the session then has them as unsaved notes."""
    known = unlinked.names(session.vault)  # what these notes use and do not link yet says nothing about names
    session.apply({one.path: one.text for one in planned})
    before = _links(session, planned)
    called = {one.path: one.draft.names for one in planned}
    session.apply({path: data.decode() for path, data in links.respelled(session.vault, called).items()})
    found = unlinked.find(session.vault, known, lambda note: note.path in before)
    session.apply({path: data.decode() for path, data in unlinked.link(session.vault, found).items()})
    after = _links(session, planned)
    return [
        one._replace(text=session.vault.text(one.path).decode(), linked=after[one.path] - before[one.path])
        for one in planned
    ]


def _links(session: Session, planned: list[_Planned]) -> dict[str, int]:
    """How many links of each note lead to others."""
    return {one.path: sum(map(_leads, session.vault.links[one.path])) for one in planned}


def _leads(link: Resolution) -> bool:
    """Whether a link leads to a note."""
    return isinstance(link, Resolved) and link.kind == "note"


def _told(report: Report, one: _Planned, every: bool) -> str:
    """What an import made, for people: the note, and what was done to its text."""
    draft = one.draft
    done = [f"{count(len(draft.repairs), 'place')} repaired"] if draft.repairs else []
    done += [f"{count(one.linked, 'link')} made"] if one.linked else []
    lines = [f"{safe(draft.source)} -> {safe(report.from_here(one.path))}{': ' if done else ''}{', '.join(done)}"]
    shown = draft.repairs if every else draft.repairs[:_SHOWN]
    lines += [
        f"    line {repair.line}: {safe(head(repair.before, 40))} -> {safe(head(repair.after, 40))}" for repair in shown
    ]
    if len(shown) < len(draft.repairs):
        lines.append(f"    and {len(draft.repairs) - len(shown):,} more: --dry-run shows all")
    return "".join(f"{line}\n" for line in lines)


def _findings(session: Session, planned: list[_Planned]) -> str:
    """What the notes leave to repair, for the end of a line."""
    paths = {one.path for one in planned}
    left = sum(found.path in paths and found.severity >= Severity.WARNING for found in session.diagnostics)
    return f"; `vaultc check` has {count(left, 'finding')} about {'it' if len(paths) == 1 else 'them'}" if left else ""
