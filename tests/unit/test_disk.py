"""Writing files: whole or not at all, inside their folder, over nothing that changed."""

import ctypes
import errno
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from vaultc import disk
from vaultc.errors import VaultcError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/../../x", "/x", "a//b", "a/", "a/./b", "a\0b", "./a"])
def test_no_name_leaves_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(VaultcError):
        disk.inside(tmp_path, name)


def test_no_symlink_below_the_folder_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "out/file").symlink_to(tmp_path / "elsewhere/file")
    for name in ("folder/file", "folder", "file"):
        with pytest.raises(VaultcError, match="symlink"):
            disk.inside(tmp_path / "out", name)
    (tmp_path / "way").symlink_to(tmp_path / "out")  # above the folder a user may link as they please
    assert disk.inside(tmp_path / "way", "a/b") == tmp_path / "way/a/b"


def test_a_symlink_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "link").symlink_to("target")
    disk.write(tmp_path / "link", b"new")
    assert (tmp_path / "target").read_bytes() == b"precious"
    assert not (tmp_path / "link").is_symlink() and (tmp_path / "link").read_bytes() == b"new"


def test_permissions_stay_and_new_files_follow_the_umask(tmp_path: Path) -> None:
    (tmp_path / "script").write_bytes(b"old")
    (tmp_path / "script").chmod(0o751)
    disk.write(tmp_path / "script", b"new")
    assert stat.S_IMODE((tmp_path / "script").stat().st_mode) == 0o751
    was = os.umask(0o027)
    try:
        disk.write(tmp_path / "fresh", b"new")
    finally:
        os.umask(was)
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640


def test_a_file_that_changed_is_not_overwritten(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_bytes(b"as read")
    read = disk.digest(note.read_bytes())
    note.write_bytes(b"saved meanwhile")
    with pytest.raises(disk.ChangedError, match=r"note\.md: changed"):
        disk.write(note, b"ours", expect=read)
    assert note.read_bytes() == b"saved meanwhile" and names(tmp_path) == ["note.md"]
    disk.write(note, b"ours", expect=disk.digest(b"saved meanwhile"))
    assert note.read_bytes() == b"ours"
    note.unlink()
    with pytest.raises(disk.ChangedError):
        disk.write(note, b"ours", expect=read)
    assert names(tmp_path) == []


@pytest.mark.parametrize("native", [True, False])
def test_what_is_saved_at_the_last_moment_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, native: bool) -> None:
    note = tmp_path / "note.md"
    note.write_bytes(b"as read")
    step, before = ("_rename", disk._rename) if native else ("_current", disk._current)

    def saved(*arguments: object) -> object:
        monkeypatch.setattr(disk, step, before)
        note.write_bytes(b"saved meanwhile")
        return before(*arguments)  # type: ignore[arg-type]

    if not native:
        monkeypatch.setattr(disk, "_rename", lambda *_: False)
    monkeypatch.setattr(disk, step, saved)
    with pytest.raises(disk.ChangedError, match=r"note\.md: changed"):
        disk.write(note, b"ours", expect=disk.digest(b"as read"))
    assert note.read_bytes() == b"saved meanwhile" and names(tmp_path) == ["note.md"]
    disk.write(note, b"ours", expect=disk.digest(b"saved meanwhile"))
    assert note.read_bytes() == b"ours" and names(tmp_path) == ["note.md"]


def test_a_seal_tells_what_another_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "mine"))
    sealed = disk.seal(b"data")
    assert disk.unseal(sealed) == b"data" and disk.unseal(disk.seal(b"")) == b""
    for at in range(len(sealed)):
        assert disk.unseal(sealed[:at] + bytes((sealed[at] ^ 1,)) + sealed[at + 1 :]) is None
        assert disk.unseal(sealed[:at]) is None
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    assert disk.unseal(sealed) is None


