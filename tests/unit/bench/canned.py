"""Runs made up for tests: no number in them was measured."""

from __future__ import annotations

from dataclasses import replace

from vaultc.bench.records.model import Environment, MachineClass, Param, Point, Run, Status

CPU = MachineClass("cpu", "Made-up CPU", threads=2)
GPU = MachineClass("cuda", "Made-up GPU", "9.0")
ENVIRONMENT = Environment("3.12.1", "Linux 6.8", torch="2.13.0")


def point(*processes: float, status: Status = "ok", sweep: str = "f", metric: str = "time", **params: Param) -> Point:
    """A point with one sample for each process."""
    return Point(sweep, params or {"n": 1}, metric, "s", status, tuple((seconds,) for seconds in processes))


def run(
    *points: Point, day: int = 1, key: str = "key", status: Status = "ok", machine: MachineClass = CPU, id: str = "x"
) -> Run:
    """A run of that day of January 2026."""
    started = f"2026-01-{day:02}T00:00:00Z"
    return Run(id, key, status, started, 1.0, machine, ENVIRONMENT, "1", points or (point(0.1, 0.1, 0.1),))


def aged(made: Run) -> Run:
    """The same run with a torch of yesterday."""
    return replace(made, environment=replace(ENVIRONMENT, torch="2.5.0"))
