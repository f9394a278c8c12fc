"""UTF-8 that was read in another encoding and saved again (`–ü—Ä–∏–≤–µ—Ç` for `Привет`)."""

import re

from vaultc.diagnostics import Diagnostic, report
from vaultc.text import Span

# A first byte of a two- or three-byte sequence as Latin-1, Windows-1251/1252 or Mac Roman shows it, before a sign that no
# word has in that place. A cheap sieve: ftfy decides.
_SIEVE = re.compile(r"[ÃÂÐÑâÅÄ–—ðРС][^\x00-\x7f\s\u0410-\u044f\u0401\u0451–—«»„“”‘’…]")

_RUN = re.compile(r"[^\x00-\x7f]{4,}")


def findings(path: str, data: bytes) -> tuple[Diagnostic, ...]:
    """One VC003 at the first damaged line of a note, with the number of such lines."""
    if data.isascii():
        return ()
    text = data.decode("utf-8", "replace")
    if not _SIEVE.search(text):
        return ()
    from ftfy.badness import is_bad  # slow to import, and most vaults never need it

    bad = []
    at = 0
    for line in text.splitlines(keepends=True):
        if len(_SIEVE.findall(line)) >= 2 and (is_bad(line) or _mac_roman(line)):
            bad.append(at)
        at += len(line.encode())
    if not bad:
        return ()
    many = f" on {len(bad)} lines" if len(bad) > 1 else ""
    help = "the text was decoded with a wrong encoding: restore it from its source"
    return (report("VC003", f"text is mojibake{many}", path, Span(bad[0], bad[0]), help=help),)


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
