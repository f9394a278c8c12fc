"""Renames and repairs that are interrupted, raced or handed a journal by a stranger."""

import json
import os
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from tests.frontends.cli.conftest import Run, write
from tests.frontends.cli.test_repairs import snapshot
from vaultc import disk

INTERRUPTED = Path(__file__).with_name("interrupted.py")
NOTES = {
    ".obsidian/app.json": "{}",
    "Alpha.md": "# Head\n\n[[Beta]]\n",
    "Beta.md": "[[Alpha#Head]]\n",
    "n/one.md": "[[Alpha]] [[Beta]]\n",
    "n/two.md": "[[beta]] [m](../Alpha.md) [[Alpha|label]]\n",
}


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return write(tmp_path / "v", NOTES)


def interrupt(environment: dict[str, str], vault: Path, *arguments: str) -> None:
    """Kill a command when its second text is to be written."""
    code = (
        "import os, signal, sys\nfrom vaultc import disk\n"
        "texts, real = [], disk.write\n"
        "def write(path, *rest, **options):\n"
        "    texts.append(path) if path.suffix == '.md' else None\n"
        "    os.kill(os.getpid(), signal.SIGKILL) if len(texts) == 2 else real(path, *rest, **options)\n"
        "disk.write = write\n"
        "from vaultc.frontends.cli import main\nmain(sys.argv[1:])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=vault, env=environment, capture_output=True)
    assert done.returncode == -9, done.stderr


@pytest.mark.parametrize(
    "case",
    [
        "finished --resume|a/Real Note.md|new/Name.md",
        "finished --resume|a|new/deep",
        "finished --abort|a/Real Note.md|new/deep/Name.md",
        "finished --abort|a|new",
        "edited --resume|a/Real Note.md|new/deep/Name.md",
        "edited --abort|a|new/deep",
        "saved index.md|a/Real Note.md|new/Name.md",
        "saved a/Real Note.md|a/Real Note.md|new/deep/Name.md",
        "taken new/Name.md|a/Real Note.md|new/Name.md",
    ],
)
def test_no_moment_is_the_wrong_one(tmp_path: Path, case: str) -> None:
    how, old, new = case.split("|")
    command = [sys.executable, str(INTERRUPTED), "61", str(tmp_path), *how.split(" ", 1), old, new]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.split()) > 5


def test_a_journal_that_came_with_the_vault_is_never_read(run: Run, tmp_path: Path) -> None:
    outside = write(tmp_path / "o", {"outside.md": "kept\n"})
    vault = write(tmp_path / "v", {"vaultc.toml": "", "hook": "evil\n", "a.md": "x\n", ".git/hooks/README": ""})
    (vault / "out").symlink_to(outside)
    moves = [["hook", ".git/hooks/pre-commit"], ["a.md", "out/a.md"]]
    texts = [["out/outside.md", "0", None]]
    write(vault / "build/journal", {"journal.json": json.dumps({"moves": moves, "texts": texts}), "0": "spoilt\n"})
    write(vault / "build/journal", {"journal": json.dumps({"root": str(vault), "change": {"move": moves[0]}})})
    before = snapshot(vault)
    commands = (("check", "--fail-on", "never"), ("stats",), ("graph",), ("check", "--fix", "--fail-on", "never"))
    for command in commands:
        assert "interrupted" not in run(*command, cwd=vault).stderr
    assert {path: data for path, data in snapshot(vault).items() if not path.startswith("build/cache/")} == before
    assert (outside / "outside.md").read_text() == "kept\n"
    assert "nothing was interrupted" in run("mv", "--resume", cwd=vault, status=2).stderr


@pytest.mark.parametrize("end", ["truncated", "flipped", "unsealed", "of another vault"])
def test_a_journal_that_vaultc_did_not_write_is_not_believed(
    run: Run, notes: Path, environment: dict[str, str], end: str
) -> None:
    interrupt(environment, notes, "mv", "Alpha", "Gamma")
    (path,) = Path(os.environ["XDG_STATE_HOME"]).glob(f"vaultc/journals/{disk.key(notes)}/journal")
    sealed = path.read_bytes()
    root = notes
    if end == "of another vault":
        root = write(notes.parent / "w", NOTES)
        path = path.parent.with_name(disk.key(root)) / "journal"
        path.parent.mkdir()
    path.write_bytes(
        {"truncated": sealed[:-1], "flipped": sealed[:-9] + b"x" + sealed[-8:], "unsealed": sealed[32:]}.get(
            end, sealed
        )
    )
    before = snapshot(root)
    assert "not what vaultc wrote" in run("check", ".", "--fail-on", "never", cwd=root).stderr
    for command in (("mv", "Beta", "Delta"), ("check", "--fix"), ("mv", "--resume"), ("mv", "--abort")):
        assert "not what vaultc wrote" in run(*command, cwd=root, status=2).stderr
    assert snapshot(root) == before


