"""The runs of one benchmark over time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from vaultc.bench.records import stats
from vaultc.bench.records.attach import Attached, OnMachine
from vaultc.bench.records.compare import Ordering, compare
from vaultc.bench.records.model import Param, Point, Run
from vaultc.bench.records.text import one_line
from vaultc.emit.markup import el, join, raw
from vaultc.emit.results import axes, words
from vaultc.emit.results.chart import MOST_SERIES, Chart, Line, Mark, draw
from vaultc.emit.results.claims import counted
from vaultc.emit.results.figures import mark, usable
from vaultc.emit.results.provenance import commit, versions

MOST_RUNS = 60
_CHANGES: Final[tuple[tuple[Ordering, str], ...]] = (
    ("FASTER", "faster"),
    ("SLOWER", "slower"),
    ("SAME", "the same"),
    ("AMBIGUOUS", "open"),
)


def history(attached: Attached) -> str:
    """Every run on every machine class, the newest first, with a plot where there are several."""
    if not attached.machines:
        return raw("history", el("p", words.badge(*words.STATE["unmeasured"], "unmeasured"), class_="vc-head"))
    code = getattr(attached.job, "code_key", "")
    parts = [_machine(on, code, f"vaultc-history-{index}") for index, on in enumerate(attached.machines)]
    return raw("history", join(parts, "\n"))


def _machine(on: OnMachine, code: str, name: str) -> Markup:
    runs = on.runs[-MOST_RUNS:]
    head = el(
        "tr",
        *(
            el("th", title, scope="col")
            for title in ("Run, UTC", "State", "Against the run before", "Claims", "Commit", "Environment")
        ),
    )
    rows = [_row(run, runs[:index], code) for index, run in enumerate(runs)]
    table = el("table", el("thead", head), el("tbody", join(reversed(rows), "\n")), class_="vc-table vc-list")
    left = len(on.runs) - len(runs)
    parts = [
        el("h2", one_line(on.machine.label, 120), id=name),
        over_time(runs, name),
        el("div", table, class_="vc-scroll", tabindex="0"),
        el("p", f"and {words.count(left, 'older run')}, in the record", class_="vc-more") if left else "",
        el("p", "Record: ", el("code", f"_results/{on.run.id}/{on.machine.slug}.jsonl"), class_="vc-more"),
    ]
    return el("section", join(parts, "\n"), class_="vc-run")


def _row(run: Run, before: Sequence[Run], code: str) -> Markup:
    current = run.code_key == code
    state = [] if current else [words.badge("earlier code", words.STATE["stale"][1], "stale")]
    state += words.badges(run, "ok")
    cells = [
        el(
            "th",
            el("time", one_line(run.started[:16].replace("T", " ")), datetime=one_line(run.started, 30)),
            scope="row",
        ),
        el("td", join(state, " ") or "ok"),
        el("td", _change(before, run)),
        el("td", counted(claim.verdict for claim in run.claims)),
        el("td", commit(run)),
        el("td", ", ".join(versions(run.environment))),
    ]
    return el("tr", join(cells, " "), data_state=None if current else "stale")


def _change(before: Sequence[Run], run: Run) -> str:
    """How many points became faster or slower than in the run before; only for the same code."""
    if not before or before[-1].code_key != run.code_key:
        return ""
    counts = Counter(found.verdict for found in compare(before[-1], run, before))
    return ", ".join(f"{counts[verdict]} {label}" for verdict, label in _CHANGES if counts[verdict])


def over_time(runs: Sequence[Run], name: str) -> Markup:
    """The first metric of the first sweep at its last setting of each variant, by the time of the run; empty where there are not
    two runs of the latest kind."""
    latest = next((run for run in reversed(runs) if any(point.measured for point in run.points)), None)
    dated = [(when, run) for run in runs[-MOST_RUNS:] if (when := axes.moment(run.started)) is not None]
    if latest is None or not dated:
        return Markup("")
    chosen = _representatives(latest)
    lines = [Line(words.setting(point), _marks(point, dated, latest)) for point in chosen]
    lines = [line for line in lines if line.marks]
    if max((len(line.marks) for line in lines), default=0) < 2:
        return Markup("")
    edges = [edge for line in lines for m in line.marks for edge in (m.low, m.high)]
    wide = min(edges) > 0 and max(edges) / min(edges) > 30
    metric, sweep = one_line(chosen[0].metric, 40), one_line(chosen[0].sweep, 40)
    x = axes.moments("time of the run, UTC", [mark.x for line in lines for mark in line.marks])
    y = axes.amounts(metric, edges, one_line(chosen[0].unit, 24), wide)
    title = f"{metric} of {sweep} over {len(dated)} runs"
    chart = Chart(title, "; ".join(f"{line.label}: {line.marks[-1].tip}" for line in lines), x, y, tuple(lines))
    caption = f"{sweep}: each run at its largest setting; bars are 95 % intervals over its processes."
    if any(m.doubtful for line in lines for m in line.marks):
        caption += " Hollow marks: noisy, or measured with other code."
    drawn = [
        draw(replace(chart, lines=chart.lines[at : at + MOST_SERIES]), f"{name}-plot-{at}")
        for at in range(0, len(lines), MOST_SERIES)
    ]
    return el("figure", join(drawn, "\n"), el("figcaption", caption), class_="vc-figure", data_search_exclude=True)


def _marks(point: Point, dated: Sequence[tuple[float, Run]], latest: Run) -> tuple[Mark, ...]:
    """A setting in each run that measured it."""
    marks = []
    for when, run in dated:
        same = next((p for p in run.points if _key(p) == _key(point) and p.measured), None)
        summary = stats.summarise(same.samples) if same else None
        if same and summary and usable(summary):
            doubtful = run.code_key != latest.code_key or bool(same.doubts)
            where = f"{words.date(run.started)}, {words.setting(point)}"
            marks.append(mark(when, summary, point.unit, where, doubtful))
    return tuple(marks)


def _representatives(run: Run) -> list[Point]:
    """The last measured point of each variant of the run's first sweep and metric."""
    measured = [point for point in run.points if point.measured]
    first = measured[0]
    found: dict[tuple[tuple[str, Param], ...], Point] = {}
    for point in measured:
        if (point.sweep, point.metric) == (first.sweep, first.metric):
            variant = tuple((k, v) for k, v in point.params.items() if isinstance(v, (str, bool)))
            found[variant] = point
    return list(found.values())


def _key(point: Point) -> tuple[object, ...]:
    return point.sweep, point.metric, *sorted(point.params.items())
