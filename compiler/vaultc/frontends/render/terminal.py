"""Text of a note on a terminal: how wide it is, and the colours of severities."""

import click

from vaultc.diagnostics import Severity

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


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
