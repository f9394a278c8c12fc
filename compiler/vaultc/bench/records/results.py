"""Asking measured points for numbers: the same questions a snippet asks in its claims and a page asks for its tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vaultc.bench.records import stats
from vaultc.bench.records.model import Param, Point
from vaultc.bench.records.text import quantity

MEMORY = "peak memory"
"""Name of the memory of a timed point, for ``Results.value``, ``fit`` and ``ratio``."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval, or nothing where it was not measured. As text: ``1.98 ± 0.04``."""

    value: float | None = None
    low: float = math.nan
    high: float = math.nan
    unit: str = ""

    def above(self, bound: float) -> bool | None:
        """Whether the whole interval lies above; ``None`` where it does not decide or nothing was measured."""
        return self.within(math.nextafter(bound, math.inf), math.inf)

    def below(self, bound: float) -> bool | None:
        """Whether the whole interval lies below; ``None`` where it does not decide or nothing was measured."""
        return self.within(-math.inf, math.nextafter(bound, -math.inf))

    def within(self, low: float, high: float) -> bool | None:
        """True where the interval lies inside the bounds, False where it lies outside, else ``None``."""
        if self.value is None:
            return None
        if low <= self.low and self.high <= high:
            return True
        if self.high < low or high < self.low:
            return False
        return None

    def __str__(self) -> str:
        if self.value is None:
            return "not measured"
        if math.isinf(self.high):
            return f"about {quantity(self.value, self.unit, 2)}"
        return quantity(self.value, self.unit, spread=(self.high - self.low) / 2)


@dataclass(frozen=True, slots=True)
class Results:
    """Points of one or several sweeps. Every question is answered for the points at hand; narrow them with ``where``."""

    points: tuple[Point, ...] = ()

    def __iter__(self) -> Iterator[Point]:
        return iter(self.points)

    def where(self, **params: Param) -> Results:
        """Only the points with these values of the parameters."""
        return Results(tuple(point for point in self.points if params.items() <= point.params.items()))

    def since(self, **params: float) -> Results:
        """Only the points whose parameters are at least these: a fit beyond a cliff."""
        return Results(
            tuple(point for point in self.points if all(_number(point, key) >= low for key, low in params.items()))
        )

    def value(self, metric: str = "", **params: Param) -> Estimate:
        """The one number of a metric (by default the first metric) at one setting; nothing where it was not measured.

        Raises ``ValueError`` where several points fit, and so no one number is meant.
        """
        matching = self._series(metric, self.where(**params).points)
        if len(matching) > 1:
            raise ValueError(f"{len(matching)} points fit {params or 'this'}: name the parameters that tell them apart")
        summary = stats.summarise([[value] for value in matching[0][1]]) if matching else None
        if summary is None:
            return Estimate()
        return Estimate(summary.value, summary.low, summary.high, _unit(metric, matching[0][0]))

    def fit(self, over: str, metric: str = "") -> stats.Fit | None:
        """The power law of a metric over a numeric parameter; ``None`` with fewer than three sizes."""
        return stats.power_law([(_number(point, over), values) for point, values in self._series(metric, self.points)])

    def slope(self, over: str, metric: str = "") -> Estimate:
        """The exponent of that power law with its 95 % interval."""
        fit = self.fit(over, metric)
        return Estimate(fit.slope, fit.low, fit.high) if fit else Estimate()

    def ratio(self, other: Results, metric: str = "") -> Estimate:
        """This one point over another of the same sweep, taken process by process, so that both shared a process."""
        mine, theirs = self._series(metric, self.points), self._series(metric, other.points)
        if len(mine) > 1 or len(theirs) > 1:
            raise ValueError("a ratio is between one point and another: narrow both with where()")
        if not mine or not theirs:
            return Estimate()
        ratios = [a / b for a, b in zip(mine[0][1], theirs[0][1], strict=False) if b]
        return Estimate(stats.median(ratios), min(ratios), max(ratios), "×") if ratios else Estimate()

    def first_oom(self, over: str) -> Param | None:
        """The smallest value of the parameter that ran out of memory, or ``None``."""
        sizes = [point.params[over] for point in self.points if point.status == "oom" and over in point.params]
        return min(sizes, key=lambda size: (isinstance(size, str), size), default=None)

    def _series(self, metric: str, points: Iterable[Point]) -> list[tuple[Point, Sequence[float]]]:
        """Points of one metric with one value for each process."""
        chosen = list(points)
        name = metric or next((point.metric for point in chosen), "")
        if name == MEMORY:
            found = [(point, tuple(map(float, peak_memory(point)))) for point in chosen]
        else:
            found = [(point, process_medians(point)) for point in chosen if point.metric == name]
        return [(point, values) for point, values in found if values]


def process_medians(point: Point) -> tuple[float, ...]:
    """One number for each process that has samples."""
    return tuple(stats.median(process) for process in point.samples if process)


def peak_memory(point: Point) -> tuple[int, ...]:
    """Peak bytes by process: allocated on CUDA, growth of the resident set on a CPU, empty where not measured."""
    return point.allocated or point.rss


def rates(point: Point) -> dict[str, stats.Summary]:
    """Rates from declared work, by unit: ``FLOP/s`` and ``B/s``. Empty without declarations or samples."""
    declared = {"FLOP/s": point.flops, "B/s": point.bytes}
    found = {}
    for unit, work in declared.items():
        if work and point.unit == "s":
            summary = stats.summarise([[work / sample for sample in process if sample] for process in point.samples])
            if summary is not None:
                found[unit] = summary
    return found


def _number(point: Point, name: str) -> float:
    value = point.params.get(name)
    if isinstance(value, (int, float)):
        return float(value)
    raise ValueError(f"{name!r} is no number at {dict(point.params)}")


def _unit(metric: str, point: Point) -> str:
    return "B" if metric == MEMORY else point.unit
