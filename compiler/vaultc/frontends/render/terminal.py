"""Text of a note on a terminal: what it shows and how wide that is."""

import re

import click

from vaultc.diagnostics import Severity

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
# Control characters would move the cursor or colour the screen, the marks of direction turn a line around.
_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def safe(text: str) -> str:
    """Text in which nothing speaks to the terminal; tabs become four blanks."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub("\ufffd", text.replace("\t", "    "))


def width(text: str) -> int:
    """How many cells the text takes: a wide character two, a combining one none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def head(text: str, cells: int) -> str:
    """As much of the beginning as fits into `cells`, with an ellipsis where something is left out."""
    if width(text) <= cells:
        return text
    kept = text[: max(cells - 1, 0)]
    while kept and width(kept) > cells - 1:
        kept = kept[:-1]
    return kept + "…"


def tail(text: str, cells: int) -> str:
    """The same for the end."""
    if width(text) <= cells:
        return text
    kept = text[max(len(text) - cells + 1, 0) :] if cells > 1 else ""
    while kept and width(kept) > cells - 1:
        kept = kept[1:]
    return "…" + kept


def level(severity: Severity) -> str:
    """The severity in its colour."""
    return click.style(str(severity), fg=COLOURS[severity], bold=True)
