"""The footnotes of a note belong to the note, and stand before what vaultc adds."""

from __future__ import annotations

from pathlib import Path

import markdown
import pytest

from vaultc.emit import emit
from vaultc.publish.dialect import extensions
from vaultc.session import Session

NOTE = "# One\n\nA fact[^1] and [[two]].\n\n[^1]: Its source.\n"


@pytest.mark.parametrize("html", ["sanitized", "trusted"])
@pytest.mark.parametrize(("two", "linked"), [("# Two\n\n[[one]]\n", True), ("# Two\n", False)])
def test_footnotes_stand_before_the_links_to_a_note(tmp_path: Path, html: str, two: str, linked: bool) -> None:
    (tmp_path / "one.md").write_text(NOTE)
    (tmp_path / "two.md").write_text(two)
    emit(Session.open(tmp_path).vault, tmp_path / "out")
    used = extensions(html)
    text = (tmp_path / "out/one.md").read_text().partition("\n---\n")[2]
    page = markdown.markdown(text, extensions=[*used], extension_configs=used)
    assert page.count('class="footnote"') == 1 and "Its source" in page
    assert ('data-vaultc="backlinks"' in page) == linked
    if linked:
        assert page.index("A fact") < page.index('class="footnote"') < page.index('data-vaultc="backlinks"')
