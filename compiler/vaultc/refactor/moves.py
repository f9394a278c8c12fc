"""Renaming a note or a folder: which links to rewrite so that each still leads where it led.

There is one question for every link of the vault: does it, under the new names, mean what it meant? That covers links to what
moves, relative links in what moves, and links that a new name would capture or make ambiguous. The result is read and resolved
once more before it is given out.
"""

import posixpath
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote

from vaultc import index, scan
from vaultc.diagnostics import quoted
from vaultc.errors import VaultcError
from vaultc.graph import Vault
from vaultc.index import Index
from vaultc.model import Definition, Note, Reference
from vaultc.parse import parse
from vaultc.refactor.canvases import rewrite
from vaultc.refactor.spelling import cut, destination, encoded, in_table, linkable, linktext, relative
from vaultc.resolve import Ambiguous, Resolution, Resolved, Resolver, Unresolved
from vaultc.text import Span, fold, splice


@dataclass(frozen=True, slots=True)
class Move:
    """`texts` has the new bytes of each note and canvas that changes, by its new path; `edits` counts the rewritten links.

    `joined` counts links that led nowhere and lead to what moved, under its new name. `spans` has what is rewritten in each note, by
    the note's path before the move.
    """

    old: str
    new: str
    texts: Mapping[str, bytes]
    edits: int
    joined: int
    spans: Mapping[str, Mapping[Span, str]]


def plan(vault: Vault, old: str, new: str, canvases: Mapping[str, bytes] = MappingProxyType({})) -> Move:
    """What it takes to rename the note, file or folder at `old` to `new`, both relative to the vault.

    `canvases` are what the vault's canvases hold, by path. Raises VaultcError when a link could not follow.
    """
    return _Mover(vault, old, new).run(canvases)


