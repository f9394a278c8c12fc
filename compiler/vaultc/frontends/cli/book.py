"""`vaultc book`: a note with a reading order, and the notes that it leads to, as one document."""

import re
from pathlib import Path

import click

from vaultc.errors import VaultcError
from vaultc.frontends.cli.notes import open_note
from vaultc.frontends.cli.output import note as say
from vaultc.frontends.files import write
from vaultc.frontends.render import count
from vaultc.paths import component
from vaultc.publish.book import FORMATS, BookFormat
from vaultc.publish.book import book as made_of
from vaultc.resolve import Ambiguous, Resolved
from vaultc.session import Session

_SUFFIXES: dict[str, BookFormat] = {".pdf": "pdf", ".typ": "typst", ".tex": "latex"}


@click.command()
@click.argument("note")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="By default the note's name in the current folder.",
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="By default what the output's name ends in, else pdf."
)
def book(note: str, output: Path | None, form: BookFormat | None) -> None:
    """Make a book of NOTE: a title, the notes that its lists link to as chapters, and what they cite.

    Typst and LaTeX sources have their pictures in a folder beside them. Needs the extra `book`.
    """
    session, known = open_note(note)
    form = form or (_SUFFIXES.get(output.suffix.lower(), "pdf") if output else "pdf")
    suffix = next(suffix for suffix, each in _SUFFIXES.items() if each == form)
    output = output or Path(component(known.stem) + suffix)
    if _is_used(session, output):
        raise VaultcError(f"{output} belongs to the vault: name another file with --output")
    # Typst and TeX read a path out of the source: letters that mean nothing to either.
    folder = (re.sub(r"[^A-Za-z0-9]+", "-", output.stem).strip("-") or "book") + "-files"
    made = made_of(session.vault, known, form, folder)
    try:
        for name, data in made.files.items():
            path = output.parent / name
            path.parent.mkdir(exist_ok=True)
            write(path, data)
        write(output, made.document)
    except OSError as fault:
        raise VaultcError(f"{fault.filename or output}: {fault.strerror or fault}") from None
    for finding in made.findings:
        say(f"{finding.path}: {finding.message}")
    for remark in made.remarks:
        say(remark)
    say(f"{output}: {count(made.chapters, 'chapter')}")


def _is_used(session: Session, output: Path) -> bool:
    """Whether a file is a note, or one that a note links to or shows."""
    place = output.resolve()
    if not place.exists() or not place.is_relative_to(session.project.root):
        return False
    path = session.relative(place)
    meant = (end.chosen if isinstance(end, Ambiguous) else end for _, _, end in session.vault.references())
    return path in session.vault.notes or any(isinstance(end, Resolved) and end.path == path for end in meant)
