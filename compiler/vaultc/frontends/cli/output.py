"""Where a command's words go: findings to stdout or a file, remarks to stderr; colours only where they are welcome."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from vaultc.config import Project
from vaultc.errors import VaultcError
from vaultc.frontends.files import write
from vaultc.model import SourceFile
from vaultc.refactor import journal


def emit(text: str, output: Path | None = None) -> None:
    """Print a result, or write it to a file.

    Raises VaultcError when the file cannot be written.
    """
    if output is None:
        click.echo(text, nl=False, color=is_coloured(sys.stdout))
        return
    try:
        write(output, click.unstyle(text).encode())
    except OSError as fault:
        raise VaultcError(f"{output}: {fault.strerror or fault}") from None


def remind(project: Project) -> None:
    """Say so where a change of the vault was interrupted; a command that only reads leaves it at that."""
    try:
        pending = journal.pending(project.root)
    except VaultcError as fault:
        note(str(fault))
        return
    if pending:
        note(f"{journal.told(pending.change)} was interrupted: {journal.FINISH}")


def note(text: str) -> None:
    """Say something that is no part of the result."""
    click.echo(text.rstrip("\n"), err=True, color=is_coloured(sys.stderr))


def is_coloured(stream: object) -> bool:
    """Whether to colour what goes to a stream: a terminal, unless NO_COLOR (https://no-color.org) or TERM=dumb says not to."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(getattr(stream, "isatty", lambda: False)()) and os.environ.get("TERM") != "dumb"


def progress(files: Sequence[SourceFile]) -> Iterator[SourceFile]:
    """The same files; where reading them takes over a second, a bar on a terminal shows how far it has come."""
    if not sys.stderr.isatty() or len(files) < _FEW:
        yield from files
        return
    start = time.monotonic()
    done = 0
    while done < len(files) and time.monotonic() - start < 1:
        yield files[done]
        done += 1
    if done == len(files):
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True, no_color=not is_coloured(sys.stderr))
    yield from track(files[done:], "reading notes", len(files), completed=done, console=console, transient=True)


# Fewer than these are read before anybody wonders.
_FEW = 500
