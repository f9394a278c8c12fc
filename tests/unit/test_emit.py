"""What emitting costs: each note is read once, whoever mentions or embeds it."""

from __future__ import annotations

import json
import posixpath
import re
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultc import faults, many
from vaultc.emit import Memo, documents, emit, generated, graph_file, note, pages
from vaultc.graph import LinkGraph, Vault
from vaultc.graph.document import topics_of
from vaultc.graph.metrics import Metrics
from vaultc.graph.topics import Topic
from vaultc.model import Note
from vaultc.parse import Document, read
from vaultc.session import Session


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes]:
    """How often each text is read."""
    counts: Counter[bytes] = Counter()

    def counted(data: bytes, body: int = 0) -> Document:
        counts[data] += 1
        return read(data, body)

    monkeypatch.setattr(documents, "read", counted)
    return counts


def test_each_note_is_read_once(tmp_path: Path, reads: Counter[bytes]) -> None:
    files = {f"n{i}.md": f"# N{i}\n\n[[hub]] and [[n{i // 2}]]\n\n![[hub]]\n\n![[n{i // 3}]]\n" for i in range(30)}
    root = write(tmp_path / "vault", {**files, "hub.md": "# Hub\n\n" + "".join(f"- [[n{i}]]\n" for i in range(30))})
    emit(Session.open(root).vault, tmp_path / "docs")
    assert reads == {(root / name).read_bytes(): 1 for name in (*files, "hub.md")}


def test_topics_are_told_again_when_a_title_is_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[LinkGraph] = []

    def counted(graph: LinkGraph, numbers: Mapping[str, Metrics]) -> list[Topic]:
        told.append(graph)
        return topics_of(graph, numbers)

    monkeypatch.setattr(graph_file, "topics_of", counted)
    files = {f"n{i}.md": f"# Gradient {i}\n\n[[n0]]\n" for i in range(4)}
    root, memo = write(tmp_path / "vault", files), Memo()

    def named() -> str:
        emit(Session.open(root).vault, tmp_path / "docs", memo)
        return str(json.loads((tmp_path / "docs/graph.json").read_text(encoding="utf-8"))["topics"][0]["name"])

    assert named() == "Gradient"
    write(root, {"n3.md": "# Gradient 3\n\n[[n0]] and words\n"})
    assert (named(), len(told)) == ("Gradient", 1)
    write(root, {name: text.replace("Gradient", "Memory") for name, text in files.items()})
    assert (named(), len(told)) == ("Memory", 2)


def test_the_data_of_the_map_numbers_its_nodes(tmp_path: Path) -> None:
    root = write(
        tmp_path / "vault",
        {
            "a.md": "---\naliases: [Alpha]\n---\n# A\n\n[[c/b]] [[c/b]] ![[c/b]] [[gone]]\n",
            "c/b.md": "#t\n\n[a](../a.md)\n",
        },
    )
    emit(Session.open(root).vault, tmp_path / "docs")
    data = json.loads((tmp_path / "docs/graph.json").read_text(encoding="utf-8"))
    assert data["schema"] == 2
    places = [{name: row.pop(name) for name in ("community", "pagerank", "x", "y")} for row in data["nodes"]]
    assert sum(place["pagerank"] for place in places) == pytest.approx(1, abs=0.01)
    assert data["nodes"] == [
        {"id": "a.md", "title": "A", "url": "a/", "aliases": ["Alpha"]},
        {"id": "c/b.md", "title": "b", "url": "c/b/", "tags": ["t"]},
        {"id": "gone", "title": "gone", "exists": False},
    ]
    assert data["edges"] == {"embed": [[1]], "link": [[1, 1, 2]], "markdown": [[], [0]]}


