"""A snippet that was pasted into a file and run there, without the runner."""

from __future__ import annotations

from dataclasses import replace

from vaultc.bench.harness.device import Machine, open_machine
from vaultc.bench.harness.group import points_of
from vaultc.bench.records.model import TIME, Claim, Device, Point
from vaultc.bench.records.results import Results
from vaultc.bench.records.table import render
from vaultc.bench.snippet.case import Case
from vaultc.bench.snippet.sweep import Sweep


class PlainFile:
    """The session of a snippet that was pasted into a file: measures at once, prints a table, then the claims."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def measure(self, sweep: Sweep) -> Results:
        points = [point for group in sweep.groups() for point in points_of(self._machine, sweep, group)]
        if sweep.memory and self._machine.kind == "cuda":
            points = [self._with_memory(sweep, point) for point in points]
        _print(f"{sweep.name} on {self._machine.machine_class().label}, one process\n{render(points)}\n")
        return Results(tuple(points))

    def claim(self, claim: Claim) -> None:
        _print(claim.line)

    def _with_memory(self, sweep: Sweep, point: Point) -> Point:
        made = sweep.make(**point.params) if point.metric == TIME and point.measured else None
        if not isinstance(made, Case):
            return point
        peak = self._machine.peak(made.run)
        return replace(point, allocated=(peak.allocated or 0,), reserved=(peak.reserved or 0,))


def open_file(device: Device) -> PlainFile:
    """The session of a plain file on a device. Raises ``Unsupported`` where there is none."""
    return PlainFile(open_machine(device))


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a plain file answers on its terminal