def test_a_command_that_reads_only_says_what_is_pending(run: Run, notes: Path, environment: dict[str, str]) -> None:
    interrupt(environment, notes, "mv", "Alpha", "Gamma")
    before = snapshot(notes)
    said = "the rename of Alpha.md to Gamma.md was interrupted: `vaultc mv --resume` completes it"
    for command in (
        ("check", ".", "--fail-on", "never"),
        ("check", "--diff", "--fail-on", "never"),
        ("stats",),
        ("graph",),
        ("backlinks", "Beta"),
        ("bench", "list"),
        ("build", ".", "--site-dir", "../site"),
        ("mv", "Beta", "Delta", "--dry-run"),
    ):
        done = run(*command, cwd=notes)
        assert said in done.stderr and said not in done.stdout
    for writes in (("check", "--fix"), ("mv", "Beta", "Delta")):
        assert run(*writes, cwd=notes, status=2).stderr == f"vaultc: {said}, `vaultc mv --abort` undoes it\n"
    assert snapshot(notes) == before
    assert run("mv", "--resume", notes / "n").stderr == "completed\n"
    assert "interrupted" not in run("check", ".", "--select", "VC2", cwd=notes).stderr
    for wrong in (("--resume", "--abort"), ("--resume", "a", "b"), ("--abort", "--dry-run"), ("a",), ()):
        run("mv", *wrong, cwd=notes, status=2)


def test_a_symlink_on_the_way_ends_a_resume_before_it_begins(
    run: Run, tmp_path: Path, environment: dict[str, str]
) -> None:
    vault = write(tmp_path / "v", NOTES)
    interrupt(environment, vault, "mv", "Alpha", "Gamma")
    (vault / "n").rename(tmp_path / "elsewhere")
    (vault / "n").symlink_to(tmp_path / "elsewhere")
    before, there = snapshot(vault), snapshot(tmp_path / "elsewhere")
    assert "symlink" in run("mv", "--resume", cwd=vault, status=2).stderr
    assert (snapshot(vault), snapshot(tmp_path / "elsewhere")) == (before, there)
    done = run("mv", "--abort", cwd=vault, status=1)
    assert "n/one.md changed since, and was left as it is" in done.stderr
    assert snapshot(tmp_path / "elsewhere") == there and (vault / "Alpha.md").exists()


@pytest.mark.parametrize(("how", "end"), [("--resume", b"[[Alpha]] [[Beta]]\n"), ("--abort", b"[[Alpha]] [[beta]]\n")])
def test_an_interrupted_repair_is_finished_by_the_same_commands(
    run: Run, tmp_path: Path, environment: dict[str, str], how: str, end: bytes
) -> None:
    files = {**NOTES, "n/one.md": "[[Alpha]] [[beta]]\n", "n/two.md": "[[ALPHA]]\n"}
    vault = write(tmp_path / "v", files)
    interrupt(environment, vault, "check", "--fix")
    assert "a repair of 2 notes was interrupted" in run("stats", cwd=vault).stderr
    run("mv", how, cwd=vault)
    assert (vault / "n/one.md").read_bytes() == end
    assert (vault / "n/two.md").read_text() == ("[[Alpha]]\n" if how == "--resume" else "[[ALPHA]]\n")