def test_without_a_script_the_map_is_a_list_of_notes_or_where_they_are_many_of_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path / "vault", {"b.md": "# B & co\n", "c/a.md": "# A\n", "c/d/e.md": "# E\n"})

    def listed(most: int) -> list[tuple[str, str]]:
        monkeypatch.setattr(generated, "_MOST_LISTED", most)
        emit(Session.open(root).vault, tmp_path / f"docs{most}")
        page = (tmp_path / f"docs{most}/graph.md").read_text(encoding="utf-8")
        return re.findall(r'<li><a href="(.*?)">(.*?)</li>', page)

    assert listed(3) == [("../c/a/", "A</a>"), ("../b/", "B &amp; co</a>"), ("../c/d/e/", "E</a>")]
    assert listed(2) == [("../c/", "c</a> (2)"), ("../c/d/", "c/d</a> (1)")]


@pytest.mark.skipif(sys.platform != "linux", reason="not on this machine: a copy of a process")
def test_notes_lowered_on_two_processors_are_those_lowered_on_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them raises, in whatever process; what is said of it is said once."""
    files = {f"n{i}.md": f"# N{i}\n\nSaid of [[n{i // 2}]]. ![[n{i // 3}]] ![[p{i}.png]]\n" for i in range(100)}
    root = write(tmp_path / "vault", {**files, "p7.png": "x"})
    body = note.body

    def spoilt(vault: Vault, layout: pages.Layout, one: Note, *rest: Any) -> str:
        if one.path in ("n50.md", "n51.md"):
            raise ValueError("spoilt")
        return body(vault, layout, one, *rest)

    monkeypatch.setattr(note, "body", spoilt)
    monkeypatch.setattr(faults, "fatal", False)
    monkeypatch.delenv("VAULTC_DEBUG", raising=False)
    found = []
    for processors in (1, 2):
        monkeypatch.setattr(many, "_processors", lambda count=processors: count)
        memo, folder = Memo(), tmp_path / f"docs{processors}"
        emitted = emit(Session.open(root).vault, folder, memo)
        texts = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert sorted(finding.path for finding in emitted.findings) == ["n50.md", "n51.md"]
        found.append((texts, memo.parts, emitted.titles, emitted.digests, set(emitted.findings)))
    assert found[0] == found[1]


MENTIONED = {
    "a paragraph": ("First. Then [[hub|the hub]] here.\nAnd more.", "Then <mark>the hub</mark> here."),
    "a list item": ("- one\n- two [[hub]] three", "two <mark>hub</mark> three"),
    "an item with items": ("- two [[hub]]\n  - below", "two <mark>hub</mark> · below"),
    "after an item": ("- one\n\n[[hub]] here", "<mark>hub</mark> here"),
    "a row": ("| a | b |\n|---|---|\n| c | [[hub]] |", "c · <mark>hub</mark>"),
    "a quote of two lines": ("> one\n> two [[hub]]", "one two <mark>hub</mark>"),
    "a defined link beside it": ("[x][y] [[hub]]\n\n[y]: b.md", "x <mark>hub</mark>"),
    "a long line": ("w " * 9000 + "[[hub]]" + " w" * 9000, "<mark>hub</mark>"),
}


@pytest.mark.parametrize(("text", "said"), MENTIONED.values(), ids=MENTIONED)
def test_the_words_around_a_link_are_those_of_its_page(tmp_path: Path, text: str, said: str) -> None:
    root = write(tmp_path / "vault", {"hub.md": "# Hub\n", "a.md": f"{text}\n", "b.md": "# B\n"})
    folder = emit(Session.open(root).vault, tmp_path / "docs").folder
    assert said in (folder / "hub.md").read_text(encoding="utf-8").replace("\\", "")


names = st.lists(st.sampled_from(["a", "b", "c d", "..."]), min_size=1, max_size=4).map("/".join)


@given(names, names)
def test_relative_paths_are_those_of_the_library(path: str, page: str) -> None:
    expected = posixpath.relpath(path, posixpath.dirname(page) or ".")
    assert pages._relative(path, posixpath.dirname(page)) == expected
