"""`vaultc init`: a new project whose first check and first build are clean."""

import json
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

import click

from vaultc import disk
from vaultc.errors import VaultcError
from vaultc.frontends.cli.output import emit, note
from vaultc.text import safe


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", help="The site's name; by default the folder's.")
def init(folder: Path, name: str | None) -> None:
    """Write a new project into DIR: configuration, two GitHub workflows and three linked notes.

    Nothing that is there is overwritten.
    """
    name = name or folder.resolve().name.replace("-", " ").replace("_", " ").strip().capitalize() or "Notes"
    values = {"name": json.dumps(name, ensure_ascii=False), "date": f"{datetime.now().astimezone():%Y-%m-%d}"}
    texts = {disk.inside(folder, path): Template(text).substitute(values) for path, text in templates()}
    if there := [path for path in texts if path.exists()]:
        raise VaultcError(f"{there[0]} is already there: choose an empty folder")
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            disk.write(path, text.encode(), expect=None)
    except OSError as fault:
        raise VaultcError(f"{fault.filename}: {fault.strerror}") from None
    emit("".join(f"{safe(str(path))}\n" for path in texts))
    note(f"next: cd {folder}, then `vaultc check` and `vaultc serve`")


def templates() -> Iterator[tuple[str, str]]:
    """The files of a new project: path relative to it, and text with placeholders."""

    def walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            path = prefix + ("." + entry.name[1:] if entry.name.startswith("_") else entry.name)
            if entry.is_dir():
                yield from walk(entry, f"{path}/")
            else:
                yield path, entry.read_text(encoding="utf-8")

    yield from walk(files("vaultc.frontends.templates") / "init", "")
