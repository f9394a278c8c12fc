"""The compiler on one screen: each stage from records to records."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

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
    names, links = _linked(notes, scan)
    if discreet := unpublished.discreet(names, links):  # their anchors are others now
        names, links = _linked({**names.notes, **discreet}, scan)
    return Vault(project, scan, names.notes, names, links)


def _linked(notes: Mapping[str, Note], scan: Scan) -> tuple[index.Index, Mapping[str, tuple[resolve.Resolution, ...]]]:
    """The index of some notes and what their references mean. A note on which that fails loses its references."""
    names = index.build(notes.values(), scan.assets, scan.hidden)
    resolver = resolve.Resolver(names)
    bare: dict[str, Note] = {}

    def meant(note: Note) -> tuple[resolve.Resolution, ...]:
        return tuple(resolver.resolve(reference, note) for reference in note.references)

    def without(fault: Diagnostic) -> tuple[resolve.Resolution, ...]:
        note = notes[fault.path]
        bare[fault.path] = note._replace(references=(), findings=(*note.findings, fault))
        return ()

    links = {path: faults.attempt(path, "linked", partial(meant, note), without) for path, note in notes.items()}
    return _linked({**notes, **bare}, scan) if bare else (names, links)


def findings(vault: Vault) -> tuple[Diagnostic, ...]:
    """What is wrong with a vault."""
    return check.check(vault)
