"""Statistics derived from raw samples: what a table may print, and how far it can be trusted.

The error bar is the spread between processes, not the spread inside one: fresh processes of the same measurement
disagree by far more than their own samples suggest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

NOISY = 0.1
"""Interquartile range over median from which a point is called noisy (the threshold of ``torch.utils.benchmark``)."""

Ordering: TypeAlias = Literal["SAME", "FASTER", "SLOWER", "AMBIGUOUS"]

_T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A point in numbers, in the unit of its samples."""

    value: float
    """Median of the processes' medians."""
    low: float
    """Smallest median of a process."""
    high: float
    """Largest median of a process."""
    q25: float
    q75: float
    """Quartiles of all samples together."""
    noise: float
    """Interquartile range over median inside a process; the median of the processes."""
    samples: int
    processes: int

    @property
    def spread(self) -> float:
        """Half the distance between the extreme processes: the error bar. 0 for a single process."""
        return (self.high - self.low) / 2

    @property
    def figures(self) -> int:
        """Significant digits that the value carries, 1 to 4."""
        inside = 1.645 * (self.q75 - self.q25) / 1.349 / math.sqrt(self.samples)
        return significant_figures(self.value, max(self.spread, inside))

    @property
    def rounded(self) -> float:
        """The value, rounded to the digits it carries."""
        return round_figures(self.value, self.figures)


