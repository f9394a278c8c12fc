"""Into which folders a site may go, and what of them a build may delete."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from vaultc import disk
from vaultc.config import Project, locate
from vaultc.errors import VaultcError
from vaultc.publish import site as publish_site
from vaultc.publish.site import Swap, claim

BIN = Path(sys.executable).parent


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): p.read_text(errors="replace")
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose vault is `notes`; the current folder is another."""
    here = write(tmp_path / "work/here", {"file": ""})
    monkeypatch.chdir(here)
    write(tmp_path / "work/p", {"vaultc.toml": 'vault = "notes"\n', "notes/a.md": "# A\n", "theme/main.html": ""})
    return locate(tmp_path / "work/p")


REFUSED = {
    "the vault": "notes",
    "below the vault": "notes/new",
    "the project": ".",
    "above the project": "..",
    "the theme": "theme",
    "below the theme": "theme/new",
    "a folder of others": "../other",
    "the current folder": "../here",
    "the object files": "build/docs/x",
    "around the object files": "build",
    "the cache": "build/cache",
    "everything": "/",
    "the home folder": "~",
    "a symlink": "link",
    "through a symlink": "link/new",
    "a file": "vaultc.toml",
}


@pytest.mark.parametrize("folder", REFUSED.values(), ids=REFUSED)
def test_a_folder_that_is_not_the_sites_is_refused(project: Project, folder: str) -> None:
    assert project.folder
    write(project.folder, {"../other/mine.txt": "mine", "build/docs/x.md": ""})
    (project.folder / "link").symlink_to("../empty")
    (project.folder / "../empty").mkdir()
    with pytest.raises(VaultcError, match=r"name (another folder|a folder outside|what it leads to)|is no folder"):
        claim(project.folder / Path(folder).expanduser(), project, {"`custom_dir`": project.folder / "theme"})


ALLOWED = ["build/site", "public", "../site", "../empty", "../checkout", "../last"]


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_folder_that_is_new_empty_or_ours_is_taken(project: Project, folder: str) -> None:
    assert project.folder
    (project.folder / "../empty").mkdir()
    write(project.folder / "../checkout", {".git/HEAD": "ref", "CNAME": "example.org", ".nojekyll": ""})
    write(project.folder / "../last", {"CACHEDIR.TAG": disk.TAG_TEXT, "index.html": "last"})
    assert claim(project.folder / folder, project, {}) == Path(os.path.normpath(project.folder / folder))


def test_anybodys_cache_is_not_ours(project: Project) -> None:
    assert project.folder
    write(project.folder / "../cache", {"CACHEDIR.TAG": disk.TAG_TEXT.splitlines()[0], "wheel": "w"})
    with pytest.raises(VaultcError, match="did not write"):
        claim(project.folder / "../cache", project, {})


def test_a_vault_may_hold_its_own_build_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path / "notes", {"a.md": "# A\n"}))
    assert claim(Path("build/site"), locate(tmp_path / "notes"), {}) == tmp_path / "notes/build/site"
    with pytest.raises(VaultcError, match="lies in the vault"):
        claim(Path("public"), locate(tmp_path / "notes"), {})


def test_a_user_without_a_home_has_state_and_cache_elsewhere(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    monkeypatch.setattr(tempfile, "tempdir", str(project.root.parent))
    monkeypatch.setattr(disk, "_own", lambda folder: None)  # a folder of user 54321, which the test cannot make
    assert claim(Path("site"), project, {}) == Path.cwd() / "site"
    assert disk.state("locks").is_absolute()
    assert Project(project.root, project.config).build.is_absolute()
    assert [path.name for path in Path().iterdir()] == ["file"]


@pytest.mark.parametrize("native", [True, False])
def test_the_checkout_of_a_published_branch_stays_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, native: bool
) -> None:
    if not native:
        monkeypatch.setattr(disk, "_rename", lambda *_: False)
    site = write(tmp_path / "site", {".git/HEAD": "ref", "CNAME": "example.org", ".nojekyll": "", "old.html": ""})
    write(site, {"CACHEDIR.TAG": disk.TAG_TEXT})
    swap = Swap(site)
    write(swap.aside, {"index.html": "new", ".nojekyll": "generated"})
    swap.done()
    assert tree(tmp_path) == {
        "site/.git/HEAD": "ref",
        "site/.nojekyll": "generated",
        "site/CACHEDIR.TAG": disk.TAG_TEXT,
        "site/CNAME": "example.org",
        "site/index.html": "new",
    }


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from vaultc import disk
from vaultc.publish import site
from vaultc.publish.site import Swap

left = int(sys.argv[2])
def counted(call):
    def step(*arguments, **named):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return step

