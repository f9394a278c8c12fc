"""`vaultc new`: a note from a template, and who has been waiting for it."""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from textwrap import indent
from typing import Any

import click
import yaml

from vaultc import disk, parse, scan
from vaultc.errors import VaultcError
from vaultc.frontends.cli import templates
from vaultc.frontends.cli.mentions import line, say_left
from vaultc.frontends.cli.mentions import link as make_links
from vaultc.frontends.cli.output import emit, note
from vaultc.frontends.render import count
from vaultc.frontends.report import Report
from vaultc.frontends.scope import open_folder
from vaultc.paths import component
from vaultc.refactor import journal, unlinked
from vaultc.refactor.unlinked import Mention
from vaultc.session import Session
from vaultc.text import fold, safe, safe_lines

# What Windows forbids in a file's name, and what a wiki-link cannot hold.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|#^\[\]\x00-\x1f\x7f]+')


@click.command()
@click.argument("title")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write it; by default the current folder.",
)
@click.option("--alias", "aliases", multiple=True, help="Another name; may be repeated.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be repeated.")
@click.option(
    "--template",
    metavar="FILE",
    help="A note to begin from, by path or by its name in Obsidian's folder of templates; "
    "{{title}}, {{date}}, {{time}} and {{date:YYYY-MM-DD}} are filled in.",
)
@click.option("--link", is_flag=True, help="Make links of the first mention in each note that has none to it.")
@click.option("--dry-run", is_flag=True, help="Show the note and the mentions, and write nothing.")
def new(
    title: str,
    folder: Path | None,
    aliases: tuple[str, ...],
    tags: tuple[str, ...],
    template: str | None,
    link: bool,
    dry_run: bool,
) -> None:
    """Write a new note named TITLE, and list the notes that mention it without a link."""
    if template and (aliases or tags):
        raise click.UsageError("a template brings its own front matter: leave out --alias and --tag")
    title = " ".join(title.split())
    name = filename(title)
    if not name:
        raise VaultcError(f"{title!r} makes no file name: use some letters")
    session, where = _opened(folder)
    root = session.project.root
    now = datetime.now().astimezone()
    also = (*aliases, *((title,) if name != title else ()))
    front = {"title": title, "aliases": list(also), "tags": list(tags), "created": now.date()}
    body = templates.fill(templates.read(root, template), title, now) if template else text(front)
    if not folder and (known := folder_of(session.project.config.note_folders, body)) is not None:
        where = disk.inside(root, known)
    path = where / f"{name}.md"
    relative = path.relative_to(root).as_posix()
    if os.path.lexists(path):
        raise VaultcError(f"{path} is already there")
    with journal.writing(root) if link and not dry_run else nullcontext():
        before = {source.path: source.data for source in session.scan.sources}
        named = [p for p in session.vault.index.stems.get(fold(name), ()) if p in session.vault.notes]
        if not dry_run:
            write_new(path, body)
        session.apply({relative: body})
        report = Report(session.vault, ())
        emit(f"{safe(report.from_here(relative))}\n{indent(safe_lines(body), '    ') if dry_run else ''}")
        for other in named:
            note(f"{report.from_here(other)} has that name, too: links to it may now be ambiguous")
        names = unlinked.Names(unlinked.Name(name, relative) for name in (title, *aliases))
        if not link:
            others = (other for path, other in session.vault.notes.items() if path != relative)
            _tell(report, [mention for other in others for mention in unlinked.running(session.vault, other, names)])
            return
        found = list(unlinked.find(session.vault, names))
        _tell(report, found)
        if not dry_run:
            made, left = make_links(session.vault, found, before)
            note(f"{count(len(made), 'link')} made")
            say_left(left)


def _opened(folder: Path | None) -> tuple[Session, Path]:
    """The vault of a folder, by default the current one, and where in it to write."""
    where = (folder or Path()).resolve()
    session = open_folder(next(parent for parent in (where, *where.parents) if parent.is_dir()))
    root = session.project.root
    if where.is_relative_to(root):
        return session, where
    if folder:
        raise VaultcError(f"{folder} is not in the vault {root}")
    return session, root


def _tell(report: Report, found: Sequence[Mention]) -> None:
    for mention in found:
        emit(f"{line(report, mention)}\n")
    if found:
        note(f"{count(len(found), 'unlinked mention')} in {count(len({m.path for m in found}), 'note')}")


def folder_of(folders: Mapping[str, str], body: str) -> str | None:
    """The folder for a note with this text, by the first of its tags that has one; a tag has that of the one above it."""
    known = {fold(tag.removeprefix("#")): folder for tag, folder in folders.items()}
    for tag in parse.parse(scan.source_file("", body.encode())).tags:
        parts = fold(tag.name).split("/")
        for end in range(len(parts), 0, -1):
            if (name := "/".join(parts[:end])) in known:
                return known[name]
    return None


def write_new(path: Path, text: str) -> None:
    """Write a note where none is, with the folders on its way.

    Raises VaultcError when something is there already, or it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        disk.write(path, text.encode(), expect=None)
    except disk.ChangedError:
        raise VaultcError(f"{path} is already there") from None
    except OSError as fault:
        raise VaultcError(f"{path}: {fault.strerror or fault}") from None


def filename(title: str) -> str:
    """The name, without `.md`, of the file for a note of this title; empty when nothing is left of it."""
    name = " ".join(_FORBIDDEN.sub(" ", title).split()).strip(". ")
    return component(name) if name else ""


def text(front: dict[str, Any]) -> str:
    """A note with this front matter and an empty body."""
    return (
        f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000)}---\n\n"
    )
