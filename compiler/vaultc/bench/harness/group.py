"""One group of settings through one process: set up, checked, sampled in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vaultc.bench.harness.audit import audit
from vaultc.bench.harness.device import Machine
from vaultc.bench.harness.disturbance import GpuState, between
from vaultc.bench.harness.timing import Candidate, failed, prepare, sample
from vaultc.bench.records import stats
from vaultc.bench.records.model import COMPILE, TIME, Disturbance, Flag, Param, Point, Status
from vaultc.bench.records.text import one_line
from vaultc.bench.snippet.case import Case, Value
from vaultc.bench.snippet.sweep import Measured, Sweep

SEED = 2026


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who is told how a group goes; by default nobody."""

    at: Callable[[Mapping[str, Param]], None] = lambda setting: None
    """Which setting is worked at from now on."""
    disturbance: Callable[[Disturbance], None] = lambda disturbance: None
    """What the system said while the group was sampled."""
    audits: bool = False
    """Whether calls are audited once their samples are taken."""


def points_of(
    machine: Machine,
    sweep: Sweep,
    settings: Sequence[Mapping[str, Param]],
    seed: int = SEED,
    watcher: Watcher = Watcher(),
) -> list[Point]:
    """Measures one group of settings: sets each up, samples those that are to be timed in turn, audits them.

    Raises ``BrokenAt`` where the device takes no more work.
    """
    candidates, points = _prepared(machine, sweep, settings, seed, watcher)
    points += _sampled(machine, candidates, watcher)
    candidates.clear()
    machine.release()
    if watcher.audits:
        points = _audited(machine, sweep, points, seed, watcher)
    order = {tuple(setting.items()): index for index, setting in enumerate(settings)}
    return sorted(points, key=lambda point: order[point.where])


def _prepared(
    machine: Machine, sweep: Sweep, settings: Sequence[Mapping[str, Param]], seed: int, watcher: Watcher
) -> tuple[list[Candidate], list[Point]]:
    """What is to be sampled, and the points that are settled."""
    ready: list[tuple[Mapping[str, object], list[Candidate]]] = []
    points: list[Point] = []
    for setting in settings:
        watcher.at(setting)
        machine.seed(seed)
        made, fault = _make(machine, sweep, setting)
        if fault is not None:
            points.append(fault)
        elif isinstance(made, Case):
            candidates, settled = prepare(machine, made, sweep.name, setting, sweep.budget)
            ready.append((machine.settings(), candidates))
            points += settled
        else:
            values = [made] if isinstance(made, Value) else list(made or ())
            points += [_value_point(sweep, setting, value) for value in values]
    now = machine.settings()
    points += [_overruled(each[0].point, meant, now) for meant, each in ready if each and meant != now]
    return [candidate for meant, each in ready if meant == now for candidate in each], points


def _overruled(point: Point, meant: Mapping[str, object], now: Mapping[str, object]) -> Point:
    """The point of a call that could only be timed under what the set-up of another variant changed."""
    name = next(name for name in meant if meant[name] != now[name])
    text = (
        f"another variant's set-up changed {name} from {meant[name]} to {now[name]} for all: change it inside the call"
    )
    return replace(point, status="error", message=one_line(text), flags=())


def _sampled(machine: Machine, candidates: Sequence[Candidate], watcher: Watcher) -> list[Point]:
    """The points of the candidates, doubted where the machine was disturbed meanwhile."""
    if not candidates:
        return []
    sentinels: list[float] = []
    gpu: list[GpuState] = []

    def between_turns() -> None:
        sentinels.append(machine.sentinel())
        if state := machine.gpu():
            gpu.append(state)

    machine.sentinel()  # its own first call is no measurement either
    start = machine.reading()
    points = sample(machine, candidates, lambda candidate: watcher.at(candidate.point.params), between_turns)
    found = between(start, machine.reading(), sentinels, gpu)
    watcher.disturbance(found)
    return [_disturbed(point, found) for point in points] if found.reasons else points


def _disturbed(point: Point, found: Disturbance) -> Point:
    if point.status not in ("ok", "throttled"):
        return point
    status: Status = "disturbed" if point.status == "ok" else point.status
    message = point.message or one_line("; ".join(found.reasons))
    return replace(point, status=status, message=message, flags=(*point.flags, "disturbed"))


def _audited(machine: Machine, sweep: Sweep, points: Sequence[Point], seed: int, watcher: Watcher) -> list[Point]:
    timed = {
        point.where: point.params for point in points if point.metric == TIME and point.measured and point.unit == "s"
    }
    flags: dict[tuple[tuple[str, Param], ...], tuple[Flag, ...]] = {}
    for where, params in timed.items():
        watcher.at(params)
        flags[where] = audit(machine, sweep, params, seed)
    return [
        replace(point, flags=tuple(dict.fromkeys((*point.flags, *flags.get(point.where, ())))))
        if point.unit == "s" and point.metric != COMPILE
        else point
        for point in points
    ]


def _make(machine: Machine, sweep: Sweep, setting: Mapping[str, Param]) -> tuple[Measured | None, Point | None]:
    blank = Point(sweep.name, setting, TIME, "s", "ok")
    try:
        made = sweep.make(**setting)
        machine.settle()
        if isinstance(made, Case):
            return made, None
        values = [made] if isinstance(made, Value) else list(made)
        if not values or not all(isinstance(value, Value) for value in values):
            raise TypeError(f"{sweep.name} returned {type(made).__name__}, not a Case, a Value or several values")
    except Exception as fault:  # noqa: BLE001 - the snippet's own code: whatever it raises is the result
        return None, failed(machine, blank, fault)
    return values, None


def _value_point(sweep: Sweep, setting: Mapping[str, Param], value: Value) -> Point:
    name, unit, given = one_line(value.name), one_line(value.unit), value.number
    if not hasattr(given, "__float__"):  # float("12") would do
        return Point(sweep.name, setting, name, unit, "error", message="the value is a text, no number")
    number = float(given)
    if number != number or number in (float("inf"), float("-inf")):
        return Point(sweep.name, setting, name, unit, "error", message=f"the value is {number}")
    return Point(sweep.name, setting, name, unit, "ok", ((stats.round_figures(number, 9),),))
