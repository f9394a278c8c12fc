"""Pages that no note wrote: home, folders, tags, the topic map."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname

from vaultc.emit import pages
from vaultc.emit.frame import front, summary_of
from vaultc.emit.front_page import Known, changes
from vaultc.emit.lower.element import fenced
from vaultc.emit.lower.escape import escape
from vaultc.emit.markup import el, raw
from vaultc.emit.pages import Layout
from vaultc.graph import Vault
from vaultc.text import fold

_HUBS, _LATELY, _TAGS = 6, 5, 6
_WORTH = 12  # notes of a folder, from which on some of them are pointed out
# Lists of what stands elsewhere: search finds the notes themselves.
UNSEARCHED = {"exclude": True}


def generate(known: Known, front_page: str, graph_json: str) -> dict[str, str]:
    """The generated object files by path. `front_page` stands on the first page, `graph_json` is the path of the map's data."""
    layout = known.layout
    out: dict[str, str] = {}
    tree = _Tree.of(layout)
    for folder, page in layout.folders.items():
        if page in layout.generated:
            out[page] = _folder(known, tree, folder, page) if folder else _home(known, tree, front_page, page)
    if layout.tag_index:
        out |= _tags(known.vault, layout)
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


def titled(name: str) -> str:
    """A folder's name in words: `long-sequences` is `Long sequences`; one that somebody wrote with capitals or spaces stays."""
    if name != name.lower() or " " in name:
        return name
    words = " ".join(name.replace("-", " ").replace("_", " ").split()) or name
    return words[:1].upper() + words[1:]


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}".replace(",", "\u202f")


def _listing(known: Known, tree: _Tree, folder: str, here: str) -> list[str]:
    vault, layout = known.vault, known.layout
    lines = []
    if below := tree.folders.get(folder):
        lines += ["## Folders {#vaultc-folders}", ""]
        for name in below:
            title = escape(titled(name.rpartition("/")[2]), links=False)
            notes = _counted(tree.counts[name], "note")
            lines.append(f"-   [{title}]({pages.destination(layout.folders[name], here)}), {notes}")
        lines.append("")
    inside = [path for path in tree.notes.get(folder, ()) if layout.notes[path] != here]
    if inside:
        inside.sort(key=lambda p: (fold(vault.notes[p].title), p))
        lines += ["## Notes {#vaultc-notes}", "", *(_entry(vault, layout, p, here) for p in inside)]
    return lines


def _hubs(known: Known, inside: Sequence[str]) -> list[str]:
    """The notes that most others link to."""
    incoming = known.vault.graph.incoming
    linked = {path: len({edge.source for edge in incoming.get(path, ())} - {path}) for path in inside}
    return sorted((path for path in inside if linked[path]), key=lambda path: (-linked[path], path))[:_HUBS]


def _pointed_out(known: Known, inside: Sequence[str], here: str) -> str:
    """Where to begin among many notes: the most linked, and those that were changed lately."""
    hubs = [el("li", known.link(path, here)) for path in _hubs(known, inside)]
    lately = sorted(inside, key=lambda path: (-known.changed[path], path))[:_LATELY]
    linked = el("section", el("h2", "Most linked"), el("ul", *hubs)) if hubs else ""
    return raw(
        "begin",
        el("div", linked, el("section", el("h2", "Changed lately"), changes(known, lately, here)), class_="vc-front"),
    )


def _folder(known: Known, tree: _Tree, folder: str, page: str) -> str:
    name = titled(folder.rpartition("/")[2])
    inside = [path for path in known.layout.notes if path.startswith(f"{folder}/")]
    said = _about(known, inside, len(tree.folders.get(folder, ())))
    parts = [f"# {escape(name, links=False)} {{#vaultc-folder}}", fenced('div[data-vaultc="summary"]', escape(said))]
    if len(inside) >= _WORTH:
        parts.append(_pointed_out(known, inside, page))
    parts.append(fenced('div[data-vaultc="folder"]', "\n".join(_listing(known, tree, folder, page))))
    return front(name, said, search=UNSEARCHED) + "\n\n".join(parts) + "\n"


def _about(known: Known, inside: Sequence[str], folders: int) -> str:
    """A folder in a sentence: how much is in it, and what it is about."""
    counts = Counter(name for path in inside for name in {tag.name for tag in known.vault.notes[path].tags})
    common = [name for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_TAGS] if count > 1]
    said = _counted(len(inside), "note") + (f" in {_counted(folders, 'folder')}" if folders else "")
    return f"{said}, about {', '.join(name.rpartition('/')[2] for name in common)}." if common else f"{said}."


def _home(known: Known, tree: _Tree, front_page: str, page: str) -> str:
    vault, layout = known.vault, known.layout
    facts = f"{_counted(len(layout.notes), 'note')}, {_counted(len(vault.graph.edges), 'link')}."
    links = [f"[Topic map]({pages.destination(layout.graph, page)})"]
    if layout.tag_index:
        links.append(f"[Tags]({pages.destination(layout.tag_index, page)})")
    if layout.measured:
        links.append(f"[Measured]({pages.destination(layout.measured, page)})")
        links.append(f"[Claims]({pages.destination(layout.claims, page)})")
    lines = [f"{facts} {' · '.join(links)}", ""]
    if len(layout.notes) >= _WORTH and (hubs := _hubs(known, list(layout.notes))):
        lines += ["## Most linked {#vaultc-hubs}", "", *(_entry(vault, layout, path, page) for path in hubs), ""]
    lines += _listing(known, tree, "", page)
    head = f"# {escape(vault.project.name, links=False)} {{#vaultc-home}}"
    listed = fenced('div[data-vaultc="home"]', "\n".join(lines))
    parts = filter(None, (head, front_page, listed))
    return front(vault.project.name, facts, search=UNSEARCHED, hide=["toc"]) + "\n\n".join(parts) + "\n"


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
