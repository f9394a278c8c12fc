"""What stands under the cursor, and who leads to it."""

from collections.abc import Iterator
from dataclasses import dataclass

from vaultc.graph import Vault
from vaultc.model import Block, Heading, Note, Reference
from vaultc.resolve import Ambiguous, Resolution, Resolved, Unresolved
from vaultc.text import Span

_LINES = 12
_LONGEST = 1200


@dataclass(frozen=True, slots=True)
class Link:
    """A reference of a note, and what it means."""

    note: Note
    reference: Reference
    meaning: Resolution

    @property
    def chosen(self) -> Resolved | Unresolved:
        """The one meaning that counts."""
        return self.meaning.chosen if isinstance(self.meaning, Ambiguous) else self.meaning


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag, wherever it is used."""

    name: str


@dataclass(frozen=True, slots=True)
class Target:
    """What links can lead to: a file, or with an `anchor` a part of it."""

    path: str
    anchor: str = ""


def link_at(vault: Vault, path: str, offset: int) -> Link | None:
    """The innermost link around a place."""
    note = vault.notes[path]
    around = [
        Link(note, reference, meaning)
        for reference, meaning in zip(note.references, vault.links[path], strict=True)
        if reference.span.start <= offset <= reference.span.end
    ]
    return min(around, key=lambda it: it.reference.span.end - it.reference.span.start, default=None)


def heading_at(note: Note, offset: int) -> Heading | None:
    """The heading in whose line a place is."""
    return next((it for it in note.headings if it.span.start <= offset <= it.span.end), None)


def block_at(note: Note, offset: int) -> Block | None:
    """The block on whose id a place is."""
    return next((it for it in note.blocks if it.id_span.start <= offset <= it.id_span.end), None)


def subject(vault: Vault, path: str, offset: int) -> Target | Tagged:
    """What is meant by a place: what the link there leads to, the tag, block or heading there, or else the note."""
    note = vault.notes[path]
    if (link := link_at(vault, path, offset)) and (found := target(link.chosen)):
        return found
    if block := block_at(note, offset):
        return Target(path, f"^{block.id}")
    if offset >= note.body and (tag := next((t for t in note.tags if t.span.start <= offset <= t.span.end), None)):
        return Tagged(tag.name)
    if heading := heading_at(note, offset):
        return Target(path, heading.anchor)
    return Target(path)


def target(meaning: Resolved | Unresolved) -> Target | None:
    """What a link leads to; None where that is nothing, or the page of a folder."""
    if not isinstance(meaning, Resolved) or meaning.kind == "folder":
        return None
    return Target(meaning.path, meaning.anchor if meaning.part in ("heading", "block") else "")


def leading_to(vault: Vault, to: Target) -> Iterator[tuple[str, Span]]:
    """The links to a target, as paths and places. Links to a part of a note lead to the note."""
    note = to.path in vault.notes
    for path in sorted({to.path, *vault.sources.get(to.path, ())}) if note else vault.notes:
        for reference, meaning in zip(vault.notes[path].references, vault.links[path], strict=True):
            end = target(meaning.chosen if isinstance(meaning, Ambiguous) else meaning)
            if end and end.path == to.path and to.anchor in ("", end.anchor):
                yield path, reference.span


def tagged(vault: Vault, name: str) -> Iterator[tuple[str, Span]]:
    """The places of a tag and of those below it."""
    for path, note in vault.notes.items():
        for tag in note.tags:
            if tag.name == name or tag.name.startswith(f"{name}/"):
                yield path, tag.span


def stands(vault: Vault, to: Target) -> Span:
    """Where a target stands in its file: the line of a heading, the block, or the beginning."""
    note = vault.notes.get(to.path)
    if note and to.anchor.startswith("^"):
        return next((block.span for block in note.blocks if f"^{block.id}" == to.anchor), Span(0, 0))
    headings = note.headings if note and to.anchor else ()
    return next((it.span for it in headings if it.anchor == to.anchor), Span(0, 0))


def preview(vault: Vault, link: Link) -> str | None:
    """The first lines of what a link leads to, as Markdown; None where it leads nowhere."""
    found = link.chosen
    if not isinstance(found, Resolved):
        return None
    note = vault.notes.get(found.path)
    if note is None:
        return f"`{found.path}`"
    others = link.meaning.candidates[1:] if isinstance(link.meaning, Ambiguous) else ()
    also = f"\n\nmay also be {', '.join(f'`{path}`' for path in others[:3])}" if others else ""
    extent = vault.extent(found)
    text = vault.text(found.path)[extent.start : extent.end].decode("utf-8", "replace").strip()
    lines = text[:_LONGEST].splitlines()
    shown = "\n".join(lines[:_LINES])
    if len(shown) < len(text):
        shown += "\n```" * (sum(line.lstrip().startswith("```") for line in lines[:_LINES]) % 2) + "\n\n…"
    return f"**{note.title}** · `{found.path}`{also}\n\n---\n\n{shown}"