@dataclass(frozen=True, slots=True)
class Fit:
    """A power law ``y = c · x ** slope`` through medians, and how an exponential does on the same points."""

    slope: float
    half_width: float
    """Half of the 95 % interval of the slope: the wider of the residuals' and the processes'."""
    coefficient: float
    r2: float
    """Share of the variance of log y that the power law explains."""
    r2_exponential: float
    """The same share for ``y = c · exp(k x)``."""
    points: int

    @property
    def low(self) -> float:
        return self.slope - self.half_width

    @property
    def high(self) -> float:
        return self.slope + self.half_width

    def at(self, x: float) -> float:
        """The fitted value at ``x``."""
        return float(self.coefficient * x**self.slope)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Second over first, with a 95 % interval from the spread between processes (Welch's t on logarithms)."""

    value: float
    low: float
    high: float

    def ordering(self, same: float = 0.05) -> Ordering:
        """For times: ``FASTER`` or ``SLOWER`` where the interval excludes 1, ``SAME`` where it lies within ``same`` of it."""
        if 1 - same <= self.low and self.high <= 1 + same:
            return "SAME"
        if self.high < 1:
            return "FASTER"
        if self.low > 1:
            return "SLOWER"
        return "AMBIGUOUS"


def median(values: Iterable[float]) -> float:
    """The middle value; of an even number, the mean of the middle two. Raises ``ValueError`` when empty."""
    return quantile(values, 0.5)


def quantile(values: Iterable[float], share: float) -> float:
    """Linear interpolation between order statistics. Raises ``ValueError`` when empty."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    if ordered[below] == ordered[above]:
        return ordered[below]
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def summarise(samples: Sequence[Sequence[float]]) -> Summary | None:
    """The summary of samples by process, or ``None`` where there are none."""
    processes = [process for process in samples if process]
    if not processes:
        return None
    medians = [median(process) for process in processes]
    everything = [sample for process in processes for sample in process]
    return Summary(
        value=median(medians),
        low=min(medians),
        high=max(medians),
        q25=quantile(everything, 0.25),
        q75=quantile(everything, 0.75),
        noise=median(noise(process) for process in processes),
        samples=len(everything),
        processes=len(processes),
    )


def noise(samples: Sequence[float]) -> float:
    """Interquartile range over median; 0 for a single sample or a median of 0."""
    middle = median(samples)
    return abs((quantile(samples, 0.75) - quantile(samples, 0.25)) / middle) if middle else 0.0


def significant_figures(value: float, uncertainty: float, most: int = 4) -> int:
    """Digits down to the leading digit of the uncertainty: 1 to ``most``; ``most`` when nothing is uncertain."""
    if not value or not math.isfinite(value) or uncertainty <= 0:
        return most
    return max(1, min(most, math.floor(math.log10(abs(value))) - math.floor(math.log10(uncertainty)) + 1))


def round_figures(value: float, figures: int) -> float:
    """The value rounded to so many significant digits."""
    if not value or not math.isfinite(value):
        return value
    return round(value, figures - 1 - math.floor(math.log10(abs(value))))


def power_law(points: Sequence[tuple[float, Sequence[float]]]) -> Fit | None:
    """A power law by least squares on logarithms, of ``(x, one y for each process)``.

    ``None`` with fewer than three different positive x. Every process is fitted by itself too, and the interval is the
    wider of the two, so that neither bent curves nor disagreeing processes look precise.
    """
    usable = [(x, [y for y in ys if y > 0]) for x, ys in points if x > 0]
    usable = [(x, ys) for x, ys in usable if ys]
    if len({x for x, _ in usable}) < 3:
        return None
    xs = [math.log(x) for x, _ in usable]
    line = _line(xs, [math.log(median(ys)) for _, ys in usable])
    count = len(xs)
    centre = sum(xs) / count
    width = sum((x - centre) ** 2 for x in xs)
    from_residuals = t95(count - 2) * math.sqrt(line.residual / (count - 2) / width)
    per_process = min(len(ys) for _, ys in usable)
    slopes = [_line(xs, [math.log(ys[index]) for _, ys in usable]).slope for index in range(per_process)]
    from_processes = _half_width(slopes)
    exponential = _line([x for x, _ in usable], [math.log(median(ys)) for _, ys in usable])
    return Fit(
        slope=line.slope,
        half_width=max(from_residuals, from_processes),
        coefficient=math.exp(line.intercept),
        r2=line.r2,
        r2_exponential=exponential.r2,
        points=count,
    )


def ratio(first: Sequence[float], second: Sequence[float]) -> Ratio | None:
    """Second over first, from one positive value for each process; ``None`` where either has none.

    With a single process on one side the interval is unbounded: one process says nothing about the next.
    """
    left, right = ([math.log(value) for value in side if value > 0] for side in (first, second))
    if not left or not right:
        return None
    shift = sum(right) / len(right) - sum(left) / len(left)
    if min(len(left), len(right)) < 2:
        return Ratio(math.exp(shift), 0.0, math.inf)
    parts = [_variance(side) / len(side) for side in (left, right)]
    total = sum(parts)
    if total == 0:
        return Ratio(math.exp(shift), math.exp(shift), math.exp(shift))
    freedom = total**2 / sum(part**2 / (len(side) - 1) for part, side in zip(parts, (left, right), strict=True))
    half = t95(max(1, math.floor(freedom))) * math.sqrt(total)
    return Ratio(math.exp(shift), math.exp(shift - half), math.exp(shift + half))


def t95(freedom: int) -> float:
    """The two-sided 95 % quantile of Student's t."""
    return _T95[freedom - 1] if freedom <= len(_T95) else 1.960 + 2.4 / freedom


@dataclass(frozen=True, slots=True)
class _Line:
    slope: float
    intercept: float
    residual: float
    r2: float


def _line(xs: Sequence[float], ys: Sequence[float]) -> _Line:
    count = len(xs)
    x_mean, y_mean = sum(xs) / count, sum(ys) / count
    width = sum((x - x_mean) ** 2 for x in xs)
    slope = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)) / width
    intercept = y_mean - slope * x_mean
    residual = sum((y - intercept - slope * x) ** 2 for x, y in zip(xs, ys, strict=True))
    total = sum((y - y_mean) ** 2 for y in ys)
    return _Line(slope, intercept, residual, 1 - residual / total if total else 1.0)


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _half_width(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    return t95(len(values) - 1) * math.sqrt(_variance(values) / len(values))
