"""VC206: a link by an alias or a title, which Obsidian leaves unresolved."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, quoted, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.refactor.spelling import cut, linktext, rewrite
from vaultc.resolve import Resolution, Resolved


def check(vault: Vault, note: Note, reference: Reference, resolution: Resolution) -> Iterator[Diagnostic]:
    """A finding when only an alias or the title matches; the fix writes the note's name and keeps the alias as label."""
    if not (isinstance(resolution, Resolved) and resolution.via in ("alias", "title")):
        return
    name = cut(vault.index, note, reference)[0]
    real = linktext(vault.index, resolution.path, note.folder) or resolution.path
    kind = "an alias" if resolution.via == "alias" else "the title"
    yield report(
        "VC206",
        f"{quoted(name)} is {kind} of {quoted(real)}",
        note.path,
        reference.span,
        help=f"write `[[{real}|{reference.label or name}]]`: Obsidian does not follow {'a bare alias' if resolution.via == 'alias' else 'titles'}",
        suggestions=(real,),
        fix=rewrite(vault, note, reference, resolution.path, label=name),
    )
