"""`vaultc stats`: what is in a vault, counted."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from vaultc.frontends.cli.output import emit, remind
from vaultc.frontends.render.terminal import tail, width
from vaultc.frontends.report import Report
from vaultc.session import Session
from vaultc.text import safe

_TOP = 10


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
def stats(path: Path, format_: str) -> None:
    """Count the notes, links, tags and headings of the vault at PATH, and name what is linked most."""
    session = Session.open(path)
    remind(session.project)
    counted = numbers(session)
    if format_ == "json":
        emit(
            json.dumps({"schema": 1, "root": session.project.root.as_posix(), **counted}, ensure_ascii=False, indent=2)
            + "\n",
            language="json",
        )
    else:
        emit(_table(counted))


def numbers(session: Session) -> dict[str, Any]:
    """The counts: numbers by name, and three lists of pairs (name, number), largest first."""
    vault = session.vault
    whole = Report(vault, session.diagnostics).summary
    codes = Counter(d.code for d in session.diagnostics)
    missing = {node.id for node in vault.graph.nodes.values() if not node.exists}
    linked = Counter(edge.target for edge in vault.graph.edges if edge.source != edge.target)
    tags = Counter(tag for node in vault.graph.nodes.values() for tag in node.tags)
    return {
        "notes": whole.notes,
        "unpublished": sum(not note.published for note in vault.notes.values()),
        "words": sum(len(vault.text(path)[note.body :].split()) for path, note in vault.notes.items()),
        "headings": sum(len(note.headings) for note in vault.notes.values()),
        "links": whole.links,
        "embeds": whole.embeds,
        "assets": whole.assets,
        "tags": len(tags),
        "missing": len(missing),
        "orphans": codes["VC301"],
        "dead_ends": codes["VC302"],
        "errors": whole.errors,
        "warnings": whole.warnings,
        "infos": whole.infos,
        "most_linked": _top({name: number for name, number in linked.items() if name not in missing}),
        "most_wanted": _top({name: number for name, number in linked.items() if name in missing}),
        "top_tags": _top(tags),
    }


def _top(numbers: dict[str, int] | Counter[str]) -> list[dict[str, str | int]]:
    ranked = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return [{"name": name, "count": number} for name, number in ranked[:_TOP]]


def _table(counted: dict[str, Any]) -> str:
    out = []
    plain = {name.replace("_", " "): value for name, value in counted.items() if isinstance(value, int)}
    wide = max(len(f"{value:,}") for value in plain.values())
    out += [f"{value:>{wide},}  {name}\n" for name, value in plain.items()]
    for name, rows in ((name, value) for name, value in counted.items() if isinstance(value, list) and value):
        out.append(f"\n{click.style(name.replace('_', ' '), bold=True)}\n")
        most = max(int(row["count"]) for row in rows)
        label = max(width(tail(safe(row["name"]), 48)) for row in rows)
        for row in rows:
            words = tail(safe(row["name"]), 48)
            bar = "█" * max(1, round(24 * row["count"] / most))
            out.append(f"  {words}{' ' * (label - width(words))}  {row['count']:>6,}  {click.style(bar, fg='blue')}\n")
    return "".join(out)
