"""`vaultc query`: questions about the links of a vault, answered as text, as data or as a drawing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from vaultc.frontends.cli.output import emit, note, remind
from vaultc.frontends.library import Answer, Link, OpenVault, tags
from vaultc.frontends.render import count
from vaultc.frontends.render.terminal import head
from vaultc.frontends.report import Report
from vaultc.session import Session
from vaultc.text import safe

_format = click.option(
    "--format", "format_", type=click.Choice(("text", "json", "mermaid")), default="text", show_default=True
)


@click.group()
def query() -> None:
    """Ask about the notes and links of the vault in the current folder.

    Notes are given by path, name, alias or title. The exit code is 1 where nothing is found.
    """


@query.command()
@click.argument("note")
@click.option("--depth", type=click.IntRange(1, 20), default=1, show_default=True, help="How many links away.")
@_format
def neighbours(note: str, depth: int, format_: str) -> int:
    """List the notes that NOTE links to or that link to it."""
    return _answer(lambda vault: vault.neighbours(note, depth), format_)


@query.command()
@click.argument("start")
@click.argument("end")
@_format
def path(start: str, end: str, format_: str) -> int:
    """Show a shortest way from START to END along links."""
    return _answer(lambda vault: vault.path(start, end), format_, each_link=True)


@query.command()
@click.argument("tag")
@_format
def tag(tag: str, format_: str) -> int:
    """List the notes with TAG or a tag below it."""
    return _answer(lambda vault: vault.tagged(tag), format_)


@query.command("property")
@click.argument("key", metavar="KEY[=VALUE]")
@_format
def property_(key: str, format_: str) -> int:
    """List the notes whose front matter has KEY, with VALUE if one is given."""
    name, given, value = key.partition("=")
    return _answer(lambda vault: vault.having(name, value if given else None), format_)


@query.command()
@click.argument("note")
@_format
def links(note: str, format_: str) -> int:
    """List the links from NOTE and to it, each with its sentence."""
    return _answer(lambda vault: vault.linked(note), format_, each_link=True)


def _answer(ask: Callable[[OpenVault], Answer], format_: str, each_link: bool = False) -> int:
    session = Session.open(Path())
    remind(session.project)
    vault = OpenVault(session=session)
    answer = ask(vault)
    if format_ == "json":
        emit(_json(vault, answer), language="json")
    elif format_ == "mermaid":
        emit(_mermaid(vault, answer))
    elif each_link:
        report = Report(session.vault, ())
        emit("".join(_line(report, link) for link in answer.links))
        note(count(len(answer.links), "link"))
    else:
        emit("".join(f"{safe(path)}: {safe(_title(vault, path))}\n" for path in answer.notes))
        note(count(len(answer.notes), "note"))
    return 0 if answer.notes or answer.links else 1


def _line(report: Report, link: Link) -> str:
    where = f"{safe(report.from_here(link.source))}:{link.line}:{link.column}"
    return f"{where}: {link.kind} to {safe(link.target)}: {safe(head(link.sentence, 120))}\n"


def _title(vault: OpenVault, path: str) -> str:
    known = vault.notes.get(path)
    return known.title if known else "(missing)"


def _json(vault: OpenVault, answer: Answer) -> str:
    rows: list[dict[str, Any]] = []
    for path in answer.notes:
        known = vault.notes.get(path)
        row = {"title": known.title, "tags": list(tags(known))} if known else {"title": path, "tags": []}
        rows.append({"path": path, **row, "exists": bool(known)})
    links = [link.row() for link in answer.links]
    whole = {"schema": 1, "root": vault.root.as_posix(), "notes": rows, "links": links}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _mermaid(vault: OpenVault, answer: Answer) -> str:
    """A flowchart (https://mermaid.js.org/syntax/flowchart.html): one arrow for all links from one note to another."""
    ends = [end for link in answer.links for end in (link.source, link.target)]
    names = {path: f"n{number}" for number, path in enumerate(dict.fromkeys((*answer.notes, *ends)))}
    lines = ["graph LR"]
    lines += [f'  {name}["{_label(vault, path)}"]' for path, name in names.items()]
    lines += [f"  {a} --> {b}" for a, b in dict.fromkeys((names[x.source], names[x.target]) for x in answer.links)]
    return "\n".join(lines) + "\n"


def _label(vault: OpenVault, path: str) -> str:
    """A title as Mermaid reads it: what means something there is written as an entity."""
    title = vault.notes[path].title if path in vault.notes else path
    return "".join(f"#{ord(sign)};" if sign in '"#;<>&`[]{}' else sign for sign in safe(title))
