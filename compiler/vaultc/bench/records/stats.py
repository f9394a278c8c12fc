"""Statistics derived from raw samples: what a table may print, and how far it can be trusted.

One process is one observation: samples inside a process agree with each other far better than with those of the next
process, so intervals come from the processes' medians alone, and a single process has none. All intervals are 95 %,
by Student's t; positive numbers err by factors and are averaged on logarithms. How often each interval holds the true
value is simulated in ``benchmarks/verdicts.py``.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from vaultc.bench.records import student

NOISY = 0.1
"""Uncertainty of a process's median, as a share of it, from which a point is called noisy. Scatter alone is no reason: the
median of many samples is known better than any of them, and what it is off by from process to process is in the interval."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and the bounds that hold the true one in 95 of 100 cases; infinite where nothing tells."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the distance between the bounds."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Summary:
    """A point in numbers, in the unit of its samples."""

    value: float
    """Mean of the processes' medians, on logarithms where all are positive."""
    low: float
    high: float
    """Bounds of its 95 % interval; infinite for a single process."""
    least: float
    most: float
    """Extreme medians of a process."""
    q25: float
    q75: float
    """Quartiles of all samples together."""
    noise: float
    """How well a process knows its own median (``noise``); the median of the processes."""
    samples: int
    processes: int

    @property
    def spread(self) -> float:
        """Half the distance between the extreme processes. 0 for a single process."""
        return (self.most - self.least) / 2

    @property
    def figures(self) -> int:
        """Significant digits that the value carries, 1 to 4."""
        if self.processes > 1:
            return significant_figures(self.value, (self.high - self.low) / 2)
        return significant_figures(self.value, 1.645 * (self.q75 - self.q25) / 1.349 / math.sqrt(self.samples))

    @property
    def rounded(self) -> float:
        """The value, rounded to the digits it carries."""
        return round_figures(self.value, self.figures)


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """A law ``y = c · x ** slope``, and how an exponential does on the same points."""

    slope: Interval
    slopes: tuple[float, ...]
    """The slope of each process by itself."""
    coefficients: tuple[float, ...]
    r2: tuple[float, ...]
    """Share of the variance of log y that the power law explains, by process."""
    r2_exponential: tuple[float, ...]
    """The same share for ``y = c · exp(k x)``."""
    points: int


def median(values: Iterable[float]) -> float:
    """The middle value; of an even number, the mean of the middle two. Raises ``ValueError`` when empty."""
    return statistics.median(values)


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """The first and the third, interpolated between order statistics. Raises ``ValueError`` when empty."""
    if len(values) < 2:
        return median(values), median(values)
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return first, third


def summarise(samples: Sequence[Sequence[float]]) -> Summary | None:
    """The summary of samples by process, or ``None`` where there are none."""
    processes = [process for process in samples if process]
    if not processes:
        return None
    medians = [median(process) for process in processes]
    everything = [sample for process in processes for sample in process]
    middle = interval(medians)
    q25, q75 = quartiles(everything)
    return Summary(
        value=middle.value,
        low=middle.low,
        high=middle.high,
        least=min(medians),
        most=max(medians),
        q25=q25,
        q75=q75,
        noise=median(noise(process) for process in processes),
        samples=len(everything),
        processes=len(processes),
    )


def interval(values: Sequence[float]) -> Interval:
    """The mean of one value for each process, on logarithms where all are positive. Raises ``ValueError`` when empty."""
    forward, back = _scale(values)
    scaled = [forward(value) for value in values]
    if len(set(values)) == 1:  # counted, not timed: no rounding on the way to the logarithm and back
        return Interval(values[0], *((values[0], values[0]) if len(values) > 1 else (-math.inf, math.inf)))
    middle = statistics.fmean(scaled)
    half = student.quantile(len(scaled) - 1) * math.sqrt(statistics.variance(scaled) / len(scaled))
    return Interval(back(middle), back(middle - half), back(middle + half))


def noise(samples: Sequence[float]) -> float:
    """How well a process knows its own median: half of that median's 95 % interval over the median.

    By order statistics, which assume nothing about how samples scatter. 0 for a single sample or a median of 0.
    """
    middle, ordered = median(samples), sorted(samples)
    cut = max(0, math.floor(len(ordered) / 2 - 0.98 * math.sqrt(len(ordered))))
    return abs((ordered[-1 - cut] - ordered[cut]) / 2 / middle) if middle else 0.0


