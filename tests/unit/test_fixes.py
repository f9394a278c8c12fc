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


FILES = {
    "Beta.md": "---\naliases: [Nick]\n---\n# Head\n\ntext ^id\n",
    "Dir/Gamma Ray.md": "# G\n",
    "Dir/index.md": "# I\n",
    "C#.md": "# C\n",
    "Caf\u00e9.md": "# \u00e9\n",
    "Pic.PNG": "",
}


def normalised(root: Path, text: str, note: str = "Dir/a.md") -> str:
    """The text of a note after a repair that no finding asked for."""
    for name, content in {**FILES, note: text}.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    return fixes.plan(Session.open(root).vault, [], lambda path: True).texts.get(note, text.encode()).decode()


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("[[beta]]", "[[Beta]]"),
        ("[[BETA|beta]] [[beta#Head]] ![[beta#^id]]", "[[Beta|beta]] [[Beta#Head]] ![[Beta#^id]]"),
        ("[[Beta.md]] [[beta.MD#head]]", "[[Beta]] [[Beta#head]]"),
        ("[[dir/gamma ray]] [[./gamma Ray]] [[../BETA]]", "[[Dir/Gamma Ray]] [[./Gamma Ray]] [[../Beta]]"),
        ("[[c#]] [[c##c]]", "[[C#]] [[C##c]]"),
        ("[[Cafe\u0301]]", "[[Caf\u00e9]]"),
        ("![[pic.png|300]]", "![[Pic.PNG|300]]"),
        ("[x](../beta.md#head) ![](../pic.png)", "[x](../Beta.md#head) ![](../Pic.PNG)"),
        ("[x](gamma%20ray.md)", "[x](Gamma%20Ray.md)"),
        ("[x](../dir/gamma%20ray.md)", "[x](../Dir/Gamma%20Ray.md)"),
        ("[x](<gamma ray.md>)", "[x](<Gamma Ray.md>)"),
        ("[x](gamma%20ray)", "[x](Gamma%20Ray)"),
        ("[x](../c%23.md)", "[x](../C%23.md)"),
    ],
)
def test_a_link_is_written_as_its_file_is(tmp_path: Path, written: str, normal: str) -> None:
    assert normalised(tmp_path, f"{written} gone\n") == f"{normal} gone\n"


@pytest.mark.parametrize(
    "text",
    [
        "[[Beta]] [[beta gone]] [[Dir/Gamma Ray]] [x](<Gamma Ray.md>) [x](Gamma%20Ray.md)",
        "[[nick]]",  # another name of the note, as its author writes it
        "[[dir]] [[dir/]]",  # a folder
        "[x](../beta.md?x=1)",  # a destination with a question has more than a name
        "[x][r]",
        "[[#head]]",
        "[[Caf&eacute;]]",  # a sign as HTML writes it
        "[x](https://example.org/beta.md)",
    ],
)
def test_what_is_no_file_name_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    assert normalised(tmp_path, f"{text}\n\n# Head\n\n[r]: ../Beta.md\n") == f"{text}\n\n# Head\n\n[r]: ../Beta.md\n"


def test_a_normal_form_that_would_mean_another_file_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "beta.md").write_text("# another\n")
    assert normalised(tmp_path, "[[beta]] [[Beta]] [[beta.md]]\n") == "[[beta]] [[Beta]] [[beta]]\n"


def planned(root: Path, files: dict[str, bytes], *edits: Edit, covers: str = "") -> dict[str, str]:
    """The texts that a repair by these edits leads to; only notes whose path begins with `covers` may change."""
    for name, data in files.items():
        (root / name).write_bytes(data)
    found = [report("VC201", "made up", edit.path, edit.span, fix=Fix("made up", (edit,))) for edit in edits]
    texts = fixes.plan(Session.open(root).vault, found, lambda path: path.startswith(covers)).texts
    return {path: data.decode("utf-8", "backslashreplace") for path, data in texts.items()}


