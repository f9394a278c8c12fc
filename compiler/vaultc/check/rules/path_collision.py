"""VC303: notes that would have one and the same address."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, Label, quoted, report
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.resolve.pages import url
from vaultc.text import Span, fold


def check(vault: Vault, note: Note) -> Iterator[Diagnostic]:
    """A finding for a note that is not the first at its address; addresses compare without case, as some disks and hosts do."""
    if not note.published:
        return
    address = fold(url(note.path))
    files = vault.index.files
    names = f"{address[:-1]}.md", f"{address}index.md", f"{address}readme.md"
    near = (*files.get(names[0], ()), *files.get(names[1], ()), *files.get(names[2], ()))
    if len(near) < 2:
        return
    rivals = [path for path in near if path in vault.published and fold(url(path)) == address]
    first = min(rivals, key=lambda path: (fold(path).endswith("readme.md"), len(path), path))
    if note.path != first:
        label = Label(first, Span(0, 0), "keeps the address")
        message = f"wants the same address as {quoted(first)}: {quoted(url(first) or '/')}"
        yield report("VC303", message, note.path, labels=(label,), help="rename one of the two")
