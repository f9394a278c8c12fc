"""Asking measured points for numbers: the same questions a snippet asks in its claims and a page asks for its tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from vaultc.bench.records import stats
from vaultc.bench.records.answer import take
from vaultc.bench.records.estimate import Estimate
from vaultc.bench.records.model import TIME, Param, Point

MEMORY = "peak memory"
"""Name of the memory of a timed point, for ``Results.value``, ``fit`` and ``ratio``."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A power law ``y = c · x ** slope`` through points, and how an exponential does on them: estimates all."""

    slope: Estimate
    coefficient: Estimate
    r2: Estimate
    """Share of the variance of log y that the power law explains."""
    r2_exponential: Estimate
    """The same share for ``y = c · exp(k x)``."""
    points: int
    _slopes: tuple[float, ...]

    @property
    def slopes(self) -> tuple[float, ...]:
        """The slope of each process by itself, as bare numbers."""
        take(self.slope.doubts)
        return self._slopes

    def at(self, x: float) -> Estimate:
        """The fitted value at ``x``."""
        pairs = zip(self.coefficient._processes, self._slopes, strict=True)
        values = [coefficient * x**slope for coefficient, slope in pairs]
        return Estimate.of(values, self.coefficient.unit, self.coefficient.doubts)


@dataclass(frozen=True, slots=True)
class Results:
    """Points of one or several sweeps. Every question is answered for the points at hand; narrow them with ``where``.

    Before anything was measured, a snippet is run through once to learn what it sweeps: then ``rehearsal`` is true, and
    the answers are made up.
    """

    _points: tuple[Point, ...] = ()
    rehearsal: bool = False

    @property
    def points(self) -> tuple[Point, ...]:
        """All of them; their numbers are bare ones, as ``Estimate.value`` is."""
        take(() if self.rehearsal else doubts(self._points))
        return self._points

    def __len__(self) -> int:
        return len(self._points)

    def __iter__(self) -> Iterator[Point]:
        return iter(self.points)

    def where(self, **params: Param) -> Results:
        """Only the points with these values of the parameters. Raises ``ValueError`` for a parameter that none has."""
        self._know(params)
        return self._only(point for point in self._points if params.items() <= point.params.items())

    def since(self, **params: float) -> Results:
        """Only the points whose parameters are at least these: a fit beyond a cliff."""
        self._know(params)
        return self._only(
            point for point in self._points if all(_number(point, key) >= low for key, low in params.items())
        )

    def value(self, metric: str = "", **params: Param | None) -> Estimate:
        """The one number of a metric (by default the first metric) at one setting; nothing where it was not measured.

        Raises ``ValueError`` where several points fit, and so no one number is meant.
        """
        self._know(params)
        narrowed = self._only(point for point in self._points if params.items() <= point.params.items())
        matching = narrowed._series(metric)
        if len(matching) > 1:
            raise ValueError(f"{len(matching)} points fit {params or 'this'}: name the parameters that tell them apart")
        if not matching:
            return Estimate(doubts=self._unknown(metric))
        return _estimate(matching[0], metric)

    def fit(self, over: str, metric: str = "") -> Fit:
        """The power law of a metric over a numeric parameter; all unmeasured with fewer than three sizes."""
        self._know((over,))
        series = self._series(metric)
        law = stats.power_law([(_number(point, over), values) for point, values in series])
        doubted = () if metric == MEMORY else doubts(point for point, _ in series)
        if law is None:
            nothing = Estimate(doubts=(*doubted, *self._unknown(metric)))
            return Fit(nothing, nothing, nothing, nothing, 0, ())
        unit = _unit(metric, series[0][0])
        return Fit(
            Estimate(law.slope.value, law.slope.low, law.slope.high, doubts=doubted),
            Estimate.of(law.coefficients, unit, doubted),
            Estimate.of(law.r2, "", doubted),
            Estimate.of(law.r2_exponential, "", doubted),
            law.points,
            law.slopes,
        )

    def slope(self, over: str, metric: str = "") -> Estimate:
        """The exponent of that power law with its 95 % interval."""
        return self.fit(over, metric).slope

    def ratio(self, other: Results, metric: str = "") -> Estimate:
        """This one point over another of the same sweep, taken process by process, so that both shared a process."""
        mine, theirs = self._series(metric), other._series(metric)
        if len(mine) > 1 or len(theirs) > 1:
            raise ValueError("a ratio is between one point and another: narrow both with where()")
        if not mine or not theirs:
            return Estimate(unit="×", doubts=self._unknown(metric))
        return _estimate(mine[0], metric) / _estimate(theirs[0], metric)

    def first_oom(self, over: str) -> Param | None:
        """The smallest value of the parameter that ran out of memory, or ``None``."""
        self._know((over,))
        sizes = [point.params[over] for point in self._points if point.status == "oom" and over in point.params]
        return min(sizes, key=lambda size: (isinstance(size, str), size), default=None)

    def _only(self, points: Iterable[Point]) -> Results:
        return Results(tuple(points), self.rehearsal)

    def _series(self, metric: str) -> list[tuple[Point, Sequence[float]]]:
        """Points of one metric with one value for each process."""
        if self.rehearsal:  # which metrics a function will return, nobody knows yet
            return [(point, process_medians(point)) for point in self._points]
        name = metric or next((point.metric for point in self._points), "")
        if name == MEMORY:
            found = [(point, tuple(map(float, peak_memory(point)))) for point in self._points]
        else:
            found = [(point, process_medians(point)) for point in self._points if point.metric == name]
        return [(point, values) for point, values in found if values]

    def _know(self, names: Iterable[str]) -> None:
        known = dict.fromkeys(name for point in self._points for name in point.params)
        for name in names:
            if known and name not in known:
                near = get_close_matches(name, known, 1, 0.5)
                hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
                raise ValueError(f"no parameter is called {name}: {hint}")

    def _unknown(self, metric: str) -> tuple[str, ...]:
        known = dict.fromkeys(point.metric for point in self._points if point.measured)
        if not metric or metric == MEMORY or metric in known or not known:
            return ()
        return (f"no metric is called {metric}: there are {', '.join(known)}",)


