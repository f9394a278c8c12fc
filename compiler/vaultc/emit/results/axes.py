"""Scales and ticks of a plot."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from vaultc.bench.records import stats
from vaultc.bench.records.text import digits, quantity
from vaultc.emit.results.words import SCALED


@dataclass(frozen=True, slots=True)
class Axis:
    """From values to places between 0 and 1. `ticks` are values with their words."""

    label: str
    low: float
    high: float
    log: bool
    ticks: tuple[tuple[float, str], ...]

    @property
    def title(self) -> str:
        """What stands beside it."""
        return f"{self.label} (log scale)" if self.log else self.label

    def place(self, value: float) -> float:
        """Where a value stands; below 0 or above 1 when it lies outside."""
        low, high = self.low, self.high
        if self.log:
            value, low, high = math.log(value), math.log(low), math.log(high)
        return (value - low) / (high - low) if high > low else 0.5


def geometric(values: Sequence[float]) -> bool:
    """Whether sizes grow by factors rather than by steps: three or more, their ratios more alike than their differences."""
    ordered = sorted(set(values))
    if len(ordered) < 3 or ordered[0] <= 0:
        return False
    ratios, steps = [math.log(b / a) for a, b in pairwise(ordered)], [b - a for a, b in pairwise(ordered)]
    return max(ratios) / min(ratios) < max(steps) / min(steps) * (1 - 1e-9)


def sizes(label: str, values: Sequence[float], most: int = 9) -> Axis:
    """The axis of a sweep's sizes, with ticks at sizes that were measured."""
    ordered = sorted(set(values))
    log = geometric(ordered)
    step = -(-len(ordered) // most)
    chosen = ordered[::-1][::step][::-1]
    low, high = ordered[0], ordered[-1]
    if low == high:
        low, high = low - 1, high + 1
    return Axis(label, low, high, log, tuple((value, _plain(value)) for value in chosen))


def factors(label: str, low: float, high: float) -> Axis:
    """A logarithmic axis with round ticks inside its ends."""
    ticks = [tick for tick in _decades(low, high) if low <= tick <= high]
    return Axis(label, low, high, True, tuple((tick, _plain(tick)) for tick in ticks))


def moment(started: str) -> float | None:
    """A time in ISO 8601 as seconds since 1970 UTC; None for what is no time."""
    try:
        when = datetime.fromisoformat(started)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def moments(label: str, values: Sequence[float], most: int = 4) -> Axis:
    """An axis of time, with ticks at some of the moments: days, or within one day times."""
    ordered = sorted(set(values))
    low, high = ordered[0], ordered[-1]
    if low == high:
        low, high = low - 1, high + 1
    days = {datetime.fromtimestamp(value, UTC).date() for value in ordered}
    form = "%H:%M" if len(days) == 1 else "%Y-%m-%d"
    apart = (high - low) / most
    chosen: list[float] = []
    for value in reversed(ordered):
        if not chosen or chosen[-1] - value >= apart:
            chosen.append(value)
    ticks = tuple((value, datetime.fromtimestamp(value, UTC).strftime(form)) for value in reversed(chosen))
    day = f", {min(days)}" if len(days) == 1 else ""
    return Axis(label + day, low, high, False, ticks)


def amounts(label: str, values: Sequence[float], unit: str, log: bool) -> Axis:
    """The axis of what was measured: logarithmic when `log` and all is positive, else from zero."""
    low, high = min(values), max(values)
    if log and low > 0:
        ticks = _decades(low, high)
        low, high = min(low, ticks[0]), max(high, ticks[-1])
        if low == high:
            low, high = low / 2, high * 2
        low, high = low / 1.12, high * 1.12
    else:
        log = False
        low, high = min(0.0, low), max(0.0, high)
        if low == high:
            high = 1.0
        ticks = _steps(low, high)
        low, high = min(low, ticks[0]), max(high, ticks[-1])
    words = _words(unit)
    title = label if unit in SCALED or not unit else f"{label}, {unit}"
    return Axis(title, low, high, log, tuple((tick, words(tick)) for tick in ticks if low <= tick <= high))


def _words(unit: str) -> Callable[[float], str]:
    if unit in SCALED:
        return lambda value: _bare(quantity(value, unit, 3)) if value else "0"
    return _plain


def _plain(value: float) -> str:
    return _bare(digits(value, 6)) if 1e-4 <= abs(value) < 1e7 or not value else f"{value:.3g}"


def _bare(words: str) -> str:
    """`0.5 s` for `0.500 s`: a tick is a place, not a measurement."""
    number, _, unit = words.partition(" ")
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {unit}".strip()


def _decades(low: float, high: float) -> list[float]:
    """Powers of ten; with less than two of them in range also 2 and 5, or 3 alone, in between."""
    # A logarithm rounds up just below a power of ten: the ticks begin one decade lower, and those outside are dropped.
    first, last = math.floor(math.log10(low)), math.floor(math.log10(high)) + 1
    span = math.log10(high / low)
    if span >= 7:
        step = math.ceil(span / 6)
        return [10.0**power for power in range(first, last + 1, step)]
    factors = (1, 2, 5) if span < 1.7 else (1, 3) if span < 2.5 else (1,)
    ticks = [stats.round_figures(factor * 10.0**power, 2) for power in range(first - 1, last + 1) for factor in factors]
    inside = [tick for tick in ticks if low / 1.12 <= tick <= high * 1.12]
    if len(inside) > 1:
        return inside
    return [max(tick for tick in ticks if tick <= low), min(tick for tick in ticks if tick > high)]


def _steps(low: float, high: float) -> list[float]:
    """Four to six round steps."""
    raw = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((factor * power for factor in (1, 2, 2.5, 5) if factor * power >= raw), 10 * power)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [stats.round_figures(index * step, 9) for index in range(first, last + 1)]
