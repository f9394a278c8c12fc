"""`explain`, `backlinks`, `stats`, `new`, `init`, and the help of every command."""

import json
import os
import platform
import shutil
import subprocess
import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import click
import pytest
import yaml

from tests.frontends.cli.conftest import Run, write
from vaultc.diagnostics import CODES
from vaultc.frontends.cli import COMMANDS, cli
from vaultc.frontends.cli.new import filename


def test_help_lists_each_command_with_its_own_first_sentence(run: Run) -> None:
    listed = run("--help").stdout
    with click.Context(cli) as context:
        names = cli.list_commands(context)
        for name in names:
            command = cli.get_command(context, name)
            assert command is not None
            assert command.name == name
            assert f"  {name} " in listed
            assert COMMANDS[name] in listed
            assert command.help
    assert {"check", "mv", "new", "init", "explain", "stats", "backlinks"} <= set(names)


def test_the_version_names_the_engines_and_imports_none(run: Run, tmp_path: Path) -> None:
    said = dict(line.rsplit(" ", 1) for line in run("--version").stdout.splitlines())
    assert said["vaultc"] == version("vaultc")
    assert said["Python"] == platform.python_version()
    assert said["MkDocs"] == version("mkdocs")
    assert said["Material for MkDocs"] == version("mkdocs-material")
    poisoned = tmp_path / "poisoned"
    for name in ("torch", "mkdocs", "material", "typst"):
        (poisoned / name).mkdir(parents=True)
        (poisoned / name / "__init__.py").write_text("raise SystemExit('imported')\n")
    assert run("--version", env={"PYTHONPATH": str(poisoned)}).stdout.count("\n") == len(said)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_learns_to_complete(run: Run, shell: str) -> None:
    script = run("completion", shell).stdout
    assert f"_VAULTC_COMPLETE={shell}_complete" in script
    asked = {"_VAULTC_COMPLETE": f"{shell}_complete"}

    def completed(*words: str) -> str:
        index = str(len(words) - 1) if shell != "fish" else words[-1]
        return run(env={**asked, "COMP_WORDS": " ".join(words), "COMP_CWORD": index}).stdout

    assert "build" in completed("vaultc", "bu")
    assert "check" not in completed("vaultc", "bu")
    assert "sarif" in completed("vaultc", "check", "--format", "s")
    assert "--fail-on" in completed("vaultc", "check", "--f")


def test_bash_takes_the_completion(run: Run, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if not bash:
        pytest.skip("missing tool: bash")
    script = tmp_path / "completion"
    script.write_text(run("completion", "bash").stdout)
    typed = f'. "{script}"; COMP_WORDS=(vaultc exp) COMP_CWORD=1; _vaultc_completion vaultc; echo "${{COMPREPLY[*]}}"'
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [bash, "-c", typed], capture_output=True, encoding="utf-8", env={**os.environ, "PATH": programs}
    )
    assert done.stdout == "explain\n", done.stderr


@pytest.mark.parametrize("name", ["check", "mv", "new", "init", "explain", "stats", "backlinks"])
def test_each_command_has_a_help_of_its_own(run: Run, name: str) -> None:
    done = run(name, "--help")
    assert done.stdout.startswith(f"Usage: vaultc {name} ")
    assert done.stderr == ""


def test_explain_prints_the_page_of_a_code(run: Run) -> None:
    by_code = run("explain", "VC201").stdout
    assert by_code.startswith("# VC201 unresolved-link\n")
    assert "## Fix" in by_code
    assert "---\n" not in by_code[:40]
    assert run("explain", "unresolved-link").stdout == by_code == run("explain", "vc201").stdout
    assert "no code" in run("explain", "VC999", status=2).stderr


def test_explain_knows_every_code(run: Run) -> None:
    from vaultc.publish.web import rules_dir

    listed = [line.split()[0] for line in run("explain").stdout.splitlines()]
    assert listed == list(CODES)
    assert [line.split()[0] for line in run("explain", "VC3").stdout.splitlines()] == [
        c for c in CODES if c.startswith("VC3")
    ]
    for code in CODES.values():
        assert (rules_dir() / f"{code.code} {code.name}.md").is_file()


def test_explain_draws_on_a_terminal(run: Run) -> None:
    assert "\x1b[" in run("explain", "VC201", env={"FORCE_COLOR": "1"}).stdout


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    return write(
        tmp_path / "linked",
        {
            "Ring attention.md": "---\naliases: [RA]\ntags: [x]\n---\n# Ring attention\n\n[[#Ring attention]]\n",
            "a.md": "Some words about [[RA]] and more.\n\n![[Ring attention]]\n",
            "sub/b.md": '---\nup: "[[Ring attention]]"\n---\n[text](../Ring%20attention.md)\n[[missing]] [[missing]]\n',
        },
    )


