"""Which of the edits that findings carry are made."""

from pathlib import Path

import pytest

from vaultc.diagnostics import Diagnostic, Edit, Fix, report
from vaultc.refactor import fixes
from vaultc.session import Session
from vaultc.text import Span

TEXT = "[[b]] one two\n"
ONE, SPACE, TWO = Span(6, 9), Span(9, 10), Span(10, 13)


def repaired(root: Path, *edits: tuple[Span, str]) -> tuple[str, int]:
    """The text after a repair by such edits, each carried by a finding of its own, and how many were made."""
    (root / "a.md").write_text(TEXT)
    (root / "b.md").write_text("[[a]]\n")
    found: list[Diagnostic] = [
        report("VC201", "made up", "a.md", span, fix=Fix("made up", (Edit("a.md", span, text),)))
        for span, text in edits
    ]
    repair = fixes.plan(Session.open(root).vault, found, lambda path: True)
    return repair.texts.get("a.md", TEXT.encode()).decode(), repair.edits


@pytest.mark.parametrize("backwards", [False, True])
def test_edits_that_touch_are_both_made(tmp_path: Path, backwards: bool) -> None:
    edits = [(ONE, "1"), (SPACE, "-"), (TWO, "2")]
    assert repaired(tmp_path, *(reversed(edits) if backwards else edits)) == ("[[b]] 1-2\n", 3)


def test_of_edits_that_overlap_the_first_is_made(tmp_path: Path) -> None:
    assert repaired(tmp_path, (ONE, "1"), (Span(8, 13), "x")) == ("[[b]] 1 two\n", 1)
    assert repaired(tmp_path, (ONE, "1"), (ONE, "other")) == ("[[b]] 1 two\n", 1)


def test_an_edit_that_would_break_a_link_is_not_made(tmp_path: Path) -> None:
    assert repaired(tmp_path, (Span(2, 3), "gone"), (TWO, "2")) == ("[[b]] one 2\n", 1)
