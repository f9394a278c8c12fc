"""Stage 7: what is wrong with a vault. One rule a file; their order is these lists'."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby

from vaultc import faults
from vaultc.check import ignores
from vaultc.check.rules import (
    alias_link,
    ambiguous_link,
    dead_end,
    duplicate_alias,
    duplicate_block_id,
    embed_cycle,
    foreign_dialect,
    link_escapes_vault,
    link_to_unpublished,
    missing_asset,
    orphan,
    path_collision,
    unresolved_block,
    unresolved_heading,
    unresolved_link,
)
from vaultc.diagnostics import Diagnostic, Severity, select
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Resolution, Resolved

ReferenceRule = Callable[[Vault, Note, Reference, Resolution], Diagnostic | None]
VaultRule = Callable[[Vault], Iterable[Diagnostic]]

REFERENCE_RULES: tuple[ReferenceRule, ...] = (
    link_escapes_vault.check,
    missing_asset.check,
    unresolved_link.check,
    unresolved_heading.check,
    unresolved_block.check,
    ambiguous_link.check,
    alias_link.check,
    link_to_unpublished.check,
)
VAULT_RULES: tuple[VaultRule, ...] = (
    embed_cycle.check,
    orphan.check,
    dead_end.check,
    path_collision.check,
    duplicate_alias.check,
    duplicate_block_id.check,
)


def check(vault: Vault) -> tuple[Diagnostic, ...]:
    """Every finding about a vault, with the severities its owner set, sorted by path, span and code."""
    found = [*vault.project.findings, *vault.scan.findings]
    for note in vault.notes.values():
        found += note.findings
    found += _references(vault)
    for rule in VAULT_RULES:
        found += rule(vault)
    if any(note.snippets for note in vault.notes.values()):
        from vaultc.check import measured  # most vaults have no benchmarks, and what judges them is slow to import

        found += measured.check(vault)
    found = ignores.apply(vault, found)
    return tuple(sorted(_configured(vault, found), key=lambda d: d.sort_key))


def _references(vault: Vault) -> Iterator[Diagnostic]:
    published = {path for path, note in vault.notes.items() if note.published}
    # All but those that are as most are: a note by its name, there and published.
    odd = [
        (note, reference, resolution)
        for path, note in vault.notes.items()
        for reference, resolution in zip(note.references, vault.links[path], strict=True)
        if type(resolution) is not Resolved or resolution.via != "name" or resolution.path not in published
    ]
    foreign = foreign_dialect.check(vault, odd)
    if foreign:
        yield foreign.finding
    passed = foreign.links if foreign else frozenset()
    for path, links in groupby(odd, key=lambda it: it[0].path):
        some = [link for link in links if (path, link[1].span.start) not in passed]
        yield from faults.attempt(path, "checked", partial(_judged, vault, some), lambda fault: [fault])


def _judged(vault: Vault, links: Iterable[tuple[Note, Reference, Resolution]]) -> list[Diagnostic]:
    """What the first rule that has something to say about each link says."""
    every = (next(filter(None, (rule(vault, *link) for rule in REFERENCE_RULES)), None) for link in links)
    return [finding for finding in every if finding]


def _configured(vault: Vault, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Apply the configured severities: a longer prefix beats a shorter one."""
    levels: dict[str, Severity] = {}
    for pattern, level in sorted(vault.project.config.severity.items(), key=lambda item: -len(select(item[0]))):
        levels |= dict.fromkeys(select(pattern), Severity[level.upper()])
    for finding in found:
        severity = levels.get(finding.code, finding.severity)
        if severity is not Severity.OFF:
            yield finding if severity is finding.severity else replace(finding, severity=severity)
