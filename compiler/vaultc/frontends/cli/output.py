"""Where a command's words go: findings to stdout or a file, remarks to stderr; colours only where they are welcome."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from vaultc.config import Project
from vaultc.errors import VaultcError
from vaultc.frontends.files import write
from vaultc.model import SourceFile
from vaultc.refactor import journal
from vaultc.text import Language, guard, safe, safe_lines

if TYPE_CHECKING:
    from logging import LogRecord


def emit(text: str, output: Path | None = None, language: Language = "text") -> None:
    """Print a result, or write it to a file; a patch in a file is what it is, to the byte.

    Raises VaultcError when the file cannot be written.
    """
    if output is None:
        _print(text, sys.stdout, language)
        return
    try:
        written = text if language == "patch" else click.unstyle(guard(text, language))
        write(output, written.encode("utf-8", "backslashreplace"))
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
    """Say something that is no part of the result, on one line."""
    tell(safe(text) + "\n")


def tell(text: str) -> None:
    """Say something of several lines, or with colours, that is no part of the result."""
    _print(text, sys.stderr)


def plain(record: "LogRecord") -> bool:
    """For a logging handler's `addFilter`: the record goes on, and nothing in it speaks to a terminal."""
    record.msg, record.args = guard(safe_lines(record.getMessage())), None
    return True


def _print(text: str, stream: TextIO, language: Language = "text") -> None:
    """The one way to a terminal or a log."""
    click.echo(guard(text, language), file=stream, nl=False, color=is_coloured(stream))  # noqa: TID251 - this is the one


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
