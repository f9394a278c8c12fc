"""Promises that hang on one line of the compiler each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown import Markdown

from vaultc.emit import emit
from vaultc.emit.lower import Plan, lower
from vaultc.emit.note import BUDGET
from vaultc.parse import read
from vaultc.publish.dialect import EXTENSIONS
from vaultc.resolve import Resolved, Unresolved
from vaultc.session import Session


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "vault" / "a").mkdir(parents=True)
    return tmp_path / "vault"


def page(root: Path, name: str) -> str:
    folder = emit(Session.open(root).vault, root.parent / "docs").folder
    return (folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["[[n.md]] [x](n.md)", "[x](n.md) [[n.md]]"])
def test_a_wiki_link_and_a_markdown_link_of_the_same_words_lead_where_each_leads(root: Path, text: str) -> None:
    for name in ("n.md", "a/n.md"):
        (root / name).write_text("# n\n", encoding="utf-8")
    (root / "a" / "l.md").write_text(text, encoding="utf-8")
    vault = Session.open(root).vault
    meant = {
        reference.kind: resolution.path
        for reference, resolution in zip(vault.notes["a/l.md"].references, vault.links["a/l.md"], strict=True)
        if isinstance(resolution, Resolved)
    }
    assert meant == {"link": "n.md", "markdown": "a/n.md"}


def test_an_id_of_a_page_is_for_markdown_links_only(root: Path) -> None:
    """The second of two equal headings has an id that no wiki-link can name, whichever link is asked first."""
    (root / "n.md").write_text("# One\n\n# One\n", encoding="utf-8")
    for name, text in {"b.md": "[[n#one_1]] [x](n#one_1)", "c.md": "[x](n#one_1) [[n#one_1]]"}.items():
        (root / name).write_text(text, encoding="utf-8")
    vault = Session.open(root).vault
    for name in ("b.md", "c.md"):
        found = dict(zip((r.kind for r in vault.notes[name].references), vault.links[name], strict=True))
        assert found["markdown"] == Resolved("n.md", "note", "name", "heading", "one_1")
        assert isinstance(found["link"], Unresolved)


@pytest.mark.parametrize(
    ("settings", "broken"), [("{}", True), ('{"strictLineBreaks": false}', True), ('{"strictLineBreaks": true}', False)]
)
def test_a_line_ends_where_obsidian_ends_it(root: Path, settings: str, broken: bool) -> None:
    (root / ".obsidian").mkdir()
    (root / ".obsidian" / "app.json").write_text(settings, encoding="utf-8")
    (root / "n.md").write_text("one\ntwo\n", encoding="utf-8")
    assert ("one  \ntwo" in page(root, "n.md")) is broken


def test_a_page_holds_no_more_embeds_than_it_may(root: Path) -> None:
    many = BUDGET + 20
    for at in range(many):
        (root / f"n{at}.md").write_text(f"text {at}\n", encoding="utf-8")
    (root / "all.md").write_text("".join(f"![[n{at}]]\n\n" for at in range(many)), encoding="utf-8")
    text = page(root, "all.md")
    assert len(re.findall(r"^text \d+$", text, re.M)) == BUDGET
    assert len(re.findall(r"^\[n\d+\]\(n\d+\.md\)$", text.partition(f"text {BUDGET - 1}\n")[2], re.M)) == 20


@pytest.mark.parametrize("text", [r"\==a==", r"x \==a== y", r"==a\== b", r"**\==a==**"])
def test_an_escaped_mark_marks_nothing(text: str) -> None:
    lowered = lower(read(text.encode()), Plan())
    html = Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS).convert(lowered)
    assert "<mark>" not in html
    assert re.sub(r"<[^>]*>", "", html) == re.sub(r"\\|\*\*", "", text)
    assert "<mark>a</mark>" in Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS).convert(
        lower(read(b"==a=="), Plan())
    )
