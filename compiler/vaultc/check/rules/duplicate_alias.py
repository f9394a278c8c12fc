"""VC304: one alias, two notes."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, Label, quoted, report
from vaultc.graph import Vault
from vaultc.text import Span, fold


def check(vault: Vault) -> Iterator[Diagnostic]:
    """A finding for each alias that another note has as alias or as name."""
    for key, paths in vault.index.aliases.items():
        named = [p for p in vault.index.stems.get(key, ()) if p in vault.notes]
        first, *others = dict.fromkeys((*named, *paths))
        for path in others:
            alias = next((a for a in vault.notes[path].aliases if fold(a) == key), None)
            if alias is None:
                continue
            what = "the name" if first in named else "an alias"
            label = Label(first, Span(0, 0), "has it, too")
            message = f"alias {quoted(alias)} is also {what} of {quoted(first)}"
            span = _place(vault, path, alias)
            yield report("VC304", message, path, span, labels=(label,), help="leave the alias to one of them")


def _place(vault: Vault, path: str, alias: str) -> Span:
    at = vault.text(path)[: vault.notes[path].body].find(alias.encode())
    return Span(at, at + len(alias.encode())) if at >= 0 else Span(0, 0)
