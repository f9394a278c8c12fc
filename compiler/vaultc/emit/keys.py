"""What a note's object file is made of, as digests: equal digests are equal files."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from vaultc import dates
from vaultc.emit.backlinks import Mention
from vaultc.emit.frame import summary_of
from vaultc.emit.note import DEPTH
from vaultc.emit.pages import Layout
from vaultc.emit.results import Measured
from vaultc.graph import Vault
from vaultc.graph.near import Near
from vaultc.resolve import Ambiguous, Resolution, Resolved, unpublished
from vaultc.text import fold

# Notes that one embeds, those that they embed included; a note with more is made anew each time.
_MOST = 500


class Keys:
    """Digests for the notes of one vault. Each reference is looked at once, however many notes embed its own."""

    def __init__(self, vault: Vault, layout: Layout, measured: Measured) -> None:
        self._vault = vault
        self._layout = layout
        self._measured = measured
        self._shared = repr((vault.project.config, vault.project.obsidian, layout.measured, layout.claims)).encode()
        self._meanings: dict[str, bytes] = {}
        self._said: dict[int, str] = {}  # by identity: the resolver answers equal questions with one object

    def part(self, path: str) -> str | None:
        """Of the lowered text of a note and of what it says about others: its text, what its links mean, what it embeds, the
        measurements below its snippets. None where that is too much to tell."""
        embedded = self._embedded(path)
        if embedded is None:
            return None
        key = blake2b(self._shared, digest_size=16)
        for name in (path, *sorted(embedded)):
            key.update(self._meaning(name))
        if path in self._measured.found:
            folds = self._measured.folds(self._layout, self._vault.notes[path])
            key.update(repr(sorted(folds.items())).encode("utf-8", "surrogatepass"))
        return key.hexdigest()

    def page(self, part: str, mentioned: Sequence[Mention], front: str, changed: str, near: Near | None) -> str:
        """Of the whole object file: the part, who mentions it with which words, what stands in front, when it was `changed`, and
        what is `near`."""
        notes, layout = self._vault.notes, self._layout
        sources = {mention.source: (notes[mention.source].title, layout.notes[mention.source]) for mention in mentioned}
        others = (*near.sources, *near.targets, *(one for found in near.related for one in found[::2])) if near else ()
        named = [(notes[path].title, layout.notes[path]) for path in others]
        text = f"{part}{sources}{mentioned}{front}{changed}{layout.graph}{near}{named}"
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def listing(self, graph: str, front: str, changed: Mapping[str, int]) -> str:
        """Of the pages that list notes: where each note is, what it is called, its summary and tags, when it was `changed`, what is
        measured; `graph` says who links to whom, `front` is what stands on the first page."""
        key = blake2b(self._shared + graph.encode(), digest_size=16)
        key.update(f"{front}{self._measured.states}".encode("utf-8", "surrogatepass"))
        for path, page in self._layout.notes.items():
            note = self._vault.notes[path]
            tags = [tag.name for tag in note.tags]
            row = f"{path}\0{page}\0{note.title}\0{note.aliases}\0{summary_of(self._vault, note)}\0{tags}\0{dates.day(changed[path])}\0"
            key.update(row.encode("utf-8", "surrogatepass"))
        key.update(
            repr((self._layout.folders, self._layout.tags, self._layout.about, self._layout.letters)).encode(
                "utf-8", "surrogatepass"
            )
        )
        return key.hexdigest()

    def _embedded(self, path: str) -> set[str] | None:
        """The notes that can stand in a page, as deep as they are expanded."""
        found: set[str] = set()
        edge = {path}
        for _ in range(DEPTH + 1):
            edge = {end for name in edge for end in self._embeds(name)} - found
            if not edge:
                break
            found |= edge
            if len(found) > _MOST:
                return None
        return found

    def _embeds(self, path: str) -> set[str]:
        out = set()
        for reference, resolution in zip(self._vault.notes[path].references, self._vault.links[path], strict=True):
            if reference.kind == "embed":
                chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
                if isinstance(chosen, Resolved) and chosen.kind == "note":
                    out.add(chosen.path)
        return out

    def _meaning(self, path: str) -> bytes:
        known = self._meanings.get(path)
        if known is None:
            note = self._vault.notes[path]
            said = self._said
            means = [said.get(id(meant)) or self._say(meant) for meant in self._vault.links[path]]
            anchors = [heading.anchor for heading in note.headings]
            tags = [self._layout.tags.get(fold(tag.name)) for tag in note.tags]
            text = f"{path}\0{self._layout.notes.get(path)}\0{note.digest}\0{note.title}\0{anchors}\0{tags}\0{means}"
            known = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            self._meanings[path] = known
        return known

    def _say(self, resolution: Resolution) -> str:
        """All that a page takes from what a link means; the text of what is embedded apart."""
        chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
        hidden = unpublished.hides(self._vault.notes, resolution)
        if isinstance(chosen, Resolved):
            what: tuple[object, ...] = (chosen.kind, chosen.path, chosen.anchor)
        else:
            what = (chosen.missing, chosen.path, chosen.name)
        page = self._layout.page(chosen.path) if chosen.path else None
        said = self._said[id(resolution)] = repr((hidden, page, *what))
        return said
