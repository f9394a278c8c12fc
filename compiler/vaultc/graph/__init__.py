"""Stage 5: the vault as a graph of notes and links."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from vaultc.config import Project
from vaultc.index import Index
from vaultc.model import Note, Reference
from vaultc.parse.texts import Texts
from vaultc.resolve import Ambiguous, Resolution, Resolved
from vaultc.scan import Scan
from vaultc.text import Lines, Span

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Edge", "EdgeKind", "LinkGraph", "Node", "Vault", "build", "target"]

T = TypeVar("T")
EdgeKind = Literal["link", "embed", "property", "markdown"]


class Node(NamedTuple):
    """A note, or (`exists` false) a name that links use and no note has. `id` is the note's path, or the name as written."""

    id: str
    title: str
    exists: bool
    tags: tuple[str, ...] = ()


class Edge(NamedTuple):
    """One link; `start` is the byte at which it stands in the source note."""

    source: str
    target: str
    kind: EdgeKind
    start: int


_edge: Callable[[tuple[str, str, EdgeKind, int]], Edge] = partial(tuple.__new__, Edge)  # made in C


@dataclass(frozen=True)
class LinkGraph:
    """Published notes, the names they miss, and an edge for every link, repeated ones too."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]

    @cached_property
    def nx(self) -> "nx.MultiDiGraph[str]":
        """The same as a networkx graph, with the fields of `Node` and `Edge` as attributes."""
        import networkx

        graph: nx.MultiDiGraph[str] = networkx.MultiDiGraph()
        for node in self.nodes.values():
            graph.add_node(node.id, title=node.title, exists=node.exists, tags=list(node.tags))
        graph.add_edges_from((e.source, e.target, {"kind": e.kind, "start": e.start}) for e in self.edges)
        return graph

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges out of each node, as they stand."""
        return {source: tuple(edges) for source, edges in groupby(self.edges, key=lambda edge: edge.source)}

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges into each node, in order of their source."""
        table: dict[str, list[Edge]] = {}
        for edge in self.edges:
            table.setdefault(edge.target, []).append(edge)
        return {target: tuple(edges) for target, edges in table.items()}


@dataclass(frozen=True)
class Vault:
    """A vault whose names are resolved: what the checks and the emitter read.

    `links` holds, for each note's path, one resolution for each of its references, in order; `discreet` are the notes whose
    titles or anchors are not what they would be, for they would name unpublished notes.
    """

    project: Project
    scan: Scan
    notes: Mapping[str, Note]
    index: Index
    links: Mapping[str, tuple[Resolution, ...]]
    discreet: frozenset[str] = frozenset()

    @cached_property
    def graph(self) -> LinkGraph:
        """The graph of the published notes, made when somebody asks: most checks do not."""
        return build(self.notes, self.links)

    @cached_property
    def ends(self) -> Mapping[str, frozenset[str]]:
        """The other notes, and the names without a note, that each note links to."""
        return {path: _ends(path, links) for path, links in self.links.items()}

    @cached_property
    def sources(self) -> Mapping[str, frozenset[str]]:
        """The notes that link to each of those."""
        table: defaultdict[str, list[str]] = defaultdict(list)
        for path, ends in self.ends.items():
            for end in ends:
                table[end].append(path)
        return {end: frozenset(paths) for end, paths in table.items()}

    @cached_property
    def published(self) -> frozenset[str]:
        """The notes that readers of the site see."""
        return frozenset(path for path, note in self.notes.items() if note.published)

    def references(self) -> Iterator[tuple[Note, Reference, Resolution]]:
        """Every reference of every note with what it means."""
        for path, note in self.notes.items():
            for reference, resolution in zip(note.references, self.links[path], strict=True):
                yield note, reference, resolution

    def text(self, path: str) -> bytes:
        """A note's text as UTF-8; spans are places in it. Raises KeyError for what is no note."""
        return self.texts.text(path)

    def lines(self, path: str) -> Lines:
        """The lines of a note, or of nothing for any other file."""
        return self.texts.lines(path)

    def extent(self, found: Resolved) -> Span:
        """Where in its note a link's target stands: a block, a heading with all below it, or the whole text."""
        note = self.notes[found.path]
        if found.part == "block":
            return next(block.span for block in note.blocks if f"^{block.id}" == found.anchor)
        end = len(self.text(note.path))
        if found.part != "heading":
            return Span(note.body, end)
        at = next(at for at, heading in enumerate(note.headings) if heading.anchor == found.anchor)
        first, *others = note.headings[at:]
        below = (heading.span.start for heading in others if heading.level <= first.level)
        return Span(first.span.start, next(below, end))

    @cached_property
    def texts(self) -> Texts:
        """The texts of the notes."""
        return Texts(self.scan.sources)

    @cached_property
    def counts(self) -> Mapping[str, tuple[int, int]]:
        """How many links and how many embeds each note has."""
        return {path: _counted(note) for path, note in self.notes.items()}


