"""What a link shows of the page that it leads to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vaultc.emit import emit
from vaultc.session import Session


def previews(root: Path, notes: dict[str, str]) -> dict[str, dict[str, Any]]:
    for name, text in notes.items():
        (root / "vault" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "vault" / name).write_text(text, encoding="utf-8")
    emitted = emit(Session.open(root / "vault").vault, root / "docs")
    return {name: json.loads(text) for name, text in emitted.previews.items()}


def test_a_preview_has_title_first_words_headings_and_the_words_below_each_anchor(tmp_path: Path) -> None:
    text = "# Mamba\n\nFirst *words*.\n\n## How\n\nBy `scan`.\n\n- one\n- a block ^here\n\n## Empty\n"
    found = previews(tmp_path, {"mamba.md": text})["mamba.md"]
    assert found == {
        "title": "Mamba",
        "html": "<p>First <em>words</em>.</p>",
        "headings": [["how", "How"], ["empty", "Empty"]],
        "sections": {"how": "<p>By <code>scan</code>.</p><p>one</p><p>a block</p>", "^here": "<p>a block</p>"},
    }


SAID = {
    "a summary stands for the first words": ("---\nsummary: In <short>.\n---\nText.", "<p>In &lt;short&gt;.</p>"),
    "without an introduction the first section speaks": ("## One\n\nText.", "<p>Text.</p>"),
    "HTML of a note is none": ("<b>x</b> &lt;img src=x onerror=alert(1)&gt;", "<p>x &lt;img src=x onerror=alert(1)&gt;</p>"),
    "a script is passed over": ("<script>alert(1)</script>\n\nText.", "<p>Text.</p>"),
    "code is no prose": ("```\ncode\n```\n\nText.", "<p>Text.</p>"),
    "a callout without its mark": ("> [!note]\n> Text.", "<p>Text.</p>"),
    "a formula": ("Time $O(n<m)$.", '<p>Time <span class="arithmatex">\\(O(n&lt;m)\\)</span>.</p>'),
    "a link to a page": ("[[b#Two words|there]]", '<p><a href="b/#two-words">there</a></p>'),
    "a name that looks like a scheme": ("[[javascript alert]]", '<p><a href="javascript%20alert/">javascript alert</a></p>'),
    "a link out of the vault is words": ("[out](javascript:alert(1))", "<p>out</p>"),
    "what is not published has no name": ("See [[secret]].", "<p>See an unpublished note.</p>"),
    "a mark": ("==marked== ~~gone~~", "<p>marked <del>gone</del></p>"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SAID.values(), ids=SAID)
def test_first_words(tmp_path: Path, text: str, said: str) -> None:
    notes = {
        "a.md": text,
        "b.md": "## Two words\n",
        "javascript alert.md": "x",
        "secret.md": "---\npublish: false\n---\nx",
    }
    found = previews(tmp_path, notes)
    assert found["a.md"]["html"] == said
    assert "secret.md" not in found


def test_a_long_note_has_a_short_preview(tmp_path: Path) -> None:
    text = "word " * 500 + "\n\n" + "".join(f"## Part {i}\n\n{'**long** text ' * 300}\n\n" for i in range(200))
    found = previews(tmp_path, {"a.md": text})["a.md"]
    assert found["html"].endswith("word …</p>")
    assert len(json.dumps(found)) < 12_000


def test_a_page_that_no_note_wrote_has_its_title(tmp_path: Path) -> None:
    assert previews(tmp_path, {"a.md": "#tag\n"})["tags/tag.md"] == {"title": "#tag"}
