"""VC205: a link that fits several notes."""

from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, quoted, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.refactor.spelling import cut, linktext, rewrite
from vaultc.resolve import Ambiguous, Resolution, Resolved


def check(vault: Vault, note: Note, reference: Reference, resolution: Resolution) -> Iterator[Diagnostic]:
    """A finding when more than one file has the name; the fix names the one that Obsidian opens by its shortest path."""
    if not (isinstance(resolution, Ambiguous) and isinstance(resolution.chosen, Resolved)):
        return
    files = resolution.candidates
    name = cut(vault.index, note, reference)[0]
    yield report(
        "VC205",
        f"{quoted(name)} may be any of {len(files)} files",
        note.path,
        reference.span,
        help=f"it opens {quoted(files[0])}; others are {', '.join(map(quoted, files[1:4]))}: write the path",
        suggestions=[linktext(vault.index, path, note.folder) or path for path in files[:3]],
        fix=rewrite(vault, note, reference, files[0]),
    )
