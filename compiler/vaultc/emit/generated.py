"""Pages that no note wrote: home, folders, tags, the topic map."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import dirname

from vaultc.emit import pages
from vaultc.emit.frame import front, summary_of
from vaultc.emit.lower.element import fenced
from vaultc.emit.lower.escape import escape
from vaultc.emit.pages import Layout
from vaultc.graph import Vault
from vaultc.text import fold

_HUBS = 12
# Lists of what stands elsewhere: search finds the notes themselves.
UNSEARCHED = {"exclude": True}


def generate(vault: Vault, layout: Layout, graph_json: str) -> dict[str, str]:
    """The generated object files by path. `graph_json` is the path of the map's data."""
    out: dict[str, str] = {}
    tree = _Tree.of(layout)
    for folder, page in layout.folders.items():
        if page in layout.generated:
            out[page] = _folder(vault, layout, tree, folder, page) if folder else _home(vault, layout, tree, page)
    if layout.tag_index:
        out |= _tags(vault, layout)
    out[layout.graph] = _map(layout, graph_json)
    return out


def _entry(vault: Vault, layout: Layout, path: str, here: str) -> str:
    note = vault.notes[path]
    link = f"[{escape(note.title, links=False)}]({pages.destination(layout.notes[path], here)})"
    summary = summary_of(vault, note)
    return f"-   {link}" + (f": {escape(summary)}" if summary else "")


@dataclass(frozen=True, slots=True)
class _Tree:
    """What lies in each folder: its folders, its notes, and how many notes with all below."""

    folders: Mapping[str, list[str]]
    notes: Mapping[str, list[str]]
    counts: Mapping[str, int]

    @classmethod
    def of(cls, layout: Layout) -> "_Tree":
        folders: dict[str, list[str]] = defaultdict(list)
        notes: dict[str, list[str]] = defaultdict(list)
        counts: dict[str, int] = defaultdict(int)
        for folder in sorted(filter(None, layout.folders)):
            folders[dirname(folder)].append(folder)
        for path in layout.notes:
            folder = dirname(path)
            notes[folder].append(path)
            while folder:
                counts[folder] += 1
                folder = dirname(folder)
        return cls(folders, notes, counts)


def _listing(vault: Vault, layout: Layout, tree: _Tree, folder: str, here: str) -> list[str]:
    lines = []
    if below := tree.folders.get(folder):
        lines += ["## Folders {#vaultc-folders}", ""]
        for name in below:
            title = escape(name.rpartition("/")[2], links=False)
            notes = "1 note" if tree.counts[name] == 1 else f"{tree.counts[name]} notes"
            lines.append(f"-   [{title}]({pages.destination(layout.folders[name], here)}), {notes}")
        lines.append("")
    inside = [path for path in tree.notes.get(folder, ()) if layout.notes[path] != here]
    if inside:
        inside.sort(key=lambda p: fold(vault.notes[p].title))
        lines += ["## Notes {#vaultc-notes}", "", *(_entry(vault, layout, p, here) for p in inside)]
    return lines


def _folder(vault: Vault, layout: Layout, tree: _Tree, folder: str, page: str) -> str:
    name = folder.rpartition("/")[2]
    content = "\n".join(
        [f"# {escape(name, links=False)} {{#vaultc-folder}}", "", *_listing(vault, layout, tree, folder, page)]
    )
    return front(name, search=UNSEARCHED) + fenced('div[data-vaultc="folder"]', content) + "\n"


def _home(vault: Vault, layout: Layout, tree: _Tree, page: str) -> str:
    name = vault.project.name
    count = len(layout.notes)
    links = len(vault.graph.edges)
    facts = f"{count} notes, {links} links. [Topic map]({pages.destination(layout.graph, page)})"
    if layout.tag_index:
        facts += f" · [Tags]({pages.destination(layout.tag_index, page)})"
    if layout.measured:
        facts += f" · [Measured]({pages.destination(layout.measured, page)})"
        facts += f" · [Claims]({pages.destination(layout.claims, page)})"
    incoming = vault.graph.incoming
    hubs = sorted(layout.notes, key=lambda p: (-len({e.source for e in incoming.get(p, ())} - {p}), p))
    lines = [f"# {escape(name, links=False)} {{#vaultc-home}}", "", facts, ""]
    if hubs and incoming.get(hubs[0]):
        lines += ["## Most linked {#vaultc-hubs}", ""]
        lines += [_entry(vault, layout, p, page) for p in hubs[:_HUBS] if incoming.get(p)]
        lines.append("")
    lines += _listing(vault, layout, tree, "", page)
    return front(name, search=UNSEARCHED) + fenced('div[data-vaultc="home"]', "\n".join(lines)) + "\n"


def _tags(vault: Vault, layout: Layout) -> dict[str, str]:
    """A page for each tag and one for all; a tag's notes are counted with those of the tags below it."""
    noted: dict[str, list[str]] = defaultdict(list)
    counted: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for path in layout.notes:
        for key, name in {fold(tag.name): tag.name for tag in vault.notes[path].tags}.items():
            noted[key].append(path)
            parts = name.split("/")
            for depth in range(1, len(parts) + 1):
                part = "/".join(parts[:depth])
                names.setdefault(fold(part), part)
                counted[fold(part)].add(path)
    below: dict[str, list[str]] = defaultdict(list)
    for key in sorted(layout.tags):
        below[key.rpartition("/")[0]].append(key)

    def row(key: str, here: str) -> str:
        return f"-   [{escape(names[key], links=False)}]({pages.destination(layout.tags[key], here)}) ({len(counted[key])})"

    def rows(key: str, depth: int) -> list[str]:
        inner = [line for part in below[key] for line in rows(part, depth + 1)]
        return [("    " * min(depth, 3)) + row(key, layout.tag_index), *inner]

    out: dict[str, str] = {}
    for key, page in layout.tags.items():
        inside = sorted(noted[key], key=lambda p: fold(vault.notes[p].title))
        parts_of = [row(part, page) for part in below[key]]
        lines = [f"# \\#{escape(names[key], links=False)} {{#vaultc-tag}}", "", *parts_of]
        lines += ["", *(_entry(vault, layout, path, page) for path in inside)]
        out[page] = (
            front(f"#{names[key]}", search=UNSEARCHED) + fenced('div[data-vaultc="tag"]', "\n".join(lines)) + "\n"
        )
    lines = ["# Tags {#vaultc-tags}", "", *(line for key in below[""] for line in rows(key, 0))]
    out[layout.tag_index] = (
        front("Tags", search=UNSEARCHED) + fenced('div[data-vaultc="tags-index"]', "\n".join(lines)) + "\n"
    )
    return out


def _map(layout: Layout, graph_json: str) -> str:
    target = pages.address(graph_json, layout.graph)
    canvas = f'<div data-vaultc="topic-map" data-graph="{target}"></div>'
    return (
        front("Topic map", "All notes and the links between them.", hide=["toc", "navigation"], search=UNSEARCHED)
        + f"# Topic map {{#vaultc-map}}\n\n{canvas}\n"
    )
