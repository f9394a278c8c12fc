"""When notes were changed last."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from vaultc.model import Note

_KEYS = ("updated", "modified", "changed", "last_modified")
_MOST_COMMITS = 1000
_DAY = 24 * 60 * 60
_PATIENCE = 20  # seconds
# A repository that came with a vault must run nothing, and fetch nothing.
_SETTINGS = ("core.quotePath=false", "log.showSignature=false", "core.fsmonitor=false", "protocol.allow=never")


def changed(root: Path, notes: Iterable[Note]) -> Mapping[str, int]:
    """When each note was changed, by path, in seconds since 1970 UTC: as its front matter says (`updated`, `modified`), else as
    `of_files` does."""
    notes = list(notes)
    files = of_files(root, [note.path for note in notes])
    return {note.path: _said(note.metadata) or files[note.path] for note in notes}


def of_files(root: Path, paths: Iterable[str]) -> Mapping[str, int]:
    """When each file was changed, as git says, else the file system.

    Of a long history the last commits count; what they do not name is as old as the oldest of them. The file system's time counts as
    a day, for a copy of a vault has others. A file that is not there is as old as can be.
    """
    committed, commits = _committed(root)
    oldest = min(committed.values(), default=0) if commits == _MOST_COMMITS else None
    return {path: committed[path] if path in committed else _written(root / path, oldest) for path in paths}


def day(seconds: int) -> str:
    """A time as a date, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _said(metadata: Mapping[str, Any]) -> int:
    """What the front matter says, 0 where it says nothing that is a date."""
    for key in _KEYS:
        value = metadata.get(key)
        try:
            when = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
            if isinstance(when, date) and not isinstance(when, datetime):
                when = datetime(when.year, when.month, when.day, tzinfo=UTC)
            if isinstance(when, datetime):
                seconds = int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
                datetime.fromtimestamp(seconds, UTC)
                return max(seconds, 0)
        except (ValueError, OverflowError, OSError):
            continue
    return 0


def _written(path: Path, known: int | None) -> int:
    if known is not None:
        return known
    try:
        return max(int(os.lstat(path).st_mtime) // _DAY * _DAY, 0)
    except (OSError, ValueError, OverflowError):
        return 0


def _committed(root: Path) -> tuple[Mapping[str, int], int]:
    """The time of the last commit of each file below `root`, and of how many commits; nothing where there is no repository, or no
    git."""
    if not any(os.path.lexists(folder / ".git") for folder in (root, *root.parents)):
        return {}, 0
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    command = [
        "git",
        "-C",
        os.fspath(root),
        *settings,
        "log",
        f"--max-count={_MOST_COMMITS}",
        "--no-renames",
        "--relative",
    ]
    quiet = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            [*command, "--name-only", "-z", "--format=%x01%ct", "--", "."],
            capture_output=True, check=True, timeout=_PATIENCE, env=os.environ | quiet, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return {}, 0
    found: dict[str, int] = {}
    when = commits = 0
    for part in done.stdout.split(b"\0"):
        if part[:1] == b"\1":
            when, commits = int(part[1:]), commits + 1
        elif name := os.fsdecode(part.removeprefix(b"\n")):
            found.setdefault(name, when)
    return found, commits
