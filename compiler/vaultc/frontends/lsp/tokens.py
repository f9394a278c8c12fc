"""What an editor may colour that only the vault knows: where links lead, and what is a tag, a name of a block or a comment."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

from vaultc import parse
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.refactor.spelling import cut
from vaultc.resolve import Ambiguous, Resolution, Resolved
from vaultc.text import Span

# The protocol's own names, which colour schemes know: a note is a `class`, a part of it a `property`.
Kind = Literal["class", "property", "string", "decorator", "comment"]
Modifier = Literal["unresolved", "ambiguous", "definition"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MODIFIERS: tuple[Modifier, ...] = get_args(Modifier)


class Token(NamedTuple):
    """A piece of one line of a note, and what it is."""

    span: Span
    kind: Kind
    modifier: Modifier | None = None


def tokens(vault: Vault, path: str) -> Iterator[Token]:
    """The names, fragments and labels of a note's links, its tags, block ids and comments; in order, each on one line, none in another."""
    note, data = vault.notes[path], vault.text(path)
    found = [
        it
        for reference, meaning in zip(note.references, vault.links[path], strict=True)
        for it in _link(vault, note, reference, meaning)
    ]
    found += [Token(tag.span, "decorator") for tag in note.tags if tag.span.start >= note.body]
    found += [Token(block.id_span, "property", "definition") for block in note.blocks]
    found += [Token(span, "comment") for span in parse.read(data, note.body).comments]
    end = 0
    for token in sorted(found, key=lambda it: it.span):
        for span in _lines(data, token.span):
            if span.start >= end:
                yield token._replace(span=span)
                end = span.end


def _link(vault: Vault, note: Note, reference: Reference, meaning: Resolution) -> Iterator[Token]:
    target = reference.target_span
    if not reference.span.contains(target):  # it stands where the link is defined
        return
    chosen = meaning.chosen if isinstance(meaning, Ambiguous) else meaning
    kind: Kind = "string" if isinstance(chosen, Resolved) and chosen.kind == "asset" else "class"
    modifier: Modifier | None = (
        "ambiguous" if isinstance(meaning, Ambiguous) else None if isinstance(meaning, Resolved) else "unresolved"
    )
    name, _ = cut(vault.index, note, reference)
    middle = min(target.start + len(name.encode()), target.end)
    yield Token(Span(target.start, middle), kind, modifier)
    yield Token(Span(middle, target.end), "property", modifier)


def _lines(data: bytes, span: Span) -> Iterator[Span]:
    """The pieces of a span that stand on one line each, without what ends it."""
    ends = [at for at in range(span.start, span.end) if data[at] == 0x0A]
    for start, end in pairwise((span.start - 1, *ends, span.end)):
        piece = data[start + 1 : end].rstrip(b"\r")
        if piece:
            yield Span(start + 1, start + 1 + len(piece))
