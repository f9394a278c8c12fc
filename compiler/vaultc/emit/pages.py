"""Which page stands where: object files, their addresses, and the links between them."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from vaultc.graph import Vault
from vaultc.resolve.pages import url
from vaultc.text import fold

# Markdown destinations keep letters of any script readable; only what would end or change a destination is encoded.
_ENCODED = {ord(c): quote(c) for c in ' \t"<>\\^`{|}()[]%?#*_~$'}
# A tag that is deeper has the page of its first parts; one with a longer part than a file name can be has none.
_TAG_DEPTH = 8
_TAG_BYTES = 200


@dataclass(frozen=True, slots=True)
class Layout:
    """`notes` maps each published note to its object file; the other fields are object files that vaultc writes itself.

    `folders` maps a folder (`""` is the root) to the page that stands for it: a note's or a generated one; `tags` maps a folded
    tag to its page. `measured`, `claims` and `histories` (by the benchmark's id) are the pages about measurements; without
    benchmarks there are none. All paths are relative to the object folder.
    """

    notes: Mapping[str, str]
    folders: Mapping[str, str]
    generated: frozenset[str]
    tags: Mapping[str, str]
    tag_index: str
    graph: str
    measured: str = ""
    claims: str = ""
    histories: Mapping[str, str] = field(default_factory=dict)

    def page(self, path: str) -> str | None:
        """The object file of a note or (with a slash at its end) a folder; None when it has none."""
        return self.folders.get(path.rstrip("/")) if path.endswith("/") or not path else self.notes.get(path)


def layout(vault: Vault, benchmarks: Iterable[str] | None = None) -> Layout:
    """Where every page of a vault goes. Notes keep their paths; generated pages give way to them.

    `benchmarks` are the ids of the benchmarks that were ever run; None says that there is no benchmark at all.
    """
    taken: set[str] = set()
    notes: dict[str, str] = {}
    published = [path for path, note in vault.notes.items() if note.published]
    for path in sorted(published, key=lambda p: (fold(p).endswith("readme.md"), p)):
        stem = path[:-3]
        name, count = f"{stem}.md", 2
        while url(name) in taken:
            name, count = f"{stem}-{count}.md", count + 1
        taken.add(url(name))
        notes[path] = name
    folders: dict[str, str] = {}
    for name in notes.values():
        if url(name) == (posixpath.dirname(name) + "/").lstrip("/"):
            folders[posixpath.dirname(name)] = name
    generated: set[str] = set()

    def free(name: str) -> str:
        candidate, count = name, 2
        while url(candidate) in taken:
            candidate, count = f"{name[:-3]}-{count}.md", count + 1
        taken.add(url(candidate))
        generated.add(candidate)
        return candidate

    for folder in sorted({f for name in notes.values() for f in _ancestors(name)}):
        if folder not in folders:
            folders[folder] = free(f"{folder}/index.md" if folder else "index.md")
    if "" not in folders:
        folders[""] = free("index.md")
    names: dict[str, str] = {}
    for path in notes:
        for tag in vault.notes[path].tags:
            parts = tag.name.split("/")[:_TAG_DEPTH]
            if max(len(part.encode()) for part in parts) > _TAG_BYTES:
                continue
            for depth in range(1, len(parts) + 1):
                names.setdefault(fold("/".join(parts[:depth])), "/".join(parts[:depth]))
    tag_index = free("tags/index.md") if names else ""
    root = posixpath.dirname(tag_index) if posixpath.basename(tag_index) == "index.md" else tag_index[:-3]
    tags = {key: free(f"{root}/{names[key]}.md") for key in sorted(names)}
    graph = free("graph.md")
    if benchmarks is None:
        return Layout(notes, folders, frozenset(generated), tags, tag_index, graph)
    measured = free("measured/index.md")
    root = posixpath.dirname(measured) if posixpath.basename(measured) == "index.md" else measured[:-3]
    claims = free(f"{root}/claims.md")
    histories = {name: free(f"{root}/{name}.md") for name in sorted(benchmarks)}
    return Layout(notes, folders, frozenset(generated), tags, tag_index, graph, measured, claims, histories)


def _ancestors(name: str) -> Iterable[str]:
    folder = posixpath.dirname(name)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def destination(path: str, page: str, anchor: str = "") -> str:
    """A Markdown destination for the object file at `path`, as seen from the object file `page`."""
    if path == page and anchor:
        return "#" + anchor.translate(_ENCODED)
    relative = _relative(path, posixpath.dirname(page))
    return relative.translate(_ENCODED) + ("#" + anchor.translate(_ENCODED) if anchor else "")


def _relative(path: str, folder: str) -> str:
    """`posixpath.relpath` for paths below the object folder that are normal already, in a tenth of its time."""
    if not folder:
        return path
    there, here = path.split("/"), folder.split("/")
    shared = 0
    while shared < len(here) and shared < len(there) and there[shared] == here[shared]:
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:]) or "."


def address(path: str, page: str) -> str:
    """The address of a file in the site as seen from a page's own address, for raw HTML, which no generator rewrites."""
    here = url(page)
    there = url(path) if path.endswith(".md") else path
    relative = posixpath.relpath("/" + there, "/" + here) if here else (there or ".")
    return quote(relative + ("/" if there.endswith("/") and not relative.endswith("/") else ""))
