"""What a snippet imports. The same lines measure on a CPU and on a GPU, under ``vaultc bench run`` and in a plain file.

A snippet names a function of its parameters that sets things up and returns what to measure, sweeps it with
``measure``, and ends in claims::

    from vaultc import bench

    def product(n: int, kind: str) -> bench.Case:
        a, b = torch.randn(2, n, n, device=bench.device())
        return bench.Case(lambda: a @ b, flops=2 * n**3)

    times = bench.measure(product, n=bench.by_device(cpu=[256, 512, 1024], cuda=[2048, 4096, 8192]))
    slope = times.slope("n")
    bench.claim("A matrix product costs the cube of its width.", holds=slope.within(2.8, 3.2), because=f"slope {slope}")

Which parameters are swept must not depend on what was measured.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias, TypeVar

from vaultc.bench import stats
from vaultc.bench.device import Machine, open_machine
from vaultc.bench.records import Claim, Device, Param, Point, Verdict
from vaultc.bench.results import MEMORY, Results, peak_memory
from vaultc.bench.text import one_line, quantity, table
from vaultc.bench.timing import TIME, Budget, Candidate, Case, Value, failed, prepare, sample
from vaultc.errors import VaultcError

T = TypeVar("T")
Measured: TypeAlias = Case | Value | Sequence[Value]
SEED = 2026
DEVICE_VARIABLE = "VAULTC_BENCH_DEVICE"
MOST_POINTS = 500


@dataclass(frozen=True, slots=True)
class Sweep:
    """A function and every setting of its parameters, sizes apart from variants."""

    name: str
    make: Callable[..., Measured]
    settings: tuple[Mapping[str, Param], ...]
    memory: bool
    budget: Budget

    def groups(self) -> Iterator[list[Mapping[str, Param]]]:
        """Settings that differ in variants only: they are measured in turn, and share memory for that long."""
        for _, group in itertools.groupby(self.settings, _sizes):
            yield list(group)


class Session(Protocol):
    """Who answers ``measure`` and ``claim``: a phase of the runner, or the plain file."""

    def measure(self, sweep: Sweep) -> Results: ...
    def claim(self, claim: Claim) -> None: ...


_session: Session | None = None
_device: Device | None = None


def device() -> Device:
    """Where this run measures: ``"cpu"`` or ``"cuda"``, ready for torch's ``device=``."""
    global _device  # noqa: PLW0603 - one process measures on one device
    if _device is None:
        asked = os.environ.get(DEVICE_VARIABLE, "")
        _device = "cuda" if asked == "cuda" or (not asked and _has_cuda()) else "cpu"
    return _device


def by_device(*, cpu: T, cuda: T) -> T:
    """The choice for the device at hand: sizes, a dtype, anything."""
    return cuda if device() == "cuda" else cpu


def measure(
    make: Callable[..., Measured],
    *,
    memory: bool = False,
    seconds: float = 0.5,
    **parameters: Iterable[Param],
) -> Results:
    """Measures ``make(**setting)`` at every combination of the parameters' values.

    ``make`` sets things up and returns a ``Case`` to be timed, a ``Value``, or several values with names of their own.
    ``memory`` adds the peak memory of one call, over what the set-up holds, taken in a fresh process.
    ``seconds`` is how long one point is sampled in one process (five samples at least).
    Returns the points, pooled over all processes where claims are judged. Raises ``VaultcError`` for a sweep
    that is empty, too long or not made of plain values.
    """
    name = getattr(make, "__name__", "")
    if not name.isidentifier():
        raise VaultcError("measure() needs a function with a name of its own: its name heads the table")
    values = {key: list(choices) for key, choices in parameters.items()}
    for key, choices in values.items():
        if not choices or not all(isinstance(choice, (bool, int, float, str)) for choice in choices):
            raise VaultcError(f"{name}: {key} needs one value or more, each a number, a text or a truth value")
    # Sizes vary slowest, so that variants of one size stand side by side, in the order in which they were written.
    ordered = sorted(values, key=lambda key: not all(map(_is_size, values[key])))
    rows = itertools.product(*(values[key] for key in ordered))
    settings = [dict(zip(ordered, row, strict=True)) for row in rows]
    if len(settings) > MOST_POINTS:
        raise VaultcError(f"{name}: {len(settings)} points; {MOST_POINTS} is the most")
    written = tuple({key: setting[key] for key in values} for setting in settings)
    return _current().measure(Sweep(name, make, written, memory, Budget(seconds=seconds)))


def claim(text: str, *, holds: bool | None, because: str | None = None) -> None:
    """States a sentence and whether the numbers bear it out, with the numbers; ``None`` where they do not decide."""
    verdict: Verdict = "unmeasured" if holds is None else "confirmed" if holds else "refuted"
    _current().claim(Claim(one_line(text), verdict, one_line(because or "")))


def both(*findings: bool | None) -> bool | None:
    """Whether all hold: ``False`` as soon as one does not, ``None`` where one is undecided and none is false."""
    if any(finding is False for finding in findings):
        return False
    return None if any(finding is None for finding in findings) else True


def use(session: Session | None) -> None:
    """Hands ``measure`` and ``claim`` of this process to a session; ``None`` makes it a plain file again."""
    global _session  # noqa: PLW0603 - a snippet is one process and one conversation
    _session = session


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
        _print(f"{claim.verdict}: {claim.text}" + (f" ({claim.because})" if claim.because else ""))

    def _with_memory(self, sweep: Sweep, point: Point) -> Point:
        made = sweep.make(**point.params) if point.metric == TIME and point.measured else None
        if not isinstance(made, Case):
            return point
        peak = self._machine.peak(made.run)
        return replace(point, allocated=(peak.allocated or 0,), reserved=(peak.reserved or 0,))


def render(points: Sequence[Point]) -> str:
    """A plain table of points: parameters, value with spread, peak memory, status and flags."""
    if not points:
        return "nothing measured"
    names = list(dict.fromkeys(name for point in points for name in point.params))
    rows = [[str(point.params.get(name, "")) for name in names] + _cells(point) for point in points]
    header = [*names, "metric", "median", "between processes", MEMORY, "status", "remarks"]
    kept = [column for column in range(len(header)) if any(row[column] for row in rows)]
    return table([header[column] for column in kept], [[row[column] for column in kept] for row in rows])


def _cells(point: Point) -> list[str]:
    summary = stats.summarise(point.samples)
    memory = peak_memory(point)
    value, spread = "—", ""
    if summary:
        value = quantity(summary.value, point.unit, summary.figures)
        low, high = (quantity(edge, point.unit, min(4, summary.figures + 1)) for edge in (summary.low, summary.high))
        spread = f"{low} to {high}" if summary.processes > 1 and low != high else ""
    peak = quantity(stats.median(memory), "B", 3) if memory else ""
    return [point.metric, value, spread, peak, point.status, ", ".join((*point.flags, *filter(None, [point.message])))]


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


def _current() -> Session:
    global _session  # noqa: PLW0603 - a snippet is one process and one conversation
    if _session is None:
        _session = PlainFile(open_machine(device()))
    return _session


def _has_cuda() -> bool:
    try:
        open_machine("cuda")
    except Exception:  # noqa: BLE001 - whatever keeps us from a GPU, there is the CPU
        return False
    return True


def _is_size(value: Param) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _sizes(setting: Mapping[str, Param]) -> list[Param]:
    return [value for value in setting.values() if _is_size(value)]


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a plain file answers on its terminal
