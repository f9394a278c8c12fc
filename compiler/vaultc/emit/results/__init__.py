"""Measurements on the pages: under each benchmark, all together, over time, and what they say about the claims."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vaultc.bench.records.attach import Attached, attach
from vaultc.emit import pages
from vaultc.emit.frame import front
from vaultc.emit.lower import Fold
from vaultc.emit.lower.element import fenced
from vaultc.emit.lower.escape import escape
from vaultc.emit.pages import Layout
from vaultc.emit.results import words
from vaultc.emit.results.block import block
from vaultc.emit.results.history import history
from vaultc.emit.results.overview import Links, ledger, measured
from vaultc.emit.results.said import Said, said
from vaultc.graph import Vault
from vaultc.model import Note

__all__ = ["Measured", "collect"]


@dataclass(frozen=True, slots=True)
class Measured:
    """The benchmarks of the published notes, by note."""

    found: Mapping[str, tuple[Attached, ...]]

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the benchmarks that were ever run."""
        return tuple(
            attached.id for each in self.found.values() for attached in each if attached.id and attached.machines
        )

    @property
    def states(self) -> list[object]:
        """What can be said of each benchmark without its numbers."""
        return [
            (on.machine.label, attached.id, on.state, on.run.status, on.run.started)
            for each in self.found.values()
            for attached in each
            for on in attached.machines
        ]

    @property
    def any(self) -> bool:
        """Whether there is a benchmark at all."""
        return bool(self.found)

    def said(self, notes: Iterable[str]) -> list[Said]:
        """The verdicts on what some notes claim, the most surprising first; those of a snippet that cannot be run are none."""
        return said([attached for path in notes for attached in self.found.get(path, ()) if attached.id])

    def results(self, note: str) -> list[str]:
        """The different verdicts on what a note claims, and `measured` where there are figures."""
        found = self.found.get(note, ())
        figures = any(on.state != "unmeasured" for attached in found for on in attached.machines)
        return sorted({one.claim.verdict for one in self.said([note])}) + ["measured"] * figures

    def folds(self, layout: Layout, note: Note) -> Mapping[int, Fold]:
        """What stands before the benchmarks of a note, which are folded, by offset."""
        page = layout.notes[note.path]
        out = {}
        for attached in self.found.get(note.path, ()):
            links = {}
            if attached.id in layout.histories:
                links["History"] = pages.address(layout.histories[attached.id], page)
            links["All measurements"] = pages.address(layout.measured, page)
            links["Claims"] = pages.address(layout.claims, page)
            lines = words.count(len(attached.snippet.code.strip("\n").split("\n")), "line")
            out[attached.snippet.span.start] = Fold(block(attached, links), f"{lines} of Python")
        return out

    def generate(self, vault: Vault, layout: Layout) -> dict[str, str]:
        """The pages about measurements by object path; none without benchmarks."""
        if not layout.measured:
            return {}
        every = [attached for each in self.found.values() for attached in each]
        titles = {path: vault.notes[path].title for path in self.found}
        topics = {path: _topics(vault.notes[path]) for path in self.found}
        here = layout.measured
        ahead = f"[Claims]({pages.destination(layout.claims, here)})"
        out = {here: _page("Measured", measured(every, topics, titles, self._links(layout, here)), ahead)}
        here = layout.claims
        back = f"[All measurements]({pages.destination(layout.measured, here)})"
        out[here] = _page("Claims", ledger(every, titles, self._links(layout, here)), back)
        for attached in every:
            if attached.id in layout.histories:
                here = layout.histories[attached.id]
                note = pages.destination(layout.notes[attached.note], here, f"vaultc-results-{attached.id}")
                links = f"[{escape(titles[attached.note], links=False)}]({note}) · [All measurements]({pages.destination(layout.measured, here)})"
                out[here] = _page(attached.id, history(attached), links, f"History of {attached.id}")
        return out

    def _links(self, layout: Layout, here: str) -> Links:
        notes = {path: pages.address(layout.notes[path], here) for path in self.found}
        return Links(notes, {name: pages.address(page, here) for name, page in layout.histories.items()})


def collect(vault: Vault) -> Measured:
    """The benchmarks of a vault with their stored results. Raises VaultcError where a results file cannot be read.

    Notes that are not published take part only in telling whether an id is unique.
    """
    found: dict[str, list[Attached]] = {}
    for attached in attach(vault.notes.values(), vault.project.root):
        if vault.notes[attached.note].published:
            found.setdefault(attached.note, []).append(attached)
    return Measured({path: tuple(each) for path, each in found.items()})


def _topics(note: Note) -> list[str]:
    """A note's tags, else its folder."""
    return list(dict.fromkeys(tag.name for tag in note.tags)) or [note.folder or "no topic"]


def _page(title: str, content: str, links: str, heading: str = "") -> str:
    head = f"# {escape(heading or title, links=False)} {{#vaultc-page}}"
    around = fenced('div[data-vaultc="page-links"]', links)
    return front(title, hide=["toc"]) + f"{head}\n\n{around}\n\n{content}\n"
