"""The roofline: how near each point comes to what the machine allows for its share of arithmetic (Williams et al. 2009)."""

import math
from collections.abc import Sequence

from vaultc.bench.records.model import TIME, Ceilings, Param, Point
from vaultc.bench.records.results import rates
from vaultc.bench.records.text import one_line, quantity
from vaultc.emit.results import axes, words
from vaultc.emit.results.chart import MOST_SERIES, Chart, Line, Mark, Roof


def roofline(points: Sequence[Point], ceilings: Ceilings) -> list[Chart]:
    """FLOP/s over FLOP per byte, under the copy rate and the product's rate; nothing where either is not known."""
    known = [(point, place) for point in points if point.metric == TIME and (place := _place(point))]
    tops = {name: rate for name, rate in ceilings.gemm.items() if any(point.dtype == name for point, _ in known)}
    if len(known) < 2 or not ceilings.copy or not tops:
        return []
    groups: dict[tuple[tuple[str, Param], ...], list[Mark]] = {}
    for point, (intensity, low, rate, high) in known:
        variant = tuple((k, v) for k, v in point.params.items() if isinstance(v, (str, bool)))
        tip = f"{words.setting(point)}: {quantity(rate, 'FLOP/s', 3)} at {intensity:.3g} FLOP/B"
        groups.setdefault(variant, []).append(Mark(intensity, rate, low, high, tip, bool(point.doubts)))
    top, copy = max(tops.values()), ceilings.copy
    intensities = [place[0] for _, place in known]
    left, right = min(*intensities, top / copy) / 1.5, max(*intensities, top / copy) * 1.5
    edges = [edge for _, place in known for edge in place[1:]]
    x = axes.factors("FLOP per byte", left, right)
    y = axes.amounts("compute, under the roofline", [*edges, top, copy * left], "FLOP/s", True)
    roofs = tuple(Roof(one_line(f"{name} peak", 24), copy, rate) for name, rate in tops.items())
    lines = [
        Line(words.label(dict(key)), tuple(sorted(marks, key=lambda mark: mark.x)), joined=False)
        for key, marks in groups.items()
    ]
    sweep = one_line(points[0].sweep, 40)
    title = f"{sweep} under the roofline of the machine as it was measured: a copy and a matrix product"
    said = "; ".join(mark.tip for marks in groups.values() for mark in marks[-1:])
    chunks = [lines[at : at + MOST_SERIES] for at in range(0, len(lines), MOST_SERIES)]
    return [Chart(title, one_line(said, 2000), x, y, tuple(chunk), roofs=roofs) for chunk in chunks]


def _place(point: Point) -> tuple[float, float, float, float] | None:
    """FLOP per byte, and FLOP/s with its bounds."""
    if not point.flops or not point.bytes:
        return None
    summary = rates(point).get("FLOP/s")
    if summary is None or not 0 < summary.value < 1e30:
        return None
    ends = (summary.low, summary.high) if math.isfinite(summary.high) and summary.low > 0 else (summary.value,) * 2
    return point.flops / point.bytes, ends[0], summary.value, ends[1]
