"""`vaultc backlinks`: the links to a note, with the words around them."""

import json
from collections.abc import Iterator

import click

from vaultc.frontends.cli.notes import open_note
from vaultc.frontends.cli.output import emit
from vaultc.frontends.render import count
from vaultc.frontends.render.terminal import head
from vaultc.frontends.report import Report
from vaultc.graph import Vault, target
from vaultc.model import Note, Reference
from vaultc.text import safe


@click.command()
@click.argument("note")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
def backlinks(note: str, format_: str) -> None:
    """List the links to NOTE, given by path, name, alias or title, each with the words around it.

    Links by an alias, from front matter, by embeds and by Markdown links are all there.
    """
    session, goal = open_note(note)
    vault = session.vault
    report = Report(vault, ())
    links = []
    for source, reference in incoming(vault, goal.path):
        place = report.place(source.path, reference.span)
        words = report.lines(source.path).near(reference.span, reference.context.start)
        links.append(
            {"path": source.path, "line": place.line, "column": place.column, "kind": reference.kind, "context": words}
        )
    if format_ == "json":
        whole = {"schema": 1, "root": report.root.as_posix(), "note": goal.path, "backlinks": links}
        emit(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", language="json")
        return
    lines = [
        f"{safe(report.from_here(str(x['path'])))}:{x['line']}:{x['column']}: {safe(head(str(x['context']), 160))}\n"
        for x in links
    ]
    sources = len({str(link["path"]) for link in links})
    lines.append(f"{count(len(links), 'link')} from {count(sources, 'note')} to {safe(goal.path)}\n")
    emit("".join(lines))


def incoming(vault: Vault, path: str) -> Iterator[tuple[Note, Reference]]:
    """Every reference of another note that leads to the note at `path`, its headings and blocks included."""
    for note, reference, resolution in vault.references():
        if note.path != path and target(resolution) == path:
            yield note, reference
