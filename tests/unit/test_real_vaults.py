"""Vaults of other people, where they lie beside the checkout: they compile, and what is reported broken is broken."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from vaultc.session import Session

SHARED = Path(__file__).parents[3] / "shared"


def opened(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if not (SHARED / name).exists():
        pytest.skip(f"not on this machine: {name}")
    return Session.open(SHARED / name)


# Notes, edges, missing names, links to them; each was counted by another program, too. Links to a folder count for its index.
COUNTS = {
    "vaults/quartz-docs": (76, 212, {"tags/plugin/transformer", "tags/plugin/filter", "tags/plugin/emitter"}, 4),
    "vaults/foam-docs": (86, 266, {"../../user/publishing/publishing.md", "cli-grep"}, 2),
}


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(name, tmp_path, monkeypatch)
    notes, edges, missing, links = COUNTS[name]
    graph = session.vault.graph
    assert len(session.vault.notes) == notes
    assert len(graph.edges) == edges
    assert {node.id for node in graph.nodes.values() if not node.exists} == missing
    assert Counter(d.code for d in session.diagnostics)["VC201"] == links


def test_a_russian_vault_with_an_unpublished_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened("vaults/vanadium-wiki-ru", tmp_path, monkeypatch)
    files = {p.name.casefold() for p in session.project.root.rglob("*.md")}
    codes = Counter(d.code for d in session.diagnostics if not d.code.startswith("VC3"))
    assert (len(session.vault.notes), len(session.vault.graph.edges), codes) == (112, 342, {"VC201": 234})
    for finding in session.diagnostics:
        if finding.code == "VC201":
            name = finding.message.partition("`")[2].rpartition("`")[0]
            assert "…" in name or "/" in name or f"{name}.md".casefold() not in files


def test_texts_decoded_wrongly_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = opened("seeds", tmp_path, monkeypatch).project.root
    for file in seeds.glob("*.txt"):
        (tmp_path / "notes").mkdir(exist_ok=True)
        (tmp_path / "notes" / f"{file.stem}.md").write_bytes(file.read_bytes())
    session = Session.open(tmp_path / "notes")
    assert len(session.vault.notes) == len(list(seeds.glob("*.txt")))
    damaged = sorted(d.path[:3] for d in session.diagnostics if d.code == "VC003")
    assert damaged == ["001", "002", "004"]
    broken = Counter(d.path[:3] for d in session.diagnostics if d.code == "VC201")
    assert broken == {"002": 1, "003": 12, "dec": 1}
    assert {d.code for d in session.diagnostics} == {"VC003", "VC201", "VC301", "VC302"}


@pytest.mark.parametrize("name", ["vaults/quartz-docs", "vaults/foam-docs", "vaults/vanadium-wiki-ru"])
def test_every_finding_has_a_place_and_a_help(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(name, tmp_path, monkeypatch)
    for finding in session.diagnostics:
        text = session.vault.text(finding.path)
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        assert finding.message[0].islower() or finding.message[0] in "`0123456789"
        assert "\n" not in finding.message
        assert finding.help
        assert len(finding.suggestions) <= 3