def test_backlinks_come_by_alias_embed_property_and_markdown(run: Run, linked: Path) -> None:
    done = run("backlinks", "RA", "--format", "json", cwd=linked)
    whole = json.loads(done.stdout)
    assert (whole["schema"], whole["root"], whole["note"]) == (1, linked.as_posix(), "Ring attention.md")
    assert [(x["path"], x["line"], x["column"], x["kind"]) for x in whole["backlinks"]] == [
        ("a.md", 1, 18, "link"),
        ("a.md", 3, 1, "embed"),
        ("sub/b.md", 2, 6, "property"),
        ("sub/b.md", 4, 1, "markdown"),
    ]
    assert whole["backlinks"][0]["context"] == "Some words about [[RA]] and more."
    text = run("backlinks", "linked/Ring attention.md").stdout
    assert "linked/a.md:1:18: Some words about [[RA]] and more." in text
    assert text.endswith("4 links from 2 notes to linked/Ring attention.md\n")


def test_stats_count_the_vault(run: Run, linked: Path) -> None:
    whole = json.loads(run("stats", linked, "--format", "json").stdout)
    assert {name: whole[name] for name in ("notes", "links", "embeds", "headings", "missing", "errors", "orphans")} == {
        "notes": 3,
        "links": 6,
        "embeds": 1,
        "headings": 1,
        "missing": 1,
        "errors": 2,
        "orphans": 2,
    }
    assert whole["most_linked"] == [{"name": "Ring attention.md", "count": 4}]
    assert whole["most_wanted"] == [{"name": "missing", "count": 2}]
    assert "most wanted" in run("stats", linked).stdout


def test_new_writes_a_note_and_names_its_mentions(run: Run, linked: Path) -> None:
    write(
        linked,
        {"c.md": "Mamba and *mamba*, not [[x|Mamba]], `Mamba`,\nMambas or a-mamba. State\nspace model.\n\n    Mamba\n"},
    )
    done = run("new", "Mamba", "--alias", "State space model", "--tag", "a/b", cwd=linked)
    assert done.stdout.splitlines() == [
        "Mamba.md",
        "c.md:1:1: Mamba and *mamba*, not [[x|Mamba]], `Mamba`,",
        "c.md:1:12: Mamba and *mamba*, not [[x|Mamba]], `Mamba`,",
        "c.md:2:20: Mambas or a-mamba. State space model.",
    ]
    front = yaml.safe_load((linked / "Mamba.md").read_text(encoding="utf-8").split("---\n")[1])
    today = datetime.now().astimezone().date()
    assert front == {"title": "Mamba", "aliases": ["State space model"], "tags": ["a/b"], "created": today}
    assert "already there" in run("new", "Mamba", cwd=linked, status=2).stderr
    assert "has that name, too" in run("new", "Mamba", "--folder", "sub", cwd=linked).stderr
    assert (linked / "sub/Mamba.md").is_file()
    run("new", "Deep", "--folder", "quite/deep", cwd=linked)
    assert (linked / "quite/deep/Deep.md").is_file()
    write(linked.parent, {"vaultc.toml": 'vault = "linked"\n'})
    assert "not in the vault" in run("new", "x", "--folder", ".", status=2).stderr
    assert run("new", "x").stdout == "linked/x.md\n"  # beside the vault, a new note goes into it


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Plain", "Plain"),
        ("C# / F#: a [note]?", "C F a note"),
        ("..hidden", "hidden"),
        ("///", ""),
        ("Con", "Con_"),
        ("a\tb\nc", "a b c"),
    ],
)
def test_a_title_becomes_a_file_name(title: str, name: str) -> None:
    assert filename(title) == name


def test_a_title_that_is_no_file_name_becomes_an_alias(run: Run, linked: Path) -> None:
    run("new", 'What: "C#"?', cwd=linked)
    front = yaml.safe_load((linked / "What C.md").read_text(encoding="utf-8").split("---\n")[1])
    assert (front["title"], front["aliases"]) == ('What: "C#"?', ['What: "C#"?'])
    assert "makes no file name" in run("new", "/", cwd=linked, status=2).stderr


def test_init_writes_a_project_that_is_clean(run: Run, tmp_path: Path) -> None:
    project = tmp_path / 'my "first" notes'
    written = run("init", project).stdout.splitlines()
    assert [Path(line).relative_to(project).as_posix() for line in written] == [
        ".github/workflows/check.yml",
        ".github/workflows/pages.yml",
        ".gitignore",
        "mkdocs.yml",
        "vault/Publishing.md",
        "vault/Writing notes.md",
        "vault/index.md",
        "vaultc.toml",
    ]
    done = run("check", "--fail-on", "info", cwd=project)
    assert done.stdout.startswith("nothing to report in 3 notes")
    assert yaml.safe_load((project / "mkdocs.yml").read_text())["site_name"] == 'My "first" notes'
    for workflow in ("check", "pages"):
        text = (project / f".github/workflows/{workflow}.yml").read_text()
        assert yaml.safe_load(text)["jobs"]
        assert "$$" not in text
    before = (project / "vaultc.toml").read_bytes()
    assert "already there" in run("init", project, status=2).stderr
    assert (project / "vaultc.toml").read_bytes() == before


def test_init_builds_a_clean_site(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "notes")
    done = run("build", "--strict", cwd=tmp_path / "notes")
    assert "WARNING" not in done.stderr + done.stdout
    assert (tmp_path / "notes/build/site/index.html").is_file()
    assert (tmp_path / "notes/build/site/Publishing/index.html").is_file()
