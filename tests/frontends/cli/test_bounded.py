"""Configuration that came with a vault: patterns that would be matched for ever, and files that are none or have no end."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.frontends.cli.conftest import Run, write

LONG = "a" * 60
NOTES = {".obsidian/app.json": "{}", "index.md": f"[[{LONG}]]\n", f"{LONG}.md": "[[index]]\n", f"{'ab' * 30}.md": "x\n"}
CLIMBING = "a*" * 25 + "c"


@pytest.mark.parametrize(
    "files",
    [
        {".gitignore": f"{CLIMBING}\n"},
        {"vaultc.toml": f'exclude = ["{CLIMBING}", "{"**/a" * 25}/c"]\n'},
        {".obsidian/app.json": r'{"userIgnoreFilters": ["/(a+)+$/", "/^(a|a)*b{2}$/", "/(\\u0061*)*c/"]}'},
    ],
    ids=lambda files: next(iter(files)),
)
def test_patterns_are_matched_in_linear_time(run: Run, tmp_path: Path, files: dict[str, str]) -> None:
    vault = write(tmp_path / "v", {**NOTES, **files, "a.txt": ""})
    assert run("stats", vault).stdout.startswith("3  notes\n")


def test_patterns_still_exclude(run: Run, tmp_path: Path) -> None:
    settings = r'{"userIgnoreFilters": ["/^DRAFTS?\\//", "/\\u0061bab/", "archive/"]}'
    vault = write(
        tmp_path / "v",
        {
            **NOTES,
            ".obsidian/app.json": settings,
            ".gitignore": "*.tmp.md\n[z-a]\n!\n/build\n",
            "drafts/x.md": "x\n",
            "archive/y.md": "y\n",
            "z.tmp.md": "z\n",
            "build/b.md": "b\n",
        },
    )
    assert " 2  notes" in f" {run('stats', vault).stdout}"


@pytest.mark.parametrize("expression", ["/(?=a)b/", "/(/", r"/(a)\1/"])
def test_nothing_is_done_with_an_expression_that_cannot_be_read(run: Run, tmp_path: Path, expression: str) -> None:
    settings = json.dumps({"userIgnoreFilters": ["archive/", expression]})
    vault = write(tmp_path / "v", {**NOTES, ".obsidian/app.json": settings})
    for command in (("check",), ("build", "--site-dir", "../site"), ("graph", "--format", "json")):
        done = run(*command, cwd=vault, status=2)
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert f".obsidian/app.json: the excluded files have an expression that cannot be read: `{expression}`" in line
    assert not (tmp_path / "site").exists()


def zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


FILES: list[Callable[[Path], None]] = [zero, os.mkfifo, Path.mkdir, large]


@pytest.mark.parametrize("make", FILES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("name", ["vaultc.toml", ".gitignore", ".obsidian/app.json"])
def test_configuration_is_a_file_of_bounded_size(
    run: Run, tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    vault = write(tmp_path / "v", NOTES)
    (vault / name).unlink(missing_ok=True)
    make(vault / name)
    for command in (("check",), ("mv", "index", "home")):
        (line,) = run(*command, cwd=vault, status=2).stderr.splitlines()
        assert line.startswith(f"vaultc: {vault / name}: ")
    assert (vault / "index.md").exists()


@pytest.mark.parametrize("make", [zero, os.mkfifo, large], ids=lambda make: make.__name__)
def test_a_baseline_is_a_file_of_bounded_size(run: Run, tmp_path: Path, make: Callable[[Path], None]) -> None:
    vault = write(tmp_path / "v", NOTES)
    make(tmp_path / "known.json")
    (line,) = run("check", vault, "--baseline", tmp_path / "known.json", status=2).stderr.splitlines()
    assert line.startswith(f"vaultc: {tmp_path / 'known.json'}: ")


def test_a_configuration_may_be_reached_by_a_symlink(run: Run, tmp_path: Path) -> None:
    vault = write(tmp_path / "v", {**NOTES, "rest.md": "x\n"})
    write(tmp_path, {"own.toml": 'exclude = ["rest.md"]\n'})
    (vault / "vaultc.toml").symlink_to(tmp_path / "own.toml")
    assert " 3  notes" in f" {run('stats', vault).stdout}"
