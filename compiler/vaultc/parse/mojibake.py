"""UTF-8 that was read in another encoding and saved again (`–ü—Ä–∏–≤–µ—Ç` for `Привет`)."""

import re
from typing import NamedTuple

from vaultc.diagnostics import Diagnostic, report
from vaultc.text import Span

# A first byte of a two- or three-byte sequence as Latin-1, Windows-1251/1252 or Mac Roman shows it, before a sign that no
# word has in that place. A cheap sieve: ftfy decides.
_SIEVE = re.compile(r"[ÃÂÐÑâÅÄ–—ðРС][^\x00-\x7f\s\u0410-\u044f\u0401\u0451–—«»„“”‘’…]")

_RUN = re.compile(r"[^\x00-\x7f]{4,}")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
# What UTF-8 is mistaken for; ftfy's forms of the Windows encodings know the bytes that the standard leaves out.
_MISTAKEN = ("mac_roman", "sloppy-windows-1251", "sloppy-windows-1252", "latin-1")


class Repair(NamedTuple):
    """A run of damaged text: its line, from 1, as it was and as it is after the repair."""

    line: int
    before: str
    after: str


def findings(path: str, data: bytes) -> tuple[Diagnostic, ...]:
    """One VC003 at the first damaged line of a note, with the number of such lines."""
    if data.isascii():
        return ()
    text = data.decode("utf-8", "replace")
    if not _SIEVE.search(text):
        return ()
    bad = []
    at = 0
    for line in text.splitlines(keepends=True):
        if _is_damaged(line):
            bad.append(at)
        at += len(line.encode())
    if not bad:
        return ()
    many = f" on {len(bad)} lines" if len(bad) > 1 else ""
    help = "the text was decoded with a wrong encoding: restore it from its source"
    return (report("VC003", f"text is mojibake{many}", path, Span(bad[0], bad[0]), help=help),)


def repaired(text: str) -> tuple[str, tuple[Repair, ...]]:
    """The text as it was before it was decoded with a wrong encoding, and each place that this changes, in order.

    The encoding is the one that explains most of the lines that VC003 is about; where it explains none, nothing is changed. A
    run is replaced only when all of it is UTF-8 in that encoding, which correct text hardly ever is.
    """
    damaged = [line for line in text.splitlines() if _is_damaged(line)]
    if not damaged:
        return text, ()
    explained = {codec: sum(len(run) for line in damaged for run in _runs(line, codec)) for codec in _MISTAKEN}
    codec = max(_MISTAKEN, key=lambda codec: explained[codec])
    places = []

    def undo(run: re.Match[str]) -> str:
        plain = _undone(run[0], codec)
        if plain is None:
            return run[0]
        places.append((run.start(), run[0], plain))
        return plain

    new = _FOREIGN.sub(undo, text)
    repairs = []
    line, at = 1, 0
    for start, before, after in places:
        line += text.count("\n", at, start)
        at = start
        repairs.append(Repair(line, before, after))
    return new, tuple(repairs)


def _runs(line: str, codec: str) -> list[str]:
    """The runs of a line that are UTF-8 read in an encoding."""
    return [run for run in _FOREIGN.findall(line) if _undone(run, codec) is not None]


def _undone(run: str, codec: str) -> str | None:
    import ftfy.bad_codecs  # noqa: F401 - registers the encodings

    try:
        return run.encode(codec).decode()
    except UnicodeError:
        return None


def _is_damaged(line: str) -> bool:
    if len(_SIEVE.findall(line)) < 2:
        return False
    from ftfy.badness import is_bad  # slow to import, and most vaults never need it

    return is_bad(line) or _mac_roman(line)


def _mac_roman(line: str) -> bool:
    """Whether the line holds letters in UTF-8 that were read as Mac Roman, which ftfy tells only for Western text."""
    for run in _RUN.findall(line):
        try:
            plain = run.encode("mac_roman").decode()
        except UnicodeError:
            continue
        if plain.isalpha():
            return True
    return False
