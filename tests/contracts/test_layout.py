"""Where things are, what is public, and what a project may not say."""

from __future__ import annotations

import inspect
import re
import subprocess
from pathlib import Path

import pytest

from vaultc import bench, session
from vaultc.session import Session

ROOT = Path(__file__).parents[2]
EXPECTED = """
.gitignore .pre-commit-config.yaml .ci/run .github/workflows CHANGELOG.md CONTRIBUTING.md LICENSE
Makefile README.md compiler/README.md compiler/vaultc/py.typed mkdocs.yml pyproject.toml site/client/package-lock.json
site/overrides/main.html tests/browser tests/cases tests/contracts tests/frontends tests/golden tests/properties tests/unit vault/index.md
vault/rules
"""


def tracked() -> list[str]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not on this machine: a git checkout")
    return [path for path in listed.split("\0") if path and (ROOT / path).is_file()]


@pytest.mark.parametrize("path", EXPECTED.split())
def test_the_layout(path: str) -> None:
    assert (ROOT / path).exists()


def test_nothing_built_is_committed() -> None:
    built = re.compile(r"^(build|dist|site/client/node_modules|compiler/vaultc/_web|\.venv)/|\.py[co]$|__pycache__")
    assert [path for path in tracked() if built.search(path)] == []


def test_there_is_one_python_package() -> None:
    packages = {Path(path).parts[:2] for path in tracked() if path.startswith("compiler/") and path.endswith(".py")}
    assert packages == {("compiler", "vaultc")}


def test_the_project_speaks_of_itself_alone() -> None:
    machine = re.compile(r"(?<![\w.])/(?:work|root|home/[a-z]+)/|\.\./shared/(?!vaults|seeds)")
    texts = [
        path for path in tracked() if path.endswith((".py", ".md", ".toml", ".yml", ".yaml", ".ts", ".html", ".css"))
    ]
    guilty = []
    for path in texts:
        text = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        if path != "tests/contracts/test_layout.py" and machine.search(text):
            guilty.append(path)
    assert guilty == []


def test_the_public_names_of_a_session() -> None:
    own = [name for name, thing in vars(session).items() if getattr(thing, "__module__", "") == session.__name__]
    assert [name for name in own if not name.startswith("_")] == ["Session"]
    public = {name for name, _ in inspect.getmembers(Session) if not name.startswith("_")}
    assert public == set("apply counts diagnostics emit locked open publish refresh relative scan texts vault".split())
    assert all(inspect.getdoc(getattr(Session, name)) for name in public)


def test_the_public_names_of_a_snippet() -> None:
    assert all(hasattr(bench, name) for name in bench.__all__)
    functions = {name for name in bench.__all__ if callable(getattr(bench, name))}
    assert {"claim", "measure"} <= functions
    assert all(inspect.getdoc(getattr(bench, name)) for name in functions)


def test_no_template_asks_another_host() -> None:
    asks = re.compile(
        r"""(?:\bsrc|\bhref|\baction|\bdata-src)\s*=\s*["']?(?:https?:)?//|(?:@import|url\()\s*["']?(?:https?:)?//|\bfetch\(\s*["'](?:https?:)?//"""
    )
    sources = [
        path
        for path in tracked()
        if path.startswith("site/") and path.endswith((".html", ".css", ".ts", ".mjs", ".svg"))
    ]
    assert sources
    assert [path for path in sources if asks.search((ROOT / path).read_text(encoding="utf-8"))] == []
