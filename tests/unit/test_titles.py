"""A page has one title: the front matter's, else the heading that opens the note, else the file's name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vaultc.emit import emit
from vaultc.session import Session

OURS = ' {#vaultc-title data-vaultc="title"}'
TITLES = {
    "the heading that opens the note": ("# One\n\nText", ["# One {#one}"]),
    "after a comment": ("<!-- x -->\n%% y %%\n\n# One", ["# One {#one}"]),
    "the file's name": ("Text", [f"# a name{OURS}"]),
    "a late heading is none": ("Text\n\n# One", [f"# a name{OURS}", "## One {#one}"]),
    "nor is a second": ("# One\n\n# Two\n\n- # Three", ["# One {#one}", "## Two {#two}", "## Three {#three}"]),
    "the front matter's": ("---\ntitle: T\n---\n# One", [f"# T{OURS}", "## One {#one}"]),
    "which the note repeats": ("---\ntitle: one\n---\n# One", ["# One {#one}"]),
    "HTML is none": ("<h1 id=x>One</h1>\n\nText <H1>", [f"# a name{OURS}", "<h2 id=x>One</h2>"]),
    "nor is an embedded one": ("![[b]]", [f"# a name{OURS}", "## B"]),
    "of signs": ("---\ntitle: 'C# *x* {#y}'\n---\n", [f"# C# \\*x\\* \\{{#y}}{OURS}"]),
}


@pytest.mark.parametrize(("text", "headings"), TITLES.values(), ids=TITLES)
def test_titles(tmp_path: Path, text: str, headings: list[str]) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "a name.md").write_text(text, encoding="utf-8")
    (tmp_path / "vault" / "b.md").write_text("# B\n", encoding="utf-8")
    emitted = emit(Session.open(tmp_path / "vault").vault, tmp_path / "docs")
    page = (emitted.folder / "a name.md").read_text(encoding="utf-8")
    assert re.findall(r"^(?:- )?(#+ .*|<h\d.*)$", page, re.MULTILINE) == headings
    title = headings[0].removesuffix(OURS).removesuffix(" {#one}")[2:].replace("\\", "")
    assert emitted.titles["a name.md"] in (title, "one")


SUMMARIES = {
    "another sentence is shown": ("Other words.", True),
    "the first sentence is not said twice": ("In short, *this* is [[b|a link]]. More.", False),
    "nor below a title": ("# T\n\nIn short, this is a link, and so on.", False),
    "a heading is no sentence of it": ("## In short\n\nthis is a link.", True),
    "the beginning of one is none": ("In short.", True),
}


@pytest.mark.parametrize(("text", "stays"), SUMMARIES.values(), ids=SUMMARIES)
def test_a_summary_that_the_text_begins_with_is_not_shown(tmp_path: Path, text: str, stays: bool) -> None:
    (tmp_path / "vault").mkdir()
    note = f"---\nsummary: In short, this is a link.\n---\n{text}\n"
    (tmp_path / "vault" / "a.md").write_text(note, encoding="utf-8")
    (tmp_path / "vault" / "b.md").write_text("# B\n", encoding="utf-8")
    page = (emit(Session.open(tmp_path / "vault").vault, tmp_path / "docs").folder / "a.md").read_text(encoding="utf-8")
    assert ('data-vaultc="summary"' in page) is stays
    assert 'description: "In short, this is a link."' in page


@pytest.mark.parametrize(("words", "said"), [(300, None), (2200, "10 min")])
def test_one_line_says_how_long_a_note_is(tmp_path: Path, words: int, said: str | None) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "a.md").write_text(f"---\naliases: [b]\n---\n{'word ' * words}\n#tag\n", encoding="utf-8")
    page = (emit(Session.open(tmp_path / "vault").vault, tmp_path / "docs").folder / "a.md").read_text(encoding="utf-8")
    line = page[page.index('data-vaultc="about"') : page.index("word")]
    assert re.findall(r'data-vaultc="([\w-]+)"', line) == [
        "about",
        *(["reading-time"] if said else []),
        "changed",
        "tags",
        "aliases",
    ]
    assert (said or "") in line
