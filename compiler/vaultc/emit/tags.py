"""A page for each tag, and one for all of them as a tree."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from vaultc.emit import pages
from vaultc.emit.entries import entries
from vaultc.emit.frame import UNSEARCHED, front
from vaultc.emit.front_page import Known
from vaultc.emit.lower.element import fenced
from vaultc.emit.lower.escape import escape
from vaultc.text import fold

MOST_ROWS = 1000
"""Of the tree; of a page's notes, half as many."""


@dataclass(frozen=True, slots=True)
class _Tags:
    """For each folded tag what it is called, its own notes, how many those below it have with them, and the tags right below."""

    names: Mapping[str, str]
    notes: Mapping[str, list[str]]
    counts: Mapping[str, set[str]]
    below: Mapping[str, list[str]]


def generate(known: Known) -> dict[str, str]:
    """The object files by path."""
    layout = known.layout
    found = _found(known)
    out: dict[str, str] = {}
    for key, page in layout.tags.items():
        name = escape(found.names[key], links=False)
        inside = sorted(found.notes[key], key=lambda path: (fold(known.vault.notes[path].title), path))
        lines = [f"# \\#{name} {{#vaultc-tag}}", "", *(_row(known, found, part, page) for part in found.below[key])]
        lines += ["", *entries(known, inside, page, MOST_ROWS // 2)]
        out[page] = _page(f"#{found.names[key]}", "tag", lines)
    lines = ["# Tags {#vaultc-tags}", "", *_tree(known, found)]
    out[layout.tag_index] = _page("Tags", "tags-index", lines)
    return out


def _found(known: Known) -> _Tags:
    notes: dict[str, list[str]] = defaultdict(list)
    counts: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for path in known.layout.notes:
        for key, name in {fold(tag.name): tag.name for tag in known.vault.notes[path].tags}.items():
            notes[key].append(path)
            parts = name.split("/")
            for depth in range(1, len(parts) + 1):
                part = "/".join(parts[:depth])
                names.setdefault(fold(part), part)
                counts[fold(part)].add(path)
    below: dict[str, list[str]] = defaultdict(list)
    for key in sorted(known.layout.tags):
        below[key.rpartition("/")[0]].append(key)
    return _Tags(names, notes, counts, below)


def _tree(known: Known, found: _Tags) -> list[str]:
    """All tags; of very many as many levels as there is room for, since each tag's page has those below it."""
    depths = sorted(key.count("/") for key in known.layout.tags)
    deepest = depths[: MOST_ROWS + 1][-1]
    level = deepest if len(depths) <= MOST_ROWS else max(deepest - 1, 0)

    def rows(key: str, depth: int) -> list[str]:
        inner = [line for part in found.below[key] for line in rows(part, depth + 1)] if depth < level else []
        return [("    " * min(depth, 3)) + _row(known, found, key, known.layout.tag_index), *inner]

    top = found.below[""]
    shown = top[:MOST_ROWS]
    lines = [line for key in shown for line in rows(key, 0)]
    return [*lines, "", f"and {len(top) - len(shown)} more"] if len(top) > len(shown) else lines


def _row(known: Known, found: _Tags, key: str, here: str) -> str:
    name = escape(found.names[key], links=False)
    return f"-   [{name}]({pages.destination(known.layout.tags[key], here)}) ({len(found.counts[key])})"


def _page(title: str, kind: str, lines: list[str]) -> str:
    return front(title, search=UNSEARCHED) + fenced(f'div[data-vaultc="{kind}"]', "\n".join(lines)) + "\n"
