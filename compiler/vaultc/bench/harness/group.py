"""One group of settings through one process: set up, checked, sampled in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vaultc.bench.harness.device import Machine
from vaultc.bench.harness.timing import Candidate, failed, prepare, sample
from vaultc.bench.records import stats
from vaultc.bench.records.model import TIME, Param, Point
from vaultc.bench.snippet.case import Case, Value
from vaultc.bench.snippet.sweep import Measured, Sweep

SEED = 2026


def points_of(
    machine: Machine,
    sweep: Sweep,
    settings: Sequence[Mapping[str, Param]],
    begin: Callable[[Mapping[str, Param]], None] = lambda setting: None,
    seed: int = SEED,
) -> list[Point]:
    """Measures one group of settings: sets each up, then samples those that are to be timed in turn."""
    candidates: list[Candidate] = []
    points: list[Point] = []
    for setting in settings:
        begin(setting)
        machine.seed(seed)
        made, fault = _make(machine, sweep, setting)
        if fault is not None:
            points.append(fault)
        elif isinstance(made, Case):
            ready, settled = prepare(machine, made, sweep.name, setting, sweep.budget)
            candidates += ready
            points += settled
        else:
            values = [made] if isinstance(made, Value) else list(made or ())
            points += [_value_point(sweep, setting, value) for value in values]
    points += sample(machine, candidates)
    order = {tuple(setting.items()): index for index, setting in enumerate(settings)}
    return sorted(points, key=lambda point: order[point.where])


def _make(machine: Machine, sweep: Sweep, setting: Mapping[str, Param]) -> tuple[Measured | None, Point | None]:
    blank = Point(sweep.name, setting, TIME, "s", "ok")
    try:
        made = sweep.make(**setting)
        if isinstance(made, Case):
            return made, None
        values = [made] if isinstance(made, Value) else list(made)
        if not values or not all(isinstance(value, Value) for value in values):
            raise TypeError(f"{sweep.name} returned {type(made).__name__}, not a Case, a Value or several values")
    except Exception as fault:  # noqa: BLE001 - the snippet's own code: whatever it raises is the result
        return None, failed(machine, blank, fault)
    return values, None


def _value_point(sweep: Sweep, setting: Mapping[str, Param], value: Value) -> Point:
    number = float(value.number)
    if number != number or number in (float("inf"), float("-inf")):
        return Point(sweep.name, setting, value.name, value.unit, "error", message=f"the value is {number}")
    return Point(sweep.name, setting, value.name, value.unit, "ok", ((stats.round_figures(number, 9),),))
