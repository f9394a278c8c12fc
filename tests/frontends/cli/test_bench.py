"""`vaultc bench` as a user runs it, on snippets that need no torch."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.frontends.cli.conftest import Run

SNIPPET = """\
```python bench id=count timeout=60
from vaultc import bench

def count(n: int) -> bench.Case:
    return bench.Case(lambda: sum(range(n)), reference=lambda: n * (n - 1) // 2)

found = bench.measure(count, n=[1000, 2000, 4000], seconds=0.01, cold=False)
bench.claim("It takes time.", holds=len(found) == 3, because=str(found.value(n=4000)))
```
"""


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with one benchmark; temporary files, and with them the lock of the device, are the test's own."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    root = tmp_path / "notes"
    root.mkdir()
    (root / "vaultc.toml").touch()
    (root / "a.md").write_text(f"# A\n\nSee [[a]].\n\n{SNIPPET}\nEnd.\n", encoding="utf-8")
    return root


@pytest.fixture
def environment(environment: dict[str, str], notes: Path, tmp_path: Path) -> dict[str, str]:
    return {**environment, "TMPDIR": str(tmp_path / "tmp")}


def states(run: Run, notes: Path) -> dict[str, str]:
    listed = json.loads(run("bench", "list", "--vault", notes, "--format", "json").stdout)
    return {entry["name"]: entry["state"] for entry in listed["benchmarks"]}


def test_a_result_is_made_shown_compared_and_outlived(run: Run, notes: Path) -> None:
    assert states(run, notes) == {"count": "unmeasured"}
    done = run("bench", "run", "--vault", notes, "--device", "cpu", "--repeat", "3")
    assert "count [1/5] timing, process 1 of 3: count(n=1000)" in done.stderr, (
        "a line for each point where nobody watches"
    )
    assert "running the code of 1 benchmark" in done.stderr
    assert "confirmed: It takes time." in done.stdout
    assert states(run, notes) == {"count": "ok"}
    (file,) = (notes / "_results" / "count").glob("*.jsonl")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1

    shown = json.loads(run("bench", "show", "count", "--vault", notes, "--format", "json").stdout)["results"]
    assert [point["params"] for point in shown[0]["run"]["points"]] == [{"n": 1000}, {"n": 2000}, {"n": 4000}]
    assert shown[0]["run"]["claims"][0]["verdict"] == "confirmed"
    assert "count on" in run("bench", "show", cwd=notes).stdout

    again = run("bench", "run", "--stale", "--vault", notes, "--device", "cpu")
    assert "running the code of 0 benchmarks" in again.stderr
    run("bench", "run", "count", "--vault", notes, "--device", "cpu", "--repeat", "1")
    compared = json.loads(run("bench", "compare", "count", "--vault", notes, "--format", "json").stdout)
    assert [(row["params"]["n"], row["verdict"]) for row in compared["points"]] == [
        (n, "AMBIGUOUS") for n in (1000, 2000, 4000)
    ], "one process on a side decides nothing"
    assert "AMBIGUOUS" in run("bench", "compare", "count", "--vault", notes).stdout

    note = notes / "a.md"
    text = note.read_text(encoding="utf-8")
    note.write_text(text.replace("End.", "The end."), encoding="utf-8")
    assert states(run, notes) == {"count": "ok"}, "prose is no code"
    note.write_text(text.replace("4000", "4001", 1), encoding="utf-8")
    assert states(run, notes) == {"count": "stale"}
    assert "VC402" in run("check", notes, "--format", "concise").stdout


def test_jobs_are_exported_to_one_file(run: Run, notes: Path, tmp_path: Path) -> None:
    run("bench", "export", "--vault", notes, "-o", tmp_path / "jobs.json")
    body = json.loads((tmp_path / "jobs.json").read_text(encoding="utf-8"))
    assert [job["id"] for job in body["jobs"]] == ["count"]
    assert json.loads(run("bench", "export", cwd=notes).stdout) == body


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "nothing"), "no benchmark nothing in"),
        (("compare", "count"), "0 runs: two are needed"),
        (("compare", "count", "2026"), "name two runs"),
        (("compare", "count", "2026", "2027"), "no run is named 2026"),
        (("export", "-o", "no/such/folder/x.json"), "x.json"),
    ],
)
def test_wrong_use_is_one_line(run: Run, notes: Path, arguments: tuple[str, ...], message: str) -> None:
    fault = run("bench", *arguments, "--vault", notes, status=2)
    assert message in fault.stderr
    assert len(fault.stderr.splitlines()) == 1


def test_a_snippet_that_cannot_run_is_told(run: Run, notes: Path) -> None:
    (notes / "b.md").write_text("```python bench id=b colour=red\npass\n```\n", encoding="utf-8")
    assert "colour=red" in run("bench", "run", "--vault", notes, "--device", "cpu", status=2).stderr
    assert "colour=red" in run("bench", "list", "--vault", notes).stdout


def test_a_failing_snippet_is_stored_and_exits_1(run: Run, notes: Path) -> None:
    (notes / "a.md").write_text("```python bench id=bad\nraise ValueError('\\x1b[31mno')\n```\n", encoding="utf-8")
    done = run("bench", "run", "--vault", notes, "--device", "cpu", status=1)
    assert "bad on" in done.stdout and "error" in done.stdout
    assert "\x1b" not in done.stdout
    assert "VC403" in run("check", notes, "--format", "concise").stdout


def test_ctrl_c_keeps_what_is_done(notes: Path, environment: dict[str, str]) -> None:
    (notes / "a.md").write_text(
        SNIPPET.replace("sum(range(n))", "__import__('time').sleep(0.2)").replace(
            "reference=lambda: n * (n - 1) // 2", ""
        ),
        encoding="utf-8",
    )
    command = [
        sys.executable,
        "-m",
        "vaultc",
        "bench",
        "run",
        "--vault",
        str(notes),
        "--device",
        "cpu",
        "--repeat",
        "50",
    ]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(1000):
        if any('"seed": 2027' in path.read_text() for path in Path(environment["TMPDIR"]).glob("*/request.json")):
            break  # the first process has told what it measured, the second is at work
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "--stale" in out
    (file,) = (notes / "_results" / "count").glob("*.jsonl")
    assert json.loads(file.read_text(encoding="utf-8"))["status"] == "interrupted"
    assert "Traceback" not in err


def test_reworded_claims_are_judged_without_measuring(run: Run, notes: Path) -> None:
    run("bench", "run", "--vault", notes, "--device", "cpu", "--repeat", "1")
    note, (file,) = notes / "a.md", (notes / "_results" / "count").glob("*.jsonl")
    note.write_text(note.read_text(encoding="utf-8").replace("It takes time.", "Time passes."), encoding="utf-8")
    assert states(run, notes) == {"count": "ok"}
    assert "bench judge count" in run("check", notes).stdout
    judged = run("bench", "judge", "--vault", notes)
    assert "decided again" in judged.stdout and "confirmed: Time passes." in judged.stdout
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2
    assert "VC402" not in run("check", notes, "--format", "concise").stdout
    assert "as before" in run("bench", "judge", "--vault", notes).stdout
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2
    assert "confirmed: Time passes." in run("bench", "show", "--vault", notes).stdout


def test_a_number_that_was_written_by_hand_is_no_result(run: Run, notes: Path) -> None:
    run("bench", "run", "--vault", notes, "--device", "cpu", "--repeat", "1")
    (file,) = (notes / "_results" / "count").glob("*.jsonl")
    file.write_text(file.read_text(encoding="utf-8").replace("It takes time.", "P = NP"), encoding="utf-8")
    found = run("check", notes, "--format", "concise", status=1)
    assert "VC407" in found.stdout
    assert "P = NP" not in run("bench", "show", "--vault", notes).stdout
    assert states(run, notes) == {"count": "unmeasured"}


def test_an_id_that_two_notes_use_is_told_when_it_is_asked_for(run: Run, notes: Path) -> None:
    (notes / "b.md").write_text(f"# B\n\n{SNIPPET}", encoding="utf-8")
    told = run("bench", "run", "count", "--vault", notes, "--device", "cpu", status=2)
    assert "the id count is used by 2 benchmarks in a.md, b.md" in told.stderr
