"""The compiler on one screen: each stage from records to records."""

from collections.abc import Callable, Sequence

from vaultc import check, index, resolve
from vaultc.config import Project
from vaultc.diagnostics import Diagnostic
from vaultc.graph import Vault
from vaultc.model import Note, SourceFile
from vaultc.scan import Scan

Parse = Callable[[Sequence[SourceFile]], list[Note]]


def link(project: Project, scan: Scan, parse: Parse) -> Vault:
    """A vault whose names are resolved, from its files."""
    notes = {note.path: note for note in parse(scan.sources)}
    names = index.build(notes.values(), scan.assets, scan.hidden)
    resolver = resolve.Resolver(names)
    links = {path: tuple(resolver.resolve(r, note) for r in note.references) for path, note in notes.items()}
    return Vault(project, scan, notes, names, links)


def findings(vault: Vault) -> tuple[Diagnostic, ...]:
    """What is wrong with a vault."""
    return check.check(vault)
