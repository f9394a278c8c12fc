"""Inputs that once ended a check or a build with a fault of vaultc itself. Here such a fault in a note is a failure of the test."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vaultc.session import Session

VAULTC = [sys.executable, "-m", "vaultc"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    return folder


def write(root: Path, **notes: str) -> None:
    for name, text in notes.items():
        (root / f"{name}.md").write_text(text, encoding="utf-8")


def found(root: Path) -> list[tuple[str, str]]:
    return [(d.path, d.code) for d in Session.open(root).diagnostics if d.code not in ("VC301", "VC302")]


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*VAULTC, *arguments], cwd=cwd, env={**os.environ}, capture_output=True, text=True, timeout=240
    )


def plain(result: subprocess.CompletedProcess[str]) -> str:
    """The message of a command that failed for its surroundings: one line, and no traceback."""
    assert result.returncode == 2, result
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("vaultc: ")
    return lines[0]


@pytest.mark.parametrize(
    "front",
    ["x: !!bool x", 'x: !!int ""', "x: !!timestamp x", "x: !!float x", "x: !!binary x", "x: !!set [1]", "x: &a [*a]",
     "? [a]\n: b", "x: " + "[" * 490 + "]" * 490, "[" * 100_000, "- " * 100_000, "x: " + "{a: " * 2000,
     "\n".join(" " * at + "a:" for at in range(490))],
)  # fmt: skip
def test_front_matter_that_is_no_yaml_after_all(root: Path, front: str) -> None:
    write(root, a=f"---\npublish: no\n{front}\n---\n[[b]]\n", b="[[a]]")
    assert found(root)[0] == ("a.md", "VC101")
    assert not Session.open(root).vault.notes["a.md"].published


def test_a_few_levels_of_front_matter_are_no_fault(root: Path) -> None:
    write(root, a="---\nx: " + "[" * 30 + "]" * 30 + "\ny: &a [b]\nz: *a\n---\n")
    assert found(root) == []


def test_tags_have_no_empty_parts(root: Path) -> None:
    write(root, a="---\ntags: [/inbox, a//b, /, '#c/']\n---\n#/d//e/\n")
    assert [tag.name for tag in Session.open(root).vault.notes["a.md"].tags] == ["inbox", "a/b", "c", "d/e"]


PAGES = {
    "callout": "> [!note] A **bold\n> wraps** and [a\n> link](https://e.example) ![a\n> b](c.png) `x`\n> text\n",
    "width": "see http://example.com？ and <http://example.com？> [x](http://example.com？/a) ![y](http://［/) <http://[x>\n",
    "title": """[x](https://e.example "[x](a'b')") ![x](https://e.example '"[x](a)')\n""",
    "footnote": "a[^1] b^[x ![[other]]]\n\n[^1]: holds ^[x] and ![[other]]\n\n    ![[other]]\n",
    "other": "b^[y] c[^n]\n\n[^n]: z\n",
    "unclosed": "<div>" * 400 + "\n\n*text*\n",
    "apart": "<div>\n\n" * 400 + "*text*\n\n" + "</div>\n\n" * 400 + "*after*\n",
    "details": "<details><summary>" * 300 + "\n\n*text*\n",
    "tagged": "---\ntags: [/inbox]\n---\n# x\n",
}


def test_pages_that_once_stopped_a_build(root: Path, tmp_path: Path) -> None:
    write(root, **PAGES)
    done = run("build", root, cwd=tmp_path)
    pages = {name: (tmp_path / "build/site" / name / "index.html").read_text(encoding="utf-8") for name in PAGES}
    assert "VC006" not in done.stdout + done.stderr
    assert (tmp_path / "build/site/tags/inbox/index.html").is_file()
    assert all("not-compiled" not in page for page in pages.values())
    assert re.search(
        r"A <strong>bold</strong></p>\s*<p><strong>wraps</strong> and <a [^>]*>a\s*link</a>", pages["callout"]
    )
    assert pages["width"].count("example.com？") >= 2
    assert """title="[x](a'b')\"""" in html.unescape(pages["title"])
    assert pages["footnote"].count("footnote-ref") == pages["footnote"].count("footnote-backref") == 7
    for name in ("unclosed", "apart", "details"):
        assert "<em>text</em>" in pages[name]
    assert "<em>after</em>" in pages["apart"]


def test_a_snippet_that_python_cannot_read(root: Path) -> None:
    write(
        root,
        a="```python bench id=x\n" + "x" + ".a" * 3000 + "\n```\n",
        b="```python bench id=y\n" + "-" * 3000 + "x\n```\n",
    )
    assert found(root) == [("a.md", "VC405"), ("b.md", "VC405")]


@pytest.mark.parametrize("pattern", ["!", "[z-a]", "a\\"])
def test_patterns_that_cannot_be_read(root: Path, pattern: str) -> None:
    write(root, a="# a", b="# b")
    (root / ".gitignore").write_text(f"{pattern}\nb.md\n", encoding="utf-8")
    assert set(Session.open(root).vault.notes) == {"a.md"}
    (root / "vaultc.toml").write_text(f"exclude = ['{pattern}']\n", encoding="utf-8")
    assert "`exclude`" in plain(run("check", root, cwd=root))


@pytest.mark.parametrize("text", ["tool = 1", "tool.vaultc = 1", "[tool]\nvaultc = []"])
def test_a_project_file_of_another_kind(root: Path, text: str) -> None:
    write(root, a="# a")
    (root / "pyproject.toml").write_text(text, encoding="utf-8")
    assert run("check", root, cwd=root).returncode == 0


@pytest.mark.parametrize("text", ["vault = 3", 'vault = "a\\u0000b"', "x = " + "[" * 5000 + "]" * 5000])
def test_configurations_that_cannot_be_read(root: Path, text: str) -> None:
    (root / "vaultc.toml").write_text(text, encoding="utf-8")
    plain(run("check", root, cwd=root))


@pytest.mark.parametrize("port", ["99999", "-1", "0"])
def test_a_port_that_is_none(root: Path, port: str) -> None:
    done = run("serve", root, "--port", port, cwd=root)
    assert done.returncode == 2
    assert "--port" in done.stderr


@pytest.mark.parametrize(("streams", "status"), [(">&-", 1), (">&- 2>&-", 1), ("<&- >&- 2>&-", 1), ("2>&-", 1)])
def test_closed_streams(root: Path, streams: str, status: int) -> None:
    write(root, a="[[gone]]")
    command = f'"$0" -m vaultc check "$1" {streams}'
    done = subprocess.run(["sh", "-c", command, sys.executable, root], capture_output=True, text=True, timeout=240)
    assert done.returncode == status, done.stderr
    assert "fault" not in done.stderr
