"""What differs between two states of a vault."""

from collections.abc import Mapping
from dataclasses import dataclass

from vaultc.diagnostics import Diagnostic
from vaultc.graph import Vault

ByPath = Mapping[str, tuple[Diagnostic, ...]]


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


def between(before: Vault, after: Vault, found: ByPath, found_after: ByPath) -> Delta:
    """The difference between two snapshots, whatever led from one to the other; the last two are the findings by path."""
    old, new = before.notes, after.notes
    same = [path for path in new if path in old and old[path] is not new[path]]
    relinked = (path for path, links in after.links.items() if before.links.get(path) is not links)
    said = {path for path in found.keys() | found_after.keys() if found.get(path) != found_after.get(path)}
    return Delta(
        added=tuple(path for path in new if path not in old),
        removed=tuple(path for path in old if path not in new),
        edited=tuple(path for path in same if old[path].digest != new[path].digest),
        relinked=tuple(path for path in relinked if before.links.get(path) != after.links[path]),
        findings=tuple(sorted(said)),
        assets=tuple(sorted({*before.scan.assets} ^ {*after.scan.assets})),
        project=before.project != after.project,
    )
