"""`import vaultc`: what it promises, and that the guide's page about it shows what happens."""

from __future__ import annotations

import doctest
import inspect
import json
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import vaultc
from tests.frontends.cli.conftest import write
from vaultc.errors import VaultcError
from vaultc.frontends.library import OpenVault

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "vault/guide/Computing with a vault.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: file=([^\n]+))?\n(.*?)^```$", re.M | re.S)
BLOCKS = [match.groups() for match in BLOCK.finditer(PAGE)]


def needs(*modules: str) -> None:
    for module in modules:
        if not find_spec(module):
            pytest.skip(f"missing tool: {module} (pip install {module})")


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the page is about."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {file: text for _, file, text in BLOCKS if file})
    return tmp_path / "notes"


def test_the_python_of_the_page_gives_what_it_shows(notes: Path) -> None:
    needs("pandas")
    source = "\n".join(text for language, _, text in BLOCKS if language == "python")
    test = doctest.DocTestParser().get_doctest(source, {}, "page", None, 0)
    assert len(test.examples) > 15
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert "".join(said) == ""


def test_the_shell_of_the_page_prints_what_it_shows(notes: Path) -> None:
    (console,) = (text for language, _, text in BLOCKS if language == "console")
    sessions = re.findall(r"^\$ vaultc (.*)\n((?:(?!\$ ).*\n)*)", console, re.M)
    assert len(sessions) == 5
    for command, shown in sessions:
        done = subprocess.run(
            [sys.executable, "-m", "vaultc", *shlex.split(command)], cwd=notes, capture_output=True, encoding="utf-8"
        )
        assert (done.returncode, done.stdout) == (0, shown), done.stderr


def test_json_holds_the_same_answer(notes: Path) -> None:
    def query(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "vaultc", "query", *arguments]
        return subprocess.run(command, cwd=notes, capture_output=True, encoding="utf-8")

    whole = json.loads(query("neighbours", "index", "--depth", "2", "--format", "json").stdout)
    assert whole["schema"] == 1
    assert {row["path"]: row["exists"] for row in whole["notes"]} == {
        "Long sequences.md": True,
        "Ring attention": False,
        "Linear attention.md": True,
    }
    assert len(whole["links"]) == 5
    nothing = query("path", "Linear attention", "Linear attention")
    assert nothing.returncode == 0
    assert query("tag", "none").returncode == 1
    missing = query("links", "no such note")
    assert missing.returncode == 2
    assert missing.stderr.count("\n") == 1


def test_titles_mean_nothing_to_mermaid(tmp_path: Path) -> None:
    root = write(tmp_path / "v", {"a.md": "---\ntitle: 'x\"] --> y; <b>'\n---\n[[b]]\n", "b.md": "[[a]]\n"})
    done = subprocess.run(
        [sys.executable, "-m", "vaultc", "query", "links", "b", "--format", "mermaid"],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.splitlines()[1:3] == ['  n0["x#34;#93; --#62; y#59; #60;b#62;"]', '  n1["b"]']


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_hold_every_note_link_and_finding(notes: Path, library: str) -> None:
    needs(library)
    vault = vaultc.open(notes)
    frames = vault.frames("pandas" if library == "pandas" else "polars")
    assert [type(frame).__module__.split(".")[0] for frame in frames] == [library] * 3
    assert list(frames.notes["path"]) == list(vault.notes)
    assert list(frames.links["target"]) == [link.target for link in vault.links]
    assert list(frames.findings["code"]) == [found.code for found in vault.findings]


def test_an_open_vault_follows_the_disk_when_it_is_asked_to(notes: Path) -> None:
    vault = vaultc.open(notes)
    assert sum(1 for _ in vault.links) == 5
    write(notes, {"Ring attention.md": "[[index]]\n"})
    assert vault.graph.number_of_edges() == 5
    vault.refresh()
    assert vault.graph.number_of_edges() == 6
    assert all(link.exists for link in vault.links)
    assert vault.text("Ring attention") == "[[index]]\n"


def test_an_empty_vault_and_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    vault = vaultc.open(tmp_path / "none")
    assert (len(vault.notes), vault.links, len(vault.graph)) == (0, (), 0)
    with pytest.raises(VaultcError):
        vault.note("x")
    with pytest.raises(VaultcError):
        vaultc.open(tmp_path / "gone").note("x")


def test_the_public_names() -> None:
    assert sorted(vaultc.__all__) == ["__version__", "open"]
    public = {name for name, _ in inspect.getmembers(OpenVault) if not name.startswith("_")}
    questions = {"having", "linked", "neighbours", "path", "tagged"}
    assert public == questions | {
        *("findings", "frames", "graph", "links", "metrics", "note", "notes", "refresh", "root", "text"),
    }
    assert all(inspect.getdoc(getattr(OpenVault, name)) for name in public)


def test_importing_vaultc_imports_nothing_heavy() -> None:
    code = "import sys, vaultc; print(sorted(name for name in sys.modules if name.startswith(('vaultc.', 'networkx'))))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8").stdout == "[]\n"
