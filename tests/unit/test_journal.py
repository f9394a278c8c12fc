"""Several files changed at once: wholly or not at all, over nothing that somebody else saved, and to be gone on with after a kill."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from vaultc import disk
from vaultc.errors import VaultcError
from vaultc.refactor import journal
from vaultc.refactor.journal import Change, Text

FILES = {"a/one.md": "one", "a/pic.png": "png", "b.md": "[[one]]", "c.md": "[[a/one]]"}
RENAME = Change(
    (
        Text("new/deep/two.md", b"one", b"ONE"),
        Text("b.md", b"[[one]]", b"[[two]]"),
        Text("c.md", b"[[a/one]]", b"[[two]]"),
    ),
    ("a/one.md", "new/deep/two.md"),
)
RENAMED = {"a/pic.png": "png", "b.md": "[[two]]", "c.md": "[[two]]", "new/deep/two.md": "ONE"}
FOLDER = Change((Text("z/one.md", b"one", b"ONE"), Text("b.md", b"[[one]]", b"[[two]]")), ("a", "z"))
REPAIR = Change((Text("b.md", b"[[one]]", b"B"), Text("c.md", b"[[a/one]]", b"C")))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name, text in FILES.items():
        (tmp_path / "vault" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "vault" / name).write_text(text)
    return tmp_path / "vault"


def tree(root: Path) -> dict[str, str]:
    """The files by name, and the empty folders."""
    return {
        path.relative_to(root).as_posix(): path.read_text() if path.is_file() else ""
        for path in sorted(root.rglob("*"))
        if path.is_file() or not any(path.iterdir())
    }


def kept(root: Path) -> list[str]:
    """What a rename left in the user's state."""
    return [path.name for path in (root.parent / "state/vaultc/journals").rglob("*")]


def at_text(monkeypatch: pytest.MonkeyPatch, number: int, then: Callable[[Path], object]) -> None:
    """Let something happen when the text of this number, from 1, is to be written; once."""
    real, seen = disk.write, 0

    def write(path: Path, data: bytes, **options: object) -> None:
        nonlocal seen
        seen += path.suffix == ".md"
        if path.suffix == ".md" and seen == number:
            then(path)
        real(path, data, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(disk, "write", write)


def killed(root: Path, change: Change, number: int = 2) -> None:
    """What a power cut leaves when the text of this number is to be written."""
    if child := os.fork():
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        return
    with pytest.MonkeyPatch.context() as patch:
        at_text(patch, number, lambda path: os._exit(9))
        journal.commit(root, change)
    os._exit(1)


def fail(path: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (RENAME, RENAMED),
        (FOLDER, {"b.md": "[[two]]", "c.md": "[[a/one]]", "z/one.md": "ONE", "z/pic.png": "png"}),
        (REPAIR, {**FILES, "b.md": "B", "c.md": "C"}),
        (
            Change((REPAIR.texts[1],), ("b.md", "a/b.md")),
            {"a/one.md": "one", "a/pic.png": "png", "a/b.md": "[[one]]", "c.md": "C"},
        ),
        (Change(), FILES),
    ],
)
def test_a_change_is_made_and_nothing_else_is_left(root: Path, change: Change, after: dict[str, str]) -> None:
    journal.commit(root, change)
    assert tree(root) == dict(sorted(after.items()))
    assert kept(root) == []


def test_an_empty_folder_from_an_earlier_journal_is_used_again(root: Path) -> None:
    (disk.state("journals") / disk.key(root)).mkdir()
    journal.commit(root, RENAME)
    assert tree(root) == RENAMED and kept(root) == []


