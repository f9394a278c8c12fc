"""Points as a plain table, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from vaultc.bench.records import stats
from vaultc.bench.records.model import Point
from vaultc.bench.records.results import MEMORY, peak_memory
from vaultc.bench.records.text import quantity, table


def render(points: Sequence[Point]) -> str:
    """A plain table of points: parameters, value with spread, peak memory, status and flags."""
    if not points:
        return "nothing measured"
    names = list(dict.fromkeys(name for point in points for name in point.params))
    rows = [[str(point.params.get(name, "")) for name in names] + _cells(point) for point in points]
    header = [*names, "metric", "value", "95 % interval", MEMORY, "status", "remarks"]
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
