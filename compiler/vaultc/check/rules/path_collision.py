"""VC303: notes that would have one and the same address."""

from collections import defaultdict
from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, Label, quoted, report
from vaultc.graph import Vault
from vaultc.resolve.pages import url
from vaultc.text import Span, fold


def check(vault: Vault) -> Iterator[Diagnostic]:
    """A finding for each note after the first at an address; addresses compare without case, as some disks and hosts do."""
    pages: dict[str, list[str]] = defaultdict(list)
    for path, note in vault.notes.items():
        if note.published:
            pages[fold(url(path))].append(path)
    for paths in pages.values():
        first, *others = sorted(paths, key=lambda p: (fold(p).endswith("readme.md"), len(p), p))
        for path in others:
            label = Label(first, Span(0, 0), "keeps the address")
            message = f"wants the same address as {quoted(first)}: {quoted(url(first) or '/')}"
            yield report("VC303", message, path, labels=(label,), help="rename one of the two")
