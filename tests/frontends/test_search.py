"""What the search of a built site knows: notes by all their names, and nothing that stands on another page or is not published."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NOTES = {
    "Mamba.md": "---\naliases: [Мамба, mamba_architecture, MAMBA]\ntags: [state/fast]\n---\n\nA state. See [[Attention]].\n",
    "Attention.md": "---\naliases: [Внимание]\ntags: [state]\n---\n\nScores of pairs.\n\n## Cost of it\n\nQuadratic %%aside%%.\n",
    "folder/Deep.md": "Only one word here: heliotrope. See [[Mamba]] and [[Secret]].\n\n<!-- hidden -->\n",
    "Secret.md": "---\npublish: false\naliases: [Клад]\n---\nTreasure.\n",
    "Quiet.md": "---\nsearch: {exclude: true}\n---\nSilence.\n",
}


def build(folder: Path, notes: Mapping[str, str], **more: str) -> Path:
    """The site of some notes and files beside them."""
    for name, text in {**{f"vault/{name}": text for name, text in notes.items()}, **more}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "vaultc", "build", "vault", "--site-dir", "build/site", "--trust"],
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "XDG_CONFIG_HOME": str(folder / "config")},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "build/site"


def said(site: Path, part: str) -> Any:
    """What the parts of an index of one kind say, together."""
    out: Any = {}
    for path in sorted((site / "assets/vaultc/search").glob(f"{part}*.js")):
        text = path.read_text("utf-8")
        assert text.startswith(f'vaultcSearch("{path.stem}",')
        out |= json.loads(text.partition(",")[2].rstrip().removesuffix(");"))
    return out


def test_notes_are_found_by_their_names_and_words_and_not_through_the_pages_around_them(tmp_path: Path) -> None:
    site = build(tmp_path, NOTES)
    notes = {row[1]: row for row in said(site, "notes")["notes"]}
    assert notes.keys() == {"Mamba/", "Attention/", "folder/Deep/"}
    assert notes["Mamba/"][2:] == ["", ["Мамба", "mamba_architecture"], ["state/fast"]]
    assert said(site, "notes")["tags"] == [["state", "tags/state/", 2], ["state/fast", "tags/state/fast/", 1]]
    words, ids = said(site, "words"), {row[0]: row[1] for row in notes.values()}
    assert ids[words["heliotrope"].partition(".")[0]] == "folder/Deep/"
    assert [ids[entry.partition(".")[0]] for entry in words["scores"].split()] == ["Attention/"]
    assert ".#" in words["cost"]
    sections = said(site, "text")[notes["Attention/"][0]]
    assert sections == [["", "", "Scores of pairs."], ["cost-of-it", "Cost of it", "Quadratic ."]]


def test_what_is_not_published_is_nowhere_in_the_index(tmp_path: Path) -> None:
    site = build(tmp_path, NOTES)
    index = "".join(path.read_text("utf-8") for path in (site / "assets/vaultc/search").iterdir()).lower()
    for word in ("secret", "treasure", "клад", "aside", "hidden", "silence"):
        assert word not in index
    assert "heliotrope" in index


def test_an_edit_writes_the_parts_that_a_first_build_writes_and_no_others(tmp_path: Path) -> None:
    notes = {**NOTES, **{f"n/{n}.md": f"word{n} and gold{n} are here\n" for n in range(100)}}
    site = build(tmp_path / "a", notes)
    before = {path.name: path.stat().st_ino for path in (site / "assets/vaultc/search").iterdir()}
    changed = {**notes, "n/7.md": "word7 and silver are here\n"}
    site = build(tmp_path / "a", changed)
    same = [path.name for path in (site / "assets/vaultc/search").iterdir() if path.stat().st_ino == before[path.name]]
    clean = build(tmp_path / "b", changed)
    for path in (clean / "assets/vaultc/search").iterdir():
        assert (site / "assets/vaultc/search" / path.name).read_bytes() == path.read_bytes(), path.name
    # The table, the note's text, and the words that it gained and lost.
    assert len(before) - len(same) in (3, 4)


def test_a_project_may_keep_the_search_of_the_theme_or_have_none(tmp_path: Path) -> None:
    plugins = "site_name: P\ndocs_dir: vault\ntheme: {name: material}\nplugins: [vaultc%s]\n"
    own = 'vault = "vault"\n'
    ours = build(tmp_path / "a", NOTES, **{"vaultc.toml": own, "mkdocs.yml": plugins % ", search"})
    assert (ours / "assets/vaultc/search/notes.js").is_file()
    assert not (ours / "search").exists()
    theirs = build(
        tmp_path / "b", NOTES, **{"vaultc.toml": own + 'search = "theme"\n', "mkdocs.yml": plugins % ", search"}
    )
    assert (theirs / "search/search_index.json").is_file()
    assert not (theirs / "assets/vaultc/search").exists()
    assert 'data-md-component="search-query"' in (theirs / "index.html").read_text("utf-8")
    none = build(tmp_path / "c", NOTES, **{"vaultc.toml": own, "mkdocs.yml": plugins % ""})
    assert not (none / "assets/vaultc/search").exists()
    assert 'data-vaultc="search"' not in (none / "index.html").read_text("utf-8")
