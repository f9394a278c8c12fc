"""Two runs side by side: which points became faster, and by how much one could not tell.

Two runs of the same code differ because processes differ and because the machine is not the same an hour later. The
first is seen inside each run. The second is not, so it is learnt from earlier runs on that machine, and where there are
none from ``SHIFT``.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from vaultc.bench.records import student
from vaultc.bench.records.model import Param, Point, Run
from vaultc.bench.records.results import process_medians
from vaultc.bench.records.stats import Interval

MARGIN = 0.1
"""Times whose ratio lies within a tenth of 1 count as the same: what airspeed velocity compares with by default."""
SHIFT = 0.03
"""Standard deviation, on logarithms, of the machine's own change between two runs, as long as no runs tell better."""
SHIFT_WEIGHT = 8
"""Earlier runs that this assumption weighs as much as: a few runs refine it, many replace it."""

Ordering: TypeAlias = Literal["SAME", "FASTER", "SLOWER", "AMBIGUOUS"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One timed point in both runs: the second against the first."""

    sweep: str
    params: Mapping[str, Param]
    metric: str
    before: float
    after: float
    """Medians in seconds."""
    ratio: Interval
    """After over before, with its own 95 % interval; infinite with a single process in either run."""
    verdict: Ordering
    """Over all points together: Holm's correction keeps the chance of any false FASTER or SLOWER at 5 %."""
    doubts: tuple[str, ...] = ()
    """Why the point decides nothing, whatever its interval."""


@dataclass(frozen=True, slots=True)
class _Difference:
    """Of the logarithms of two times: normal with this variance, known to this many degrees of freedom."""

    value: float
    variance: float
    freedom: float

    def half_width(self, level: float = student.LEVEL) -> float:
        if not math.isfinite(self.variance):
            return math.inf
        return student.quantile(self.freedom, level) * math.sqrt(self.variance)

    @property
    def chance(self) -> float:
        """The probability of a difference this large between equal times."""
        if not math.isfinite(self.variance):
            return 1.0
        return student.outside(self.value / math.sqrt(self.variance), self.freedom) if self.variance else 0.0


def compare(first: Run, second: Run, earlier: Iterable[Run] = ()) -> tuple[Comparison, ...]:
    """The second run against the first, for every time that both measured, in the order of the first.

    ``earlier`` runs on the same machine tell how far runs of one code lie apart. ``SAME`` means shown to be within
    ``MARGIN`` (two one-sided tests at 5 %); ``FASTER`` and ``SLOWER`` mean shown to differ and not shown to be the same;
    ``AMBIGUOUS`` is the rest: a single process on either side, and points in doubt.
    """
    others = {_key(point): point for point in second.points}
    pairs = [(point, others[_key(point)]) for point in first.points if _key(point) in others and point.unit == "s"]
    pairs = [(before, after) for before, after in pairs if before.measured and after.measured]
    shift = between_runs([run for run in earlier if run not in (first, second)])
    differences = [_difference(process_medians(before), process_medians(after), shift) for before, after in pairs]
    doubts = [tuple(dict.fromkeys((*before.doubts, *after.doubts))) for before, after in pairs]
    judged = [difference for difference, doubted in zip(differences, doubts, strict=True) if not doubted]
    differ = iter(_holm([difference.chance for difference in judged]))
    found = []
    for (before, after), difference, doubted in zip(pairs, differences, doubts, strict=True):
        verdict: Ordering = "AMBIGUOUS" if doubted else _ordering(difference, next(differ))
        half = difference.half_width()
        ratio = Interval(math.exp(difference.value), math.exp(difference.value - half), _exp(difference.value + half))
        times = before.middle, after.middle
        found.append(Comparison(before.sweep, before.params, before.metric, *times, ratio, verdict, doubted))
    return tuple(found)


def between_runs(earlier: Sequence[Run]) -> tuple[float, float]:
    """Variance of what the machine itself adds to the logarithm of a time from run to run, and its degrees of freedom.

    That between runs of one code, less what their processes explain, averaged over points, and moderated by ``SHIFT``
    as in Smyth's empirical Bayes (2004): one machine shift hits all points of a run, so a run counts once.
    """
    groups: dict[tuple[str, str], list[Run]] = {}
    for run in earlier:
        groups.setdefault((run.id, run.code_key), []).append(run)
    assumed = SHIFT**2 / 2  # the difference of two runs has twice the variance of one
    total, freedom = assumed * SHIFT_WEIGHT, float(SHIFT_WEIGHT)
    for runs in groups.values():
        seen = _variance_of(runs)
        if seen is not None:
            total += seen * (len(runs) - 1)
            freedom += len(runs) - 1
    return total / freedom, freedom


def _variance_of(runs: Sequence[Run]) -> float | None:
    """Between runs of one code, over the points that every run measured; ``None`` where there is nothing to compare."""
    tables = [
        {_key(point): _logs(process_medians(point)) for point in run.points if point.unit == "s" and not point.doubts}
        for run in runs
    ]
    keys = [key for key in tables[0] if all(len(table.get(key, ())) > 1 for table in tables)]
    if len(runs) < 2 or not keys:
        return None
    excess = []
    for key in keys:
        means = [statistics.fmean(table[key]) for table in tables]
        inside = statistics.fmean(statistics.variance(table[key]) / len(table[key]) for table in tables)
        excess.append(statistics.variance(means) - inside)
    return max(0.0, statistics.fmean(excess))


def _difference(before: Sequence[float], after: Sequence[float], shift: tuple[float, float]) -> _Difference:
    """Welch's, with a part for the machine's shift; the degrees of freedom are Satterthwaite's."""
    sides = _logs(before), _logs(after)
    if not all(sides):
        return _Difference(0.0, math.inf, 1.0)
    value = statistics.fmean(sides[1]) - statistics.fmean(sides[0])
    if min(map(len, sides)) < 2:
        return _Difference(value, math.inf, 1.0)
    parts = [(2 * shift[0], shift[1]), *((statistics.variance(side) / len(side), len(side) - 1.0) for side in sides)]
    variance = sum(part for part, _ in parts)
    return _Difference(value, variance, variance**2 / sum(part**2 / freedom for part, freedom in parts))


def _ordering(difference: _Difference, differs: bool) -> Ordering:
    # Two one-sided tests at 5 % are the interval of 90 %.
    if abs(difference.value) + difference.half_width(0.9) <= math.log(1 + MARGIN):
        return "SAME"
    if differs:
        return "FASTER" if difference.value < 0 else "SLOWER"
    return "AMBIGUOUS"


def _holm(chances: Sequence[float], level: float = 1 - student.LEVEL) -> list[bool]:
    """Which of many differences to believe so that the chance of one false among them is at most the level.

    Holm (1979): under any dependence, which matters here, for a shift of the machine moves all points together. A false
    discovery rate (Benjamini and Hochberg) would allow one alarm in twenty to be false; one false SLOWER is enough
    to send somebody on a search.
    """
    order = sorted(range(len(chances)), key=lambda index: chances[index])
    kept = [False] * len(chances)
    for rank, index in enumerate(order):
        if chances[index] > level / (len(chances) - rank):
            break
        kept[index] = True
    return kept


def _logs(values: Iterable[float]) -> list[float]:
    return [math.log(value) for value in values if value > 0]


def _exp(value: float) -> float:
    return math.inf if value == math.inf else math.exp(value)


def _key(point: Point) -> tuple[object, ...]:
    return point.sweep, point.metric, *sorted(point.params.items())
