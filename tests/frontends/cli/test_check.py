"""`vaultc check`: formats, filters, exit statuses, and what it says when something is wrong around it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.frontends.cli.conftest import Run, write


def codes(text: str) -> list[str]:
    return [line.split(" ")[2] for line in text.splitlines()]


def test_concise_has_one_line_for_each_finding(run: Run, vault: Path) -> None:
    done = run("check", vault, "--format", "concise", status=1)
    assert done.stdout.splitlines() == [
        "vault/Guide.md:6:24: info VC206 alias-link: `Handbook` is an alias of `Guide`",
        "vault/b/Twin.md:1:1: info VC301 orphan: no note links here",
        "vault/index.md:3:18: error VC201 unresolved-link: no note named `Gide`",
        "vault/index.md:5:1: warning VC205 ambiguous-link: `Twin` may be any of 2 files",
    ]
    assert "1 error, 1 warning, 2 infos in 4 notes" in done.stderr


def test_human_shows_the_line_with_a_caret(run: Run, vault: Path) -> None:
    done = run("check", vault, "--select", "VC201", status=1)
    assert (
        "  |\n3 | To [[Guide]] and [[Gide]].\n  |                  ^^^^^^^^\n  = help: did you mean `Guide`?\n"
        in done.stdout
    )
    assert "\x1b" not in done.stdout


def test_an_address_without_its_scheme_is_a_path(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("[x](www.example.com/a) [y](notes.old/b) [z](gone.md)\n", encoding="utf-8")
    done = run("check", tmp_path, "--select", "VC201", status=1)
    assert [line.strip() for line in done.stdout.splitlines() if "= help" in line] == [
        "= help: write `https://www.example.com/a` if an address is meant",
        "= help: create the note, or correct the link",
        "= help: create the note, or correct the link",
    ]


def test_colours_follow_the_conventions(run: Run, vault: Path) -> None:
    assert "\x1b[31m" in run("check", vault, status=1, env={"FORCE_COLOR": "1"}).stdout
    assert "\x1b" not in run("check", vault, status=1, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout
    (vault.parent / "out.txt").write_text("")
    run("check", vault, "--output", "out.txt", status=1, env={"FORCE_COLOR": "1"})
    assert "\x1b" not in (vault.parent / "out.txt").read_text(encoding="utf-8")


def test_json_is_the_contract(run: Run, vault: Path) -> None:
    whole = json.loads(run("check", vault, "--format", "json", "--select", "VC201", status=1).stdout)
    assert whole == {
        "schema": 1,
        "root": vault.as_posix(),
        "diagnostics": [
            {
                "code": "VC201",
                "name": "unresolved-link",
                "severity": "error",
                "path": "index.md",
                "line": 3,
                "column": 18,
                "end_line": 3,
                "end_column": 26,
                "message": "no note named `Gide`",
                "help": "did you mean `Guide`?",
                "suggestions": ["Guide"],
            }
        ],
        "summary": {"notes": 4, "links": 8, "embeds": 0, "assets": 0, "errors": 1, "warnings": 0, "infos": 0},
    }


@pytest.mark.parametrize(
    ("fail_on", "select", "status"),
    [
        ("error", "VC2", 1),
        ("error", "VC205", 0),
        ("warning", "VC205", 1),
        ("warning", "orphan", 0),
        ("info", "orphan", 1),
        ("never", "VC", 0),
    ],
)
def test_the_exit_status_follows_fail_on(run: Run, vault: Path, fail_on: str, select: str, status: int) -> None:
    run("check", vault, "--fail-on", fail_on, "--select", select, status=status)


def test_configuration_sets_fail_on_and_severities(run: Run, vault: Path) -> None:
    write(vault, {"vaultc.toml": 'fail_on = "warning"\n[severity]\nVC2 = "off"\nambiguous-link = "info"\n'})
    assert "VC205" in run("check", vault).stdout
    (vault / "vaultc.toml").write_text('fail_on = "warning"\nfial_on = "x"\n[severity]\nVC2 = "off"\n')
    assert "vault/vaultc.toml:2:1: warning VC004" in run("check", vault, "--format", "concise", status=1).stdout


def test_codes_are_selected_and_ignored(run: Run, vault: Path) -> None:
    def found(*options: str) -> set[str]:
        return set(codes(run("check", vault, "--format", "concise", "--fail-on", "never", *options).stdout))

    assert found("--select", "VC2") == {"VC201", "VC205", "VC206"}
    assert found("--select", "VC201,orphan") == {"VC201", "VC301"}
    assert found("--select", "VC2", "--ignore", "ambiguous-link", "--ignore", "VC206") == {"VC201"}
    assert "no code, name or prefix" in run("check", vault, "--select", "VC9", status=2).stderr


def test_paths_filter_while_names_resolve_in_the_whole_vault(run: Run, vault: Path) -> None:
    (vault / ".obsidian").mkdir()

    def found(*paths: object, cwd: Path = vault) -> list[str]:
        done = run("check", *paths, "--format", "concise", "--fail-on", "never", cwd=cwd)
        return [line.split(": ")[0] for line in done.stdout.splitlines()]

    assert found("b") == ["b/Twin.md:1:1"]
    assert found("index.md", "b/Twin.md") == ["b/Twin.md:1:1", "index.md:3:18", "index.md:5:1"]
    assert found("a") == []
    assert found(cwd=vault / "a") == []  # the current folder is a part of the vault
    assert found("../index.md", cwd=vault / "a") == ["../index.md:3:18", "../index.md:5:1"]


def test_files_outside_the_vault_are_passed_over(run: Run, vault: Path) -> None:
    write(vault.parent, {"vaultc.toml": 'vault = "vault"\n', "README.md": "[[nothing]]\n"})
    done = run("check", "README.md", "vault/a/Twin.md")
    assert "nothing to report in 1 note" in done.stdout
    assert "README.md is not in the vault" in done.stderr


def test_paths_of_two_vaults_are_refused(run: Run, vault: Path) -> None:
    for name in ("one", "two"):
        write(vault.parent / name, {".obsidian/app.json": "{}", "n.md": "x\n"})
    assert "different vaults" in run("check", "one", "two", status=2).stderr
    # Two folders that nothing marks as vaults are parts of the folder around them.
    assert "VC205" not in run("check", "vault/a", "vault/b").stdout


def test_paths_are_relative_to_the_repository_for_ci(run: Run, vault: Path) -> None:
    (vault.parent / ".git").mkdir()
    for cwd in (vault.parent, vault, vault / "a"):
        (vault / ".obsidian").mkdir(exist_ok=True)
        select = ("--select", "VC201")
        github = run("check", vault, "--format", "github", *select, cwd=cwd, status=1).stdout
        assert github.startswith("::error file=vault/index.md,line=3,endLine=3,col=18,endColumn=25,")
        sarif = json.loads(run("check", vault, "--format", "sarif", *select, cwd=cwd, status=1).stdout)
        location = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert location == {"uri": "vault/index.md", "uriBaseId": "ROOT"}
        junit = ElementTree.fromstring(run("check", vault, "--format", "junit", *select, cwd=cwd, status=1).stdout)
        assert [case.get("file") for case in junit.iter("testcase")] == ["vault/index.md"]


def test_junit_fails_what_fails_the_run(run: Run, vault: Path) -> None:
    whole = ElementTree.fromstring(run("check", vault, "--format", "junit", status=1).stdout)
    assert (whole.get("tests"), whole.get("failures")) == ("4", "1")
    assert len(list(whole.iter("skipped"))) == 3
    whole = ElementTree.fromstring(run("check", vault, "--format", "junit", "--fail-on", "warning", status=1).stdout)
    assert whole.get("failures") == "2"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "nowhere"), "nowhere: no such file or folder"),
        (("check", "--format", "xml"), "xml"),
        (("check", "vault", "--output", "no/where.txt"), "no/where.txt: No such file"),
        (("check", "vault", "--baseline", "none.json"), "no such baseline"),
        (("check", "vault", "--baseline", "a", "--write-baseline", "b"), "exclude each other"),
        (("check", "vault", "--watch", "--fix"), "--watch only reports"),
        (("chekc",), "chekc"),
    ],
)
def test_wrong_use_exits_with_2_and_says_what_to_do(
    run: Run, vault: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in run(*arguments, status=2).stderr


def test_a_broken_configuration_is_one_line(run: Run, vault: Path) -> None:
    write(vault, {"vaultc.toml": "vault = [\n"})
    done = run("check", vault, status=2)
    assert len(done.stderr.splitlines()) == 1
    assert "vaultc.toml" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="not on this machine: /dev/full")
def test_a_full_disk_is_one_line(vault: Path, environment: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "vaultc", "check", str(vault)]
        done = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["vaultc: output failed: No space left on device"]


def test_a_reader_that_leaves_early_is_no_fault(vault: Path, environment: dict[str, str]) -> None:
    command = f"{sys.executable} -m vaultc check '{vault}' --format json | head -c 1"
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""


def test_a_fault_of_vaultc_itself_exits_with_3(vault: Path, environment: dict[str, str]) -> None:
    broken = (
        "import sys, vaultc.pipeline\n"
        "def fault(*_): raise ZeroDivisionError('deliberate')\n"
        "vaultc.pipeline.link = fault\n"
        "from vaultc.frontends.cli import main\n"
        f"main(['check', {str(vault)!r}])\n"
    )

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", broken]
        return subprocess.run(command, env=environment | more, capture_output=True, text=True, timeout=60)

    done = run()
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert "a fault of vaultc itself: ZeroDivisionError: deliberate" in done.stderr
    assert "VAULTC_DEBUG" in done.stderr
    assert "Traceback" in run(VAULTC_DEBUG="1").stderr


def test_check_imports_no_generator_and_no_graph_library(vault: Path, environment: dict[str, str]) -> None:
    probe = (
        "import sys\n"
        "from vaultc.frontends.cli import main\n"
        "try:\n"
        f"    main(['check', {str(vault)!r}, '--format', 'concise'])\n"
        "finally:\n"
        "    print(sorted({'mkdocs', 'networkx', 'igraph', 'torch', 'ftfy', 'rich'} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", probe], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stderr.splitlines()[-1] == "[]"


def test_watch_checks_again_after_a_change(vault: Path, environment: dict[str, str]) -> None:
    command = [
        sys.executable,
        "-u",
        "-m",
        "vaultc",
        "check",
        str(vault),
        "--watch",
        "--format",
        "concise",
        "--select",
        "VC2",
    ]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout and process.stderr
        assert [process.stdout.readline().split(" ")[2] for _ in range(3)] == ["VC206", "VC201", "VC205"]
        while not process.stderr.readline().startswith("watching"):
            pass
        time.sleep(0.5)  # the watcher has said that it will begin, not that it has
        (vault / "index.md").write_text("[[Guide]]\n", encoding="utf-8")
        assert process.stdout.readline().split(" ")[2] == "VC206"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert process.stdout.read() == ""
    finally:
        process.kill()
        process.communicate()


def test_a_bad_byte_or_an_unreadable_note_is_a_finding(run: Run, tmp_path: Path) -> None:
    vault = write(
        tmp_path / "v", {"a.md": b"\xff [[b]]\n", "b.md": b"---\n- list\n---\n[[a]]\n", "c.md": b"\0 [[a]] [[b]]\n"}
    )
    if os.name == "posix" and os.geteuid() != 0:
        (vault / "d.md").write_text("x")
        (vault / "d.md").chmod(0)
    done = run("check", vault, "--format", "concise", "--ignore", "VC3", status=1)
    assert [line.split(": ")[1].split(" ")[1] for line in done.stdout.splitlines()][:3] == ["VC002", "VC101", "VC002"]
