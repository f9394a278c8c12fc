"""What differs between two states of a vault."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vaultc.diagnostics import Diagnostic
from vaultc.graph import Vault


@dataclass(frozen=True, slots=True)
class Delta:
    """The difference between one snapshot and the next, as paths in order; what is not named here did not change.

    `added` and `removed` are notes that came and went, `edited` notes of another text. `relinked` are notes some of whose
    references mean something else than before: all those that came or were edited in their links, and those that others'
    names, headings or absence touch. `findings` are files about which something else is found, whether notes or not. `assets`
    came or went (what is in them is not looked at). `project` says that the configuration changed.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    relinked: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    project: bool = False

    def __bool__(self) -> bool:
        return self != Delta()


def between(
    before: Vault, after: Vault, found_before: Iterable[Diagnostic], found_after: Iterable[Diagnostic]
) -> Delta:
    """The difference between two snapshots, whatever led from one to the other."""
    old, new = before.notes, after.notes
    return Delta(
        added=tuple(path for path in new if path not in old),
        removed=tuple(path for path in old if path not in new),
        edited=tuple(path for path in new if path in old and old[path].digest != new[path].digest),
        relinked=tuple(path for path in new if before.links.get(path) != after.links[path]),
        findings=tuple(sorted(_paths(found_before, found_after))),
        assets=tuple(sorted({*before.scan.assets} ^ {*after.scan.assets})),
        project=before.project != after.project,
    )


def _paths(before: Iterable[Diagnostic], after: Iterable[Diagnostic]) -> Iterator[str]:
    """The paths at which the findings differ."""
    old, new = _by_path(before), _by_path(after)
    return (path for path in old.keys() | new.keys() if old.get(path) != new.get(path))


def _by_path(found: Iterable[Diagnostic]) -> dict[str, list[Diagnostic]]:
    out: dict[str, list[Diagnostic]] = {}
    for finding in found:
        out.setdefault(finding.path, []).append(finding)
    return out
