"""The command line as a user runs it: a process of its own, its output as text, its cache in a temporary folder."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest


class Run(Protocol):
    """Run `vaultc` with these arguments; `status` is what it must exit with."""

    def __call__(
        self, *arguments: object, status: int = 0, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A plain environment: no colours, English, a cache of its own."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "VAULTC_DEBUG")}
    return {**kept, "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONWARNINGS": "error", "COLUMNS": "100"}


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Run:
    def run(
        *arguments: object, status: int = 0, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "vaultc", *map(str, arguments)],
            cwd=cwd or tmp_path,
            env={**environment, **(env or {})},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == status, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A small vault with an error, a warning and an info."""
    return write(
        tmp_path / "vault",
        {
            "index.md": "# Home\n\nTo [[Guide]] and [[Gide]].\n\n[[Twin]]\n",
            "Guide.md": "---\naliases: [Handbook]\n---\n# Guide\n\nBack to [[index]]; see [[Handbook]].\n",
            "a/Twin.md": "[[Guide]]\n",
            "b/Twin.md": "[[Guide]] and [[index]]\n",
        },
    )


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder and give it back."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder
