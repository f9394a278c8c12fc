"""The object folder: it holds what was emitted and nothing else, and nothing outside it is touched."""

import os
from pathlib import Path

import pytest

from vaultc import disk
from vaultc.disk import stamp
from vaultc.emit import emit
from vaultc.emit.write import write
from vaultc.errors import VaultcError
from vaultc.session import Session


def tree(folder: Path) -> dict[str, str]:
    files = {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}
    del files[disk.TAG]
    return files


def test_what_is_no_longer_emitted_goes(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    assert write(docs, {"a.md": "a", "b/c.md": "c", "d/e.md": "e"}, ()) == 3
    assert write(docs, {"a.md": "a", "b/c.md": "c", "d/e.md": "e"}, ()) == 0
    assert (
        write(docs, {"a.md": "A", "b": "now a file", "a.md.d/x": "x"}, ()) == 5
    )  # two written anew, one new, two gone
    assert tree(docs) == {"a.md": "A", "b": "now a file", "a.md.d/x": "x"}
    assert not (docs / "d").exists()
    write(docs, {"b/c.md": "a folder again"}, ())
    assert tree(docs) == {"b/c.md": "a folder again"}


def test_a_note_that_became_a_draft_leaves_nothing_behind(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "open.md").write_text("# Open\n", encoding="utf-8")
    (vault / "p.png").write_text("png", encoding="utf-8")
    (vault / "secret.md").write_text("# Geheimnis\n\n![[p.png]]\n", encoding="utf-8")
    emit(Session.open(vault).vault, tmp_path / "docs")
    assert "secret.md" in tree(tmp_path / "docs")
    (vault / "secret.md").write_text("---\ndraft: true\n---\n# Geheimnis\n\n![[p.png]]\n", encoding="utf-8")
    emit(Session.open(vault).vault, tmp_path / "docs")
    files = tree(tmp_path / "docs")
    assert "open.md" in files and not {"secret.md", "p.png"} & files.keys()
    assert "Geheimnis" not in "".join(files.values())


def test_a_draft_whose_yaml_is_broken_is_not_emitted(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "open.md").write_text("# Open\n", encoding="utf-8")
    (vault / "secret.md").write_text("---\ndraft: true\ntags: [a\n---\n# Geheimnis\n", encoding="utf-8")
    emitted = emit(Session.open(vault).vault, tmp_path / "docs")
    assert set(emitted.layout.notes) == {"open.md"}
    assert "Geheimnis" not in "".join(tree(tmp_path / "docs").values())


def test_symlinks_in_the_object_folder_are_taken_away_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/letter").write_text("mine")
    docs = tmp_path / "docs"
    write(docs, {"a.md": "a"}, ())
    (docs / "a.md").unlink()
    (docs / "a.md").symlink_to(tmp_path / "documents/letter")
    (docs / "b").symlink_to(tmp_path / "documents")
    (docs / "c").symlink_to(tmp_path / "documents")
    write(docs, {"a.md": "a", "b/letter": "b"}, [("letter", tmp_path / "documents/letter")])
    assert (tmp_path / "documents/letter").read_text() == "mine"
    assert tree(docs) == {"a.md": "a", "b/letter": "b", "letter": "mine"}
    assert not any(path.is_symlink() for path in docs.rglob("*"))


def test_a_folder_of_others_is_not_swept(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/letter").write_text("mine")
    with pytest.raises(VaultcError, match="did not write"):
        write(tmp_path / "docs", {"a.md": "a"}, ())
    assert [path.name for path in (tmp_path / "docs").iterdir()] == ["letter"]


@pytest.mark.parametrize(("text", "seconds"), [("two", 7), ("two", 3), ("longer", 5), ("s", 5)])
def test_a_copy_is_made_anew_for_another_size_or_time(tmp_path: Path, text: str, seconds: int) -> None:
    source, name = tmp_path / "p.png", "deep/folder/p.png"
    source.write_text("one")
    os.utime(source, ns=(5_000_000_000_000, 5_000_000_000_000))
    assert write(tmp_path / "new/docs", {"one/two/three.md": "text"}, [(name, source)]) == 2
    source.write_text(text)
    os.utime(source, ns=(seconds * 1_000_000_000_000, seconds * 1_000_000_000_000))
    assert write(tmp_path / "new/docs", {"one/two/three.md": "text"}, [(name, source)]) == 1
    assert tree(tmp_path / "new/docs") == {name: text, "one/two/three.md": "text"}


def test_a_fault_of_the_disk_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VaultcError, match=r"^\S*file/docs: is no folder$"):
        write(tmp_path / "file/docs", {"a.md": "a"}, ())
    with pytest.raises(VaultcError, match=r"^\S*gone\.png: cannot write: No such file or directory$"):
        write(tmp_path / "docs", {}, [("p.png", tmp_path / "gone.png")])


def test_a_stamp_is_a_files_own(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("longer than the link")
    (tmp_path / "link").symlink_to("file")
    assert stamp(tmp_path / "file")[0] == 20 and stamp(tmp_path / "link")[0] == 4


def test_a_copy_is_made_anew_when_its_source_changed(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_text("one")
    assert write(tmp_path / "docs", {}, [("p.png", tmp_path / "p.png")]) == 1
    assert write(tmp_path / "docs", {}, [("p.png", tmp_path / "p.png")]) == 0
    (tmp_path / "p.png").write_text("three")
    assert write(tmp_path / "docs", {}, [("p.png", tmp_path / "p.png"), (disk.TAG, tmp_path / "p.png")]) == 1
    assert tree(tmp_path / "docs") == {"p.png": "three"}
    assert write(tmp_path / "docs", {}, ()) == 1  # the folder is still ours
