"""A run survives its line, whatever its status, and a line that is none is told apart without being lost."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from vaultc.bench.records.model import (
    SCHEMA,
    Ceilings,
    Claim,
    Clocks,
    Environment,
    Isolation,
    MachineClass,
    Point,
    Run,
    Status,
    UnreadableLine,
    from_line,
    to_line,
)

FULL = Run(
    id="attention",
    code_key="0" * 64,
    status="ok",
    started="2026-01-31T12:34:56Z",
    duration=12.5,
    machine=MachineClass("cuda", "NVIDIA H200", "9.0", partition="1g.18gb"),
    environment=Environment("3.12.1", "Linux 6.8", torch="2.13.0", cuda="13.0"),
    harness="1",
    points=(
        Point(
            "attention",
            {"n": 256, "kernel": "naive", "causal": False, "dropout": 0.5},
            "time",
            "s",
            "noisy",
            samples=((0.001, 0.0011), (0.0012,)),
            allocated=(1024,),
            error=1e-7,
            backend="MATH",
            flags=("unchecked", "large-speed-up"),
        ),
        Point("attention", {"n": 512, "kernel": "naive"}, "time", "s", "oom", message="Пусто: no room for 4 GiB"),
    ),
    claims=(Claim("Time grows with the square.", "confirmed", "slope 1.98 ± 0.04"),),
    clocks=(Clocks(sm_mhz=1980.0, throttle=("sw_power_cap",)), Clocks()),
    isolation=Isolation(True, 2**34, 120.0, ("a note",)),
    ceilings=Ceilings(4e12, {"bfloat16": 7.9e14}),
    details={"cores": 2, "OMP_NUM_THREADS": "2"},
)


@pytest.mark.parametrize("status", get_args(Status))
def test_every_status_survives_its_line(status: Status) -> None:
    run = Run("x", "k", status, "2026-01-01T00:00:00Z", 0.0, FULL.machine, FULL.environment, "1", message="why")
    assert from_line(to_line(run)) == run


def test_every_field_survives_its_line() -> None:
    assert from_line(to_line(FULL)) == FULL


def test_a_line_is_one_line_and_names_its_schema() -> None:
    line = to_line(Run("x", "k", "error", "t", 0.0, FULL.machine, FULL.environment, "1", log="first\nsecond\r\n"))
    assert len(line.splitlines()) == 1
    assert json.loads(line)["schema"] == SCHEMA


def test_fields_of_a_later_version_are_passed_over() -> None:
    body = json.loads(to_line(FULL)) | {"weather": "fine"}
    assert from_line(json.dumps(body)) == FULL


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (to_line(FULL)[:200], "not JSON"),
        ("[1, 2]", "not a run"),
        (json.dumps({**json.loads(to_line(FULL)), "schema": SCHEMA + 1}), f"schema {SCHEMA + 1}"),
        (json.dumps({**json.loads(to_line(FULL)), "status": "splendid"}), "run.status is 'splendid'"),
        (json.dumps({**json.loads(to_line(FULL)), "points": "none"}), "run.points is not a list"),
        (json.dumps({"schema": SCHEMA, "id": "x"}), "run has no code_key"),
        ('{"schema":' + "[" * 5000 + "]" * 5000 + "}", "not JSON"),
        (json.dumps({**json.loads(to_line(FULL)), "harness": 10**400}), "run.harness is not a str"),
    ],
)
def test_a_line_that_is_no_run_says_why(line: str, reason: str) -> None:
    found = from_line(line, 7)
    assert isinstance(found, UnreadableLine)
    assert found.number == 7
    assert reason in found.reason


def test_machine_classes_have_file_names_and_labels() -> None:
    assert FULL.machine.slug == "cuda-nvidia-h200-9-0-1g-18gb"
    assert FULL.machine.label == "NVIDIA H200 (compute 9.0, 1g.18gb)"
    cpu = MachineClass("cpu", "Intel Xeon Platinum 8488C", threads=1)
    assert cpu.slug == "cpu-intel-xeon-platinum-8488c-1-threads"
    assert cpu.label == "Intel Xeon Platinum 8488C (1 thread)"


def test_a_number_of_hundreds_of_digits_is_read_as_infinite() -> None:
    line = to_line(FULL)
    body = json.loads(line) | {"duration": 10**400, "ceilings": {"copy": 10**400}, "details": {"memory": 10**400}}
    run = from_line(json.dumps(body))
    assert isinstance(run, Run)
    assert run.duration == run.details["memory"] == float("inf")
