"""From the points of single processes to the points of a run: pooled, judged, and doubted where there is reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from vaultc.bench.harness.peaks import peaks_of
from vaultc.bench.records import stats
from vaultc.bench.records.model import COLD, TIME, Ceilings, Flag, MachineClass, Param, Point, Status
from vaultc.bench.records.results import process_medians

OVER_PEAK = 1.2
"""Rates above this multiple of the measured ceiling are flagged; less is the ceiling's own noise."""
IN_CACHE_BYTES, OVER_CACHE = 256 * 2**20, 20.0
"""Smaller work may run from caches unless they are emptied, and is flagged only above this multiple of the copy rate."""
LARGE_SPEED_UP = 10.0

_GRAVE: tuple[Status, ...] = (
    "timeout",
    "error",
    "oom",
    "wrong_result",
    "all_discarded",
    "throttled",
    "disturbed",
    "noisy",
)


# A sweep, a metric, its unit, and the numbers among the parameters.
Size: TypeAlias = tuple[str, str, str, frozenset[tuple[str, Param]]]


def merge(points: Sequence[Point]) -> list[Point]:
    """One point for each metric, from the points that several processes gave at one setting."""
    unmeasured = [point for point in points if not point.measured and point.status != "ok"]
    failures = [point for point in unmeasured if point.metric == TIME]  # the call itself; another metric fails alone
    of_metric: dict[str, list[Point]] = {}
    for point in points:
        of_metric.setdefault(point.metric, []).append(point)
    merged: dict[str, Point] = {}
    for metric in dict.fromkeys(point.metric for point in points if point.measured):
        same = of_metric[metric]
        point = _with_memory(_pool([point for point in same if point.measured]), same)
        if failures:
            point = replace(point, status=failures[0].status, message=failures[0].message)
        merged[metric] = point
    if not merged:
        failure = (
            (failures or unmeasured)[0] if unmeasured else replace(points[0], status="skipped", message="not reached")
        )
        return [_with_memory(failure, of_metric[failure.metric])]
    alone = {point.metric: point for point in unmeasured if point.metric != TIME and point.metric not in merged}
    return [*merged.values(), *alone.values()]


def suspect(points: Iterable[Point], ceilings: Ceilings, machine: MachineClass | None = None) -> tuple[Point, ...]:
    """The same points, with flags that only a look at their neighbours and at the machine can give."""
    known = list(points)
    peaks = peaks_of(machine.name) if machine else None
    gemm = {
        name: max(peaks.rates.get(name, 0.0) if peaks else 0.0, ceilings.gemm.get(name, 0.0) * OVER_PEAK)
        for name in {*ceilings.gemm, *(peaks.rates if peaks else ())}
    }
    bounds = Ceilings(ceilings.copy, gemm)
    of_size: dict[Size, list[Point]] = {}
    for point in known:
        of_size.setdefault(_size(point), []).append(point)
    return tuple(_flagged(point, of_size[_size(point)], bounds) for point in known)


def overall(points: Sequence[Point], expect: Literal["oom"] | None) -> tuple[Status, str]:
    """The run's status and one line on it: the gravest of its points'; an expected ``oom`` is none."""
    if points and all(point.status == "skipped" for point in points):
        return "skipped", points[0].message
    for status in _GRAVE:
        found = [point for point in points if point.status == status]
        if found and not (status == "oom" and expect == "oom"):
            where = ", ".join(f"{name}={value}" for name, value in found[0].params.items())
            rest = f", and {len(found) - 1} more" if len(found) > 1 else ""
            reason = f": {found[0].message}" if found[0].message else ""
            return status, f"{found[0].sweep}({where}){rest}{reason}"
    return "ok", ""


def _pool(points: Sequence[Point]) -> Point:
    samples = tuple(process for point in points for process in point.samples)
    errors = [point.error for point in points if point.error is not None]
    flags = list(dict.fromkeys(flag for point in points for flag in point.flags))
    summary = stats.summarise(samples)
    status: Status = next((point.status for point in points if point.status != "ok"), "ok")
    timed = points[0].unit == "s"
    if summary and timed and status == "ok" and summary.noise > stats.NOISY:
        status = "noisy"
    if summary and timed and summary.value and summary.spread / summary.value > max(stats.NOISY, summary.noise):
        flags.append("between-processes")
    return replace(
        points[0],
        status=status,
        samples=samples,
        error=max(errors, default=None),
        discarded=sum(point.discarded for point in points),
        flags=tuple(flags),
    )


def _with_memory(point: Point, same: Sequence[Point]) -> Point:
    """Adds what the probes found for it, in any of the points of its metric."""
    return replace(
        point,
        allocated=tuple(size for each in same for size in each.allocated),
        reserved=tuple(size for each in same for size in each.reserved),
        rss=tuple(size for each in same for size in each.rss),
    )


def _flagged(point: Point, same_size: Sequence[Point], bounds: Ceilings) -> Point:
    medians = process_medians(point)
    if not medians or point.unit != "s":
        return point
    fastest = min(medians)
    found: list[Flag] = []
    if fastest > 0 and _above_peak(point, fastest, bounds):
        found.append("above-peak")
    middle = stats.median(medians)
    rivals = [other for other in same_size if _rival(point, other)]
    if not point.cause and any(middle * LARGE_SPEED_UP * _less_work(point, other) < other.middle for other in rivals):
        found.append("large-speed-up")
    return replace(point, flags=tuple(dict.fromkeys((*point.flags, *found)))) if found else point


def _less_work(point: Point, other: Point) -> float:
    """How many times the work of a point its rival declares, at least 1: a speed-up by that much has a cause."""
    declared = ((point.flops, other.flops), (point.bytes, other.bytes))
    return max([1.0, *(theirs / mine for mine, theirs in declared if mine and theirs)])


def _above_peak(point: Point, seconds: float, bounds: Ceilings) -> bool:
    """Whether the declared work was done faster than this machine can. A number format without a bound of its own is held
    to the highest of all."""
    highest = max(bounds.gemm.values(), default=0.0)
    gemm = bounds.gemm.get(point.dtype or "") or highest
    if point.flops and gemm and point.flops / seconds > gemm:
        return True
    if not point.bytes or not bounds.copy:
        return False
    cached = point.bytes < IN_CACHE_BYTES and point.metric != COLD
    return point.bytes / seconds > (OVER_CACHE if cached else OVER_PEAK) * bounds.copy


def _rival(point: Point, other: Point) -> bool:
    """Another variant, of the same size. Times of a disturbed machine accuse none."""
    if {"disturbed", "throttled"} & {point.status, other.status}:
        return False
    return other.measured and point.where != other.where


def _size(point: Point) -> Size:
    """What two points share that are variants of one size: text and truth values differ, numbers do not."""
    sizes = frozenset(
        (name, value)
        for name, value in point.params.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    )
    return point.sweep, point.metric, point.unit, sizes