def test_a_disk_that_fails_changes_nothing(run: Run, notes: Path, environment: dict[str, str]) -> None:
    before = snapshot(notes)
    code = (
        "import sys\nfrom vaultc import disk\nseen, real = [], disk.write\n"
        "def write(path, *rest, **options):\n"
        "    seen.append(path)\n"
        "    if len(seen) == 4: raise OSError(30, 'Read-only file system', str(path))\n"
        "    real(path, *rest, **options)\n"
        "disk.write = write\n"
        "from vaultc.frontends.cli import main\nmain(sys.argv[1:])\n"
    )
    command = [sys.executable, "-c", code, "mv", "Alpha", "m/Gamma"]
    done = subprocess.run(command, cwd=notes, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "nothing was changed" in done.stderr and "Read-only file system" in done.stderr
    assert snapshot(notes) == before and not (notes / "m").exists()


def test_two_renames_at_once_keep_every_link(run: Run, tmp_path: Path, environment: dict[str, str]) -> None:
    for attempt in range(3):
        vault = write(tmp_path / str(attempt), NOTES)
        moves = (("Alpha", "Gamma"), ("Beta", "m/Delta"))
        command = [sys.executable, "-m", "vaultc", "mv"]
        both = [subprocess.Popen([*command, *move], cwd=vault, env=environment, stdout=-3, stderr=-1) for move in moves]
        assert [(one.communicate()[1], one.returncode)[1] for one in both] == [0, 0]
        assert (vault / "Gamma.md").exists() and (vault / "m/Delta.md").exists()
        run("check", vault, "--select", "VC2", "--fail-on", "info")


def test_an_editor_that_never_stops_saving_loses_nothing(tmp_path: Path, environment: dict[str, str]) -> None:
    """Each save makes a note longer, so what is on the disk in the end shows whether one came to nothing."""
    vault = write(tmp_path / "v", NOTES)
    note = vault / "n/one.md"
    stop = threading.Event()
    count = [0]

    def editor() -> None:
        while not stop.wait(0.001):
            count[0] += 1
            partial = note.with_name("one.tmp")
            partial.write_bytes(b"[[Alpha]] [[Beta]]\n" + b"line\n" * count[0])
            partial.replace(note) if count[0] % 2 else note.write_bytes(partial.read_bytes())

    thread = threading.Thread(target=editor)
    thread.start()
    try:
        names = ["Alpha", *(f"Name {at}" for at in range(6))]
        for old, new in pairwise(names):
            old = old if (vault / f"{old}.md").exists() else next(vault.glob("[AN]*.md")).stem
            command = [sys.executable, "-m", "vaultc", "mv", old, new]
            done = subprocess.run(command, cwd=vault, env=environment, capture_output=True, text=True, timeout=60)
            assert done.returncode in (0, 2), done.stderr
            if done.returncode:
                assert "one.md was saved while this ran" in done.stderr
                assert (vault / f"{old}.md").exists() and not (vault / f"{new}.md").exists()
    finally:
        stop.set()
        thread.join()
    assert note.read_bytes().count(b"line\n") == count[0]
    assert not [path for path in snapshot(vault) if ".vaultc-" in path]


def test_a_note_that_is_a_symlink_is_written_where_it_lies_or_not_at_all(run: Run, notes: Path) -> None:
    (notes / "same.md").symlink_to("Beta.md")
    run("mv", "Alpha", "Gamma", cwd=notes)
    assert (notes / "same.md").is_symlink() and not (notes / "Beta.md").is_symlink()
    assert (notes / "Beta.md").read_text() == "[[Gamma#Head]]\n"
    write(notes, {"root.md": "[m](Gamma.md)\n", "m/x.md": ""})
    (notes / "m/other.md").symlink_to("../root.md")  # from here, its link would be written in another way
    before = snapshot(notes)
    assert "is a symlink to" in run("mv", "Gamma", "p/Delta", cwd=notes, status=2).stderr
    assert snapshot(notes) == before


@pytest.mark.parametrize("how", ["--resume", "--abort"])
def test_a_note_that_is_written_anew_under_the_old_name_stays(
    run: Run, notes: Path, environment: dict[str, str], how: str
) -> None:
    interrupt(environment, notes, "mv", "Alpha", "Gamma")
    (notes / "Alpha.md").write_text("another\n")
    done = run("mv", how, cwd=notes, status=int(how == "--abort"))
    assert (notes / "Alpha.md").read_text() == "another\n"
    assert (notes / "Gamma.md").read_text() == NOTES["Alpha.md"]
    if how == "--resume":
        assert (notes / "Beta.md").read_text() == "[[Gamma#Head]]\n"
    else:
        assert "Gamma.md changed since, and was left as it is" in done.stderr
        assert (notes / "Beta.md").read_text() == NOTES["Beta.md"]


def test_a_note_that_took_the_new_name_after_a_kill_stays(run: Run, notes: Path, environment: dict[str, str]) -> None:
    code = (
        "import os, signal, sys\nfrom vaultc import disk\n"
        "disk.move = lambda *paths: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from vaultc.frontends.cli import main\nmain(sys.argv[1:])\n"
    )
    subprocess.run([sys.executable, "-c", code, "mv", "Alpha", "Gamma"], cwd=notes, env=environment)
    (notes / "Gamma.md").write_text("another\n")
    before = snapshot(notes)
    assert "Gamma.md is there already" in run("mv", "--resume", cwd=notes, status=2).stderr
    assert snapshot(notes) == before
    run("mv", "--abort", cwd=notes)
    assert snapshot(notes) == before
