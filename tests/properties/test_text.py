"""Positions go there and back, and edits touch nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultc import text as text_module
from vaultc.text import Lines, Span, Unit, fold, splice

MARK = "\ufeff".encode()
texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n\r🦊é\ufeff"))


SIZES: dict[Unit, Callable[[str], int]] = {
    "utf-8": lambda sign: len(sign.encode()),
    "utf-16": lambda sign: 2 if ord(sign) > 0xFFFF else 1,
    "utf-32": lambda sign: 1,
}


@pytest.fixture(scope="module", params=[4, 512], autouse=True)
def stride(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_module, "_STRIDE", request.param)
        text_module._columns.cache_clear()
        yield
    text_module._columns.cache_clear()


@pytest.mark.parametrize("unit", SIZES)
@given(text=texts, data=st.data())
def test_an_editors_position_comes_back(unit: Unit, text: str, data: st.DataObject) -> None:
    lines = Lines.of(text.encode())
    offset = len(text[: data.draw(st.integers(0, len(text)))].encode())
    line, character = lines.editor(offset, unit)
    start = len(MARK) if line == 0 and text.startswith("\ufeff") else lines.starts[line]
    before = text.encode()[start:offset].decode()
    assert character == sum(map(SIZES[unit], before))
    within = before[: len(lines.text(line + 1))]  # no editor counts the line's end
    assert lines.offset(line, character, unit) == start + len(within.encode())


@given(texts, st.data())
def test_a_persons_position_counts_code_points(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    line, column = Lines.of(text.encode()).position(len(text[:at].encode()))
    before = text[:at]
    assert line == before.count("\n") + 1
    assert column == len(before.removeprefix("\ufeff").rpartition("\n")[2]) + 1


@given(st.integers(), st.integers(), texts)
def test_places_outside_are_drawn_in(offset: int, character: int, text: str) -> None:
    lines = Lines.of(text.encode())
    last = text.count("\n") + 1
    assert 1 <= lines.position(offset).line <= last
    assert 0 <= lines.offset(offset, character) <= len(text.encode())


@given(texts, st.data())
def test_edits_leave_every_other_byte(text: str, data: st.DataObject) -> None:
    encoded = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(encoded)), max_size=8).filter(lambda c: len(c) % 2 == 0)))
    edits = [(Span(*cuts[at : at + 2]), data.draw(st.text(max_size=3))) for at in range(0, len(cuts), 2)]
    edits = [(span, new) for at, (span, new) in enumerate(edits) if at == 0 or edits[at - 1][0].end < span.start]
    expected, at = b"", 0
    for span, new in edits:
        expected, at = expected + encoded[at : span.start] + new.encode("utf-8", "replace"), span.end
    edits = [(span, new.encode("utf-8", "replace").decode()) for span, new in edits]
    assert splice(encoded, edits[::-1]) == expected + encoded[at:]


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        splice(b"abcdef", [(Span(0, 3), "x"), (Span(2, 4), "y")])


@given(st.text())
def test_folding_is_stable(name: str) -> None:
    folded = fold(name)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFD", name)) == folded
    assert not name.isascii() or fold(name.upper()) == folded