def follow(before: Vault, after: Vault, stale: Iterable[str]) -> frozenset[str]:
    """Give a vault the tables of the one before it, as far as they are right: all but those of the notes in `stale` are. The
    notes that others link to, or that no longer do."""
    ends = {path: _ends(path, after.links[path]) for path in stale}
    sources = dict(before.sources)
    near: set[str] = set()
    gone = before.notes.keys() - after.notes.keys()
    for path in {*ends, *gone}:
        left, here = before.ends.get(path, frozenset()), ends.get(path, frozenset())
        for end in left - here:
            sources[end] = sources[end] - {path}
            if not sources[end]:
                del sources[end]
        for end in here - left:
            sources[end] = sources.get(end, frozenset()) | {path}
        shown = [vault.notes[path].published for vault in (before, after) if path in vault.notes]
        near |= left ^ here if all(shown) or not any(shown) else left | here
    counts = {path: _counted(after.notes[path]) for path in stale}
    tables: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
        ("ends", before.ends, ends),
        ("counts", before.counts, counts),
    )
    for name, old, new in tables:
        after.__dict__[name] = carried(after.notes, old, new)
    after.__dict__["sources"] = sources
    public = {path for path in stale if after.notes[path].published}
    after.__dict__["published"] = before.published.difference(stale, gone) | public
    return frozenset(near & after.notes.keys())


def carried(notes: Mapping[str, Note], old: Mapping[str, T], new: Mapping[str, T]) -> dict[str, T]:
    """What is known of each of some notes, in their order: `new`, or as in the `old` table of the notes before."""
    known = {**old, **new}
    # Most changes leave the notes the same ones, and a comparison takes a fraction of the time of another table.
    return known if old.keys() == notes.keys() else {path: known[path] for path in notes}


def _ends(path: str, links: Iterable[Resolution]) -> frozenset[str]:
    # Most links lead to a note; to ask only of the others takes half the time.
    ends = {it.path for it in links if type(it) is Resolved and it.kind == "note"}
    ends.update([end for it in links if type(it) is not Resolved and (end := target(it))])
    ends.discard(path)
    return frozenset(ends)


def _counted(note: Note) -> tuple[int, int]:
    embeds = len([1 for reference in note.references if reference.kind in ("embed", "image")])
    return len(note.references) - embeds, embeds


def target(resolution: Resolution) -> str | None:
    """The id of the node that a link leads to; None for an asset, a folder's page or what lies outside."""
    if isinstance(resolution, Resolved):
        return resolution.path if resolution.kind == "note" else None
    if isinstance(resolution, Ambiguous):
        return target(resolution.chosen)
    return resolution.path or (resolution.name if resolution.missing == "note" else None)


def build(notes: Mapping[str, Note], links: Mapping[str, tuple[Resolution, ...]]) -> LinkGraph:
    """The graph of the published notes."""
    nodes = {
        path: Node(path, note.title, True, tuple(dict.fromkeys(tag.name for tag in note.tags)))
        for path, note in notes.items()
        if note.published
    }
    edges: list[Edge] = []
    missing: dict[str, Node] = {}
    for path in nodes:
        for reference, resolution in zip(notes[path].references, links[path], strict=True):
            end = target(resolution)
            if end is None:
                continue
            if end not in nodes:
                if end in notes:
                    continue
                missing.setdefault(end, Node(end, end, False))
            kind: EdgeKind = "embed" if reference.kind == "image" else reference.kind
            edges.append(_edge((path, end, kind, reference.span.start)))
    return LinkGraph({**nodes, **dict(sorted(missing.items()))}, tuple(edges))
