"""Which page stands where: object files, their addresses, and the links between them."""

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from vaultc.disk import TAG
from vaultc.graph import Vault
from vaultc.parse.frontmatter import strings
from vaultc.paths import component
from vaultc.resolve.pages import url
from vaultc.text import fold

# Markdown destinations keep letters of any script readable; only what would end a destination or change what it means is encoded: a
# colon would make a scheme of what stands before it.
_ENCODED = {ord(c): quote(c, safe="") for c in ' "<>\\^`{|}()[]%?#*$:&' + "".join(map(chr, (*range(32), 127)))}
# The graph's data; and what else lies beside the pages of a site, so that no page can have its address.
GRAPH = "graph.json"
_FILES = (GRAPH, TAG, "404.html", "CNAME", "feed.xml", "sitemap.xml", "sitemap.xml.gz")
ABOUT = ("recent", "wanted", "health", "glossary")
"""The pages about a vault, in order, besides the one that leads to them."""
MOST_TERMS = 1000
"""Of a glossary on one page."""
# What people call the note to begin with.
_HOMES = ("index", "home", "start here", "readme")
# A tag that is deeper has the page of its first parts; all of them together, and the folder they are in, make a path that
# every system takes.
_TAG_DEPTH = 8
_TAG_BYTES = 80


@dataclass(frozen=True, slots=True)
class Layout:
    """`notes` maps each published note to its object file; the other fields are object files that vaultc writes itself.

    `folders` maps a folder (`""` is the root) to the page that stands for it: a note's or a generated one; `tags` maps a folded
    tag to its page. `measured`, `claims` and `histories` (by the benchmark's id) are the pages about measurements; without
    benchmarks there are none. `about` are the pages about the vault by name, `about` the first of them; `letters` those of a
    glossary that is too long for one page, by the initial of their terms. All paths are relative to the object folder.
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
    about: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)

    def page(self, path: str) -> str | None:
        """The object file of a note or (with a slash at its end) a folder; None when it has none."""
        return self.folders.get(path.rstrip("/")) if path.endswith("/") or not path else self.notes.get(path)


def layout(vault: Vault, benchmarks: Iterable[str] | None = None) -> Layout:
    """Where every page of a vault goes. Notes keep their paths; generated pages give way to them.

    `benchmarks` are the ids of the benchmarks that were ever run; None says that there is no benchmark at all.
    """
    places = _Places(vault.scan.assets)
    published = [path for path, note in vault.notes.items() if note.published]
    home = _home(vault, published)
    notes = {home: places.note("index.md" if url(f"{home[:-3]}.md") else home)} if home else {}
    others = sorted(published, key=lambda p: (fold(p).endswith("readme.md"), p))
    notes |= {path: places.note(path) for path in others if path != home}
    folders: dict[str, str] = {}
    for name in notes.values():
        if url(name) == (posixpath.dirname(name) + "/").lstrip("/"):
            folders[posixpath.dirname(name)] = name
    for folder in sorted({f for name in notes.values() for f in _ancestors(name)}):
        if folder not in folders:
            folders[folder] = places.free(f"{folder}/index.md" if folder else "index.md")
    if "" not in folders:
        folders[""] = places.free("index.md")
    names: dict[str, list[str]] = {}
    for path in notes:
        for tag in vault.notes[path].tags:
            parts = tag.name.split("/")[:_TAG_DEPTH]
            for depth in range(1, len(parts) + 1):
                names.setdefault(fold("/".join(parts[:depth])), parts[:depth])
    hidden = vault.project.config.pages_hidden
    if "tags" in hidden:
        names = {}
    tag_index, root = places.section("tags") if names else ("", "")
    tags = {
        key: places.free("/".join([root, *(component(part, _TAG_BYTES) for part in names[key])]) + ".md")
        for key in sorted(names)
    }
    graph = places.free("graph.md")
    measured = claims = ""
    histories: dict[str, str] = {}
    if benchmarks is not None:
        measured, root = places.section("measured")
        claims = places.free(f"{root}/claims.md")
        histories = {name: places.free(f"{root}/{component(name)}.md") for name in sorted(benchmarks)}
    about: dict[str, str] = {}
    letters: dict[str, str] = {}
    if shown := [name for name in ABOUT if name not in hidden]:
        about["about"], root = places.section("about")
        about |= {name: places.free(f"{root}/{name}.md") for name in shown}
        initials = [initial(alias) for path in notes for alias in vault.notes[path].aliases]
        if "glossary" in about and len(initials) > MOST_TERMS:
            letters = {each: places.free(f"{root}/glossary/{component(each)}.md") for each in sorted(set(initials))}
    generated = frozenset(places.generated)
    return Layout(notes, folders, generated, tags, tag_index, graph, measured, claims, histories, about, letters)


def initial(term: str) -> str:
    """Under which letter a term stands; `0-9` for what begins with no letter."""
    first = fold(term)[:1].upper()
    return first if first.isalpha() else "0-9"


def _home(vault: Vault, published: Sequence[str]) -> str:
    """The note that is the first page: what says so (`permalink: /`), else one at the root that is called so; empty where vaultc
    writes it."""
    for path in sorted(published):
        if strings(vault.notes[path].metadata.get("permalink"))[:1] == ("/",):
            return path
    named = {fold(path[:-3]).replace("-", " ").replace("_", " "): path for path in sorted(published, reverse=True)}
    return next((named[name] for name in _HOMES if name in named), "")


_OWN = {"index": "index", "readme": "README"}


class _Places:
    """Which object files there are, each with an address of its own; `generated` are those that no note wrote."""

    def __init__(self, assets: Iterable[str]) -> None:
        files = (*assets, *_FILES)
        self._assets = {fold(path) for path in files}
        self._notes = {
            f"{path}/" for path in files
        }  # whose addresses are taken: `LICENSE` leaves none for `LICENSE.md`
        self._taken: set[str] = set()  # folded: some systems keep no two names apart by case
        self._next: dict[str, int] = {}
        self.generated: set[str] = set()

    def note(self, path: str) -> str:
        """The object file of a note: its own path, but where another page has its address, and where it is a folder's page in
        letters by which no generator knows one."""
        folder, slash, stem = path[:-3].rpartition("/")
        path = f"{folder}{slash}{_OWN.get(fold(stem), stem)}.md"
        name, count = path, 2
        while url(name) in self._notes:
            name, count = f"{path[:-3]}-{count}.md", count + 1
        self._notes.add(url(name))
        self._taken.add(fold(url(name)))
        return name

    def free(self, name: str) -> str:
        """The object file for a page that gives way to others: `name`, or that with the first free number."""
        candidate = name
        while fold(url(candidate)) in self._taken or fold(url(candidate)).rstrip("/") in self._assets:
            self._next[name] = self._next.get(name, 1) + 1
            candidate = f"{name[:-3]}-{self._next[name]}.md"
        self._taken.add(fold(url(candidate)))
        self.generated.add(candidate)
        return candidate

    def section(self, name: str) -> tuple[str, str]:
        """The first page of a group of pages, and the folder of the others."""
        root, count = name, 2
        while fold(root) in self._assets:
            root, count = f"{name}-{count}", count + 1
        page = self.free(f"{root}/index.md")
        return page, root if posixpath.basename(page) == "index.md" else page[:-3]


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