def significant_figures(value: float, uncertainty: float, most: int = 4) -> int:
    """Digits down to the leading digit of the uncertainty: 1 to ``most``; ``most`` when nothing is uncertain."""
    if not value or not math.isfinite(value) or uncertainty <= 0:
        return most
    if not math.isfinite(uncertainty):
        return 1
    return max(1, min(most, math.floor(math.log10(abs(value))) - math.floor(math.log10(uncertainty)) + 1))


def round_figures(value: float, figures: int) -> float:
    """The value rounded to so many significant digits."""
    if not value or not math.isfinite(value):
        return value
    return round(value, figures - 1 - math.floor(math.log10(abs(value))))


def power_law(points: Sequence[tuple[float, Sequence[float]]]) -> PowerLaw | None:
    """A power law by least squares on logarithms, of ``(x, one y for each process)``.

    ``None`` with fewer than three different positive x. Two things make the slope uncertain: processes whose own slopes
    differ, and points that lie off the line in all processes alike, for no machine follows a law exactly. The
    variances add up; of the second, what the first explains already is left out. The degrees of freedom are
    Satterthwaite's (1946). The interval holds what it says from six sizes on.
    """
    usable = [(x, [y for y in ys if y > 0]) for x, ys in points if x > 0]
    usable = [(x, ys) for x, ys in usable if ys]
    if len({x for x, _ in usable}) < 3:
        return None
    xs = [math.log(x) for x, _ in usable]
    processes = min(len(ys) for _, ys in usable)
    logs = [[math.log(ys[index]) for _, ys in usable] for index in range(processes)]
    lines = [statistics.linear_regression(xs, ys) for ys in logs]
    plain = [x for x, _ in usable]
    slopes = tuple(line.slope for line in lines)
    return PowerLaw(
        slope=_slope(xs, logs, slopes),
        slopes=slopes,
        coefficients=tuple(math.exp(line.intercept) for line in lines),
        r2=tuple(_explained(xs, ys) for ys in logs),
        r2_exponential=tuple(_explained(plain, ys) for ys in logs),
        points=len(xs),
    )


def _slope(xs: Sequence[float], logs: Sequence[Sequence[float]], slopes: Sequence[float]) -> Interval:
    value, processes, sizes = statistics.fmean(slopes), len(logs), len(xs)
    if processes < 2:
        return Interval(value, -math.inf, math.inf)
    width = statistics.variance(xs) * (sizes - 1)
    residuals = [_residuals(xs, ys) for ys in logs]
    shared = [statistics.fmean(column) for column in zip(*residuals, strict=True)]
    own = sum((r - mean) ** 2 for row in residuals for r, mean in zip(row, shared, strict=True))
    bent = sum(mean**2 for mean in shared) / (sizes - 2) - own / ((sizes - 2) * (processes - 1)) / processes
    parts = ((statistics.variance(slopes) / processes, processes - 1), (max(0.0, bent) / width, sizes - 2))
    half = _combined(parts)
    return Interval(value, value - half, value + half)


def _combined(parts: Iterable[tuple[float, float]]) -> float:
    """Half the 95 % interval of a sum, from the variance and the degrees of freedom of each part (Satterthwaite)."""
    known = [(variance, freedom) for variance, freedom in parts if variance > 0]
    total = sum(variance for variance, _ in known)
    if not total:
        return 0.0
    freedom = total**2 / sum(variance**2 / own for variance, own in known)
    return student.quantile(freedom) * math.sqrt(total)


def _residuals(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    line = statistics.linear_regression(xs, ys)
    return [y - line.intercept - line.slope * x for x, y in zip(xs, ys, strict=True)]


def _explained(xs: Sequence[float], ys: Sequence[float]) -> float:
    return statistics.correlation(xs, ys) ** 2 if len(set(ys)) > 1 else 1.0


def _scale(values: Sequence[float]) -> tuple[Callable[[float], float], Callable[[float], float]]:
    if min(values) > 0:
        return math.log, math.exp
    return float, float
