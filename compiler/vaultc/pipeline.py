"""The compiler on one screen: each stage from records to records, and the same again by difference."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from vaultc import check, faults, graph, index, resolve, scan
from vaultc.check import Findings
from vaultc.config import Project
from vaultc.diagnostics import Diagnostic
from vaultc.graph import Vault
from vaultc.index import Index
from vaultc.model import Note, SourceFile
from vaultc.publish.engine import Engine, Published
from vaultc.resolve import Resolution, mentions, unpublished
from vaultc.resolve.fragments import places
from vaultc.resolve.mentions import Mentions
from vaultc.scan import Scan

if TYPE_CHECKING:
    from vaultc.emit import Emitted, Memo

Parse = Callable[[Sequence[SourceFile]], list[Note]]
Links = tuple[Resolution, ...]


class Step(NamedTuple):
    """The next state of a vault. `stale` are the notes that were read or resolved again, and those that others reach in
    another way."""

    vault: Vault
    stale: frozenset[str]


def link(project: Project, scan: Scan, parse: Parse) -> Vault:
    """A vault whose names are resolved, from its files."""
    notes = {note.path: note for note in parse(scan.sources)}
    names, links = _linked(notes, scan)
    discreet = unpublished.discreet(names, links, names.notes)
    if discreet:  # their anchors are others now
        names, links = _linked({**names.notes, **discreet}, scan)
    return Vault(project, scan, names.notes, names, links, frozenset(discreet))


def findings(vault: Vault) -> Findings:
    """What is wrong with a vault."""
    return check.check(vault)


def emit(vault: Vault, memo: "Memo") -> "Emitted":
    """The vault as Markdown for a generator, in the project's folder of object files.

    Raises VaultcError when that cannot be written.
    """
    from vaultc import emit  # slow to import, and a check needs none of it

    return emit.emit(vault, vault.project.output("docs"), memo)


def publish(vault: Vault, emitted: "Emitted", engine: Engine) -> Published:
    """The site, by a generator. Raises VaultcError when that cannot be; the last site then stays."""
    return engine.publish(vault, emitted)


def known(vault: Vault) -> Mentions:
    """What `relink` must know to lead on from this vault."""
    out = Mentions()
    for path, note in vault.notes.items():
        out.put(vault.index, note, vault.links[path])
    return out


def relink(before: Vault, known: Mentions, after: Scan, parse: Parse) -> Step | None:
    """What `link` makes of other files of the same project, with only that done again which may have changed; `known` follows.

    None where titles or headings hold names of unpublished notes, or a note cannot be linked: what that touches, only `link` says.
    """
    files = scan.changes(before.scan, after)
    come = {note.path: note for note in parse(files.sources)}
    gone = {path: before.notes[path] for path in (*files.gone, *come) if path in before.notes}
    notes = {**before.notes, **come}
    if files.gone or len(notes) > len(before.notes):
        notes = {source.path: notes[source.path] for source in after.sources}
    assets_gone, assets_come = (dict.fromkeys(paths) for paths in files.assets)
    names, changed = index.update(before.index, notes, gone | assets_gone, come | assets_come, files.hidden)
    stale = [*come, *known.touched(names, changed, _keys(gone, come)).difference(come, files.gone)]
    meant, bare = _meant(names, stale)
    links = {**before.links, **meant}
    if bare or before.discreet or unpublished.discreet(names, links, stale):
        return None
    for path in files.gone:
        known.drop(path)
    for path in stale:
        known.put(names, notes[path], links[path])
    vault = Vault(before.project, after, notes, names, graph.carried(notes, before.links, meant))
    return Step(vault, frozenset(stale) | graph.follow(before, vault, stale))


def refind(before: Findings, step: Step) -> Findings:
    """What `findings` says of the next state."""
    return check.recheck(before, *step)


def _keys(gone: Mapping[str, Note], come: Mapping[str, Note]) -> Iterator[str]:
    """What of the notes themselves, beside their names, is another than it was."""
    for path in gone.keys() | come.keys():
        old, new = gone.get(path), come.get(path)
        if not (old and new and old.published == new.published):
            yield mentions.published(path)
            yield mentions.address(path)
        if not (old and new and places(old) == places(new)):
            yield mentions.parts(path)


def _linked(notes: Mapping[str, Note], scan: Scan) -> tuple[Index, dict[str, Links]]:
    """The index of some notes and what their references mean. A note on which that fails loses its references."""
    names = index.build(notes.values(), scan.assets, scan.hidden)
    links, bare = _meant(names, notes)
    return _linked({**notes, **bare}, scan) if bare else (names, links)


def _meant(names: Index, paths: Iterable[str]) -> tuple[dict[str, Links], dict[str, Note]]:
    """What the references of some notes mean; and the notes on which that failed, without their references."""
    resolver = resolve.Resolver(names)
    bare: dict[str, Note] = {}

    def meant(note: Note) -> Links:
        return tuple(resolver.resolve(reference, note) for reference in note.references)

    def without(fault: Diagnostic) -> Links:
        note = names.notes[fault.path]
        bare[fault.path] = note._replace(references=(), findings=(*note.findings, fault))
        return ()

    return {path: faults.attempt(path, "linked", partial(meant, names.notes[path]), without) for path in paths}, bare
