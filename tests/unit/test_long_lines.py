"""A line may be a whole note, with a finding in every word: finding the places of all does not read it once for each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vaultc.frontends.render import FORMATS, renderer
from vaultc.frontends.report import Report
from vaultc.session import Session
from vaultc.text import Lines, Span, Unit

MANY = 4_000
NEAR = 1_000  # bytes that may be looked at for one place


class Counted(bytes):
    """Bytes that count how many of them are taken."""

    taken = 0

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        self.taken += len(found) if isinstance(at, slice) else 1
        return found


@pytest.mark.parametrize(("unit", "wide"), [("utf-8", 11), ("utf-16", 8), ("utf-32", 7)])
def test_an_editors_places(unit: Unit, wide: int) -> None:
    data = Counted(("[[é🦊]] " * MANY).encode())
    lines = Lines.of(data)
    assert [lines.editor(11 * at, unit) for at in range(MANY)] == [(0, wide * at) for at in range(MANY)]
    assert data.taken < MANY * NEAR


def test_the_words_near_a_place() -> None:
    data = Counted(("[[é🦊]] " * MANY).encode())
    lines = Lines.of(data)
    assert {len(lines.near(Span(11 * at, 11 * at + 10))) < NEAR * 4 for at in range(MANY)} == {True}
    assert lines.near(Span(0, 10), 2).startswith("é🦊]] [[é🦊]]")
    assert data.taken < MANY * 5 * NEAR


@pytest.mark.parametrize("name", FORMATS)
def test_a_report(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.md").write_text("[[é🦊]] " * MANY, encoding="utf-8")
    session = Session.open(tmp_path)
    report = Report(session, session.diagnostics)
    data = Counted((tmp_path / "a.md").read_bytes())
    report._lines["a.md"] = Lines.of(data)
    assert f"{7 * (MANY - 1) + 1}" in renderer(name)(report)
    assert 0 < data.taken < MANY * 2 * NEAR
