"""A snippet pasted into a file: the same lines measure at once, print a table and say what they claim."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from vaultc import bench
from vaultc.bench.harness.device import PlainMachine
from vaultc.bench.records.attach import attach
from vaultc.bench.records.model import Claim
from vaultc.bench.snippet import sweep
from vaultc.bench.snippet.sweep import Sweep
from vaultc.errors import VaultcError
from vaultc.parse import parse
from vaultc.scan import source_file

VAULT = Path(__file__).parents[3] / "vault"

CODE = """
from vaultc import bench

def count(n: int, kind: str) -> bench.Case:
    return bench.Case(lambda: sum(range(n)), reference=lambda: n * (n - 1) // 2 + (kind == "wrong"))

def size(n: int) -> bench.Value:
    return bench.Value(16.0, "B/param")

found = bench.measure(count, n=[1000, 2000], kind=["right", "wrong"], seconds=0.01, cold=False)
bench.measure(size, n=[1])
bench.claim("There is a number.", holds=found.value(n=1000, kind="right").above(0), because="it was counted")
bench.claim("There is none.", holds=found.value(n=1000, kind="wrong").above(0))
"""


class Recorder:
    """A session that only listens."""

    def __init__(self) -> None:
        self.sweeps: list[Sweep] = []
        self.claims: list[Claim] = []

    def measure(self, sweep: Sweep) -> bench.Results:
        self.sweeps.append(sweep)
        return bench.Results()

    def claim(self, claim: Claim) -> None:
        self.claims.append(claim)


@pytest.fixture
def recorder() -> object:
    made = Recorder()
    sweep.use(made)
    yield made
    sweep.use(None)


def test_a_pasted_snippet_prints_its_table(tmp_path: Path) -> None:
    path = tmp_path / "pasted.py"
    path.write_text(CODE, encoding="utf-8")
    environment = {**os.environ, "VAULTC_BENCH_DEVICE": "cpu"}
    done = subprocess.run([sys.executable, "-W", "ignore", path], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["n", "kind", "metric", "value", "status", "remarks"] in rows or [
        "n",
        "kind",
        "metric",
        "value",
        "status",
    ] in rows
    assert [row[:2] for row in rows if row[:1] in (["1000"], ["2000"])] == [
        ["1000", "right"],
        ["1000", "wrong"],
        ["2000", "right"],
        ["2000", "wrong"],
    ]
    assert sum("wrong_result" in row for row in rows) == 2
    assert "16 B/param" in done.stdout
    assert "undecided: There is a number. (it was counted; " in done.stdout, "one process says nothing about the next"
    assert "unmeasured: There is none." in done.stdout


def test_the_guides_example_runs_as_it_stands(tmp_path: Path) -> None:
    note = (VAULT / "guide" / "Writing benchmarks.md").read_text(encoding="utf-8")
    path = tmp_path / "pasted.py"
    path.write_text(note.partition("```python\n")[2].partition("```")[0], encoding="utf-8")
    environment = {**os.environ, "VAULTC_BENCH_DEVICE": "cpu"}
    done = subprocess.run([sys.executable, "-W", "ignore", path], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "64000  shuffled  time" in done.stdout
    assert "Sorting costs little more" in done.stdout
    assert "wrong_result" not in done.stdout


def test_variants_of_one_size_stand_side_by_side(recorder: Recorder) -> None:
    def f(kind: str, n: int) -> bench.Value:
        return bench.Value(n)

    bench.measure(f, kind=["a", "b"], n=[1, 2])
    (sweep,) = recorder.sweeps
    assert list(sweep.groups()) == [
        [{"kind": "a", "n": 1}, {"kind": "b", "n": 1}],
        [{"kind": "a", "n": 2}, {"kind": "b", "n": 2}],
    ]


def test_words_of_measure_are_no_parameters(recorder: Recorder) -> None:
    def f(**setting: int) -> bench.Value:
        return bench.Value(0)

    with pytest.raises(VaultcError, match="words of measure"):
        bench.measure(f, seconds=[1, 2])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n": []}, "needs one value"),
        ({"n": [[1]]}, "needs one value"),
        ({"n": range(30), "m": range(30)}, "900 points"),
    ],
)
def test_sweeps_that_make_no_table_are_refused(
    recorder: Recorder, parameters: dict[str, list[int]], message: str
) -> None:
    def f(**setting: int) -> bench.Value:
        return bench.Value(0)

    with pytest.raises(VaultcError, match=message):
        bench.measure(f, memory=False, seconds=0.1, cold=False, **parameters)


@pytest.mark.parametrize("name", ["memory", "seconds", "cold"])
def test_a_parameter_that_measure_has_itself_is_refused(recorder: Recorder, name: str) -> None:
    space: dict[str, Any] = {"bench": bench}
    exec(f"def f({name}): return bench.Value(0)", space)
    with pytest.raises(VaultcError, match=f"has a parameter '{name}' of its own"):
        bench.measure(space["f"])


def test_the_device_chooses() -> None:
    assert bench.by_device(cpu=1, cuda=2) == (1 if bench.device() == "cpu" else 2)
    assert PlainMachine().kind == "cpu"


def test_the_results_of_this_vault_are_current() -> None:
    notes = [
        parse(source_file(path.relative_to(VAULT).as_posix(), path.read_bytes()))
        for path in VAULT.rglob("*.md")
        if "rules" not in path.relative_to(VAULT).parts
    ]
    found = attach(notes, VAULT)
    assert {"quadratic-attention", "training-memory"} <= {item.id for item in found}
    for item in found:
        assert item.state != "bad"
        assert not item.unreadable and not item.altered
        for on in item.machines:
            assert on.state in ("ok", "older-environment"), f"{item.note}: {item.id} is {on.state}"
            assert on.run.claims and item.judged(on)
