"""From the points of a run to its plots: what goes on which axis, and what is said to those who cannot see it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from vaultc.bench.records import stats
from vaultc.bench.records.model import COMPILE, Ceilings, Param, Point, Run
from vaultc.bench.records.results import MEMORY, peak_memory
from vaultc.bench.records.stats import Summary
from vaultc.bench.records.text import one_line, quantity
from vaultc.emit.markup import el, join
from vaultc.emit.results import axes, words
from vaultc.emit.results.chart import MOST_SERIES, Chart, Guide, Line, Mark, draw
from vaultc.emit.results.dots import MOST_ROWS, Dots, Row, draw_dots
from vaultc.emit.results.roofline import roofline

MOST_PANELS = 12
MOST_SAMPLES = 20
"""Raw samples of a point that are drawn."""
_POWERS = {1.0: "", 2.0: "²", 3.0: "³"}
_SLOPES = (1.0, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class _Panel:
    """One metric of a sweep: `summary` gives a point's number, `unit` is that of the numbers."""

    metric: str
    unit: str
    points: tuple[Point, ...]
    summary: Callable[[Point], Summary | None]


def figures(run: Run, name: str) -> Markup:
    """The plots of a run, one for each metric of each sweep; `name` begins their ids. Empty where there is nothing to see."""
    plots, caption = drawn(run, name)
    if not plots:
        return Markup("")
    return el("figure", join(plots, "\n"), el("figcaption", caption), class_="vc-figure", data_search_exclude=True)


def drawn(run: Run, name: str) -> tuple[list[Markup], str]:
    """The same plots as drawings of their own, and what stands under all of them."""
    plots: list[Chart | Dots] = []
    for sweep in dict.fromkeys(point.sweep for point in run.points):
        points = [point for point in run.points if point.sweep == sweep]
        plots += [plot for panel in _panels(points) for plot in _plots(panel, sweep)]
        plots += roofline(points, run.ceilings)
    pictures = [
        draw(plot, f"{name}-{index}") if isinstance(plot, Chart) else draw_dots(plot, f"{name}-{index}")
        for index, plot in enumerate(plots[:MOST_PANELS])
    ]
    caption = _caption(run)
    if len(plots) > MOST_PANELS:
        caption += f" {len(plots) - MOST_PANELS} more plots are left out: all numbers stand in the tables."
    return pictures, caption


def overlay(runs: Sequence[Run], name: str) -> Markup:
    """The same plots with the machines as series, for runs of one benchmark on several."""
    points = [
        replace(point, params={**point.params, "machine": one_line(run.machine.label, 60)})
        for run in runs
        for point in run.points
    ]
    return figures(replace(runs[0], points=tuple(points), ceilings=Ceilings()), name)


def usable(summary: Summary | None) -> bool:
    """Whether a number can be drawn: records are data, and may hold anything that a float can."""
    return summary is not None and all(math.isfinite(v) and abs(v) < 1e30 for v in (summary.value, *ends(summary)))


def ends(summary: Summary) -> tuple[float, float]:
    """Where the bar of a number ends: at the number itself where one process says nothing about the next."""
    if math.isinf(summary.low) or math.isinf(summary.high):
        return summary.value, summary.value
    return summary.low, summary.high


def mark(x: float, summary: Summary, unit: str, where: str, doubtful: bool) -> Mark:
    """The mark of a number, with its words for the pointer."""
    return Mark(x, summary.value, *ends(summary), f"{where}: {words.measured(summary, unit)}", doubtful)


def _panels(points: Sequence[Point]) -> list[_Panel]:
    measured = dict.fromkeys(point.metric for point in points if point.measured and point.metric != COMPILE)
    panels = []
    for metric in measured:
        shown = [point for point in points if (point.metric == metric and point.measured) or _failed(point)]
        unit = next(point.unit for point in shown if point.measured)
        panels.append(_Panel(metric, unit, tuple(shown), lambda point: stats.summarise(point.samples)))
    if any(peak_memory(point) for point in points):
        shown = [point for point in points if peak_memory(point) or _failed(point)]
        panels.append(_Panel(MEMORY, "B", tuple(shown), _memory))
    return panels


def _failed(point: Point) -> bool:
    return not point.measured and point.status != "ok"


def _doubtful(panel: _Panel, point: Point) -> bool:
    """Whether a mark is hollow; what is wrong with a time says nothing about the memory."""
    return panel.metric != MEMORY and bool(point.doubts)


def _memory(point: Point) -> Summary | None:
    return stats.summarise([[float(size)] for size in peak_memory(point)])


