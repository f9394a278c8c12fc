"""`compiler/README.md` says what the code is: stages, nouns, who imports whom."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "compiler" / "vaultc"
README = (ROOT / "compiler" / "README.md").read_text(encoding="utf-8")


def layers() -> list[set[str]]:
    """The layers that import-linter enforces, from the top."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contract = tomllib.load(file)["tool"]["importlinter"]["contracts"][0]
    assert contract["type"] == "layers"
    return [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]


def modules(path: Path) -> Iterator[str]:
    """What a module imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_the_import_rule_is_the_one_enforced() -> None:
    rule = next(line for line in README.splitlines() if line.startswith("frontends >"))
    assert [set(re.findall(r"\w+", part)) for part in rule.split(">")] == layers()


def test_every_part_of_the_package_has_a_layer() -> None:
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert parts - {"__init__", "__main__"} == set().union(*layers())


def test_the_stages_are_parts_and_begin_where_it_says() -> None:
    stages = re.findall(r"^\| `([a-z]+)` \| .* \| `([\w/.]+)` \|$", README, re.M)
    assert [stage for stage, _ in stages] == "scan parse index resolve graph bench check emit publish".split()
    for stage, start in stages:
        assert (ROOT / "compiler" / start).is_file()
        assert start.split("/")[1].removesuffix(".py") == stage


def test_the_nouns_exist_where_it_says() -> None:
    nouns = re.findall(r"^\| `(\w+)` \| .* \| `([\w/]+)(?:/__init__)?\.py` \|$", README, re.M)
    named = [(noun, where) for noun, where in nouns if noun[0].isupper()]
    assert len(named) == 17
    for noun, where in named:
        assert hasattr(import_module(where.removesuffix("/__init__").replace("/", ".")), noun), noun


@pytest.mark.parametrize(
    "library, places",
    [
        ("torch", ["bench/harness/torch_cpu.py", "bench/harness/torch_cuda.py"]),
        ("pyvis", ["publish/pyvis_html.py"]),
        ("pygls", ["frontends/lsp/server.py"]),
        ("pypandoc", ["publish/book/typeset.py"]),
        ("typst", ["publish/book/press.py", "publish/book/typeset.py"]),
    ],
)
def test_heavy_libraries_are_imported_where_they_are_the_subject(library: str, places: list[str]) -> None:
    importing = [path for path in PACKAGE.rglob("*.py") if any(name.split(".")[0] == library for name in modules(path))]
    assert sorted(path.relative_to(PACKAGE).as_posix() for path in importing) == places


@pytest.mark.parametrize("module", ["vaultc", "vaultc.session", "vaultc.frontends.cli"])
def test_opening_a_vault_imports_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"torch", "mkdocs", "markdown", "networkx", "igraph", "pyvis", "rich", "ftfy", "jinja2"}
    assert heavy.isdisjoint(loaded), heavy.intersection(loaded)


def test_hosts_know_only_what_is_above_the_stages() -> None:
    forbidden = {"mkdocs", "click", "rich"}
    below = [path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(PACKAGE / "frontends")]
    knowing = {
        path.relative_to(PACKAGE).as_posix(): found
        for path in below
        if (found := forbidden.intersection(name.split(".")[0] for name in modules(path)))
    }
    # The generator is driven from one place, and the bare runner of measurements is a program of its own.
    assert all(path.startswith("publish/") and found == {"mkdocs"} for path, found in knowing.items()), knowing


def test_no_module_grows_without_end() -> None:
    long = [path.name for path in PACKAGE.rglob("*.py") if len(path.read_text(encoding="utf-8").splitlines()) > 450]
    assert long == []
