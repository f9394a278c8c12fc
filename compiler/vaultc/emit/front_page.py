"""What a reader meets on the first page, whoever wrote it: the families of notes, the map, surprising verdicts, what changed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from markupsafe import Markup

from vaultc import dates
from vaultc.emit import pages
from vaultc.emit.markup import el, join, raw
from vaultc.emit.memo import Memo
from vaultc.emit.pages import Layout
from vaultc.emit.picture import picture
from vaultc.emit.results import Measured, claims, words
from vaultc.emit.results.said import Said
from vaultc.emit.wording import worded
from vaultc.graph import Vault, target
from vaultc.graph.metrics import Metrics
from vaultc.graph.topics import Topic
from vaultc.model import Note
from vaultc.parse.frontmatter import strings

_VERDICTS, _CHANGED, _TILES, _HUBS = 3, 5, 12, 6
_MANY = 12  # notes, from which on some of them are pointed out
_LINK = re.compile(r"!?\[\[([^\[\]|]+)(?:\|([^\[\]]*))?\]\]")


@dataclass(frozen=True)
class Known:
    """What the pages about a whole vault are made of: the vault, where its pages are, its measurements, the numbers of its graph, its
    topics, and when each published note was changed."""

    vault: Vault
    layout: Layout
    measured: Measured
    numbers: Mapping[str, Metrics]
    topics: Sequence[Topic]
    changed: Mapping[str, int]

    @cached_property
    def recent(self) -> list[str]:
        """The published notes, the one changed last first."""
        return sorted(self.layout.notes, key=lambda path: (-self.changed[path], path))

    @cached_property
    def sources(self) -> Mapping[str, int]:
        """How many published notes link to each; to none of the others does one."""
        vault = self.vault
        counts = ((path, len(vault.sources.get(path, frozenset()) & vault.published)) for path in self.layout.notes)
        return {path: count for path, count in counts if count}

    def hubs(self, paths: Iterable[str], most: int) -> list[str]:
        """Those of some notes that most others link to."""
        linked = (path for path in paths if path in self.sources)
        return sorted(linked, key=lambda path: (-self.sources[path], path))[:most]

    def worded(self, english: str, *values: object) -> str:
        """Words of vaultc in the language of the vault."""
        return worded(self.vault.project.config.language, english, *values)

    def link(self, path: str, here: str) -> Markup:
        """A link to a note, from the page `here`."""
        return el("a", self.vault.notes[path].title, href=pages.address(self.layout.notes[path], here))


def front_page(known: Known, memo: Memo) -> str:
    """What stands on the first page between its summary and its text: a lowered block, empty where there is nothing to show.

    In the front matter of the note that is the first page, `tiles` lists notes as tiles, and `verdicts` those whose verdicts are the
    surprising ones. Each entry is a text with links: the first is where it leads, the words beside it are what it says. `memo` keeps
    the picture of the map, and knows of which graph.
    """
    if "home" in known.vault.project.config.pages_hidden:
        return ""
    home = next((path for path, page in known.layout.notes.items() if page == known.layout.folders[""]), "")
    note = known.vault.notes.get(home)
    verdicts = _verdicts(known, note)
    shown = visible(known.vault, known.layout)
    linked = Markup("") if verdicts and note else most_linked(known, shown, known.layout.folders[""])
    parts = [_map(known, shown, memo), verdicts, linked, _changed(known, shown)]
    page = join((_tiles(known, note), el("div", *parts, class_="vc-front") if any(parts) else Markup("")), "\n")
    return raw("front", el("div", page, data_search_exclude=True)) if page else ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a list in the front matter: the notes that it links to, what the first is called, the words beside the links."""

    notes: tuple[str, ...]
    label: str
    words: str


def _entries(known: Known, note: Note | None, key: str) -> list[_Entry]:
    """The entries of a list that link to a published note."""
    if note is None:
        return []
    meant: dict[str, str] = {}
    ends = map(target, known.vault.links[note.path])
    for reference, end in zip(note.references, ends, strict=True):
        if end is not None and reference.kind == "property" and end in known.layout.notes:
            meant[reference.target] = end
    out = []
    for text in strings(note.metadata.get(key)):
        links = [match for match in _LINK.finditer(text) if match[1].strip() in meant]
        if links:
            notes = tuple(meant[match[1].strip()] for match in links)
            label = (links[0][2] or "").strip() or known.vault.notes[notes[0]].title
            out.append(_Entry(notes, label, " ".join(_LINK.sub(" ", text).split()).strip(" :,;–—-")))
    return out