def test_only_notes_that_are_covered_change(tmp_path: Path) -> None:
    files = {"a.md": b"[[B]] [[gone]]\n", "b.md": b"[[A]] [[gone]]\n"}
    edits = [Edit(path, Span(8, 12), path[0]) for path in files]
    assert planned(tmp_path, files, *edits, covers="b") == {"b.md": "[[a]] [[b]]\n"}
    assert planned(tmp_path, files, *edits) == {"a.md": "[[b]] [[a]]\n", "b.md": "[[a]] [[b]]\n"}


def test_a_note_whose_bytes_are_no_text_and_one_that_is_not_there_are_left(tmp_path: Path) -> None:
    files = {"a.md": b"[[B]] \xff [[gone]]\n", "b.md": b"[[a]]\n"}
    assert planned(tmp_path, files, Edit("a.md", Span(0, 1), "x"), Edit("none.md", Span(0, 1), "x")) == {}


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span(0, 2), "( "),  # a link less
        (Span(16, 20), "[[b]]"),  # a link more
        (Span(14, 16), "x "),  # a heading less
        (Span(14, 14), "# More\n\n"),  # a heading more
        (Span(16, 20), "Other"),  # a heading that another note links to
    ],
)
def test_an_edit_that_changes_more_than_where_links_lead_is_not_made(tmp_path: Path, span: Span, text: str) -> None:
    files = {"a.md": b"[[b]] [[b]]\n\n\n# Head\n", "b.md": b"[[a#Head]]\n"}
    assert planned(tmp_path, files, Edit("a.md", span, text)) == {}


def test_an_edit_may_mend_a_link_and_one_that_stays_broken_is_no_reason_against_others(tmp_path: Path) -> None:
    files = {"a.md": b"[[gone]] [[lost]] [[B]]\n", "b.md": b"[[a]]\n"}
    assert planned(tmp_path, files, Edit("a.md", Span(2, 6), "b")) == {"a.md": "[[b]] [[lost]] [[b]]\n"}


def test_an_edit_that_leads_a_broken_link_to_another_missing_note_is_not_made(tmp_path: Path) -> None:
    files = {"a.md": b"[[gone]] [[B]]\n", "b.md": b"[[a]]\n"}
    assert planned(tmp_path, files, Edit("a.md", Span(2, 6), "other")) == {"a.md": "[[gone]] [[b]]\n"}


def test_an_edit_that_leads_to_the_same_place_by_another_name_is_made(tmp_path: Path) -> None:
    files = {"a.md": b"[[Nick]]\n", "b.md": b"---\naliases: Nick\n---\n[[a]]\n"}
    assert planned(tmp_path, files, Edit("a.md", Span(2, 6), "b|Nick")) == {"a.md": "[[b|Nick]]\n"}


def test_an_edit_that_leads_elsewhere_is_not_made(tmp_path: Path) -> None:
    files = {"a.md": b"[[b]] [[C]]\n", "b.md": b"# B\n\n[[a]]\n", "c.md": b"[[a]]\n"}
    assert planned(tmp_path, files, Edit("a.md", Span(2, 3), "c")) == {"a.md": "[[b]] [[c]]\n"}
    assert planned(tmp_path, files, Edit("a.md", Span(3, 3), "#B")) == {}


def test_an_edit_that_adds_a_fault_to_the_front_matter_is_not_made(tmp_path: Path) -> None:
    files = {"a.md": b"---\ntitle: x\n---\n[[b]]\n", "b.md": b"[[a]]\n"}
    assert planned(tmp_path, files, Edit("a.md", Span(11, 12), "[")) == {}
    assert planned(tmp_path, files, Edit("a.md", Span(11, 12), "y")) == {"a.md": "---\ntitle: y\n---\n[[b]]\n"}


def test_an_edit_for_which_another_note_pays_is_not_made(tmp_path: Path) -> None:
    """The title of one note becomes the alias of another."""
    files = {
        "a.md": b"[[Name]]\n",
        "b.md": b"---\ntitle: Name\n---\n[[a]]\n",
        "c.md": b"---\naliases: Nome\n---\n[[a]]\n",
    }
    assert planned(tmp_path, files, Edit("c.md", Span(14, 15), "a")) == {}
    assert planned(tmp_path, files, Edit("c.md", Span(14, 15), "u")) == {"c.md": "---\naliases: Nume\n---\n[[a]]\n"}
