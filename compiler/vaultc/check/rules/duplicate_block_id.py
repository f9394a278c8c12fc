"""VC305: one block id twice in a note."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, Label, quoted, report
from vaultc.graph import Vault
from vaultc.model import Block, Note
from vaultc.text import fold


def check(vault: Vault, note: Note) -> Iterator[Diagnostic]:
    """A finding for each block whose id an earlier block of the note has."""
    seen: dict[str, Block] = {}
    for block in note.blocks:
        first = seen.setdefault(fold(block.id), block)
        if first is not block:
            label = Label(note.path, first.id_span, "first here: links lead to it")
            message = f"block id {quoted('^' + block.id)} is used twice"
            yield report("VC305", message, note.path, block.id_span, labels=(label,), help="give this block another id")
