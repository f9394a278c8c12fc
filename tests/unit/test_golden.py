"""Vaults in, object files out: `tests/golden/NAME/vault` compiles to `tests/golden/NAME/docs`.

`--update-cases` writes the present output; read the difference before committing it. The graph's file is tested elsewhere.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from vaultc.emit import GRAPH, emit
from vaultc.session import Session

DAY = 1767312000  # when all notes were written: 2026-01-02
GOLDEN = Path(__file__).parents[1] / "golden"


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (GRAPH, "CACHEDIR.TAG")
    }


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.iterdir() if path.is_dir()))
def test_golden(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(GOLDEN / name / "vault", tmp_path / "vault")  # outside of this project's own configuration
    for file in (tmp_path / "vault").rglob("*"):
        os.utime(file, (DAY, DAY))
    folder = emit(Session.open(tmp_path / "vault").vault, tmp_path / "docs").folder
    expected = GOLDEN / name / "docs"
    if request.config.getoption("--update-cases"):
        shutil.rmtree(expected, ignore_errors=True)
        shutil.copytree(folder, expected, ignore=shutil.ignore_patterns(GRAPH, "CACHEDIR.TAG"))
    said, wanted = files(folder), files(expected)
    assert sorted(said) == sorted(wanted)
    for path, data in said.items():
        assert data.decode("utf-8", "replace") == wanted[path].decode("utf-8", "replace"), path
