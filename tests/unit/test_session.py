"""What an open session reads, keeps and leaves alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vaultc import scan
from vaultc.errors import VaultcError
from vaultc.graph.delta import Delta
from vaultc.session import Session


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "vault"
    root.mkdir()
    (root / "a.md").write_text("# A\n\n[[b#Part]] [[gone]]\n")
    (root / "b.md").write_text("# B\n\n## Part\n\n[[a]]\n")
    (root / "c.md").write_text("# C\n\n[[a]]\n")
    for path in root.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return root


def test_a_delta_says_what_a_change_touched(vault: Path) -> None:
    session = Session.open(vault)
    assert session.apply({"b.md": "# B\n\nlonger now\n\n## Part\n\n[[a]]\n"}) == Delta(edited=("b.md",))
    renamed = session.apply({"b.md": "# B\n\n## Piece\n\n[[a]]\n"})
    assert renamed == Delta(edited=("b.md",), relinked=("a.md",), findings=("a.md",))
    new = session.apply({"gone.md": "[[c]]\n"})
    assert new == Delta(added=("gone.md",), relinked=("a.md", "gone.md"), findings=("a.md", "c.md"))
    assert session.apply({"gone.md": None}).removed == ("gone.md",)
    assert not session.apply({"c.md": (vault / "c.md").read_text()})


def test_a_snapshot_stays_as_it_was(vault: Path) -> None:
    session = Session.open(vault)
    before = session.vault
    links, names, sources = dict(before.links), before.index.similar("gon"), dict(before.sources)
    session.apply({"gone.md": "new\n", "b.md": "---\naliases: [gone too]\n---\n"})
    assert before.links == links
    assert before.index.similar("gon") == names
    assert before.sources == sources
    assert "gone.md" not in before.notes


def test_text_that_is_not_saved_stays_in_memory(vault: Path, tmp_path: Path) -> None:
    session = Session.open(vault)
    assert session.diagnostics
    session.apply({"a.md": "top secret\n", "new.md": "top secret\n"})
    session.refresh()
    assert session.diagnostics
    assert session.vault.text("new.md") == b"top secret\n"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(b"top secret" in path.read_bytes() for path in files)
    assert session.apply({"new.md": None, "a.md": None}).removed == ("new.md",)


def test_unsaved_text_covers_what_changes_on_the_disk(vault: Path) -> None:
    session = Session.open(vault)
    session.apply({"a.md": "[[c]]\n"})
    (vault / "a.md").write_text("[[b]]\n")
    assert not session.refresh()
    assert session.apply({"a.md": None}).edited == ("a.md",)
    assert session.vault.text("a.md") == b"[[b]]\n"


def test_files_of_the_same_size_and_times_are_not_read_again(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = scan._contents

    def contents(path: str) -> bytes:
        read.append(Path(path).name)
        return real(path)

    monkeypatch.setattr(scan, "_contents", contents)
    monkeypatch.setattr(scan, "_UNSETTLED", 0)
    session = Session.open(vault)
    session.refresh()
    read.clear()
    assert not session.refresh()
    assert read == []
    (vault / "b.md").write_text("# B\n\n## Part\n\n[[c]]\n")  # as long as before
    assert session.refresh().edited == ("b.md",)
    assert read == ["b.md"]


def test_a_file_that_was_written_just_now_is_read_again(vault: Path) -> None:
    session = Session.open(vault)
    session.refresh()
    for word in ("one", "two", "six"):
        (vault / "b.md").write_text(f"[[{word}]]\n")
        os.utime(vault / "b.md", (2_000_000_000, 2_000_000_000))
        assert session.refresh().edited == ("b.md",)


def test_a_configuration_that_is_wrong_leaves_what_was_known(vault: Path) -> None:
    session = Session.open(vault)
    found = session.diagnostics
    (vault / "vaultc.toml").write_text("severity = 'x'\n")
    with pytest.raises(VaultcError):
        session.refresh()
    assert session.diagnostics == found
    (vault / "vaultc.toml").write_text("[severity]\nVC201 = 'off'\n")
    assert session.refresh() == Delta(findings=("a.md",), project=True)