def test_what_must_be_new_replaces_nothing(tmp_path: Path) -> None:
    disk.write(tmp_path / "note.md", b"first", expect=None)
    with pytest.raises(disk.ChangedError, match="exists already"):
        disk.write(tmp_path / "note.md", b"second", expect=None)
    (tmp_path / "other").write_bytes(b"other")
    with pytest.raises(FileExistsError):
        disk.move(tmp_path / "other", tmp_path / "note.md")
    assert (tmp_path / "note.md").read_bytes() == b"first" and (tmp_path / "other").read_bytes() == b"other"
    disk.move(tmp_path / "other", tmp_path / "moved")
    assert names(tmp_path) == ["moved", "note.md"]


@pytest.mark.parametrize("native", [True, False])
def test_two_folders_change_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, native: bool) -> None:
    if not native:
        monkeypatch.setattr(disk, "_rename", lambda *_: False)
    for name in ("site", "fresh", "empty"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page").write_text(name)
    disk.install(tmp_path / "fresh", tmp_path / "site")
    assert (tmp_path / "site/page").read_text() == "fresh" and (tmp_path / "fresh/page").read_text() == "site"
    disk.install(tmp_path / "empty", tmp_path / "absent")
    assert names(tmp_path) == ["absent", "fresh", "site"]


def test_a_half_exchange_is_put_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_rename", lambda *_: False)
    for name in ("site", "fresh"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page").write_text(name)
    calls = []
    rename = Path.rename

    def killed(old: Path, new: Path) -> Path:
        calls.append(new)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return rename(old, new)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        disk.install(tmp_path / "fresh", tmp_path / "site")
    assert not (tmp_path / "site").exists()
    disk.recover(tmp_path / "fresh", tmp_path / "site")
    assert (tmp_path / "site/page").read_text() == "site"


def test_a_killed_write_leaves_the_old_file_and_a_hidden_one_that_is_tidied(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("old")
    code = """
import os, signal, sys
from pathlib import Path
from vaultc import disk
Path.replace = lambda self, other: os.kill(os.getpid(), signal.SIGKILL)
disk.write(Path(sys.argv[1]), b"new")
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "note.md")], check=False)
    assert done.returncode == -signal.SIGKILL
    left, note = names(tmp_path)
    assert left.startswith(".vaultc-") and (tmp_path / note).read_text() == "old"
    disk.tidy(tmp_path)
    assert names(tmp_path) == ["note.md"]
    disk.tidy(tmp_path / "gone")
    disk.tidy(tmp_path / "note.md")


def test_a_full_disk_leaves_no_temporary_file(tmp_path: Path) -> None:
    code = """
import resource, signal, sys
from pathlib import Path
from vaultc import disk
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
try:
    disk.write(Path(sys.argv[1]), b"n" * 100)
except OSError:
    print("refused")
"""
    (tmp_path / "note.md").write_text("old")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "note.md")], capture_output=True, text=True)
    assert done.stdout == "refused\n"
    assert names(tmp_path) == ["note.md"] and (tmp_path / "note.md").read_text() == "old"


def test_the_temporary_file_may_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "aside").mkdir()
    seen: list[Path] = []
    replace = Path.replace

    def watched(old: Path, new: Path) -> Path:
        seen.append(old)
        return replace(old, new)

    monkeypatch.setattr(Path, "replace", watched)
    disk.write(tmp_path / "vault/note.md", b"text", aside=tmp_path / "aside")
    assert [path.parent for path in seen] == [tmp_path / "aside"] and names(tmp_path / "aside") == []

    def mounted(old: Path, new: Path) -> Path:
        if old.parent != new.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return watched(old, new)

    monkeypatch.setattr(Path, "replace", mounted)
    disk.write(tmp_path / "vault/note.md", b"again", aside=tmp_path / "aside")
    assert seen[-1].parent == tmp_path / "vault" and names(tmp_path / "aside") == []
    assert (tmp_path / "vault/note.md").read_bytes() == b"again" and names(tmp_path / "vault") == ["note.md"]


def _hold(place: str, ready: "multiprocessing.synchronize.Event", done: "multiprocessing.synchronize.Event") -> None:
    with disk.locked(Path(place), "busy"):
        ready.set()
        done.wait(60)


def test_a_folder_is_locked_by_any_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "link").symlink_to("site")
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Event(), spawn.Event()
    other = spawn.Process(target=_hold, args=(str(tmp_path / "site"), ready, done))
    other.start()
    try:
        assert ready.wait(60)
        with pytest.raises(VaultcError, match="busy"), disk.locked(tmp_path / "link", "busy"):
            pass
        with disk.locked(tmp_path / "another", "busy"):
            pass
    finally:
        os.kill(other.pid or 0, signal.SIGKILL)  # the system lets go of the lock
        other.join()
    with disk.locked(tmp_path / "site", "busy"), pytest.raises(VaultcError), disk.locked(tmp_path / "site", "busy"):
        pass


def test_state_is_closed_to_others_and_has_a_place_without_a_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = disk.state("locks")
    assert folder == tmp_path / "state/vaultc/locks"
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert disk.state("locks").is_relative_to(tmp_path)
    assert not disk.state("locks").is_relative_to(tmp_path / "file")


def test_only_a_regular_file_of_bounded_size_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"four")
    (tmp_path / "link").symlink_to("file")
    assert disk.read(tmp_path / "file") == disk.read(tmp_path / "file", 4) == b"four"
    assert disk.read(tmp_path / "link", 4, follow=True) == b"four"
    os.mkfifo(tmp_path / "pipe")
    for name, most in (("file", 3), ("link", 4), ("pipe", 4), ("absent", 4), (".", 4)):
        with pytest.raises(OSError):
            disk.read(tmp_path / name, most)
    with pytest.raises(OSError):
        disk.read(Path("/dev/zero"), 4)


@pytest.mark.parametrize("data", [b"", b"short"])
def test_a_key_that_was_cut_short_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """An empty key would be anybody's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    before = disk.seal(b"data")
    (tmp_path / "vaultc/keys/seal").write_bytes(data)
    assert disk.unseal(before) is None
    assert disk.unseal(disk.seal(b"data")) == b"data"
    assert (tmp_path / "vaultc/keys/seal").stat().st_size == 32


def test_what_is_sealed_for_one_purpose_is_nothing_for_another() -> None:
    sealed = disk.seal(b"data", "one")
    assert disk.unseal(sealed, "one") == b"data"
    assert disk.unseal(sealed, "two") is None and disk.unseal(sealed) is None
    assert disk.unseal(disk.seal(b"bc", "a"), "ab") is None


def test_another_users_folder_is_no_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever made it could read the key, or had chosen it."""
    (tmp_path / "theirs/vaultc").mkdir(parents=True)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "theirs"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    owner = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(VaultcError, match="XDG_STATE_HOME"):
        disk.state("locks")
    monkeypatch.setattr(os, "getuid", lambda: owner)
    (tmp_path / "link").symlink_to("theirs")
    (tmp_path / "theirs/vaultc").rename(tmp_path / "theirs/real")
    (tmp_path / "theirs/vaultc").symlink_to("real")
    assert disk.state("locks") == tmp_path / f"vaultc-{owner}" / "locks"


def test_a_fault_of_a_write_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(old: Path, new: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    (tmp_path / "aside").mkdir()
    with pytest.raises(OSError, match="No space"):
        disk.write(tmp_path / "note.md", b"text", aside=tmp_path / "aside")
    assert names(tmp_path) == ["aside"] and names(tmp_path / "aside") == []


def test_a_symlink_counts_below_a_project_and_not_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path.parent)
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir("/")
    assert disk.plain(tmp_path / "link/file") == tmp_path / "link/file"
    assert disk.plain(tmp_path / "link/../other") == tmp_path / "other"
    with pytest.raises(VaultcError, match="symlink"):
        disk.plain(tmp_path / "link/file", tmp_path)
    for mark in (".git", ".obsidian", "vaultc.toml", "pyproject.toml"):
        (tmp_path / mark).mkdir()
        with pytest.raises(VaultcError, match="symlink"):
            disk.plain(tmp_path / "link/file")
        (tmp_path / mark).rmdir()
    with pytest.raises(VaultcError, match="symlink"):
        disk.plain(tmp_path / "link/file", Path(*tmp_path.parts[:2]))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(VaultcError, match="symlink"):
        disk.plain(Path("link/file"))


def test_relative_paths_are_those_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        Path(name).mkdir()
        Path(name, "page").write_text(name)
    disk.move(Path("one"), Path("three"))
    disk.install(Path("three"), Path("two"))
    assert Path("two/page").read_text() == "one" and Path("three/page").read_text() == "two"


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM, errno.EXDEV])
def test_a_system_without_the_call_does_it_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    class Library:
        def renameat2(self, *_: object) -> int:
            ctypes.set_errno(code)
            return -1

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Library())
    for name in ("site", "fresh"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page").write_text(name)
    disk.install(tmp_path / "fresh", tmp_path / "site")
    assert (tmp_path / "site/page").read_text() == "fresh" and (tmp_path / "fresh/page").read_text() == "site"
    with pytest.raises(FileExistsError):
        disk.move(tmp_path / "fresh", tmp_path / "site")
    disk.move(tmp_path / "fresh", tmp_path / "moved")
    assert names(tmp_path) == ["moved", "site"]


def test_a_fault_of_a_rename_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as told:
        disk.move(tmp_path / "absent", tmp_path / "new")
    assert (told.value.filename, told.value.filename2) == (str(tmp_path / "absent"), str(tmp_path / "new"))


def test_another_name_of_the_same_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("text")
    (tmp_path / "other.md").hardlink_to(tmp_path / "note.md")
    with pytest.raises(FileExistsError):
        disk.move(tmp_path / "note.md", tmp_path / "other.md")
    assert names(tmp_path) == ["note.md", "other.md"]


@pytest.mark.skipif(sys.platform == "darwin", reason="not on this machine: a C library that may lack the call")
def test_a_library_without_the_call_does_it_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())
    (tmp_path / "old").write_text("text")
    disk.move(tmp_path / "old", tmp_path / "new")
    assert names(tmp_path) == ["new"]


def test_what_is_whole_at_both_names_is_not_touched(tmp_path: Path) -> None:
    """The folder that an exchange in two steps set aside is put back where a name is free, and nowhere else."""
    fresh, place, spare = tmp_path / "fresh", tmp_path / "site", tmp_path / ".site.vaultc-old"
    for folder in (fresh, place, spare):
        folder.mkdir()
        (folder / folder.name).touch()
    disk.recover(fresh, place)
    assert all((folder / folder.name).exists() for folder in (fresh, place, spare))
    (fresh / "fresh").unlink()
    fresh.rmdir()
    disk.recover(fresh, place)
    assert (fresh / spare.name).exists() and (place / "site").exists() and not spare.exists()


def test_a_full_disk_is_no_reason_to_write_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "aside").mkdir()
    tried: list[Path] = []

    def full(path: Path, target: Path) -> Path:
        tried.append(path.parent)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        disk.write(tmp_path / "note.md", b"text", aside=tmp_path / "aside")
    assert tried == [tmp_path / "aside"]


def test_two_names_of_one_file_are_two_files_to_a_move(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("text")
    (tmp_path / "a").hardlink_to(tmp_path / "b")
    for old, new in (("a", "b"), ("b", "a")):
        with pytest.raises(FileExistsError):
            disk.move(tmp_path / old, tmp_path / new)
    assert names(tmp_path) == ["a", "b"]


def test_folders_that_are_known_are_not_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def is_link(path: Path) -> bool:
        looked.append(path.name)
        return path.name == "link"

    monkeypatch.setattr(Path, "is_symlink", is_link)
    known: set[str] = set()
    for name in ("a/x", "a/b/x", "a/b/y"):
        assert disk.inside(tmp_path, name, known) == tmp_path / name
    assert looked == ["a", "x", "b", "x", "y"]
    for name in ("a/b/link", "a/link/x", "a/b/../x", "a//x", "a/b/"):
        with pytest.raises(VaultcError):
            disk.inside(tmp_path, name, known)
