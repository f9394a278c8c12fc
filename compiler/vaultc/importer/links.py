"""Links of imported notes to the notes that the vault has."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from urllib.parse import unquote

from vaultc.graph import Vault
from vaultc.refactor.spelling import cut, rewrite
from vaultc.resolve import Unresolved
from vaultc.text import Span, fold, splice

# What stands for a blank in names that programs make.
_BLANKS = re.compile(r"[_\s-]+")


def respelled(vault: Vault, imported: Mapping[str, Collection[str]]) -> Mapping[str, bytes]:
    """The new text of each imported note in which links lead nowhere and would lead to a note if they were spelled as it is:
    `[[sparse_attention.md]]` for `Sparse attention`. `imported` has, by path, what the links of other programs call each."""
    known: defaultdict[str, set[str]] = defaultdict(set)
    for path, names in imported.items():
        for name in names:
            known[_plain(name)].add(path)
    for other in vault.notes.values():
        for name in (other.title, other.stem, *other.aliases):
            known[_plain(name)].add(other.path)
    edits: defaultdict[str, list[tuple[Span, str]]] = defaultdict(list)
    for path in imported:
        note = vault.notes[path]
        for reference, link in zip(note.references, vault.links[path], strict=True):
            if not isinstance(link, Unresolved) or link.missing != "note":
                continue
            written = cut(vault.index, note, reference)[0]
            name = unquote(written) if reference.kind == "markdown" else written
            goals = known[_plain(name.rpartition("/")[2])]
            if len(goals) == 1 and (fix := rewrite(vault, note, reference, next(iter(goals)))):
                edits[path] += ((edit.span, edit.text) for edit in fix.edits)
    return {path: splice(vault.text(path), found) for path, found in edits.items()}


def _plain(name: str) -> str:
    return _BLANKS.sub(" ", fold(name).removesuffix(".md")).strip()