def _plots(panel: _Panel, sweep: str) -> list[Chart | Dots]:
    """A line plot where something is swept by size, a dot plot where only variants are compared, else nothing."""
    drawable = [point for point in panel.points if usable(panel.summary(point))]
    sizes = _sizes(panel.points)
    over = max(sizes, key=lambda key: len(sizes[key]), default="")
    if over and len({_number(point, over) for point in drawable}) > 1:
        return [*_split(_chart(panel, drawable, sweep, over, sizes[over]))]
    if len({point.where for point in drawable}) > 1:
        dots = _dots(panel, drawable, sweep)
        chunks = [dots.rows[at : at + MOST_ROWS] for at in range(0, len(dots.rows), MOST_ROWS)]
        return [replace(dots, rows=rows) for rows in chunks]
    return []


def _split(chart: Chart) -> list[Chart]:
    """Small multiples on the same axes, where one plot would hold more series than anyone can tell apart."""
    lines = chart.lines
    if len(lines) <= MOST_SERIES:
        return [chart]
    count = -(-len(lines) // MOST_SERIES)
    size = -(-len(lines) // count)
    return [
        replace(chart, title=f"{chart.title}, plot {index + 1} of {count}", lines=lines[at : at + size], guides=())
        for index, at in enumerate(range(0, len(lines), size))
    ]


def _chart(panel: _Panel, drawable: Sequence[Point], sweep: str, over: str, sizes: Sequence[float]) -> Chart:
    groups: dict[tuple[tuple[str, Param], ...], list[Point]] = {}
    varying = _varying(panel.points)
    for point in panel.points:
        if over in point.params:
            key = tuple((k, v) for k, v in point.params.items() if k != over and k in varying)
            groups.setdefault(key, []).append(point)
    x = axes.sizes(one_line(over, 40), sizes)
    summaries = {id(point): summary for point in drawable if (summary := panel.summary(point))}
    edges = [edge for summary in summaries.values() for edge in ends(summary)]
    y = axes.amounts(one_line(panel.metric, 40), edges, one_line(panel.unit, 24), _by_factors(edges, panel.unit, x.log))
    lines = tuple(_line(words.label(dict(key)), group, over, summaries, panel) for key, group in groups.items())
    lines = tuple(line for line in lines if line.marks or line.missing)
    scales = [name for name, axis in ((one_line(over, 40), x), (one_line(panel.metric, 40), y)) if axis.log]
    title = f"{panel.metric} of {sweep} over {over}" + (f", logarithmic in {' and '.join(scales)}" if scales else "")
    guides = _guides(lines, y, one_line(over, 12)) if x.log and y.log else ()
    return Chart(one_line(title), _describe(lines, over, panel.unit), x, y, lines, guides)


def _line(label: str, group: Sequence[Point], over: str, summaries: Mapping[int, Summary], panel: _Panel) -> Line:
    marks, missing = [], []
    for point in sorted(group, key=lambda point: _number(point, over)):
        summary = summaries.get(id(point))
        x = _number(point, over)
        if summary is None:
            if point.status != "ok":
                missing.append((x, words.STATUS[point.status][0]))
        else:
            made = mark(x, summary, panel.unit, words.setting(point), _doubtful(panel, point))
            marks.append(replace(made, samples=_strip(point)) if panel.metric == point.metric else made)
    return Line(label, tuple(marks), tuple(missing))


def _strip(point: Point) -> tuple[float, ...]:
    """Raw samples of all processes, evenly thinned; none where each process gave one number."""
    ordered = sorted(sample for process in point.samples for sample in process if math.isfinite(sample))
    if len(ordered) <= len(point.samples):
        return ()
    step = max(1.0, (len(ordered) - 1) / (MOST_SAMPLES - 1))
    return tuple(dict.fromkeys(ordered[min(round(at * step), len(ordered) - 1)] for at in range(MOST_SAMPLES)))


def _guides(lines: Sequence[Line], y: axes.Axis, over: str) -> tuple[Guide, ...]:
    """One reference for each whole exponent that a series follows, where it keeps clear of all that is drawn."""
    found: dict[float, Guide] = {}
    for line in lines[:MOST_SERIES]:
        if len({mark.x for mark in line.marks}) < 4:
            continue
        upper = line.marks[len(line.marks) // 2 - 1 :]  # small sizes are ruled by overheads
        fit = stats.power_law([(mark.x, (mark.y,)) for mark in upper])
        if fit is None:
            continue
        slope = min(_SLOPES, key=lambda slope: abs(slope - fit.slope.value))
        if abs(slope - fit.slope.value) > 0.2 or slope in found:
            continue
        first, last = upper[0], upper[-1]
        inside = [
            Guide(f"∝ {over}{_POWERS[slope]}", slope, last.x, last.y * away, first.x, last.x)
            for away in (0.5, 2.0, 0.33, 3.0, 0.2, 5.0, 0.1, 10.0)
            if y.low <= last.y * away * (first.x / last.x) ** slope and last.y * away <= y.high
        ]
        if inside:
            found[slope] = max(inside, key=lambda guide: _clearance(guide, lines))
    return tuple(found[slope] for slope in sorted(found))


def _clearance(guide: Guide, lines: Sequence[Line]) -> float:
    """The smallest distance to any mark, in logarithms, up to a factor of two and a half: more is not better."""
    near = [mark for line in lines for mark in line.marks if guide.start <= mark.x <= guide.end]
    distances = (abs(math.log(guide.at_y * (mark.x / guide.at_x) ** guide.slope / mark.y)) for mark in near)
    return min((math.log(2.5), *distances))


def _dots(panel: _Panel, drawable: Sequence[Point], sweep: str) -> Dots:
    varying = _varying(panel.points)
    last = varying[-1] if len(varying) > 1 else ""
    variants = list(
        dict.fromkeys(words.label({last: point.params[last]}) for point in panel.points if last in point.params)
    )
    if len(variants) > MOST_SERIES:
        last, variants = "", []
    series = tuple(variants) or ("",)
    summaries = {id(point): summary for point in drawable if (summary := panel.summary(point))}
    rows: dict[str, dict[str, Mark | str | None]] = {}
    for point in panel.points:
        row = rows.setdefault(words.label({k: point.params[k] for k in varying if k != last and k in point.params}), {})
        variant = words.label({last: point.params[last]}) if last in point.params else ""
        summary = summaries.get(id(point))
        if summary is not None:
            row[variant] = mark(0.0, summary, panel.unit, words.setting(point), _doubtful(panel, point))
        elif point.status != "ok":
            row.setdefault(variant, words.STATUS[point.status][0])
    values = [edge for summary in summaries.values() for edge in ends(summary)]
    axis = axes.amounts(one_line(panel.metric, 40), values, one_line(panel.unit, 24), _by_factors(values, panel.unit))
    made = tuple(Row(label, tuple(row.get(variant) for variant in series)) for label, row in rows.items())
    said = [
        f"{', '.join(filter(None, (row.label, variant)))}: {entry if isinstance(entry, str) else _value(entry, panel.unit)}"
        for row in made
        for variant, entry in zip(series, row.entries, strict=True)
        if entry is not None
    ]
    title = f"{panel.metric} of {sweep}" + (", logarithmic" if axis.log else "")
    return Dots(one_line(title), one_line("; ".join(said[:MOST_ROWS]), 2000), axis, series, made)


def _by_factors(values: Sequence[float], unit: str, sizes: bool = False) -> bool:
    """Whether an axis is logarithmic: over a wide range, or over sizes that are, unless all lies near one place, as a
    quotient near 1 or a share does."""
    if min(values) <= 0:
        return False
    range_ = max(values) / min(values)
    return range_ > 30 or (sizes and range_ > 3 and unit in words.SCALED)


def _describe(lines: Sequence[Line], over: str, unit: str) -> str:
    said = []
    for line in lines:
        words_ = []
        if line.marks:
            first, last = line.marks[0], line.marks[-1]
            words_.append(f"{_value(first, unit)} at {over} = {first.x:g}")
            if last is not first:
                words_.append(f"{_value(last, unit)} at {over} = {last.x:g}")
        words_ += [f"{reason} at {over} = {x:g}" for x, reason in line.missing[:3]]
        said.append((f"{line.label}: " if line.label else "") + ", ".join(words_))
    return one_line("; ".join(said) + ". All numbers stand in the table.", 2000)


def _value(mark: Mark, unit: str) -> str:
    return quantity(mark.y, one_line(unit, 24), 3)


def _caption(run: Run) -> str:
    processes = max((len(point.samples) for point in run.points), default=0)
    said = "Medians of one process, so without error bars."
    if processes > 1:
        said = f"Means of {processes} processes; bars are 95 % intervals, fine strokes single samples."
        if all(point.unit != "s" for point in run.points if point.measured):
            said = f"Means of {processes} processes."
    if any(point.doubts for point in run.points):
        said += " Hollow marks are to be doubted: see the remarks under the table."
    return said


def _sizes(points: Sequence[Point]) -> dict[str, list[float]]:
    """The numeric parameters with the values they take."""
    names = dict.fromkeys(name for point in points for name in point.params)
    found = {}
    for name in names:
        values = [point.params[name] for point in points if name in point.params]
        if all(isinstance(v, (int, float)) and not isinstance(v, bool) and abs(v) < 1e30 for v in values):
            found[name] = list(dict.fromkeys(float(value) for value in values))
    return {name: values for name, values in found.items() if len(values) > 1}


def _varying(points: Sequence[Point]) -> list[str]:
    """The parameters that take more than one value."""
    names = dict.fromkeys(name for point in points for name in point.params)
    return [name for name in names if len({(type(p.params.get(name)), p.params.get(name)) for p in points}) > 1]


def _number(point: Point, name: str) -> float:
    value = point.params.get(name, 0)
    return float(value) if isinstance(value, (int, float)) else 0.0
