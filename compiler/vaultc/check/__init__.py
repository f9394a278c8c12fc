"""Stage 7: what is wrong with a vault, kept by file, so that the next check looks only at what may have changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from vaultc import faults
from vaultc.check import ignores
from vaultc.check.rule import sorts
from vaultc.check.rules import GRAPH, NOTES, REFERENCES
from vaultc.diagnostics import Diagnostic, Severity, select
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.resolve import Resolved

T = TypeVar("T")
Found = tuple[Diagnostic, ...]
ByPath = Mapping[str, Found]
_NOTHING = (None,) * len(GRAPH)


@dataclass(frozen=True)
class Findings:
    """What is wrong with a vault.

    `by_path` is the answer: the findings about each file that has any, sorted, with the severities that the owner set. The rest
    is what it was made of: what was found in each note, about its references, what it adds to each question about the whole of
    the links, and the answers to those; and what is said of benchmarks.
    """

    notes: ByPath
    references: ByPath
    gathered: tuple[Mapping[str, Any], ...]
    graph: tuple[Found, ...]
    others: ByPath
    by_path: ByPath

    @cached_property
    def diagnostics(self) -> Found:
        """Every finding, sorted by path, span and code."""
        return tuple(chain.from_iterable(self.by_path[path] for path in sorted(self.by_path)))


def check(vault: Vault) -> Findings:
    """Everything that is wrong with a vault."""
    nothing = Findings({}, {}, tuple({} for _ in GRAPH), tuple(() for _ in GRAPH), {}, {})
    return recheck(nothing, vault, vault.notes.keys())


def recheck(before: Findings, vault: Vault, stale: Iterable[str]) -> Findings:
    """What `check` says of a vault when only the notes in `stale` may be judged otherwise than `before`."""
    every = any("found" in rule.sorts for rule in REFERENCES)
    judged = {path: _judged(vault, vault.notes[path], every) for path in stale}
    notes = _merged(before.notes, vault, {path: it.notes for path, it in judged.items()})
    references = _merged(before.references, vault, {path: it.references for path, it in judged.items()})
    gathered = tuple(
        _merged(old, vault, {path: it.gathered[at] for path, it in judged.items()})
        for at, old in enumerate(before.gathered)
    )
    graph = tuple(
        found if new == old else tuple(rule.check(new))
        for rule, old, new, found in zip(GRAPH, before.gathered, gathered, before.graph, strict=True)
    )
    others = _others(vault, chain.from_iterable(graph))
    dirty = {*judged, *(path for path in before.by_path if path not in vault.notes)}
    dirty.update(path for path in others.keys() | before.others.keys() if others.get(path) != before.others.get(path))
    if any(
        rule.speaks_for and bool(old) != bool(new) for rule, old, new in zip(GRAPH, before.graph, graph, strict=True)
    ):
        dirty.update(references)
    after = Findings(notes, references, gathered, graph, others, {})
    levels = _levels(vault)
    settled = {path: tuple(_settled(vault, after, path, levels)) for path in dirty if _concerned(vault, after, path)}
    kept = {path: found for path, found in before.by_path.items() if path not in dirty}
    by_path = {path: found for path, found in {**kept, **settled}.items() if found}
    return replace(after, by_path=by_path)


class _Judged(NamedTuple):
    """What the rules say of one note."""

    notes: Found
    references: Found
    gathered: tuple[Any, ...]


def _judged(vault: Vault, note: Note, every: bool) -> _Judged:
    """What the rules say of a note; `every` says that some want to see links that are simply there, as most are."""
    work = partial(_asked, vault, note, every)
    return faults.attempt(note.path, "checked", work, lambda fault: _Judged((*note.findings, fault), (), _NOTHING))


def _asked(vault: Vault, note: Note, every: bool) -> _Judged:
    found = [*note.findings]
    for rule in NOTES:
        found += rule.check(vault, note)
    gathered = tuple([rule.gather(vault, note) for rule in GRAPH])
    return _Judged(tuple(found), _about_references(vault, note, every), gathered)


def _about_references(vault: Vault, note: Note, every: bool) -> Found:
    links, public = vault.links[note.path], vault.published
    odd = [at for at, it in enumerate(links) if type(it) is not Resolved or it.via != "name" or it.path not in public]
    found: list[Diagnostic] = []
    for at in range(len(links)) if every else odd:
        reference, resolution = note.references[at], links[at]
        sort = sorts(vault, resolution)
        for rule in REFERENCES:
            if not rule.sorts.isdisjoint(sort):
                found += rule.check(vault, note, reference, resolution)
    return tuple(found)


def _others(vault: Vault, graph: Iterable[Diagnostic]) -> ByPath:
    """What is said of files, of the links as a whole and of benchmarks, by path."""
    out: dict[str, list[Diagnostic]] = {}
    for finding in chain(vault.project.findings, vault.scan.findings, graph, _measured(vault)):
        out.setdefault(finding.path, []).append(finding)
    return {path: tuple(found) for path, found in out.items()}


def _measured(vault: Vault) -> Iterable[Diagnostic]:
    if not any(note.snippets for note in vault.notes.values()):
        return ()
    from vaultc.check import measured  # most vaults have no benchmarks, and what judges them is slow to import

    return measured.check(vault)


def _concerned(vault: Vault, all_: Findings, path: str) -> bool:
    """Whether anything may be reported about a file."""
    if path in all_.notes or path in all_.references or path in all_.others:
        return True
    return path in vault.notes and bool(vault.notes[path].ignores)


def _settled(vault: Vault, all_: Findings, path: str, levels: Mapping[str, Severity]) -> list[Diagnostic]:
    """What is reported about a file: not what another finding stands for, what a comment silences or what the owner turned off."""
    note = vault.notes.get(path)
    found = [*all_.notes.get(path, ()), *_unspoken(vault, all_, path), *all_.others.get(path, ())]
    if note is not None and note.ignores:
        found = ignores.apply(note, found)
    graded = ((finding, levels.get(finding.code, finding.severity)) for finding in found)
    kept = (it if it.severity is level else replace(it, severity=level) for it, level in graded if level)
    return sorted(kept, key=lambda finding: finding.sort_key)


def _unspoken(vault: Vault, all_: Findings, path: str) -> Found:
    """What was found about the references of a note and no finding about the whole of the links stands for."""
    found = all_.references.get(path, ())
    for rule, fired in zip(GRAPH, all_.graph, strict=True):
        if found and fired and rule.speaks_for:
            pairs = zip(vault.notes[path].references, vault.links[path], strict=True)
            spoken = {reference.span for reference, meaning in pairs if rule.speaks_for(reference, meaning)}
            found = tuple(finding for finding in found if finding.span not in spoken)
    return found


def _levels(vault: Vault) -> Mapping[str, Severity]:
    """The configured severities by code: a longer prefix beats a shorter one."""
    levels: dict[str, Severity] = {}
    for pattern, level in sorted(vault.project.config.severity.items(), key=lambda item: -len(select(item[0]))):
        levels |= dict.fromkeys(select(pattern), Severity[level.upper()])
    return levels


def _merged(before: Mapping[str, T], vault: Vault, judged: Mapping[str, T]) -> dict[str, T]:
    """What is known of each note, brought up to date; notes of which there is nothing to know are left out."""
    known = {**before, **judged}
    for path in [*(before.keys() - vault.notes.keys()), *(path for path, it in judged.items() if not it)]:
        known.pop(path, None)
    return known
