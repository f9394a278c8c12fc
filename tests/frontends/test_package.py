"""The package as it is published: built from what git has, installed where nothing else is, and used there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSION = "7.8.9"


def run(*command: object, cwd: Path, **environment: str) -> str:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VAULTC", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An sdist of what git has or would take, under a tag, and the wheel that is built from it."""
    pytest.importorskip("build", reason="missing tool: build")
    source = tmp_path_factory.mktemp("source") / "vaultc"
    try:
        names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    except (OSError, AssertionError):
        pytest.skip("not on this machine: a git checkout")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    author = {f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for step in ("init --quiet", "add --all", "commit --quiet --message=all", f"tag v{VERSION}"):
        run("git", *step.split(), cwd=source, **author)
    out = source.parent / "dist"
    # The back end is that of the development requirements: what it is made by is not downloaded again.
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, cwd=source)
    return out


def test_the_version_is_the_tag_s(dist: Path) -> None:
    assert sorted(path.name for path in dist.iterdir()) == [
        f"vaultc-{VERSION}-py3-none-any.whl",
        f"vaultc-{VERSION}.tar.gz",
    ]


def test_the_source_archive_has_the_sources_of_the_client_and_nothing_built(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "site/client/package-lock.json",
        "site/client/build.mjs",
        "site/overrides/main.html",
        "hatch_build.py",
        "LICENSE",
        "vault/rules/VC201 unresolved-link.md",
    } <= names
    assert [name for name in names if re.search(r"node_modules|_web/|__pycache__", name)] == []


def test_the_wheel_carries_what_the_package_reads(dist: Path) -> None:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as archive:
        names = set(archive.namelist())
    assert {
        "vaultc/_web/overrides/main.html",
        "vaultc/_web/rules/VC201 unresolved-link.md",
        "vaultc/publish/book/book.typst",
        "vaultc/py.typed",
    } <= names
    assert any(name.startswith("vaultc/_web/bundle/assets/vaultc/") for name in names)
    assert not any(name.startswith(("tests/", "vaultc/_web/bundle.new")) for name in names)


def test_the_wheel_works_where_nothing_else_is(dist: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "empty", cwd=tmp_path)
    programs = tmp_path / "empty" / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", next(dist.glob("*.whl")), cwd=tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/First.md").write_text("# First\n\nTo [[Second]].\n")
    (tmp_path / "notes/Second.md").write_text("# Second\n\nTo [[First]].\n")
    vaultc = programs / "vaultc"
    homes = {
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    said = run(vaultc, "--version", cwd=tmp_path, **homes).splitlines()
    assert said[0] == f"vaultc {VERSION}"
    assert any(line.startswith("MkDocs ") for line in said)
    assert not any(line.startswith("torch ") for line in said)
    assert "nothing to report" in run(vaultc, "check", "notes", cwd=tmp_path, **homes)
    assert "# VC201 unresolved-link" in run(vaultc, "explain", "VC201", cwd=tmp_path, **homes)
    run(vaultc, "build", "notes", "--site-dir", "site", "--strict", cwd=tmp_path, **homes)
    assert "Second" in (tmp_path / "site/First/index.html").read_text(encoding="utf-8")
    assert list((tmp_path / "site/assets/vaultc").rglob("*.js"))
