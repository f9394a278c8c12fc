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
