"""Unsaved texts over a vault: what counts is which they are, not when they came."""

import itertools
from pathlib import Path

from vaultc.graph.document import graph_json
from vaultc.session import Session

# Two notes claim one alias and two have one name: in another order of notes another one is meant.
TEXTS = {
    "a/n.md": "---\naliases: [both]\n---\n[[n]] [[both]]\n",
    "b/n.md": "---\naliases: [both]\n---\n[[both]]\n",
    "c.md": "[[n]] [[both]] [[m]]\n",
    "m.md": "---\naliases: [both]\n---\n# M\n",
}


def shown(session: Session) -> tuple[object, ...]:
    """All that follows from a vault."""
    document = {**graph_json(session.vault), "root": ""}
    return [*session.vault.notes], session.scan.sources, session.diagnostics, session.vault.links, document


def test_the_order_of_overlays_does_not_matter(tmp_path: Path) -> None:
    for folder in ("saved", "unsaved"):
        (tmp_path / folder / ".obsidian").mkdir(parents=True)
    for path, text in TEXTS.items():
        (tmp_path / "saved" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "saved" / path).write_text(text)
    wanted = shown(Session.open(tmp_path / "saved"))
    for order in itertools.permutations(TEXTS):
        one, together = Session.open(tmp_path / "unsaved"), Session.open(tmp_path / "unsaved")
        for path in order:
            one.apply({path: TEXTS[path]})
        together.apply({path: TEXTS[path] for path in order})
        assert shown(one) == shown(together) == wanted


def test_the_last_text_counts_and_then_the_disk(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / "a.md").write_text("[[saved]]\n")
    session = Session.open(tmp_path)
    for text in ("[[first]]\n", "[[second]]\n"):
        session.apply({"a.md": text})
    assert [reference.target for reference in session.vault.notes["a.md"].references] == ["second"]
    session.apply({"a.md": None})
    assert [reference.target for reference in session.vault.notes["a.md"].references] == ["saved"]