def _tiles(known: Known, note: Note | None) -> Markup:
    here = known.layout.folders[""]
    tiles = []
    for entry in _entries(known, note, "tiles")[:_TILES]:
        found = next((said for path in entry.notes for said in known.measured.said([path])), None)
        title = el("a", entry.label, href=pages.address(known.layout.notes[entry.notes[0]], here))
        words = el("span", entry.words, class_="vc-words") if entry.words else ""
        tiles.append(el("li", title, words, _verdict(known, found, here) if found else ""))
    return el("ul", join(tiles, "\n"), class_="vc-tiles") if tiles else Markup("")


def _verdict(known: Known, said: Said, here: str) -> Markup:
    """A verdict in a line, which leads to the numbers."""
    address = f"{pages.address(known.layout.notes[said.attached.note], here)}#vaultc-results-{said.attached.id}"
    stale = words.badge(*words.STATE["stale"], "stale") if said.stale else ""
    badges = join((claims.verdict(said.claim), stale), " ")
    return el("span", badges, " ", el("a", said.claim.text, href=address), class_="vc-verdict")


def _map(known: Known, shown: Sequence[str], memo: Memo) -> Markup:
    if not (drawn := _drawn(known, shown, memo)):
        return Markup("")
    address = pages.address(known.layout.graph, known.layout.folders[""])
    label = known.worded("Topic map of {} notes", f"{len(shown):,}".replace(",", "\u202f"))
    return el("a", drawn, el("span", label), href=address, class_="vc-map-link")


def _drawn(known: Known, shown: Sequence[str], memo: Memo) -> Markup:
    """The picture of the map, drawn again when the graph, a topic or what is shown of it is another one."""
    of = blake2b(repr((memo.topics[0], shown)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    if memo.picture[0] != of:
        memo.picture = (of, str(picture(known.vault.graph, known.numbers, known.topics, shown)))
    return Markup(memo.picture[1])


def visible(vault: Vault, layout: Layout) -> list[str]:
    """The published notes that the topic map shows at first."""
    hidden = vault.project.config.map_hidden

    def left_out(path: str) -> bool:
        names = (path, *(tag.name for tag in vault.notes[path].tags))
        return any(name == each or name.startswith(f"{each}/") for name in names for each in hidden)

    return [path for path in layout.notes if not left_out(path)]


def _verdicts(known: Known, note: Note | None) -> Markup:
    """The verdicts that the note names, else those of the most central notes, one of each."""
    chosen = [said for entry in _entries(known, note, "verdicts") if (said := _named(known, entry))]
    if not chosen:
        central = sorted(known.measured.found, key=lambda path: (-known.numbers[path].pagerank, path))
        first = [found[0] for path in central if (found := known.measured.said([path]))]
        decided = [said for said in first if said.decided]
        chosen = sorted(decided, key=lambda said: (said.stale, said.claim.verdict != "refuted"))
    if not chosen:
        return Markup("")
    here = known.layout.folders[""]
    rows = [
        el("li", _verdict(known, said, here), claims.reason(said.claim), known.link(said.attached.note, here))
        for said in chosen[:_VERDICTS]
    ]
    more = el(
        "p", el("a", known.worded("All claims"), href=pages.address(known.layout.claims, here)), class_="vc-links"
    )
    return el(
        "section", el("h2", known.worded("Most surprising")), el("ul", join(rows, "\n")), more, class_="vc-surprising"
    )


def _named(known: Known, entry: _Entry) -> Said | None:
    """The verdict of a claim that has the words of the entry, else the first of its note."""
    found = known.measured.said(entry.notes)
    words = entry.words.casefold()
    return next((said for said in found if words in said.claim.text.casefold()), found[0] if found else None)


def _changed(known: Known, shown: Sequence[str]) -> Markup:
    here = known.layout.folders[""]
    others = frozenset(path for path in shown if known.layout.notes[path] != here)
    paths = [path for path in known.recent if path in others][:_CHANGED]
    if not paths:
        return Markup("")
    recent = known.layout.about.get("recent")
    more = el("p", el("a", known.worded("More"), href=pages.address(recent, here)), class_="vc-links") if recent else ""
    return el(
        "section", el("h2", known.worded("Changed lately")), changes(known, paths, here), more, class_="vc-changed"
    )


def most_linked(known: Known, paths: Sequence[str], here: str) -> Markup:
    """Those of many notes that most others link to; of a few, or where there is no link, nothing."""
    rows = [el("li", known.link(path, here)) for path in known.hubs(paths, _HUBS)] if len(paths) >= _MANY else []
    return (
        el("section", el("h2", known.worded("Most linked")), el("ul", join(rows, "\n")), class_="vc-linked")
        if rows
        else Markup("")
    )


def changes(known: Known, paths: Sequence[str], here: str) -> Markup:
    """Notes with the day of their last change."""
    rows = [el("li", known.link(path, here), " ", el("time", dates.day(known.changed[path]))) for path in paths]
    return el("ul", join(rows, "\n"), class_="vc-dated")
