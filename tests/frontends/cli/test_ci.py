"""What other repositories use: the pre-commit hook and the GitHub action, each against a small git repository."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.frontends.cli.conftest import write
from vaultc.frontends.cli import cli

ROOT = Path(__file__).resolve().parents[3]
GOOD = {"notes/index.md": "[[Other]]\n", "notes/Other.md": "[[index]]\n", "README.md": "[[not a note]]\n"}


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a small, sound vault in `notes/`."""
    folder = write(tmp_path / "repository", {**GOOD, "vaultc.toml": 'vault = "notes"\n', ".gitignore": "build/\n"})
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "begin")
    return folder


@pytest.fixture
def shell(environment: dict[str, str]) -> dict[str, str]:
    """An environment in which the commands `vaultc` and `python` are those under test."""
    return {**environment, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def hook() -> dict[str, Any]:
    (only,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert isinstance(only, dict)
    return only


def commit_runs(repository: Path, environment: dict[str, str], *files: str) -> subprocess.CompletedProcess[str]:
    """What pre-commit runs at a commit of `files`: the hook's entry in the repository's root, names appended if it wants them."""
    command = shlex.split(hook()["entry"])
    command += files if hook()["pass_filenames"] else ()
    return subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, timeout=120)


def test_the_hook_finds_what_a_commit_breaks(repository: Path, shell: dict[str, str]) -> None:
    assert hook()["id"] == "vaultc-check"
    assert commit_runs(repository, shell).returncode == 0
    (repository / "notes/Other.md").unlink()  # breaks a link in a file that the commit does not touch
    done = commit_runs(repository, shell)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "notes/index.md:1:1: error VC201 unresolved-link: no note named `Other`"


def test_the_hook_can_be_given_the_staged_files(repository: Path, shell: dict[str, str]) -> None:
    write(repository, {"notes/Old.md": "[[broken]] [[index]]\n", "notes/index.md": "[[Other]] [[Old]]\n"})
    command = [*shlex.split(hook()["entry"]), "README.md", "notes/index.md"]
    done = subprocess.run(command, cwd=repository, env=shell, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "")
    command[-1] = "notes/Old.md"
    done = subprocess.run(command, cwd=repository, env=shell, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert done.stdout.startswith("notes/Old.md:1:1: error VC201")


def test_pre_commit_itself_runs_the_hook(repository: Path, shell: dict[str, str]) -> None:
    if not shutil.which("pre-commit", path=shell["PATH"]):
        pytest.skip("missing tool: pre-commit (pip install pre-commit)")
    entry = {**hook(), "language": "system"}  # the vaultc under test, not one that pre-commit would install
    local = {"repos": [{"repo": "local", "hooks": [entry]}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(local))
    environment = {**shell, "PRE_COMMIT_HOME": str(repository.parent / "pre-commit")}
    command = ["pre-commit", "run", "--all-files"]
    done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (repository / "notes/Other.md").unlink()
    git(repository, "add", "-A")
    done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1
    assert "notes/index.md:1:1: error VC201" in done.stdout


def action() -> dict[str, Any]:
    whole = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert isinstance(whole, dict)
    return whole


def act(repository: Path, environment: dict[str, str], **inputs: str) -> dict[str, subprocess.CompletedProcess[str]]:
    """Run the action's own steps as GitHub does: expressions filled in, bash with -e and pipefail, until one fails.

    Steps that use other actions are passed over, and so is pip where `pip` is replaced.
    """
    values = {f"inputs.{name}": spec["default"] for name, spec in action()["inputs"].items()}
    values |= {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
    values["github.action_path"] = str(ROOT)
    done = {}
    for step in action()["runs"]["steps"]:
        if "run" not in step:
            continue
        filled = {k: re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda m: values[m[1]], v) for k, v in step["env"].items()}
        assert "${{" not in step["run"]  # no input is ever part of a script
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        output = repository.parent / "github-output"
        result = subprocess.run(
            command,
            cwd=repository,
            env={**environment, **filled, "GITHUB_OUTPUT": str(output)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        done[step["name"]] = result
        if result.returncode:
            break
    return done


@pytest.fixture
def runner(shell: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The same environment, in which `python -m pip` only writes down what it was asked for: vaultc is there already."""
    stub = tmp_path / "bin" / "python"
    stub.parent.mkdir()
    stub.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/pip"\n')
    stub.chmod(0o755)
    return {**shell, "PATH": f"{stub.parent}{os.pathsep}{shell['PATH']}"}


def test_the_action_reports_and_writes_sarif(repository: Path, runner: dict[str, str]) -> None:
    done = act(repository, runner)
    assert [(name, step.returncode) for name, step in done.items()] == [("Install vaultc", 0), ("Check", 0)]
    assert (repository.parent / "pip").read_text().split()[-1] == str(ROOT)
    assert json.loads((repository / "vaultc.sarif").read_text(encoding="utf-8"))["runs"][0]["results"] == []
    assert (repository.parent / "github-output").read_text() == "sarif=vaultc.sarif\n"
    (repository / "notes/Other.md").unlink()
    check = act(repository, runner)["Check"]
    assert check.returncode == 1
    assert check.stdout.splitlines()[-1].startswith("::error file=notes/index.md,line=1,")
    results = json.loads((repository / "vaultc.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["VC302", "VC201"]


def test_the_action_takes_its_inputs_as_words_and_not_as_code(repository: Path, runner: dict[str, str]) -> None:
    (repository / "notes/Other.md").unlink()
    assert act(repository, runner, fail_on="never")["Check"].returncode == 0
    assert act(repository, runner, args="--ignore VC201")["Check"].returncode == 0
    assert act(repository, runner, path="notes", sarif="a b.sarif")["Check"].returncode == 1
    assert (repository / "a b.sarif").is_file()
    # `*` names no files: as a pattern it would match these two, and the check would pass.
    write(repository, {"VC201": "", "--ignore=VC201": ""})
    assert act(repository, runner, args="--ignore VC2*")["Check"].returncode == 2
    assert act(repository, runner, args="--ignore*")["Check"].returncode == 2
    assert act(repository, runner, path="--help")["Check"].returncode == 2
    evil = act(repository, runner, path="; touch hacked #", args="$(touch hacked)")["Check"]
    assert evil.returncode == 2
    assert not (repository / "hacked").exists()


def test_the_action_uploads_whatever_the_check_said() -> None:
    upload = action()["runs"]["steps"][-1]
    assert "!cancelled()" in upload["if"]
    assert upload["with"]["sarif_file"] == "${{ inputs.sarif }}"
    options = re.findall(r"--[a-z-]+", action()["runs"]["steps"][2]["run"])
    command = cli.get_command(None, "check")  # type: ignore[arg-type]
    assert command is not None
    assert set(options) <= {option for parameter in command.params for option in parameter.opts}


TEMPLATES = ROOT / "compiler/vaultc/frontends/templates/init/_github/workflows"
WORKFLOWS = [*(ROOT / ".github/workflows").glob("*.yml"), *TEMPLATES.glob("*.yml")]


@pytest.mark.parametrize("path", [ROOT / "action.yml", *WORKFLOWS], ids=str)
def test_actions_of_others_are_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"uses: *(.*)", path.read_text(encoding="utf-8"))
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", line)] == []


@pytest.mark.parametrize("path", [path for path in WORKFLOWS if path.name == "pages.yml"], ids=str)
def test_a_site_is_built_where_git_knows_when_notes_were_changed(path: Path) -> None:
    whole = yaml.safe_load(path.read_text(encoding="utf-8").replace("$${{", "${{"))
    steps = [step for job in whole["jobs"].values() for step in job["steps"]]
    depths = [step["with"].get("fetch-depth") for step in steps if "checkout@" in step.get("uses", "")]
    assert depths == [0]


@pytest.mark.parametrize("path", WORKFLOWS, ids=str)
def test_what_is_installed_may_write_nothing(path: Path) -> None:
    whole = yaml.safe_load(path.read_text(encoding="utf-8").replace("$${{", "${{"))
    assert whole["permissions"] == {"contents": "read"}
    for job in whole["jobs"].values():
        granted = {**whole["permissions"], **job.get("permissions", {})}
        if any("run" in step for step in job["steps"]):
            assert granted == {"contents": "read"}
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
