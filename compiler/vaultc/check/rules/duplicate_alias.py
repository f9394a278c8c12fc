"""VC304: one alias, two notes."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, Label, quoted, report
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.text import Span, fold


def check(vault: Vault, note: Note) -> Iterator[Diagnostic]:
    """A finding for each alias that another note has as its name, or that one before has as alias."""
    for key, alias in {fold(alias): alias for alias in reversed(note.aliases)}.items():
        sharing, same = vault.index.aliases.get(key, ()), vault.index.stems.get(key, ())
        if not same and len(sharing) < 2:  # as most are
            continue
        named = next((path for path in same if path in vault.notes), None)
        first = named or next(iter(sharing), note.path)
        if first == note.path or note.path not in sharing:
            continue
        what = "the name" if named else "an alias"
        label = Label(first, Span(0, 0), "has it, too")
        message = f"alias {quoted(alias)} is also {what} of {quoted(first)}"
        span = _place(vault, note, alias)
        yield report("VC304", message, note.path, span, labels=(label,), help="leave the alias to one of them")


def _place(vault: Vault, note: Note, alias: str) -> Span:
    at = vault.text(note.path)[: note.body].find(alias.encode())
    return Span(at, at + len(alias.encode())) if at >= 0 else Span(0, 0)
