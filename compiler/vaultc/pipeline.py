"""The compiler on one screen: each stage from records to records."""

from collections.abc import Callable, Sequence

from vaultc import check, faults, index, resolve
from vaultc.config import Project
from vaultc.diagnostics import Diagnostic
from vaultc.graph import Vault
from vaultc.model import Note, SourceFile
from vaultc.resolve import unpublished
from vaultc.scan import Scan

Parse = Callable[[Sequence[SourceFile]], list[Note]]


def link(project: Project, scan: Scan, parse: Parse) -> Vault:
    """A vault whose names are resolved, from its files."""
    notes = {note.path: note for note in parse(scan.sources)}
    names = index.build(notes.values(), scan.assets, scan.hidden)
    resolver = resolve.Resolver(names)
    links = {path: _meant(resolver, notes, path) for path in notes}
    if discreet := unpublished.discreet(names, links):  # their anchors are others now
        notes |= discreet
        names = index.build(notes.values(), scan.assets, scan.hidden)
        resolver = resolve.Resolver(names)
        links = {path: _meant(resolver, notes, path) for path in notes}
    return Vault(project, scan, notes, names, links)


def _meant(resolver: resolve.Resolver, notes: dict[str, Note], path: str) -> tuple[resolve.Resolution, ...]:
    """What each reference of a note means. A note on which that fails is put into `notes` without its references."""
    note = notes[path]

    def without(fault: Diagnostic) -> tuple[resolve.Resolution, ...]:
        notes[path] = note._replace(references=(), findings=(*note.findings, fault))
        return ()

    return faults.attempt(path, "linked", lambda: tuple(resolver.resolve(r, note) for r in note.references), without)


def findings(vault: Vault) -> tuple[Diagnostic, ...]:
    """What is wrong with a vault."""
    return check.check(vault)