class _Mover:
    """One rename: the vault as it is, and the names as they will be."""

    def __init__(self, vault: Vault, old: str, new: str) -> None:
        self.vault = vault
        self.old, self.new = old, new
        self.sources = {source.path: source.data for source in vault.scan.sources}
        self.notes = {self.moved(path): self._renamed(note) for path, note in vault.notes.items()}
        self.index = self._index(self.notes)
        self.before, self.resolver = Resolver(vault.index), Resolver(self.index)
        self.joined = 0

    def run(self, canvases: Mapping[str, bytes]) -> Move:
        edits: dict[str, dict[Span, str]] = {}
        for path, note in self.vault.notes.items():
            here = self.notes[self.moved(path)]
            rewritten = {**self.links(note, here, self.vault.links[path]), **self._definitions(note, here)}
            if not rewritten:
                continue
            if self.sources[path] != self.vault.text(path):
                raise VaultcError(
                    f"{path} is not UTF-8, and {len(rewritten)} of its links must change: convert it first"
                )
            edits[path] = rewritten
        texts = {self.moved(path): splice(self.sources[path], list(spans.items())) for path, spans in edits.items()}
        self._verify(texts)
        count = sum(map(len, edits.values()))
        for path, data in canvases.items():
            canvas = _Canvas(self, path)
            if (changed := rewrite(data, canvas.file, canvas.markdown)) != data:
                texts[self.moved(path)] = changed
                count += canvas.edits
        return Move(self.old, self.new, texts, count, self.joined, edits)

    def moved(self, path: str) -> str:
        """Where the file at `path` will be."""
        if path == self.old or path.startswith(f"{self.old}/"):
            return self.new + path[len(self.old) :]
        return path

    def _renamed(self, note: Note) -> Note:
        """The note under its new path; its title may follow from that."""
        path = self.moved(note.path)
        return note if path == note.path else parse(scan.source_file(path, self.sources[note.path]))

    def _index(self, notes: Mapping[str, Note]) -> Index:
        files = self.vault.scan
        return index.build(notes.values(), [*map(self.moved, files.assets)], map(self.moved, files.hidden))

    def links(self, note: Note, here: Note, resolutions: Iterable[Resolution]) -> dict[Span, str]:
        """What to write for the links of `note`, which mean `resolutions` and will be those of `here`."""
        headings = [heading.span for heading in note.headings]
        starts = [span.start for span in headings]
        out = {}
        for reference, old in zip(note.references, resolutions, strict=True):
            new = self.resolver.resolve(reference, here)
            if self.same(old, new) and not self._respelled(old):
                continue
            if _nowhere(old):
                self.joined += isinstance(new, (Resolved, Ambiguous))
                continue
            if reference.target_span.start >= reference.target_span.end:
                continue  # by way of a definition, which is rewritten itself
            text = self._rewritten(note, here, reference, old)
            at = bisect_right(starts, reference.span.start) - 1
            inside = at >= 0 and reference.span.start < headings[at].end
            # A heading's text makes its anchor, and an alias that is written out must not become another word.
            keep = inside or (isinstance(old, Resolved) and old.via in ("alias", "title"))
            if keep and reference.kind in ("link", "property") and reference.label is None:
                text += ("\\|" if in_table(self.vault, note, reference.span) else "|") + _shown(reference.target)
            out[reference.target_span] = text
        return out

    def _definitions(self, note: Note, here: Note) -> dict[Span, str]:
        out = {}
        for definition in note.definitions:
            reference = defined(definition)
            old = self.before.resolve(reference, note._replace(definitions=()))
            new = self.resolver.resolve(reference, here._replace(definitions=()))
            if not _nowhere(old) and (not self.same(old, new) or self._respelled(old)):
                out[definition.target_span] = self._rewritten(note, here, reference, old)
        return out

    def _respelled(self, old: Resolution) -> bool:
        """Whether a link by name leads to what only changes its case or Unicode form: it would still lead there, but not on
        every disk and in every tool."""
        was = _chosen(old)
        by_name = isinstance(was, Resolved) and was.via in ("name", "definition")
        return (
            by_name and fold(self.old) == fold(self.new) and was.path is not None and self.moved(was.path) != was.path
        )

    def _rewritten(self, note: Note, here: Note, reference: Reference, old: Resolution) -> str:
        """The destination to write for a link; the first that means the same."""
        for text in self._candidates(note, here, reference, old):
            target = text
            if reference.kind not in ("markdown", "image"):
                if not linkable(text):
                    continue
            else:
                name, mark, fragment = text.partition("#")
                target = unquote(name.partition("?")[0]) + mark + unquote(fragment)
            if self.same(old, self.resolver.resolve(reference._replace(target=target, raw=text), here)):
                return text
        place = self.vault.lines(note.path).position(reference.span.start)
        where = f"{note.path}:{place.line}:{place.column}"
        raise VaultcError(f"{where}: no link could lead from here to {quoted(self.new)}: choose another name")

    def _candidates(self, note: Note, here: Note, reference: Reference, old: Resolution) -> Iterator[str]:
        chosen = _chosen(old)
        assert chosen.path is not None
        path = self.moved(chosen.path.rstrip("/")) or "."
        name, rest = cut(self.vault.index, note, reference)
        slash = "/" if name.endswith("/") or chosen.path.endswith("/") else ""
        whole = chosen.path.rstrip("/").removesuffix(".md")
        by_folder = isinstance(chosen, Resolved) and chosen.via == "folder"
        goals = (
            [path] if not by_folder or (slash and chosen.path.endswith("/")) else [posixpath.dirname(path) or ".", path]
        )
        for goal in goals:
            if reference.kind in ("markdown", "image"):
                name, mark, query = name.partition("?")
                if not name.lower().endswith(".md") and goal.endswith(".md"):
                    goal = goal[:-3]
                ways = (f"/{encoded(goal)}", destination(goal, here.folder))
                for way in ways if name.startswith("/") else ways[::-1]:
                    yield way + slash + mark + query + rest
                yield destination(path, here.folder) + mark + query + rest
                continue
            bare = goal if name.lower().endswith(".md") or not goal.endswith(".md") else goal[:-3]
            beside = relative(bare, here.folder)
            beside = beside if beside.startswith("../") else f"./{beside}"
            parts = bare.split("/")
            depth = len([part for part in name.rstrip("/").split("/") if part not in ("", ".", "..")])
            if name.startswith(("./", "../")):
                yield beside + slash + rest
            elif "/" in name and fold(name.rstrip("/")).removesuffix(".md") == fold(whole):
                yield bare + slash + rest  # written from the vault's root, it stays so
            elif isinstance(chosen, Resolved) and chosen.via in ("name", "folder"):
                yield "/".join(parts[-max(depth, 1) :]) + slash + rest
            if shortest := linktext(self.index, goal, here.folder):
                yield shortest + rest
            yield bare + slash + rest
            yield beside + slash + rest

    def same(self, old: Resolution, new: Resolution) -> bool:
        """Whether a link means after the move what it meant before."""
        was, now = _chosen(old), _chosen(new)
        if isinstance(new, Ambiguous) and not isinstance(old, Ambiguous):
            return False
        if isinstance(was, Resolved) and isinstance(now, Resolved):
            weaker = now.via in ("alias", "title") and was.via not in ("alias", "title")
            same = (self.moved(was.path.rstrip("/")), was.kind, was.anchor) == (
                now.path.rstrip("/"),
                now.kind,
                now.anchor,
            )
            return same and not weaker
        if isinstance(was, Unresolved) and isinstance(now, Unresolved):
            if was.path is None:
                return now.path is None
            return now.path is not None and (self.moved(was.path), was.missing) == (now.path, now.missing)
        return False

    def _verify(self, texts: Mapping[str, bytes]) -> None:
        """Read what will be written, and ask every link once more."""
        notes = {
            path: parse(scan.source_file(path, texts[path])) if path in texts else note
            for path, note in self.notes.items()
        }
        resolver = Resolver(self._index(notes))
        for path, before in self.vault.notes.items():
            note = notes[self.moved(path)]
            pairs = zip(note.references, self.vault.links[path], strict=False)
            for reference, old in pairs:
                if not _nowhere(old) and not self.same(old, resolver.resolve(reference, note)):
                    raise VaultcError(f"{path}: `{reference.raw}` would not survive the move: choose another name")
            if len(note.references) != len(before.references) or len(note.findings) > len(before.findings):
                raise VaultcError(f"{path}: its links cannot hold the new name: choose another")


