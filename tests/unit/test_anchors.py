"""The anchors that links are checked against are the ids of the published page."""

from __future__ import annotations

import re
from pathlib import Path

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymdownx.slugs import slugify

from vaultc.emit import emit
from vaultc.parse import anchors
from vaultc.publish.dialect import EXTENSIONS
from vaultc.session import Session

HEADINGS = (
    "Память", "Память", "Память_1", "Память", "Разреженное внимание", "Ёлки-палки: что дальше?", "日本語 テスト", "한국어", "🎉", "🎉 party", "🎉",
    "wifi 2.4 vs 5.0", "C++ & C#", "snake_case_name", "a   b", "Über-Größe", "naïve café", "`code` *em* **strong**", "[t](https://example.com) x",
    "[[other|Label]] and [[other]]", "![[pic.png]]", "$x^2$ in words", "~~gone~~ ==marked==", "<b>bold</b> &amp; entity", "1. Not a list", "Same",
    "same", "SAME", "Trailing ##", "{#own}", "Text ^id", "Footnote[^1]", "#hash and #tag", "-", "“Quotes” — dashes…", "a/b\\c", "x<y>z", "Tab\there",
)  # fmt: skip
ESCAPED, ESCAPE = re.compile(r"([_.!-])"), r"\\\1"
IDS = re.compile(r"<h([1-6])[^>]*?\bid=\"([^\"]*)\"")


def rendered(text: str) -> list[tuple[int, str]]:
    """Level and id of each heading, as the generator's own Markdown gives them."""
    html = markdown.Markdown(extensions=[*EXTENSIONS], extension_configs=EXTENSIONS).convert(text)
    return [(int(level), id_) for level, id_ in IDS.findall(html)]


def test_the_ids_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "pic.png").touch()
    (notes / "other.md").write_text("# Other\n\n## Same\n", encoding="utf-8")
    text = "# Title\n\n![[other]]\n\n" + "".join(
        f"{'#' * (2 + at % 3)} {h}\n\ntext\n\n" for at, h in enumerate(HEADINGS)
    )
    (notes / "a.md").write_text(text + "Set\n===\n\n- # In a list\n\n> ## In a quote\n\n[^1]: note\n", encoding="utf-8")
    vault = Session.open(notes).vault
    emitted = emit(vault, tmp_path / "docs")
    page = (emitted.folder / emitted.layout.notes["a.md"]).read_text(encoding="utf-8")
    own = rendered(page.partition("\n---\n")[2])
    note = vault.notes["a.md"]
    assert len(note.headings) == len(HEADINGS) + 4
    first, *others = note.headings  # the title is the only heading of level 1
    wanted = [(first.level, first.anchor), *((max(2, heading.level), heading.anchor) for heading in others)]
    assert [pair for pair in own if pair in wanted] == wanted
    assert len({id_ for _, id_ in own}) == len(own)


WORDS = st.text(st.characters(categories=["Ll", "Lu", "Lo", "Nd", "So"]) | st.sampled_from(" -_.,:!?"), max_size=12)
plain = st.lists(WORDS.map(lambda text: " ".join(text.split())).filter(lambda text: re.match(r"\w", text)), max_size=8)


@given(plain)
def test_plain_headings_have_the_ids_that_the_generator_gives_by_itself(texts: list[str]) -> None:
    toc = {"toc": {"slugify": slugify(case="lower")}}
    written = "".join(f"# {ESCAPED.sub(ESCAPE, text)}\n\n" for text in texts)
    html = markdown.markdown(written, extensions=["toc"], extension_configs=toc)
    assert anchors.unique(texts) == [id_ for _, id_ in IDS.findall(html)]
