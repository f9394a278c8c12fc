"""`vaultc mentions`: where notes name others and do not link to them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from vaultc.frontends.cli.notes import open_note
from vaultc.frontends.cli.output import emit, note, remind
from vaultc.frontends.render import count
from vaultc.frontends.render.terminal import head
from vaultc.frontends.report import Report
from vaultc.graph import Vault
from vaultc.refactor import journal, unlinked
from vaultc.refactor.unlinked import Mention
from vaultc.session import Session
from vaultc.text import safe


@click.command()
@click.argument("note", required=False, metavar="[NOTE]")
@click.option("--fix", is_flag=True, help="Make links of them.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
def mentions(note: str | None, fix: bool, format_: str) -> None:
    """List where notes name NOTE, or any other note, and do not link to it.

    Titles, file names and aliases count, in running text, as whole words; of each note, the first place in each other that does not
    link to it yet. A plain word counts where most notes that use it link it.
    """
    session, goal = _opened(note)
    if not fix:
        _print(session, list(_found(session, goal)), format_)
        return
    root = session.project.root
    with journal.writing(root):
        found = list(_found(session, goal))
        before = {source.path: source.data for source in session.scan.sources}
        made, left = link(session.vault, found, before)
    _print(session, made, format_)
    say_left(left)


def link(vault: Vault, found: Sequence[Mention], before: Mapping[str, bytes]) -> tuple[list[Mention], set[str]]:
    """Make links of mentions: those that became one, and the notes that were left as they are. `before` is what the disk has.

    The caller holds `journal.writing`. Raises VaultcError when a note was saved meanwhile; then nothing is changed.
    """
    texts = unlinked.link(vault, found)
    # A note whose bytes are not UTF-8 is left alone.
    change = [
        journal.Text(path, before[path], data) for path, data in texts.items() if before[path] == vault.text(path)
    ]
    journal.commit(vault.project.root, journal.Change(tuple(change)))
    written = {text.path for text in change}
    return [mention for mention in found if mention.path in written], {mention.path for mention in found} - written


def line(report: Report, mention: Mention) -> str:
    """A mention for people: its place and the line around it."""
    place = report.place(mention.path, mention.span)
    words = report.lines(mention.path).near(mention.span)
    return f"{safe(report.from_here(mention.path))}:{place.line}:{place.column}: {safe(head(words, 120))}"


def _opened(argument: str | None) -> tuple[Session, str | None]:
    if argument is None:
        session = Session.open(Path())
        remind(session.project)
        return session, None
    session, goal = open_note(argument)
    return session, goal.path


def _found(session: Session, goal: str | None) -> list[Mention]:
    vault = session.vault
    found = unlinked.find(vault, unlinked.names(vault))
    return [mention for mention in found if goal in (None, mention.target)]


def _print(session: Session, found: list[Mention], format_: str) -> None:
    report = Report(session.vault, ())
    if format_ == "json":
        rows = [
            {
                "path": mention.path,
                **report.place(mention.path, mention.span)._asdict(),
                "text": mention.text,
                "target": mention.target,
            }
            for mention in found
        ]
        whole = {"schema": 1, "root": report.root.as_posix(), "mentions": rows}
        emit(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", language="json")
        return
    emit("".join(f"{line(report, mention)}\n    {safe(mention.text)} -> {safe(mention.target)}\n" for mention in found))
    places = count(len({mention.path for mention in found}), "note")
    note(f"{count(len(found), 'unlinked mention')} in {places}")


def say_left(paths: set[str]) -> None:
    """Name the notes in which no link was made, if any."""
    if not paths:
        return
    names = ", ".join(sorted(paths))
    note(f"left as {'it is' if len(paths) == 1 else 'they are'}, since a link there would not be read as one: {names}")
