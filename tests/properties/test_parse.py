"""Whatever a file holds, it parses, and every span is a place in its text."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.strategies import mutated, notes
from vaultc.model import Note
from vaultc.parse import parse, text
from vaultc.scan import source_file
from vaultc.text import Span


def spans(note: Note) -> list[Span]:
    return [
        *(span for r in note.references for span in (r.span, r.target_span, r.context)),
        *(h.span for h in note.headings),
        *(span for b in note.blocks for span in (b.span, b.id_span)),
        *(d.target_span for d in note.definitions),
        *(t.span for t in note.tags),
        *(s.span for s in note.snippets),
        *(span for i in note.ignores for span in (i.span, i.scope)),
        *(f.span for f in note.findings),
    ]


def examine(data: bytes) -> None:
    source = source_file("dir/note.md", data)
    note = parse(source)
    body = text(source)[0]
    for start, end in spans(note):
        assert 0 <= start <= end <= len(body)
        body[start:end].decode()  # both ends lie between characters
        body[:start].decode()
    for reference in note.references:
        written = body[slice(*reference.target_span)].decode()
        if reference.kind in ("link", "embed", "property"):
            # A target that a comment cuts in two is no stretch of the text.
            assert written == reference.target or (not written and b"%%" in body[slice(*reference.span)])
            assert reference.span.contains(reference.target_span)
            assert body[reference.span.end - 2 : reference.span.end] == b"]]"
        elif reference.target_span.start < reference.target_span.end:
            assert reference.span.contains(reference.target_span)
    for block in note.blocks:
        assert body[slice(*block.id_span)].decode() == f"^{block.id}"
    for definition in note.definitions:
        assert body[slice(*definition.target_span)].decode() == definition.target
    for tag in note.tags:
        if tag.span.start >= note.body:
            assert body[slice(*tag.span)].decode().strip("#/") == tag.name
    anchors = [heading.anchor for heading in note.headings]
    assert all(anchors) and len(set(anchors)) == len(anchors)
    for links in ("link", "embed", "property"):
        ours = [r.span for r in note.references if r.kind == links]
        assert all(a.end <= b.start for a, b in pairwise(ours))


@given(notes)
def test_notes(written: str) -> None:
    examine(written.encode("utf-8", "surrogatepass"))


@given(mutated())
def test_damaged_notes(data: bytes) -> None:
    examine(data)


@given(st.text())
def test_any_text(written: str) -> None:
    examine(written.encode("utf-8", "surrogatepass"))


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    examine(data)
