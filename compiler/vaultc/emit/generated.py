"""Pages that no note wrote: home, folders, tags, the topic map."""

from collections import defaultdict
from posixpath import dirname

from vaultc.emit import pages
from vaultc.emit.frame import front, summary_of
from vaultc.emit.lower.escape import escape
from vaultc.emit.note import fenced
from vaultc.emit.pages import Layout
from vaultc.graph import Vault
from vaultc.text import fold

_HUBS = 12


def generate(vault: Vault, layout: Layout, graph_json: str) -> dict[str, str]:
    """The generated object files by path. `graph_json` is the path of the map's data."""
    out: dict[str, str] = {}
    for folder, page in layout.folders.items():
        if page in layout.generated:
            out[page] = _folder(vault, layout, folder, page) if folder else _home(vault, layout, page)
    if layout.tag_index:
        out |= _tags(vault, layout)
    out[layout.graph] = _map(layout, graph_json)
    return out


def _entry(vault: Vault, layout: Layout, path: str, here: str) -> str:
    note = vault.notes[path]
    link = f"[{escape(note.title, links=False)}]({pages.destination(layout.notes[path], here)})"
    summary = summary_of(note)
    return f"-   {link}" + (f": {escape(summary)}" if summary else "")


def _listing(vault: Vault, layout: Layout, folder: str, here: str) -> list[str]:
    lines = []
    below = sorted(f for f in layout.folders if f and dirname(f) == folder)
    if below:
        lines += ["## Folders {#vaultc-folders}", ""]
        for name in below:
            count = sum(1 for p in layout.notes if p.startswith(f"{name}/"))
            title = escape(name.rpartition("/")[2], links=False)
            notes = "1 note" if count == 1 else f"{count} notes"
            lines.append(f"-   [{title}]({pages.destination(layout.folders[name], here)}), {notes}")
        lines.append("")
    inside = sorted(
        (p for p in layout.notes if dirname(p) == folder and layout.notes[p] != here),
        key=lambda p: fold(vault.notes[p].title),
    )
    if inside:
        lines += ["## Notes {#vaultc-notes}", "", *(_entry(vault, layout, p, here) for p in inside)]
    return lines


def _folder(vault: Vault, layout: Layout, folder: str, page: str) -> str:
    name = folder.rpartition("/")[2]
    content = "\n".join([f"# {escape(name, links=False)} {{#vaultc-folder}}", "", *_listing(vault, layout, folder, page)])
    return front(name) + fenced('div[data-vaultc="folder"]', content) + "\n"


def _home(vault: Vault, layout: Layout, page: str) -> str:
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
    lines += _listing(vault, layout, "", page)
    return front(name) + fenced('div[data-vaultc="home"]', "\n".join(lines)) + "\n"


def _tags(vault: Vault, layout: Layout) -> dict[str, str]:
    noted: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for path in layout.notes:
        for name in dict.fromkeys(tag.name for tag in vault.notes[path].tags):
            names.setdefault(fold(name), name)
            noted[fold(name)].append(path)
    counts: dict[str, int] = defaultdict(int)
    for key, paths in noted.items():
        parts = key.split("/")
        for depth in range(1, len(parts) + 1):
            counts["/".join(parts[:depth])] += len(paths)
    out: dict[str, str] = {}
    for key, page in layout.tags.items():
        name = names.get(key) or next(n for k, n in names.items() if k.startswith(key + "/"))[: len(key)]
        below = [k for k in layout.tags if k.startswith(key + "/") and "/" not in k[len(key) + 1 :]]
        lines = [f"# \\#{escape(name, links=False)} {{#vaultc-tag}}", ""]
        lines += [f"-   [{escape(names.get(k, k), links=False)}]({pages.destination(layout.tags[k], page)}) ({counts[k]})" for k in below]
        lines += [""] if below else []
        inside = sorted(dict.fromkeys(noted[key]), key=lambda p: fold(vault.notes[p].title)) if key in noted else []
        lines += [_entry(vault, layout, p, page) for p in inside]
        out[page] = front(f"#{name}") + fenced('div[data-vaultc="tag"]', "\n".join(lines)) + "\n"
    top = sorted(k for k in layout.tags if "/" not in k)
    here = layout.tag_index
    lines = ["# Tags {#vaultc-tags}", ""]
    for key in top:
        for inner in sorted(k for k in layout.tags if k == key or k.startswith(key + "/")):
            depth = inner.count("/")
            name = names.get(inner) or inner
            lines.append(f"{'    ' * depth}-   [{escape(name, links=False)}]({pages.destination(layout.tags[inner], here)}) ({counts[inner]})")
    out[here] = front("Tags") + fenced('div[data-vaultc="tags-index"]', "\n".join(lines)) + "\n"
    return out


def _map(layout: Layout, graph_json: str) -> str:
    target = pages.address(graph_json, layout.graph)
    canvas = f'<div data-vaultc="topic-map" data-graph="{target}"></div>'
    return front("Topic map", "All notes and the links between them.", hide=["toc", "navigation"]) + f"# Topic map {{#vaultc-map}}\n\n{canvas}\n"
