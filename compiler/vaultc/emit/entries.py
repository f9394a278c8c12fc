"""Notes as the entries of a list."""

from collections.abc import Sequence

from vaultc.emit import pages
from vaultc.emit.frame import summary_of
from vaultc.emit.front_page import Known
from vaultc.emit.lower.escape import escape

_MOST_TOLD = 300
"""In a longer list the notes are named alone."""


def entries(known: Known, paths: Sequence[str], here: str, most: int | None = None) -> list[str]:
    """The lines of a list of notes in Markdown, each with its summary where there are not too many; of more than `most` it says how
    many are left out."""
    shown = paths if most is None else paths[:most]
    lines = [_entry(known, path, here, len(shown) <= _MOST_TOLD) for path in shown]
    if len(paths) > len(shown):
        lines += ["", f"and {len(paths) - len(shown):,} more, on the topic map".replace(",", "\u202f")]
    return lines


def counted(number: int, word: str) -> str:
    """`1 note`, `2 notes`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}".replace(",", "\u202f")


def _entry(known: Known, path: str, here: str, told: bool) -> str:
    note = known.vault.notes[path]
    link = f"[{escape(note.title, links=False)}]({pages.destination(known.layout.notes[path], here)})"
    summary = summary_of(known.vault, note) if told else ""
    return f"-   {link}" + (f": {escape(summary)}" if summary else "")
