"""What a page shows of the notes around its own: links both ways on a small map, and related notes with the reason."""

from __future__ import annotations

from pathlib import Path

import markdown

from vaultc.emit import Memo, emit
from vaultc.graph.near import Near, Related, near
from vaultc.publish.dialect import EXTENSIONS
from vaultc.publish.sanitize import clean
from vaultc.session import Session

NOTES = {
    "hub": "[[a]] [[b]]",
    "a": "[[m]] [[b]]",
    "b": "",
    "c": "[[m]]",
    "m": "[[z]]",
    "z": "",
    "alone": "",
}


def vault(root: Path, **notes: str) -> Path:
    root.mkdir(exist_ok=True)
    for name, text in notes.items():
        (root / f"{name}.md").write_text(f"---\nupdated: 2024-05-06\ntitle: N{name}\n---\n{text}\n", encoding="utf-8")
    return root


def test_the_notes_around_one_are_told_with_the_reason(tmp_path: Path) -> None:
    found = near(Session.open(vault(tmp_path / "v", **NOTES)).vault.graph)
    assert "alone.md" not in found
    assert found["c.md"] == Near(
        sources=(),
        targets=("m.md",),
        more=0,
        related=(Related("a.md", "to", "m.md"), Related("z.md", "way", "m.md")),
    )
    assert found["a.md"].sources == ("hub.md",)
    assert found["a.md"].targets == ("b.md", "m.md")  # both have two sources
    assert found["b.md"].related == (Related("m.md", "from", "a.md"),)


def test_a_note_with_many_links_shows_the_most_linked(tmp_path: Path) -> None:
    many = {f"n{at:02}": "[[a]]" for at in range(12)}
    found = near(Session.open(vault(tmp_path / "v", a="", **many, x="[[n05]]")).vault.graph)["a.md"]
    assert found.sources[0] == "n05.md"
    assert (len(found.sources), found.more) == (8, 4)


def page(root: Path, name: str, memo: Memo | None = None) -> str:
    return (emit(Session.open(root).vault, root.parent / "docs", memo).folder / name).read_text(encoding="utf-8")


def test_the_page_has_the_map_without_a_script_and_leads_into_the_topic_map(tmp_path: Path) -> None:
    shown = page(vault(tmp_path / "v", **NOTES), "c.md")
    block = shown[shown.index('<div class="vc-nearby"') :]
    assert '<a href="../m/"><title>Nm</title>' in block
    assert 'href="../graph/#note=c.md"' in block
    assert '<li><a href="../a/">Na</a> <span>both link to Nm</span></li>' in block
    assert clean(block).count("<svg") == clean(block).count("<circle") - 1 == 1
    assert 'vc-nearby"' not in page(tmp_path / "v", "alone.md")


def test_the_footnotes_of_a_note_stand_before_it(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", a="[[b]] Text.[^1]\n\n[^1]: Foot.", b="")
    made = page(root, "a.md").split("\n---\n", 1)[1]
    shown = markdown.markdown(made, extensions=[*EXTENSIONS], extension_configs=EXTENSIONS)
    assert shown.index("Foot.") < shown.index('data-vaultc="nearby"')


def test_a_private_note_is_neither_near_nor_a_reason(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", **NOTES)
    (root / "m.md").write_text("---\ntitle: Secret\npublish: false\n---\n[[z]]\n", encoding="utf-8")
    for name in ("a.md", "c.md", "z.md", "b.md"):
        assert "Secret" not in page(root, name)
    assert 'vc-nearby"' not in page(root, "c.md")


def test_what_is_kept_is_what_a_first_run_makes(tmp_path: Path) -> None:
    root, memo = vault(tmp_path / "v", **NOTES), Memo()
    before = page(root, "c.md", memo)
    vault(root, c="[[m]] [[a]]", b="[[m]]")
    after = page(root, "c.md", memo)
    assert before != after == page(root, "c.md")
    (root / "m.md").write_text("---\nupdated: 2024-05-06\ntitle: Other\n---\n[[z]]\n", encoding="utf-8")
    assert page(root, "b.md", memo) == page(root, "b.md")
    assert "Other" in page(root, "b.md", memo)