class _Canvas:
    """What a move makes of one canvas. Its cards are read like notes that lie where it lies."""

    def __init__(self, mover: _Mover, path: str) -> None:
        self.mover, self.path = mover, path
        self.edits = 0

    def file(self, path: str) -> str:
        """Where the file at `path` will be."""
        moved = self.mover.moved(path)
        self.edits += moved != path
        return moved

    def markdown(self, text: str) -> str:
        """A card's text with its links rewritten."""
        try:
            data = text.encode()
        except UnicodeEncodeError:  # half of a character: no link is worth a guess
            return text
        card = parse(scan.source_file(self.path, data))
        meant = [self.mover.before.resolve(reference, card) for reference in card.references]
        spans = self.mover.links(card, card._replace(path=self.mover.moved(self.path)), meant)
        if not spans:
            return text
        self.edits += len(spans)
        return splice(data, list(spans.items())).decode()


def _chosen(resolution: Resolution) -> Resolved | Unresolved:
    return resolution.chosen if isinstance(resolution, Ambiguous) else resolution


def _shown(target: str) -> str:
    """What a reader sees of a link without a label."""
    return " > ".join(part.strip() for part in target.split("#") if part.strip())


def _nowhere(resolution: Resolution) -> bool:
    """Whether a link led to no file at all."""
    return isinstance(resolution, Unresolved) and resolution.path is None


def defined(definition: Definition) -> Reference:
    """The link that a definition stands for."""
    name, mark, fragment = definition.target.partition("#")
    target = unquote(name.partition("?")[0]) + mark + unquote(fragment)
    span = definition.target_span
    return Reference("markdown", target, None, span, span, span, raw=definition.target)