def rehearsed(sweep: str, settings: Iterable[Mapping[str, Param]]) -> Results:
    """What a sweep answers before it is measured: a made-up number for each setting, none like another."""
    return Results(
        tuple(
            Point(sweep, setting, TIME, "s", "ok", ((float(number),),) * 3)
            for number, setting in enumerate(settings, 1)
        ),
        rehearsal=True,
    )


def doubts(points: Iterable[Point]) -> tuple[str, ...]:
    """What keeps the points from deciding a claim, one phrase for each reason: ``noisy at f(n=1) and 2 more``."""
    found: dict[str, list[Point]] = {}
    for point in points:
        for reason in point.doubts:
            found.setdefault(reason, []).append(point)
    return tuple(
        f"{reason.replace('_', ' ').replace('-', ' ')} at {setting(at[0])}"
        + (f" and {len(at) - 1} more" if len(at) > 1 else "")
        for reason, at in found.items()
    )


def setting(point: Point) -> str:
    """A point in words: ``attention(n=256, kernel=naive)``."""
    return f"{point.sweep}({', '.join(f'{name}={_plain(value)}' for name, value in point.params.items())})"


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


def _estimate(series: tuple[Point, Sequence[float]], metric: str) -> Estimate:
    point, values = series
    # What is wrong with a time says nothing about the memory.
    return Estimate.of(values, _unit(metric, point), () if metric == MEMORY else doubts((point,)))


def _number(point: Point, name: str) -> float:
    value = point.params.get(name)
    if isinstance(value, (int, float)):
        return float(value)
    raise ValueError(f"{name!r} is no number at {dict(point.params)}")


def _plain(value: Param) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unit(metric: str, point: Point) -> str:
    return "B" if metric == MEMORY else point.unit
