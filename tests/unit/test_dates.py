"""When a note was changed: as it says itself, else as git says, else the file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from vaultc import dates
from vaultc.session import Session

DAY = 1767312000  # 2026-01-02
LATER = DAY + 40 * 24 * 3600


def write(root: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = root / f"{name}.md"
        path.write_text(text, encoding="utf-8")
        os.utime(path, (DAY + 5000, DAY + 5000))


def days(root: Path) -> dict[str, str]:
    vault = Session.open(root).vault
    return {path: dates.day(when) for path, when in dates.changed(root, vault.notes.values()).items()}


def commit(root: Path, when: int) -> None:
    stamp = f"{when} +0000"
    env = os.environ | {
        "GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp, "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
    }  # fmt: skip
    for command in (["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", "-C", root, *command], check=True, env=env)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("updated: 2025-03-04", "2025-03-04"),
        ("modified: '2025-03-04T23:30:00+05:00'", "2025-03-04"),
        ("updated: 2025-03-04 10:00:00", "2025-03-04"),
        ("updated: yesterday", "2026-01-02"),
        ("updated: 9999-99-99", "2026-01-02"),
        ("updated: [1, 2]", "2026-01-02"),
        ("created: 2025-03-04", "2026-01-02"),
    ],
)
def test_the_front_matter_says_it_first(tmp_path: Path, said: str, day: str) -> None:
    write(tmp_path, a=f"---\n{said}\n---\n")
    assert days(tmp_path) == {"a.md": day}


def test_git_says_it_before_the_file_does(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    folder = tmp_path / "Заметки"
    folder.mkdir()
    write(folder, Имя="one", b="two")
    commit(tmp_path, LATER)
    write(folder, b="three")
    commit(tmp_path, LATER + 24 * 3600)
    write(folder, new="four")
    assert days(folder) == {"Имя.md": "2026-02-11", "b.md": "2026-02-12", "new.md": "2026-01-02"}


def test_a_repository_that_came_with_a_vault_runs_nothing(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    write(tmp_path, a="one")
    commit(tmp_path, LATER)
    trap = f"touch {tmp_path}/sprung"
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "gpg.program", "diff.external", "core.editor"):
        subprocess.run(["git", "-C", tmp_path, "config", key, trap], check=True)
    subprocess.run(["git", "-C", tmp_path, "config", "log.showSignature", "true"], check=True)
    assert days(tmp_path) == {"a.md": "2026-02-11"}
    assert not (tmp_path / "sprung").exists()


def test_a_broken_repository_is_none(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("nonsense", encoding="utf-8")
    write(tmp_path, a="one")
    assert days(tmp_path) == {"a.md": "2026-01-02"}