def test_nothing_to_do_leaves_no_trace(root: Path) -> None:
    journal.commit(root, Change())
    assert not (root.parent / "state").exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: (root / "c.md").write_text("saved"), "nothing was changed: c.md was saved while this ran"),
        (lambda root: (root / "c.md").unlink(), "nothing was changed: c.md was saved while this ran"),
        (lambda root: (root / "a/one.md").write_text("saved"), "nothing was changed: new/deep/two.md was saved"),
        (lambda root: (root / "a/one.md").unlink(), "a/one.md is not there any more"),
        (lambda root: (root / "a").rename(root / "other"), "a/one.md is not there any more"),
        (lambda root: [(root / "new/deep").mkdir(parents=True), (root / "new/deep/two.md").touch()], "two.md is there already"),
        (lambda root: (root / "new").symlink_to(root.parent), "symlink"),
    ],
)  # fmt: skip
def test_a_vault_that_is_not_as_it_was_read_is_left_alone(
    root: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(root)
    before = tree(root)
    with pytest.raises(VaultcError, match=said):
        journal.commit(root, RENAME)
    assert tree(root) == before
    assert kept(root) == []


@pytest.mark.parametrize("path", ["../out.md", "/out.md", "a/../../out.md", ""])
@pytest.mark.parametrize("how", ["text", "from", "to"])
def test_no_path_leads_out_of_the_vault(root: Path, path: str, how: str) -> None:
    (root.parent / "out.md").write_text("mine")
    text, move = Text(path, b"mine", b"spoilt"), (path, "n.md") if how == "from" else ("b.md", path)
    with pytest.raises(VaultcError, match="no path inside"):
        journal.commit(root, Change((text,)) if how == "text" else Change(move=move))
    assert tree(root) == FILES and (root.parent / "out.md").read_text() == "mine"


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("change", [RENAME, FOLDER, REPAIR])
def test_a_fault_undoes_what_was_done(root: Path, monkeypatch: pytest.MonkeyPatch, change: Change, number: int) -> None:
    if number > len(change.texts):
        return
    at_text(monkeypatch, number, fail)
    path = change.texts[number - 1].path
    with pytest.raises(VaultcError, match=rf"^nothing was changed: \S*/{path}: No space left on device$"):
        journal.commit(root, change)
    assert tree(root) == FILES
    assert kept(root) == []


def test_a_journal_that_cannot_be_written_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk.seal(b"")  # the user's key is there
    monkeypatch.setattr(disk, "write", lambda path, *rest, **options: fail(path))
    with pytest.raises(VaultcError, match=r"^nothing was changed: \S*/journal: No space left on device$"):
        journal.commit(root, RENAME)
    assert tree(root) == FILES
    assert kept(root) == []


def test_an_interrupt_undoes_what_was_done_and_goes_on(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(path: Path) -> None:
        raise KeyboardInterrupt

    at_text(monkeypatch, 2, interrupt)
    with pytest.raises(KeyboardInterrupt):
        journal.commit(root, RENAME)
    assert tree(root) == FILES
    assert kept(root) == []


def test_what_somebody_saves_meanwhile_stays_and_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def save(path: Path) -> None:
        path.write_text("saved")

    at_text(monkeypatch, 3, save)
    with pytest.raises(
        VaultcError, match=r"^nothing was changed: c\.md was saved while this ran: run the command again$"
    ):
        journal.commit(root, RENAME)
    assert tree(root) == {**FILES, "c.md": "saved"}


def test_what_somebody_saves_over_a_text_that_was_written_stays_and_is_named(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(path: Path) -> None:
        (root / "b.md").write_text("saved")
        fail(path)

    at_text(monkeypatch, 3, save)
    with pytest.raises(VaultcError, match=r"^nothing was changed but b\.md: "):
        journal.commit(root, RENAME)
    assert tree(root) == {**FILES, "b.md": "saved"}
    assert kept(root) == []


def test_a_place_that_is_taken_meanwhile_is_not_overwritten(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = disk.move

    def move(old: Path, new: Path) -> None:
        if new.name == "two.md":
            new.write_text("mine")
        real(old, new)

    monkeypatch.setattr(disk, "move", move)
    with pytest.raises(VaultcError, match=r"^nothing was changed: new/deep/two\.md is there by now$"):
        journal.commit(root, RENAME)
    assert tree(root) == {**FILES, "new/deep/two.md": "mine"}


def test_an_undo_that_fails_leaves_the_journal(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:

        def broken(path: Path, data: bytes, **options: object) -> None:
            fail(path)

        def break_down(path: Path) -> None:
            patch.setattr(disk, "write", broken)
            fail(path)

        at_text(patch, 2, break_down)
        with pytest.raises(
            VaultcError, match=r"^\S*/b\.md: No space .*, and undoing it failed, too: .*`vaultc mv --resume`"
        ):
            journal.commit(root, RENAME)
    assert journal.pending(root)
    assert journal.abort(root) == []
    assert tree(root) == FILES


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("change", [RENAME, FOLDER, REPAIR])
def test_a_killed_change_is_completed_or_undone_when_that_is_asked_for(root: Path, change: Change, number: int) -> None:
    if number > len(change.texts):
        return
    wanted = {}
    for go_on in (journal.resume, journal.abort):
        killed(root, change, number)
        found = journal.pending(root)
        assert found and found.change == change
        with pytest.raises(VaultcError, match=f"{journal.told(change)} was interrupted: "), journal.writing(root):
            pass
        assert go_on(root) == []
        assert journal.pending(root) is None
        assert kept(root) == []
        with journal.writing(root):
            wanted[go_on.__name__] = tree(root)
        if go_on is journal.resume:  # and back, for the other way
            for text in change.texts:
                (root / text.path).write_bytes(text.before)
            if change.move:
                (root / change.move[1]).rename(root / change.move[0])
            for folder in ("new/deep", "new"):
                if (root / folder).exists():
                    (root / folder).rmdir()
    assert wanted["abort"] == FILES
    assert wanted["resume"] == {**{k: v for k, v in FILES.items() if not moved(change, k)}, **made(change)}


def moved(change: Change, path: str) -> bool:
    return change.move is not None and f"{path}/".startswith(f"{change.move[0]}/")


def made(change: Change) -> dict[str, str]:
    """The files that a change leaves where it moved or wrote them."""
    here = {k: v for k, v in FILES.items() if moved(change, k)}
    there = {change.move[1] + k[len(change.move[0]) :]: v for k, v in here.items()} if change.move else {}
    return {**there, **{text.path: text.after.decode() for text in change.texts}}


@pytest.mark.parametrize(("go_on", "after"), [(journal.resume, RENAMED), (journal.abort, FILES)])
def test_a_kill_right_after_the_move(root: Path, go_on: Callable[[Path], list[str]], after: dict[str, str]) -> None:
    killed(root, RENAME, 1)
    [mark] = (root.parent / "state/vaultc/journals").rglob("moved")
    mark.unlink()
    assert go_on(root) == []
    assert tree(root) == after


@pytest.mark.parametrize("go_on", [journal.resume, journal.abort])
def test_nothing_was_interrupted(root: Path, go_on: Callable[[Path], list[str]]) -> None:
    with pytest.raises(VaultcError, match="nothing was interrupted"):
        go_on(root)


@pytest.mark.parametrize(
    ("go_on", "b", "c"), [(journal.resume, "saved", "[[two]]"), (journal.abort, "saved", "[[a/one]]")]
)
def test_what_was_saved_after_a_kill_stays(root: Path, go_on: Callable[[Path], list[str]], b: str, c: str) -> None:
    killed(root, RENAME, 3)
    (root / "b.md").write_text("saved")
    assert go_on(root) == ["b.md"]
    assert ((root / "b.md").read_text(), (root / "c.md").read_text()) == (b, c)
    assert journal.pending(root) is None


@pytest.mark.parametrize("go_on", [journal.resume, journal.abort])
def test_nothing_is_written_through_a_symlink_that_came_after_a_kill(
    root: Path, go_on: Callable[[Path], list[str]]
) -> None:
    killed(root, RENAME, 3)
    (root.parent / "mine").write_text("[[two]]")
    (root / "b.md").unlink()
    (root / "b.md").symlink_to(root.parent / "mine")
    if go_on is journal.resume:
        with pytest.raises(VaultcError, match="symlink"):
            go_on(root)
        assert journal.pending(root)
    else:
        assert go_on(root) == ["b.md"]
    assert (root.parent / "mine").read_text() == "[[two]]" and (root / "b.md").is_symlink()


def test_a_rename_whose_place_is_taken_after_a_kill_is_not_completed(root: Path) -> None:
    killed(root, RENAME, 1)
    (root / "new/deep/two.md").rename(root / "a/one.md")
    (root / "new/deep/two.md").write_text("mine")
    journals = root.parent / "state/vaultc/journals"
    for mark in journals.rglob("moved"):
        mark.unlink()  # the kill came before the move
    with pytest.raises(VaultcError, match=r"two\.md is there already"):
        journal.resume(root)
    assert journal.abort(root) == []
    assert tree(root) == {**FILES, "new/deep/two.md": "mine"}


def test_a_name_that_is_taken_again_after_a_kill_is_not_overwritten(root: Path) -> None:
    killed(root, RENAME, 1)
    (root / "a/one.md").write_text("mine")
    assert journal.abort(root) == ["new/deep/two.md"]
    assert tree(root) == {**FILES, "a/one.md": "mine", "new/deep/two.md": "one"}


def test_temporary_files_of_a_killed_change_go(root: Path) -> None:
    killed(root, RENAME, 2)
    (root / ".vaultc-0123456789abcdef.part").write_text("half")
    (root / "a/.vaultc-0123456789abcdef.part").write_text("half")
    assert journal.resume(root) == []
    assert tree(root) == RENAMED


@pytest.mark.parametrize("spoilt", ["a byte", "nothing", "another vault's"])
def test_a_journal_that_vaultc_did_not_write_for_this_vault_is_refused(root: Path, spoilt: str) -> None:
    killed(root, RENAME)
    [path] = (root.parent / "state/vaultc/journals").glob("*/journal")
    if spoilt == "a byte":
        path.write_bytes(path.read_bytes().replace(b"b.md", b"c.md"))
    elif spoilt == "nothing":
        path.write_bytes(b"")
    else:
        other = root.parent / "other"
        root.rename(other)
        path.parent.rename(path.parents[1] / disk.key(other))
        root = other
    before = tree(root)
    for ask in (journal.pending, journal.resume, journal.abort):
        with pytest.raises(VaultcError, match="this is not what vaultc wrote about"):
            ask(root)
    assert tree(root) == before


def test_a_vault_has_one_writer(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_WAIT", 0.1)
    with journal.writing(root), pytest.raises(VaultcError, match="another vaultc is writing"), journal.writing(root):
        pass
    with journal.writing(root):
        pass


def test_a_symlink_is_written_as_the_file_that_it_leads_to(root: Path) -> None:
    (root / "link.md").symlink_to("b.md")
    journal.commit(root, Change((Text("link.md", b"[[one]]", b"B"), Text("b.md", b"[[one]]", b"B"))))
    assert (root / "link.md").is_symlink() and (root / "b.md").read_text() == "B"


@pytest.mark.parametrize("texts", [{"link.md": b"A", "b.md": b"B"}, {"link.md": b"C", "b.md": b"B"}, {"link.md": b"B"}])
@pytest.mark.parametrize("place", ["b.md", "../mine"])
def test_a_symlink_whose_text_would_be_another_than_its_files_is_told(
    root: Path, texts: dict[str, bytes], place: str
) -> None:
    (root.parent / "mine").write_text("[[one]]")
    (root / "link.md").symlink_to(place)
    before = tree(root)
    with pytest.raises(VaultcError, match=r"link\.md is a symlink to .*: put a copy in its place"):
        journal.commit(root, Change(tuple(Text(name, b"[[one]]", after) for name, after in texts.items())))
    assert tree(root) == before and (root.parent / "mine").read_text() == "[[one]]"


def test_what_a_change_is_called() -> None:
    assert journal.told(RENAME) == "the rename of a/one.md to new/deep/two.md"
    assert journal.told(REPAIR) == "a repair of 2 notes"
