"""Where `--output` and `--write-baseline` write, and where they do not."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.frontends.cli.conftest import Run, write

COMMANDS = [("check", "--format", "json"), ("check", "--diff"), ("graph", "--format", "json")]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A stranger's repository: a file and a folder in it lead to the user's own."""
    write(tmp_path, {"documents/letter": "mine"})
    root = write(tmp_path / "checkout", {".git/HEAD": "ref", "notes/a.md": "# A\n\n[[gone]]\n"})
    (root / "report").symlink_to("../documents/letter")
    (root / "new").symlink_to("../documents/absent")
    (root / "out").symlink_to("../documents")
    return root


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("target", ["report", "new", "out/letter", "out/absent"])
def test_a_committed_symlink_is_not_written_through(
    run: Run, checkout: Path, tmp_path: Path, command: tuple[str, ...], target: str
) -> None:
    for cwd in (checkout, tmp_path):
        path = target if cwd == checkout else checkout / target
        done = run(*command, checkout / "notes", "--output", path, cwd=cwd, status=2)
        assert "symlink" in done.stderr and len(done.stderr.splitlines()) == 1
    assert {p.name: p.read_text() for p in (tmp_path / "documents").iterdir()} == {"letter": "mine"}
    assert not [path for path in checkout.iterdir() if path.name.startswith(".vaultc")]


def test_a_committed_symlink_gets_no_baseline(run: Run, checkout: Path, tmp_path: Path) -> None:
    run("check", "notes", "--write-baseline", "report", cwd=checkout, status=2)
    assert (tmp_path / "documents/letter").read_text() == "mine"


def test_a_users_own_symlinks_outside_projects_are_followed(run: Run, checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to("documents")
    run("check", "notes", "--output", tmp_path / "way/report", cwd=checkout, status=1)
    assert (tmp_path / "documents/report").read_text().startswith("info[VC301")


def test_a_pipe_gets_the_text(checkout: Path) -> None:
    command = [sys.executable, "-m", "vaultc", "check", str(checkout / "notes"), "--output", "/dev/stdout"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=checkout)
    assert done.returncode == 1 and "VC201" in done.stdout, done.stderr
