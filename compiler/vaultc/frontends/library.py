"""A vault for programs: what `vaultc.open` gives, and what `vaultc query` prints."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from vaultc.diagnostics import Diagnostic
from vaultc.errors import VaultcError
from vaultc.frontends.scope import find_note
from vaultc.graph import EdgeKind, Vault, target
from vaultc.graph.metrics import Metrics, measure
from vaultc.many import uncollected
from vaultc.model import Note, Reference
from vaultc.session import Session
from vaultc.text import Lines, fold

if TYPE_CHECKING:
    import networkx as nx

# Bytes on each side of a link that are looked at for its sentence.
_NEAR = 2000
FrameLibrary = Literal["pandas", "polars"]


class Link(NamedTuple):
    """A link of one note to another, or (`exists` false) to a name that no note has; `reference` is it as it was written.

    Where it stands is looked up when it is asked for: `line` and `column`, from 1 and in code points, and `sentence`, the Markdown
    around it.
    """

    source: str
    target: str
    exists: bool
    kind: EdgeKind
    reference: Reference
    lines: Callable[[], Lines]

    @property
    def line(self) -> int:
        return self.lines().position(self.reference.span.start)[0]

    @property
    def column(self) -> int:
        return self.lines().position(self.reference.span.start)[1]

    @property
    def sentence(self) -> str:
        return "" if self.kind == "property" else _sentence(self.reference, self.lines().data)

    def row(self) -> dict[str, Any]:
        """The link as plain data."""
        line, column = self.lines().position(self.reference.span.start)
        return {
            "source": self.source,
            "target": self.target,
            "exists": self.exists,
            "kind": self.kind,
            "line": line,
            "column": column,
            "sentence": self.sentence,
        }


class Answer(NamedTuple):
    """Notes, by path in a meaningful order, and links that have to do with them."""

    notes: tuple[str, ...]
    links: tuple[Link, ...]


class Frames(NamedTuple):
    """Data frames of pandas or polars, one row a note, a link, a finding."""

    notes: Any
    links: Any
    findings: Any


class OpenVault:
    """A vault as it was when it was first asked for something; `refresh` looks at the disk again.

    Notes are given by path, file name, alias or title; what comes back are paths relative to the vault. What asks for a note raises
    VaultcError when there is none of the name, or more than one.
    """

    def __init__(self, path: str | os.PathLike[str] = ".", *, session: Session | None = None) -> None:
        self._session = session or Session.open(Path(path))

    @property
    def root(self) -> Path:
        """The folder of the notes."""
        return self._session.project.root

    @property
    def notes(self) -> Mapping[str, Note]:
        """The notes by path, with title, aliases, tags, headings and the front matter as `metadata`."""
        return self._vault.notes

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What `vaultc check` says, sorted by path and place."""
        return self._session.diagnostics

    @property
    def _vault(self) -> Vault:
        with uncollected():
            return self._session.vault

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link from note to note, or to a note that is missing, in order of source and place."""
        vault = self._vault
        out = []
        with uncollected():
            for path, note in vault.notes.items():
                lines = partial(vault.lines, path)
                for reference, resolution in zip(note.references, vault.links[path], strict=True):
                    if (end := target(resolution)) is not None:
                        kind: EdgeKind = "embed" if reference.kind == "image" else reference.kind
                        out.append(Link(path, end, end in vault.notes, kind, reference, lines))
        return tuple(out)

    @cached_property
    def graph(self) -> "nx.MultiDiGraph[str]":
        """The links as a networkx graph. Nodes have `title`, `tags` and `exists`; edges have `kind`, and the `link` itself."""
        with uncollected():
            import networkx

            graph: nx.MultiDiGraph[str] = networkx.MultiDiGraph()
            for path, note in self.notes.items():
                graph.add_node(path, title=note.title, tags=list(tags(note)), exists=True)
            many: Counter[tuple[str, str]] = Counter()
            for link in self.links:
                if not link.exists and link.target not in graph:
                    graph.add_node(link.target, title=link.target, tags=[], exists=False)
                ends = link.source, link.target
                graph.add_edge(*ends, many[ends], kind=link.kind, link=link)  # without a key it is sought for each
                many[ends] += 1
        return graph

    @cached_property
    def metrics(self) -> Mapping[str, Metrics]:
        """PageRank, betweenness, community and place in a drawing of each published note and missing name."""
        return measure(self._vault.graph)

    def text(self, note: str) -> str:
        """The text of a note, front matter included."""
        return self._vault.text(self.note(note).path).decode("utf-8", "replace")

    def note(self, name: str) -> Note:
        """The note that a name means."""
        return find_note(self._session, name)

    def neighbours(self, note: str, depth: int = 1) -> Answer:
        """The notes that at most `depth` links lead to or from, the nearest first, and the links between all of these."""
        start = self.note(note).path
        known = {start: None}
        ring = {start}
        for _ in range(depth):
            ends = [(x.source, x.target) for x in self.links] + [(x.target, x.source) for x in self.links]
            near = dict.fromkeys(end for here, end in ends if here in ring and end not in known)
            known |= near
            ring = set(near)
        return Answer(tuple(known)[1:], self._between(set(known)))

    def path(self, start: str, end: str) -> Answer:
        """A shortest way from one note to another along links, both included, and its links; no notes when there is none."""
        import networkx

        try:
            way = networkx.shortest_path(self.graph, self.note(start).path, self.note(end).path)
        except networkx.NetworkXNoPath:
            return Answer((), ())
        first = {(link.source, link.target): link for link in reversed(self.links)}
        return Answer(tuple(way), tuple(first[step] for step in pairwise(way)))

    def tagged(self, tag: str) -> Answer:
        """The notes with a tag or one below it (`a` finds `a/b`), and the links between them."""
        wanted = fold(tag.removeprefix("#"))
        return self._such(note for note in self.notes.values() if any(_is_below(name, wanted) for name in tags(note)))

    def having(self, key: str, value: str | None = None) -> Answer:
        """The notes whose front matter has a key, with this value or one like it in a list, and the links between them."""
        return self._such(note for note in self.notes.values() if _has(note.metadata, key, value))

    def linked(self, note: str) -> Answer:
        """The notes that link to a note, and all links from it and to it."""
        path = self.note(note).path
        links = tuple(link for link in self.links if path in (link.source, link.target))
        return Answer(tuple(dict.fromkeys(link.source for link in links if link.source != path)), links)

    def frames(self, library: FrameLibrary | None = None) -> Frames:
        """Notes, links and findings as data frames of pandas, or of polars where there is no pandas.

        Raises VaultcError when there is neither.
        """
        known = next((name for name in ("pandas", "polars") if library in (None, name) and find_spec(name)), None)
        if known is None:
            raise VaultcError(f"no {library or 'pandas and no polars'} here: `pip install {library or 'pandas'}`")
        frame = import_module(known).DataFrame
        lines = self._vault.lines
        findings = [
            {
                "path": found.path,
                "line": lines(found.path).number(found.span.start),
                "code": found.code,
                "severity": str(found.severity),
                "message": found.message,
            }
            for found in self.findings
        ]
        return Frames(
            frame([self._row(note) for note in self.notes.values()]),
            frame([link.row() for link in self.links]),
            frame(findings),
        )

    def refresh(self) -> None:
        """Look at the disk again."""
        self._session.refresh()
        for name in ("links", "graph", "metrics"):
            self.__dict__.pop(name, None)

    def _row(self, note: Note) -> dict[str, Any]:
        body = self._vault.text(note.path)[note.body :]
        return {
            "path": note.path,
            "title": note.title,
            "aliases": list(note.aliases),
            "tags": list(tags(note)),
            "published": note.published,
            "words": len(body.split()),
            "links_in": self.graph.in_degree(note.path),
            "links_out": self.graph.out_degree(note.path),
        }

    def _such(self, notes: Iterable[Note]) -> Answer:
        paths = tuple(note.path for note in notes)
        return Answer(paths, self._between(set(paths)))

    def _between(self, paths: set[str]) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.source in paths and link.target in paths)


def tags(note: Note) -> tuple[str, ...]:
    """The tags of a note, each once, in order."""
    return tuple(dict.fromkeys(tag.name for tag in note.tags))


def _sentence(reference: Reference, data: bytes) -> str:
    from vaultc.emit.backlinks import sentence  # slow to import

    start, end = reference.span
    around = reference.context
    before = data[max(around.start, start - _NEAR) : start].decode("utf-8", "ignore")
    after = data[end : min(around.end, end + _NEAR)].decode("utf-8", "ignore")
    before, after = sentence(before, after)
    return f"{before}{data[start:end].decode('utf-8', 'replace')}{after}"


def _is_below(name: str, wanted: str) -> bool:
    return fold(name) == wanted or fold(name).startswith(f"{wanted}/")


def _has(metadata: Mapping[str, Any], key: str, value: str | None) -> bool:
    if key not in metadata:
        return False
    found = metadata[key]
    return value is None or any(
        fold(str(one)) == fold(value) for one in (found if isinstance(found, list) else [found])
    )
