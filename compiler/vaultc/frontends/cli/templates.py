"""Templates of notes, with the variables of Obsidian's core plugin (https://help.obsidian.md/plugins/templates)."""

import json
import os
import re
from datetime import datetime
from pathlib import Path

from vaultc import disk
from vaultc.errors import VaultcError

_VARIABLE = re.compile(r"\{\{\s*(title|date|time)\s*(?::([^{}]*))?\}\}", re.I)
_DEFAULTS = {"date": "YYYY-MM-DD", "time": "HH:mm"}
# The signs of moment.js that a note's name or heading needs; what stands in brackets is text.
_SIGN = re.compile(r"\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|DD|dddd|HH|mm|ss|WW")
_STRFTIME = {
    "YYYY": "%Y",
    "YY": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "DD": "%d",
    "dddd": "%A",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
    "WW": "%V",
}
_MOST = 1 << 20


def read(root: Path, name: str) -> str:
    """The text of a template: a file by its path, else one by its name in the folder that Obsidian is told in the vault at `root`.

    Raises VaultcError when there is none, or when it cannot be read.
    """
    places = [Path(name), *(folder / named for folder in _folders(root) for named in (name, f"{name}.md"))]
    path = next((path for path in places if path.is_file()), None)
    if path is None:
        looked = ", ".join(str(place.parent) for place in places[::2]) if len(places) > 1 else "the current folder"
        raise VaultcError(f"no template {name!r} in {looked}: give its path")
    if Path(os.path.normpath(path.absolute())).is_relative_to(root) and not path.resolve().is_relative_to(root):
        raise VaultcError(
            f"{path}: a symlink that leads out of the vault is not followed: copy the file into the vault"
        )
    try:
        return disk.read(path, _MOST, follow=True).decode("utf-8-sig")
    except (OSError, UnicodeError) as fault:
        raise VaultcError(f"{path}: {getattr(fault, 'strerror', None) or 'not UTF-8'}") from None


def fill(template: str, title: str, now: datetime) -> str:
    """The template with its variables filled in; what else stands in braces stays."""

    def value(match: re.Match[str]) -> str:
        kind = match[1].lower()
        return title if kind == "title" else _written(now, match[2] or _DEFAULTS[kind])

    return _VARIABLE.sub(value, template)


def _written(now: datetime, form: str) -> str:
    return _SIGN.sub(lambda sign: sign[1] if sign[1] is not None else now.strftime(_STRFTIME[sign[0]]), form.strip())


def _folders(root: Path) -> tuple[Path, ...]:
    """The folder of templates in Obsidian's settings, when it lies in the vault."""
    try:
        settings = json.loads(disk.read(root / ".obsidian/templates.json", _MOST))
        folder = (root / str(settings["folder"])).resolve()
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ()
    return (folder,) if folder.is_relative_to(root) else ()
