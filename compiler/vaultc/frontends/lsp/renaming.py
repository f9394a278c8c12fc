"""New names for notes, headings and blocks, with every link to them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from vaultc.diagnostics import Edit, quoted
from vaultc.errors import VaultcError
from vaultc.frontends.lsp import places
from vaultc.graph import Vault
from vaultc.model import Block, Heading
from vaultc.refactor import moves, renames
from vaultc.refactor.spelling import cut
from vaultc.resolve import Resolved
from vaultc.text import Span, fold


@dataclass(frozen=True, slots=True)
class Renamable:
    """What can be renamed at a place: `part` of the note at `path`, or the note; `span` shows it, under its `name`."""

    path: str
    part: Heading | Block | None
    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """What to write, and the file to rename after that, if any, from one path to another."""

    edits: tuple[Edit, ...]
    move: tuple[str, str] | None = None


def at(vault: Vault, path: str, offset: int) -> Renamable | None:
    """What can be renamed at a place: the note or the part of it that a link there names, or the heading or block there."""
    note = vault.notes[path]
    if link := places.link_at(vault, path, offset):
        found = link.chosen
        span = link.reference.target_span
        if not isinstance(found, Resolved) or found.kind != "note" or not span.start <= offset <= span.end:
            return None
        name = len(cut(vault.index, note, link.reference)[0].encode())
        if offset <= span.start + name and name:
            target = vault.notes[found.path]
            return Renamable(found.path, None, Span(span.start, span.start + name), target.stem)
        shown = Span(min(span.start + name + 1, span.end), span.end)
        part = _part(vault, found)
        return Renamable(found.path, part, shown, _name(part)) if part else None
    if block := places.block_at(note, offset):
        return Renamable(path, block, block.id_span, f"^{block.id}")
    heading = places.heading_at(note, offset)
    start = vault.text(path).find(heading.source.encode(), heading.span.start) if heading and heading.source else -1
    if heading is None or start < 0:
        return None
    return Renamable(path, heading, Span(start, start + len(heading.source.encode())), heading.source)


def rename(vault: Vault, what: Renamable, name: str) -> Renamed:
    """What it takes to give something a new name. Raises VaultcError when it cannot have that, or a link could not follow."""
    if isinstance(what.part, Heading):
        return Renamed(renames.heading(vault, what.path, what.part, name))
    if isinstance(what.part, Block):
        return Renamed(renames.block(vault, what.path, what.part, name))
    name = name.strip().removesuffix(".md")
    if not name or "/" in name or "\\" in name or name.startswith("."):
        raise VaultcError(f"{quoted(name)} is no name for a note: no slash, and no dot in front")
    folder = vault.notes[what.path].folder
    goal = f"{folder}/{name}.md" if folder else f"{name}.md"
    if goal == what.path:
        return Renamed(())
    return Renamed(tuple(moved(vault, what.path, goal)), (what.path, goal))


def moved(vault: Vault, old: str, new: str) -> Iterator[Edit]:
    """The edits, at paths as they are before, by which every link follows a file or folder from `old` to `new`.

    Raises VaultcError when something is there already, or a link could not follow.
    """
    root = vault.project.root
    taken = [path for path in vault.index.files.get(fold(new), ()) if path != old]
    if taken or (os.path.lexists(root / new) and fold(new) != fold(old)):
        raise VaultcError(f"{taken[0] if taken else new} is already there: choose another name")
    drawn = [path for path in vault.scan.assets if path.lower().endswith(".canvas")]
    canvases = {path: (root / path).read_bytes() for path in drawn}
    move = moves.plan(vault, old, new, canvases)
    for path, spans in move.spans.items():
        for span, text in spans.items():
            yield Edit(path, span, text)
    for path, data in canvases.items():
        at_new = new + path[len(old) :] if path == old or path.startswith(f"{old}/") else path
        if at_new in move.texts:
            yield Edit(path, Span(0, len(data)), move.texts[at_new].decode())


def _part(vault: Vault, found: Resolved) -> Heading | Block | None:
    note = vault.notes[found.path]
    parts: tuple[Heading | Block, ...] = (*note.headings, *note.blocks)
    anchors = (it.anchor if isinstance(it, Heading) else f"^{it.id}" for it in parts)
    return next(
        (it for it, anchor in zip(parts, anchors, strict=True) if found.anchor and anchor == found.anchor), None
    )


def _name(part: Heading | Block) -> str:
    return part.source if isinstance(part, Heading) else f"^{part.id}"
