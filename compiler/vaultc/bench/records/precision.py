"""When a run has enough processes."""

from __future__ import annotations

import math
from collections.abc import Iterable

from vaultc.bench.records import student
from vaultc.bench.records.model import Point
from vaultc.bench.records.results import process_medians
from vaultc.bench.records.stats import interval

WIDTH = 0.05
"""Half of a time's 95 % interval, as a share of the time, from which no more processes are needed."""
MOST_PROCESSES = 12
"""Processes of a run that is asked for as many as it needs: what is unknown then, more will hardly tell."""


def narrow_enough(points: Iterable[Point]) -> bool:
    """Whether every time is known to ``WIDTH``; the runner adds processes until it is, or until its time is spent.

    A disturbed point stays one, however many processes are added, and is not waited for. A run that may stop when its
    interval happens to be narrow would stop too early too often: the interval must be narrow at the next process, too,
    as if its degrees of freedom were one fewer.
    """
    timed = [point for point in points if point.unit == "s" and point.measured]
    return all(_narrow(process_medians(point)) for point in timed if "disturbed" not in point.flags)


def _narrow(medians: tuple[float, ...]) -> bool:
    if len(medians) < 2 or min(medians) <= 0:
        return False
    if len(set(medians)) == 1 or len(medians) >= MOST_PROCESSES:
        return True
    found = interval(medians)
    half = math.log(found.high / found.low) / 2
    freedom = len(medians) - 1
    return half * student.quantile(freedom - 1) / student.quantile(freedom) <= WIDTH
