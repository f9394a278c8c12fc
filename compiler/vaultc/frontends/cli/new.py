"""`vaultc new`: a note from a template, and who has been waiting for it."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import yaml

from vaultc import disk, parse
from vaultc.errors import VaultcError
from vaultc.frontends.cli.output import emit, note
from vaultc.frontends.render import count
from vaultc.frontends.render.terminal import head
from vaultc.frontends.report import Report
from vaultc.frontends.scope import open_folder
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.paths import component
from vaultc.text import Span, fold, safe

# What Windows forbids in a file's name, and what a wiki-link cannot hold.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|#^\[\]\x00-\x1f\x7f]+')
_LITERAL = {"Code", "+CodeBlock", "InlineMath", "DisplayMath", "Html", "InlineHtml", "+HtmlBlock"}


@click.command()
@click.argument("title")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write it; by default the current folder.",
)
@click.option("--alias", "aliases", multiple=True, help="Another name; may be repeated.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be repeated.")
def new(title: str, folder: Path | None, aliases: tuple[str, ...], tags: tuple[str, ...]) -> None:
    """Write a new note named TITLE, and list the notes that mention it without a link."""
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
    front = {"title": title, "aliases": list(also), "tags": list(tags), "created": datetime.now().astimezone().date()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        disk.write(path, text(front).encode(), expect=None)
    except disk.ChangedError:
        raise VaultcError(f"{path} is already there") from None
    except OSError as fault:
        raise VaultcError(f"{path}: {fault.strerror or fault}") from None
    report = Report(vault, ())
    emit(f"{safe(str(path.relative_to(report.here) if path.is_relative_to(report.here) else path))}\n")
    for other in named:
        note(f"{report.from_here(other)} has that name, too: links to it may now be ambiguous")
    found = list(mentions(vault, (title, *aliases)))
    for other_note, span in found:
        place = report.place(other_note.path, span)
        line = report.lines(other_note.path).text(place.line).strip()
        emit(f"{safe(report.from_here(other_note.path))}:{place.line}:{place.column}: {safe(head(line, 120))}\n")
    if found:
        note(f"{count(len(found), 'unlinked mention')} in {count(len({n.path for n, _ in found}), 'note')}")


def filename(title: str) -> str:
    """The name, without `.md`, of the file for a note of this title; empty when nothing is left of it."""
    name = " ".join(_FORBIDDEN.sub(" ", title).split()).strip(". ")
    return component(name) if name else ""


def text(front: dict[str, Any]) -> str:
    """A note with this front matter and an empty body."""
    return (
        f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000)}---\n\n"
    )


def mentions(vault: Vault, names: tuple[str, ...]) -> Iterator[tuple[Note, Span]]:
    """Where the names stand as whole words in the text of a note and are no link, code or math; case does not matter."""
    words = "|".join(r"\s+".join(map(re.escape, name.split())) for name in sorted(names, key=len, reverse=True) if name)
    pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.I)
    for path, other in vault.notes.items():
        data = vault.text(path)
        body = data[other.body :].decode("utf-8", "replace")
        matches = list(pattern.finditer(body))
        if not matches:
            continue
        events = parse.read(data, other.body).events
        taken = [Span(e.start, e.end) for e in events if e.name in _LITERAL] + [r.span for r in other.references]
        taken += [Span(e.start, e.end) for e in events if e.name in ("+Link", "+Image")]
        for match in matches:
            start = other.body + len(body[: match.start()].encode())
            span = Span(start, start + len(match[0].encode()))
            if not any(t.start < span.end and span.start < t.end for t in taken):
                yield other, span
