"""VC305: one block id twice in a note."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, Label, quoted, report
from vaultc.graph import Vault
from vaultc.model import Block
from vaultc.text import fold


def check(vault: Vault) -> Iterator[Diagnostic]:
    """A finding for each block whose id an earlier block of the note has."""
    for path, note in vault.notes.items():
        seen: dict[str, Block] = {}
        for block in note.blocks:
            first = seen.setdefault(fold(block.id), block)
            if first is not block:
                label = Label(path, first.id_span, "first here: links lead to it")
                message = f"block id {quoted('^' + block.id)} is used twice"
                yield report("VC305", message, path, block.id_span, labels=(label,), help="give this block another id")
