"""The outline of a note, the names of a vault, and how much of a note belongs together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vaultc.graph import Vault
from vaultc.model import Heading, Note
from vaultc.text import Span, fold

_MOST = 200


@dataclass(slots=True)
class Section:
    """A heading with all that stands below it."""

    heading: Heading
    span: Span
    parts: list["Section"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Named:
    """Something that has a name in a vault, and where. `within` is the note whose part it is."""

    name: str
    path: str
    span: Span
    within: str = ""


def outline(note: Note, size: int) -> list[Section]:
    """The sections of a note of `size` bytes, each in the one above it."""
    top: list[Section] = []
    open_: list[Section] = []
    for heading in note.headings:
        start = heading.span.start
        while open_ and open_[-1].heading.level >= heading.level:
            done = open_.pop()
            done.span = Span(done.span.start, start)
        section = Section(heading, Span(start, size))
        (open_[-1].parts if open_ else top).append(section)
        open_.append(section)
    return top


def sections(tops: Iterable[Section]) -> Iterator[Section]:
    """All sections, from the first line to the last."""
    for section in tops:
        yield section
        yield from sections(section.parts)


def named(vault: Vault, query: str) -> list[Named]:
    """The notes, aliases and headings whose names hold the words of a query, at most two hundred: notes first, and those that
    begin with it."""
    words = fold(query).split()
    found = (it for it in _all(vault, headings=bool(words)) if all(word in fold(it.name) for word in words))
    start = fold(query)
    return sorted(found, key=lambda it: (bool(it.within), not fold(it.name).startswith(start), it.name))[:_MOST]


def _all(vault: Vault, headings: bool) -> Iterator[Named]:
    for path, note in vault.notes.items():
        for name in dict.fromkeys((note.stem, note.title, *note.aliases)):
            yield Named(name, path, Span(0, 0))
        for heading in note.headings if headings else ():
            if heading.text:
                yield Named(heading.text, path, heading.span, note.title)
