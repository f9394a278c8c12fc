"""`vaultc new`: a note from a template, and who has been waiting for it."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import yaml

from vaultc import disk
from vaultc.errors import VaultcError
from vaultc.frontends.cli import templates
from vaultc.frontends.cli.mentions import line
from vaultc.frontends.cli.output import emit, note
from vaultc.frontends.render import count
from vaultc.frontends.report import Report
from vaultc.frontends.scope import open_folder
from vaultc.paths import component
from vaultc.refactor import unlinked
from vaultc.text import fold, safe

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
def new(title: str, folder: Path | None, aliases: tuple[str, ...], tags: tuple[str, ...], template: str | None) -> None:
    """Write a new note named TITLE, and list the notes that mention it without a link."""
    if template and (aliases or tags):
        raise click.UsageError("a template brings its own front matter: leave out --alias and --tag")
    title = " ".join(title.split())
    name = filename(title)
    if not name:
        raise VaultcError(f"{title!r} makes no file name: use some letters")
    where = (folder or Path()).resolve()
    session = open_folder(next(parent for parent in (where, *where.parents) if parent.is_dir()))
    root = session.project.root
    if not where.is_relative_to(root):
        if folder:
            raise VaultcError(f"{folder} is not in the vault {root}")
        where = root
    path = where / f"{name}.md"
    vault = session.vault
    named = [p for p in vault.index.stems.get(fold(name), ()) if p in vault.notes]
    also = (*aliases, *((title,) if name != title else ()))
    now = datetime.now().astimezone()
    front = {"title": title, "aliases": list(also), "tags": list(tags), "created": now.date()}
    write_new(path, templates.fill(templates.read(root, template), title, now) if template else text(front))
    report = Report(vault, ())
    emit(f"{safe(str(path.relative_to(report.here) if path.is_relative_to(report.here) else path))}\n")
    for other in named:
        note(f"{report.from_here(other)} has that name, too: links to it may now be ambiguous")
    known = unlinked.Names(unlinked.Name(name, "") for name in (title, *aliases))
    found = [mention for other in vault.notes.values() for mention in unlinked.running(vault, other, known)]
    for mention in found:
        emit(f"{line(report, mention)}\n")
    if found:
        note(f"{count(len(found), 'unlinked mention')} in {count(len({m.path for m in found}), 'note')}")


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
