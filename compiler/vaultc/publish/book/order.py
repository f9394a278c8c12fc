"""A note as the order of a book: which notes are its chapters, and under which of its headings."""

from typing import NamedTuple

from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.parse import Document
from vaultc.resolve import Ambiguous, Resolved


class Chapter(NamedTuple):
    """A note, and the index of the heading under which it stands; -1 before the first."""

    path: str
    section: int


def chapters(vault: Vault, note: Note, document: Document) -> list[Chapter]:
    """The published notes that a note links to, each once, in order.

    Lists say the order: a link in running text or in a callout refers. A note without a link in a list means all its links.
    """
    listed: dict[str, int] = {}
    linked: dict[str, int] = {}
    meant = {
        reference.span.start: resolution.chosen if isinstance(resolution, Ambiguous) else resolution
        for reference, resolution in zip(note.references, vault.links[note.path], strict=True)
        if reference.kind in ("link", "markdown")
    }
    headings = {heading.span.start: index for index, heading in enumerate(note.headings)}
    section, lists, quotes = -1, 0, 0
    for name, _, start, _ in document.steps():
        if name == "+Heading":
            section = headings.get(start, section)
        elif name in ("+List", "-List"):
            lists += 1 if name[0] == "+" else -1
        elif name in ("+BlockQuote", "-BlockQuote"):
            quotes += 1 if name[0] == "+" else -1
        elif name in ("WikiLink", "+Link"):
            target = meant.get(start)
            if isinstance(target, Resolved) and target.kind == "note" and target.path != note.path:
                found = vault.notes.get(target.path)
                if found and found.published:
                    linked.setdefault(target.path, section)
                    if lists and not quotes:
                        listed.setdefault(target.path, section)
    return [Chapter(path, at) for path, at in (listed or linked).items()]
