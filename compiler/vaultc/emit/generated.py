"""Pages that no note wrote: home, folders, tags, the topic map."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname

from markupsafe import Markup

from vaultc.emit import about, pages, tags
from vaultc.emit.entries import counted, entries
from vaultc.emit.frame import UNSEARCHED, front
from vaultc.emit.front_page import Known, changes, most_linked
from vaultc.emit.lower.element import fenced
from vaultc.emit.lower.escape import escape
from vaultc.emit.markup import el, join, raw
from vaultc.emit.pages import Layout
from vaultc.text import fold

_LATELY, _TAGS = 5, 6
_MOST_LISTED = 2000  # a page of more links is slow to open, and no list to read


def generate(known: Known, front_page: str, graph_json: str) -> dict[str, str]:
    """The generated object files by path. `front_page` stands on the first page, `graph_json` is the path of the map's data."""
    layout = known.layout
    out: dict[str, str] = {}
    tree = _Tree.of(layout)
    for folder, page in layout.folders.items():
        if page in layout.generated:
            out[page] = _folder(known, tree, folder, page) if folder else _home(known, tree, front_page, page)
    if layout.tag_index:
        out |= tags.generate(known)
    out |= about.generate(known)
    out[layout.graph] = _map(known, tree, graph_json)
    return out


@dataclass(frozen=True, slots=True)
class _Tree:
    """What lies in each folder: its folders, its notes, and its notes with those of all folders below."""

    folders: Mapping[str, list[str]]
    notes: Mapping[str, list[str]]
    below: Mapping[str, list[str]]

    @classmethod
    def of(cls, layout: Layout) -> "_Tree":
        folders: dict[str, list[str]] = defaultdict(list)
        notes: dict[str, list[str]] = defaultdict(list)
        below: dict[str, list[str]] = defaultdict(list)
        for folder in sorted(filter(None, layout.folders)):
            folders[dirname(folder)].append(folder)
        for path in layout.notes:
            folder = dirname(path)
            notes[folder].append(path)
            while folder:
                below[folder].append(path)
                folder = dirname(folder)
        return cls(folders, notes, below)


def titled(name: str) -> str:
    """A folder's name in words: `long-sequences` is `Long sequences`; one that somebody wrote with capitals or spaces stays."""
    if name != name.lower() or " " in name:
        return name
    words = " ".join(name.replace("-", " ").replace("_", " ").split()) or name
    return words[:1].upper() + words[1:]


def _listing(known: Known, tree: _Tree, folder: str, here: str) -> list[str]:
    vault, layout = known.vault, known.layout
    lines = []
    if below := tree.folders.get(folder):
        lines += ["## Folders {#vaultc-folders}", ""]
        for name in below:
            title = escape(titled(name.rpartition("/")[2]), links=False)
            notes = counted(len(tree.below[name]), "note")
            lines.append(f"-   [{title}]({pages.destination(layout.folders[name], here)}), {notes}")
        lines.append("")
    inside = [path for path in tree.notes.get(folder, ()) if layout.notes[path] != here]
    if inside:
        inside.sort(key=lambda p: (fold(vault.notes[p].title), p))
        lines += ["## Notes {#vaultc-notes}", "", *entries(known, inside, here)]
    return lines


def _pointed_out(known: Known, inside: Sequence[str], here: str) -> str:
    """Where to begin among many notes: the most linked, and those that were changed lately. Empty among a few."""
    linked = most_linked(known, inside, here)
    lately = sorted(inside, key=lambda path: (-known.changed[path], path))[:_LATELY]
    changed = el("section", el("h2", known.worded("Changed lately")), changes(known, lately, here))
    return raw("begin", el("div", linked, changed, class_="vc-front")) if linked else ""


def _folder(known: Known, tree: _Tree, folder: str, page: str) -> str:
    name = titled(folder.rpartition("/")[2])
    inside = tree.below[folder]
    said = _about(known, inside, len(tree.folders.get(folder, ())))
    parts = [f"# {escape(name, links=False)} {{#vaultc-folder}}", fenced('div[data-vaultc="summary"]', escape(said))]
    parts.append(_pointed_out(known, inside, page))
    parts.append(fenced('div[data-vaultc="folder"]', "\n".join(_listing(known, tree, folder, page))))
    return front(name, said, search=UNSEARCHED) + "\n\n".join(filter(None, parts)) + "\n"


def _about(known: Known, inside: Sequence[str], folders: int) -> str:
    """A folder in a sentence: how much is in it, and what it is about."""
    counts = Counter(name for path in inside for name in {tag.name for tag in known.vault.notes[path].tags})
    common = [name for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_TAGS] if count > 1]
    said = counted(len(inside), "note") + (f" in {counted(folders, 'folder')}" if folders else "")
    return f"{said}, about {', '.join(name.rpartition('/')[2] for name in common)}." if common else f"{said}."


def _home(known: Known, tree: _Tree, front_page: str, page: str) -> str:
    project, layout = known.vault.project, known.layout
    name = project.config.site_name or titled(project.name)
    said = _about(known, list(layout.notes), len(tree.folders.get("", ())))
    ends = {"Topic map": layout.graph, "Tags": layout.tag_index, "Measured": layout.measured, "Claims": layout.claims}
    ends["About these notes"] = layout.about.get("about", "")
    links = [f"[{label}]({pages.destination(end, page)})" for label, end in ends.items() if end]
    parts = [
        f"# {escape(name, links=False)} {{#vaultc-home}}",
        fenced('div[data-vaultc="summary"]', escape(said)),
        front_page,
    ]
    parts.append(fenced('div[data-vaultc="page-links"]', " · ".join(links)))
    parts.append(fenced('div[data-vaultc="home"]', "\n".join(_listing(known, tree, "", page))))
    return front(name, said, search=UNSEARCHED, hide=["toc"]) + "\n\n".join(filter(None, parts)) + "\n"


def _map(known: Known, tree: _Tree, graph_json: str) -> str:
    """The page of the map. What the script draws it into holds, until then and without one, the notes as a list; in a large vault the
    folders, whose pages list their notes."""
    layout = known.layout
    page, notes = layout.graph, layout.notes
    if len(notes) <= _MOST_LISTED:
        order = sorted(notes, key=lambda path: (fold(known.vault.notes[path].title), path))
        linked = [known.link(path, page) for path in order]
    else:
        counts = {folder: len(below) for folder, below in sorted(tree.below.items())}
        linked = [
            join((el("a", folder, href=pages.address(layout.folders[folder], page)), Markup(f" ({count})")))
            for folder, count in counts.items()
        ]
    listed = el("ul", join((el("li", entry) for entry in linked), "\n"))
    canvas = el("div", listed, data_vaultc="topic-map", data_graph=pages.address(graph_json, page))
    return (
        front("Topic map", "All notes and the links between them.", hide=["toc", "navigation"], search=UNSEARCHED)
        + f"# Topic map {{#vaultc-map}}\n\n{canvas}\n"
    )
