"""The pages about a vault: what changed, what is missing, how it fares, what its notes are called besides."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from markupsafe import Markup

from vaultc.bench.records.model import GRAVE
from vaultc.check.rules import dead_end, orphan
from vaultc.emit import pages
from vaultc.emit.entries import counted
from vaultc.emit.frame import UNSEARCHED, front, other_names
from vaultc.emit.front_page import Known, changes
from vaultc.emit.lower.element import fenced
from vaultc.emit.lower.escape import escape
from vaultc.emit.markup import el, join, raw
from vaultc.emit.results import words
from vaultc.text import fold

MOST_RECENT, MOST_WANTED, MOST_LISTED, MOST_HUBS, MOST_SOURCES = 100, 200, 100, 20, 3
_TITLES: Final = {
    "about": "About these notes",
    "recent": "Recent changes",
    "wanted": "Wanted notes",
    "health": "Health",
    "glossary": "Glossary of names",
}
_DOUBTFUL: Final = ("noisy", "disturbed", "throttled")


def generate(known: Known) -> dict[str, str]:
    """The object files by path; none where the configuration wants none of them."""
    made: dict[str, Callable[[Known, str], tuple[str, Markup]]] = {
        "recent": _recent,
        "wanted": _wanted,
        "health": _health,
        "glossary": _glossary,
    }
    about = known.layout.about
    contents = {name: make(known, about[name]) for name, make in made.items() if name in about}
    out = {about[name]: _page(_TITLES[name], said, content) for name, (said, content) in contents.items()}
    if about:
        told = {name: said for name, (said, _) in contents.items()}
        out[about["about"]] = _page(_TITLES["about"], *_overview(known, told))
    terms = _terms(known) if known.layout.letters else {}
    for letter, page in known.layout.letters.items():
        said = counted(len(terms.get(letter, ())), "name")
        content = _names(known, terms.get(letter, ()), page)
        out[page] = _page(f"{_TITLES['glossary']}: {letter}", f"{said}.", content)
    return out


def _page(title: str, said: str, content: Markup) -> str:
    head = f"# {escape(title, links=False)} {{#vaultc-page}}"
    summary = fenced('div[data-vaultc="summary"]', escape(said))
    return front(title, said, search=UNSEARCHED) + "\n\n".join((head, summary, raw("about-vault", content))) + "\n"


def _overview(known: Known, told: dict[str, str]) -> tuple[str, Markup]:
    """The page that leads to the others, each with what it says in a sentence."""
    layout = known.layout
    here = layout.about["about"]
    rows = [
        el("li", el("a", _TITLES[name], href=pages.address(layout.about[name], here)), " ", el("span", said))
        for name, said in told.items()
    ]
    others = {"Tags": layout.tag_index, "Topic map": layout.graph, "Measured": layout.measured, "Claims": layout.claims}
    links = [el("a", label, href=pages.address(page, here)) for label, page in others.items() if page]
    said = f"{counted(len(layout.notes), 'note')}, {counted(len(known.vault.graph.edges), 'link')} between them."
    return said, join(
        (el("ul", join(rows, "\n"), class_="vc-told"), el("p", join(links, " · "), class_="vc-links")), "\n"
    )


def _recent(known: Known, here: str) -> tuple[str, Markup]:
    paths = known.recent[:MOST_RECENT]
    said = f"The {counted(len(paths), 'note')} that were changed last." if paths else "There is no note."
    return said, changes(known, paths, here) if paths else Markup("")


def _wanted(known: Known, here: str) -> tuple[str, Markup]:
    """Names that links use and no note has, the one that is used most first."""
    nodes = known.vault.graph.nodes
    uses: defaultdict[str, list[str]] = defaultdict(list)
    for edge in known.vault.graph.edges:
        if not nodes[edge.target].exists:
            uses[edge.target].append(edge.source)
    if not uses:
        return "Every link leads to a note.", Markup("")
    ordered = sorted(uses, key=lambda name: (-len(uses[name]), fold(name), name))
    rows = []
    for name in ordered[:MOST_WANTED]:
        sources = list(dict.fromkeys(uses[name]))
        links = join((known.link(path, here) for path in sources[:MOST_SOURCES]), ", ")
        more = f" and {len(sources) - MOST_SOURCES} more" if len(sources) > MOST_SOURCES else ""
        cells = el("th", name, scope="row"), el("td", str(len(uses[name]))), el("td", links, more)
        rows.append(el("tr", *cells))
    head = el("tr", *(el("th", title, scope="col") for title in ("Name", "Links", "Linked from")))
    table = el("table", el("thead", head), el("tbody", join(rows, "\n")), class_="vc-table vc-list")
    said = f"{counted(len(uses), 'name')} that links use and no note has."
    return said, join((el("div", table, class_="vc-scroll", tabindex="0"), _rest(len(ordered) - MOST_WANTED)), "\n")


def _health(known: Known, here: str) -> tuple[str, Markup]:
    """What a maintainer would look at: notes that nothing leads to or from, those that much leads to, results in doubt."""
    vault = known.vault
    paths = list(known.layout.notes)
    alone = [path for path in paths if any(orphan.check(vault, vault.notes[path]))]
    ends = [path for path in paths if any(dead_end.check(vault, vault.notes[path]))]
    hubs = known.hubs(paths, MOST_HUBS)
    again = _again(known, here)
    said = f"{counted(len(alone), 'orphan')}, {counted(len(ends), 'dead end')}"
    said += f", {counted(len(again), 'result')} to measure again." if known.measured.any else "."
    parts = [
        _section("Orphans", "No other note links to them.", _linked(known, alone, here)),
        _section("Dead ends", "They link to no other note.", _linked(known, ends, here)),
        _section(
            "Hubs", "Most notes link to them.", [el("li", known.link(p, here), f" {known.sources[p]}") for p in hubs]
        ),
        _section("Results to measure again", "Their code has changed, or their machine was not quiet.", again),
    ]
    return said, join(parts, "\n")


def _again(known: Known, here: str) -> list[Markup]:
    """The stored results that are stale or in doubt."""
    out = []
    for path, found in known.measured.found.items():
        for attached in found:
            for on in attached.machines:
                grave = any(flag in GRAVE for point in on.run.points for flag in point.flags)
                if on.state == "stale" or on.run.status in _DOUBTFUL or grave:
                    place = f"{pages.address(known.layout.notes[path], here)}#vaultc-results-{attached.id}"
                    badges = join(words.badges(on.run, on.state), " ")
                    out.append(el("li", el("a", attached.id, href=place), " ", badges, f" {on.machine.label}"))
    return out


def _linked(known: Known, paths: Iterable[str], here: str) -> list[Markup]:
    return [
        el("li", known.link(path, here)) for path in sorted(paths, key=lambda p: (fold(known.vault.notes[p].title), p))
    ]


def _section(title: str, said: str, rows: Sequence[Markup]) -> Markup:
    if not rows:
        return Markup("")
    shown = el("ul", join(rows[:MOST_LISTED], "\n"), class_="vc-names")
    return el("section", el("h2", title), el("p", said), shown, _rest(len(rows) - MOST_LISTED))


def _rest(left: int) -> Markup:
    return el("p", f"and {left:,} more".replace(",", "\u202f"), class_="vc-more") if left > 0 else Markup("")


def _glossary(known: Known, here: str) -> tuple[str, Markup]:
    """What notes are called besides their titles; a long one has a page for each letter."""
    terms = _terms(known)
    total = sum(map(len, terms.values()))
    if not total:
        return "No note has another name.", Markup("")
    said = f"{counted(total, 'other name')} of notes, and what they lead to."
    if letters := known.layout.letters:
        rows = [
            el("li", el("a", letter, href=pages.address(page, here)), f" {len(terms.get(letter, ()))}")
            for letter, page in letters.items()
        ]
        return said, el("ul", join(rows, "\n"), class_="vc-names")
    return said, join((el("section", el("h2", letter), _names(known, terms[letter], here)) for letter in terms), "\n")


def _terms(known: Known) -> dict[str, list[tuple[str, str]]]:
    """The other names of notes by initial, each with its note, in order."""
    found = [(name, path) for path in known.layout.notes for name in other_names(known.vault.notes[path])]
    out: dict[str, list[tuple[str, str]]] = {}
    for name, path in sorted(found, key=lambda term: (pages.initial(term[0]), fold(term[0]), *term)):
        out.setdefault(pages.initial(name), []).append((name, path))
    return out


def _names(known: Known, terms: Sequence[tuple[str, str]], here: str) -> Markup:
    rows = [el("li", el("span", name), " → ", known.link(path, here)) for name, path in terms[: pages.MOST_TERMS]]
    return join((el("ul", join(rows, "\n"), class_="vc-names"), _rest(len(terms) - pages.MOST_TERMS)), "\n")
