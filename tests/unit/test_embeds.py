"""An embed in lists and quotes: what it brings stands in its own box, and what follows it stands where the note has it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest

from vaultc.emit import emit
from vaultc.publish.dialect import EXTENSIONS
from vaultc.session import Session

VOID = {"br", "hr", "img", "input"}
SHOWN = {"li": "li", "blockquote": "quote", "h2": "h2"}


class Around(HTMLParser):
    """What stands around each word that begins with `w`, from the outside in."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append("box" if ("data-vaultc", "embed") in attrs else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() in (tag, "box")

    def handle_data(self, data: str) -> None:
        for word in re.findall(r"\bw\d\b", data):
            self.words[word] = " ".join(SHOWN.get(name, name) for name in self.open if name in ("box", *SHOWN))


def around(root: Path, **notes: str) -> dict[str, str]:
    """What stands around each word of the page of note `a`."""
    for name, text in notes.items():
        (root / f"{name}.md").write_text(f"---\ntitle: T\n---\n{text}", encoding="utf-8")
    objects = emit(Session.open(root).vault, root.parent / "docs").folder
    text = (objects / "a.md").read_text(encoding="utf-8").split("\n---\n", 1)[1]
    page = markdown.markdown(text, extensions=[*EXTENSIONS], extension_configs=EXTENSIONS)
    assert "///" not in page
    parser = Around()
    parser.feed(page)
    assert not parser.open
    return parser.words


INNER = "w5\n\n## w6\n\n- w7\n"
CASES = {
    "an item": ("- ![[c]]\n- w1\n", {"w5": "li box", "w6": "li box h2", "w7": "li box li", "w1": "li"}),
    "nested items": (
        "- w1\n  - w2\n    - ![[c]]\n    - w3\n  - w4\n",
        {
            "w1": "li",
            "w2": "li li",
            "w5": "li li li box",
            "w6": "li li li box h2",
            "w7": "li li li box li",
            "w3": "li li li",
            "w4": "li li",
        },
    ),
    "an item of an embed": (
        "- ![[b]]\n- w1\n",
        {
            "w3": "li box li",
            "w5": "li box li box",
            "w6": "li box li box h2",
            "w7": "li box li box li",
            "w4": "li box li",
            "w1": "li",
        },
    ),
    "a quote in an item": (
        "1. > ![[b]]\n   >\n   > w1\n2. w2\n",
        {
            "w3": "li quote box li",
            "w5": "li quote box li box",
            "w6": "li quote box li box h2",
            "w7": "li quote box li box li",
            "w4": "li quote box li",
            "w1": "li quote",
            "w2": "li",
        },
    ),
    "a footnote": ("w1[^1]\n\n[^1]: ![[c]]\n\n    w2\n", {"w1": "", "w5": "li box", "w6": "li box h2", "w7": "li box li", "w2": "li"}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_what_is_embedded_stands_in_its_box(tmp_path: Path, text: str, expected: dict[str, str]) -> None:
    (root := tmp_path / "vault").mkdir()
    assert around(root, a=text, b="- w3\n\n  ![[c]]\n\n  w4\n", c=INNER) == expected


def test_no_note_writes_a_mark_of_its_own(tmp_path: Path) -> None:
    (root := tmp_path / "vault").mkdir()
    text = "- x\n\n  /// vaultc-begin embed\n\n  w1\n\n  /// vaultc-end\n"
    (root / "a.md").write_text(text, encoding="utf-8")
    objects = emit(Session.open(root).vault, tmp_path / "docs").folder
    page = markdown.markdown((objects / "a.md").read_text(), extensions=[*EXTENSIONS], extension_configs=EXTENSIONS)
    assert '"embed"' not in page
    assert "vaultc-begin embed" in page