for name in ("rename", "replace", "unlink", "rmdir", "mkdir"):
    setattr(Path, name, counted(getattr(Path, name)))
os.link, shutil.rmtree, shutil.copy2 = counted(os.link), counted(shutil.rmtree), counted(shutil.copy2)
disk._rename = counted(disk._rename) if sys.argv[3] == "native" else lambda *_: False
site._MANY = int(os.environ.get("MANY", site._MANY))
swap = Swap(Path(sys.argv[1]))
os.mkdir(swap.aside)
(swap.aside / "index.html").write_text("new")
swap.carry(sys.argv[4:])
swap.done()
"""


@pytest.mark.parametrize("way", ["native", "two renames"])
def test_a_build_killed_at_any_step_leaves_a_site_and_its_repository(tmp_path: Path, way: str) -> None:
    for step in range(20):
        folder = tmp_path / str(step)
        site = write(folder / "site", {"index.html": "old", ".git/HEAD": "ref", "CACHEDIR.TAG": disk.TAG_TEXT})
        done = subprocess.run([sys.executable, "-c", KILLED, site, str(step), way], check=False)
        if way == "native":
            assert (site / "index.html").read_text() in ("old", "new")
        Swap(site)  # the next build
        found = tree(folder)
        assert found.pop("site/index.html") in ("old", "new")
        assert found == {"site/.git/HEAD": "ref", "site/CACHEDIR.TAG": disk.TAG_TEXT}
        if done.returncode == 0:
            assert step > 3
            return
        assert done.returncode == -signal.SIGKILL
    raise AssertionError("the steps never came to an end")


def edit(site: Path, files: dict[str, str], stay: list[str]) -> None:
    swap = Swap(site)
    write(swap.aside, files)
    swap.carry(stay)
    swap.done()


@pytest.mark.parametrize("way", ["native", "two renames"])
@pytest.mark.parametrize("size", ["small", "large", "large, edited before"])
def test_a_site_with_few_new_files_killed_at_any_step_is_the_old_one_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: str, way: str
) -> None:
    if size != "small":
        monkeypatch.setattr(publish_site, "_MANY", 0)
    env = os.environ | {"MANY": str(publish_site._MANY)}
    tag = {"CACHEDIR.TAG": disk.TAG_TEXT}
    old = {"index.html": "old", "stays/index.html": "x", "gone/index.html": "y", "CNAME": "example.org", **tag}
    new = {"index.html": "new", "stays/index.html": "x", "CNAME": "example.org", **tag}
    aside = set() if size == "small" else {".site.vaultc-last/.gitignore", ".site.vaultc-last/CACHEDIR.TAG"}
    for step in range(80):
        folder = tmp_path / str(step)
        site = write(folder / "site", old)
        if size == "large, edited before":
            edit(site, {"index.html": "old"}, ["stays/index.html", "gone/index.html"])
        done = subprocess.run(
            [sys.executable, "-c", KILLED, site, str(step), way, "stays/index.html"], check=False, env=env
        )
        assert way != "native" or tree(site) in (old, new), step
        swap = Swap(site)  # the next build
        assert tree(site) in (old, new), step
        assert {name for name, stamp in swap.found.items() if stamp} == {*tree(site)} - {"CNAME"}
        edit(site, {"index.html": "next"}, ["stays/index.html"])
        assert tree(site) == {**new, "index.html": "next"}
        assert {name for name in tree(folder) if not name.startswith(("site/", ".site.vaultc-last/site/"))} == aside, (
            step
        )
        if done.returncode == 0:
            assert step > 5
            return
        assert done.returncode == -signal.SIGKILL
    raise AssertionError("the steps never came to an end")


def test_what_is_in_the_way_of_a_few_files_is_removed_and_nothing_is_written_through_a_symlink(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_site, "_MANY", 0)
    site = write(tmp_path / "site", {"stays.html": "x", "file": "old", "folder/deep/index.html": "old"})
    write(site, {"CACHEDIR.TAG": disk.TAG_TEXT, ".git/HEAD": "ref", ".nojekyll": "old"})
    write(tmp_path, {"documents/index.html": "mine"})
    (site / "link").symlink_to("../documents")
    new = {"file/index.html": "new", "folder/deep": "new", "link/index.html": "new", ".nojekyll": "new"}
    for turned in (False, True):  # the third goes into what the first left
        edit(site, new, ["stays.html"])
        found = tree(tmp_path)
        assert {name: text for name, text in found.items() if not name.startswith(".site.vaultc-last/")} == {
            "documents/index.html": "mine",
            "site/.git/HEAD": "ref",
            "site/CACHEDIR.TAG": disk.TAG_TEXT,
            "site/stays.html": "x",
            **{f"site/{name}": text for name, text in new.items()},
        }
        if not turned:
            edit(site, {"file": "old", "folder/deep/index.html": "old", "link": "old"}, ["stays.html"])
            second = tmp_path / ".site.vaultc-last/site"
            shutil.rmtree(second / "link")
            (second / "link").symlink_to("../../documents")


PLANTED = {
    "a symlink for all of it": lambda last, documents: last.symlink_to(documents),
    "a symlink for its site": lambda last, documents: (last.mkdir(), (last / "site").symlink_to(documents)),
    "a symlink in it": lambda last, documents: (
        (last / "site").mkdir(parents=True),
        (last / "site/a").symlink_to(documents),
    ),
    "other files": lambda last, documents: write(last / "site", {"a/index.html": "theirs", ".git/HEAD": "ref"}),
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
def test_nothing_is_believed_that_somebody_put_where_the_site_before_the_last_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[Path, Path], object]
) -> None:
    monkeypatch.setattr(publish_site, "_MANY", 0)
    site = write(tmp_path / "site", {"a/index.html": "stays", "CACHEDIR.TAG": disk.TAG_TEXT, ".git/HEAD": "own"})
    documents = write(tmp_path / "documents", {"index.html": "mine", "site/letter": "mine"})
    mine = tree(documents)
    plant(tmp_path / ".site.vaultc-last", documents)
    planted = tmp_path / ".site.vaultc-last/site/a/index.html"
    if planted.is_file() and not planted.is_symlink():
        shutil.copystat(site / "a/index.html", planted)
    with suppress(VaultcError):
        edit(site, {"b/index.html": "new"}, ["a/index.html"])
    assert tree(documents) == mine
    assert (site / "a/index.html").read_text() == "stays"
    assert (site / ".git/HEAD").read_text() == "own"


def test_files_that_came_during_the_build_are_not_deleted(tmp_path: Path) -> None:
    swap = Swap(tmp_path / "site")
    write(swap.aside, {"index.html": "new"})
    write(tmp_path / "site", {"letter": "mine"})
    with pytest.raises(VaultcError, match="did not write"):
        swap.done()
    swap.drop()
    assert tree(tmp_path) == {"site/letter": "mine"}


def test_a_symlink_where_the_site_is_built_aside_is_taken_away(tmp_path: Path) -> None:
    write(tmp_path, {"documents/letter": "mine"})
    (tmp_path / ".site.vaultc-new").symlink_to("documents")
    (tmp_path / ".site.vaultc-old").symlink_to("documents")
    swap = Swap(tmp_path / "site")
    write(swap.aside, {"index.html": "new"})
    swap.done()
    assert (tmp_path / "documents/letter").read_text() == "mine"
    assert (tmp_path / "site/index.html").read_text() == "new" and not (tmp_path / "site").is_symlink()


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "home/cache")}


def run(env: dict[str, str], *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / "vaultc", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_build_deletes_nobodys_files(tmp_path: Path, env: dict[str, str]) -> None:
    """As reported: the vault, the current folder, and a folder that only the configuration of a project names."""
    config = "site_name: P\ndocs_dir: notes\nsite_dir: ../precious\nplugins: [vaultc]\ntheme: {name: material}\n"
    write(tmp_path / "p", {"mkdocs.yml": config, "vaultc.toml": 'vault = "notes"\n', "notes/a.md": "# A\n"})
    write(tmp_path, {"precious/letter": "mine"})
    (tmp_path / "p/build").mkdir()
    before = tree(tmp_path)
    for arguments in (["--site-dir", "notes"], ["--site-dir", "."], ["--trust"]):
        done = run(env, "build", *arguments, cwd=tmp_path / "p")
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
        after = tree(tmp_path)
        assert {name: after[name] for name in after if not name.startswith(("p/build/", "home/"))} == before


def test_of_two_builds_into_one_folder_the_second_is_refused(tmp_path: Path, env: dict[str, str]) -> None:
    write(tmp_path, {"notes/a.md": "# A\n", "way/other": ""})
    (tmp_path / "way/link").symlink_to(tmp_path)
    site = tmp_path / "way/link/site"  # by another name
    with disk.locked(tmp_path / "site", "the test's own"):
        done = run(env, "build", "--site-dir", site, cwd=tmp_path / "notes")
    assert (done.returncode, done.stderr.count("another build into this folder is running")) == (2, 1), done.stderr
    assert not (tmp_path / "site").exists()
    assert run(env, "build", "--site-dir", site, cwd=tmp_path / "notes").returncode == 0
    assert (tmp_path / "site/a/index.html").is_file() and not list(tmp_path.glob(".site*"))
