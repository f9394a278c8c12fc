"""Two runs side by side: which points became faster, by the spread between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vaultc.bench.records import stats
from vaultc.bench.records.model import Param, Point, Run
from vaultc.bench.records.results import process_medians
from vaultc.bench.records.stats import Ordering, Ratio


@dataclass(frozen=True, slots=True)
class Comparison:
    """One timed point in both runs: the second against the first."""

    sweep: str
    params: Mapping[str, Param]
    metric: str
    before: float
    after: float
    """Medians in seconds."""
    ratio: Ratio
    verdict: Ordering


def compare(first: Run, second: Run) -> tuple[Comparison, ...]:
    """The second run against the first, for every time that both measured, in the order of the first.

    Each process counts as one observation, for samples inside a process are not independent; ``AMBIGUOUS`` is the
    answer wherever a 95 % interval allows more than one, and always with a single process on one side.
    """
    others = {_key(point): point for point in second.points}
    pairs = [(point, others[_key(point)]) for point in first.points if _key(point) in others and point.unit == "s"]
    found = []
    for before, after in pairs:
        left, right = process_medians(before), process_medians(after)
        ratio = stats.ratio(left, right)
        if ratio is not None:
            middle = stats.median(left), stats.median(right)
            verdict = ratio.ordering()
            found.append(Comparison(before.sweep, before.params, before.metric, *middle, ratio, verdict))
    return tuple(found)


def _key(point: Point) -> tuple[object, ...]:
    return point.sweep, point.metric, *sorted(point.params.items())
