"""A sweep as a table: one row for each setting, whatever became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup

from vaultc.bench.records import stats
from vaultc.bench.records.model import GRAVE, Ceilings, Param, Point, Run
from vaultc.bench.records.results import MEMORY, Results, peak_memory, rates
from vaultc.bench.records.text import one_line, quantity
from vaultc.emit.markup import el, join
from vaultc.emit.results import words
from vaultc.emit.results.sentence import sentence

MOST_ROWS = 200
_RATES = {"FLOP/s": "compute", "B/s": "traffic"}

Row = dict[str, Point]
Column = tuple[str, Callable[[Row], str]]


@dataclass(slots=True)
class _Notes:
    """Remarks under a table, each written once and referred to by a letter."""

    texts: dict[Markup, str] = field(default_factory=dict)

    def mark(self, text: Markup, grave: bool = False) -> Markup:
        letter = self.texts.setdefault(text, _letter(len(self.texts)))
        return el("sup", letter, class_="vc-mark", data_doubt=grave)

    def render(self) -> Markup:
        rows = [el("li", el("sup", letter), " ", text) for text, letter in self.texts.items()]
        return el("ul", *rows, class_="vc-notes") if rows else Markup("")


def tables(run: Run) -> Markup:
    """The tables of a run, one for each of its sweeps, with the remarks under each."""
    sweeps: dict[str, list[Point]] = {}
    for point in run.points:
        sweeps.setdefault(point.sweep, []).append(point)
    return join((_table(name, points, run) for name, points in sweeps.items()), "\n")


def _table(name: str, points: Sequence[Point], run: Run) -> Markup:
    notes = _Notes()
    rows: dict[tuple[tuple[str, Param], ...], Row] = {}
    for point in points:
        rows.setdefault(point.where, {})[point.metric] = point
    names = list(dict.fromkeys(key for point in points for key in point.params))
    names.sort(key=lambda key: not _is_size(points, key))  # sizes first: variants of one size then stand together
    shown = list(rows.values())[:MOST_ROWS]
    metrics = _metrics(points)
    columns = [_metric(metric, _unit(points, metric), metric == metrics[0], notes) for metric in metrics]
    columns += [*_speed_up(points, metrics[0]), *_memory(points), *_rate(points, run.ceilings), *_backend(points)]
    head = [
        el("th", one_line(key, 40), scope="col", class_="vc-param", data_number=_is_size(points, key)) for key in names
    ]
    head += [el("th", one_line(title, 60), scope="col") for title, _ in columns]
    bodies = []
    key = names[0] if names else ""
    for _, group in groupby(shown, key=lambda row: next(iter(row.values())).params.get(key)):
        bodies.append(_body(list(group), names, columns))
    caption = el("caption", el("code", one_line(name, 60)), ": ", _caption(points))
    table = el("table", caption, el("thead", el("tr", *head)), join(bodies, "\n"), class_="vc-table")
    rest = (
        el("p", f"and {len(rows) - MOST_ROWS} more settings, in the record", class_="vc-more")
        if len(rows) > MOST_ROWS
        else ""
    )
    return el(
        "div",
        el("p", sentence(name, points), class_="vc-what"),
        el("div", table, class_="vc-scroll", tabindex="0"),
        notes.render(),
        rest,
        class_="vc-sweep",
        data_search_exclude=True,
    )


def _body(group: Sequence[Row], names: Sequence[str], columns: Sequence[Column]) -> Markup:
    """Rows that share their first parameter, which is written once."""
    rows = []
    for index, row in enumerate(group):
        point = next(iter(row.values()))
        cells = []
        for place, name in enumerate(names):
            if place or not index:
                span = len(group) if not place and len(group) > 1 else None
                text = words.written(point.params[name]) if name in point.params else ""
                number = isinstance(point.params.get(name), (int, float))
                kind = "vc-first" if not place else None
                cells.append(
                    el("th", text, scope="rowgroup" if span else "row", rowspan=span, class_=kind, data_number=number)
                )
        cells += [el("td", cell(row)) for _, cell in columns]
        rows.append(el("tr", *cells))
    return el("tbody", *rows)


def _unit(points: Sequence[Point], metric: str) -> str:
    """The unit that the whole column shares and no prefix changes: it goes into the head."""
    units = {point.unit for point in points if point.metric == metric and point.measured}
    return units.pop() if len(units) == 1 and not units & words.SCALED else ""


def _metric(metric: str, unit: str, first: bool, notes: _Notes) -> Column:
    def cell(row: Row) -> str:
        point = row.get(metric)
        if point is None:
            failed = next((p for p in row.values() if not p.measured and p.status != "ok"), None)
            return _status(failed, notes) if failed and first else Markup("—")
        summary = stats.summarise(point.samples)
        if summary is None:
            return _status(point, notes)
        remarks: dict[Markup, bool] = {}  # whether each is grave; a status and a flag may say the same
        if point.status != "ok":
            label, meaning = words.STATUS[point.status]
            remarks[_remark(label, point.message or meaning)] = False
        for flag in point.flags:
            remark = _remark(*words.FLAG[flag])
            remarks[remark] = remarks.get(remark, False) or flag in GRAVE
        marks = [notes.mark(remark, grave) for remark, grave in remarks.items()]
        value = el(
            "span", words.measured(summary, "" if unit else point.unit), class_="vc-value", data_status=point.status
        )
        return value + join(marks, ",")

    return f"{metric}, {unit}" if unit else metric, cell


def _status(point: Point, notes: _Notes) -> Markup:
    """What stands where a number would: the reason why there is none."""
    label, meaning = words.STATUS[point.status] if point.status != "ok" else ("—", "")
    status = el("span", label, class_="vc-status", data_status=point.status)
    return status + notes.mark(_remark("", point.message or meaning)) if point.message or meaning else status


def _remark(label: str, text: str) -> Markup:
    return join((el("b", label) if label else "", one_line(text)), ": ")


def _speed_up(points: Sequence[Point], metric: str) -> list[Column]:
    """How many times faster than the first variant of its size, process by process; only where a text tells variants apart."""
    kinds = [name for name in points[0].params if isinstance(points[0].params[name], str)]
    timed = [point for point in points if point.metric == metric and point.unit == "s"]
    firsts = {name: point.params[name] for point in points[:1] for name in kinds}
    if not any({name: point.params.get(name) for name in kinds} != firsts for point in timed):
        return []
    baseline = {_size(point, kinds): point for point in timed if firsts.items() <= point.params.items()}

    def cell(row: Row) -> str:
        point = row.get(metric)
        first = baseline.get(_size(point, kinds)) if point else None
        if point is None or first is None or not point.measured or not first.measured:
            return "—"
        if point is first:
            return "1"
        ratio = Results((first,)).ratio(Results((point,)))
        return str(ratio).removesuffix("×").strip() + "×" if ratio.measured else "—"

    return [(f"speed-up over {', '.join(map(str, firsts.values()))}", cell)]


def _size(point: Point, kinds: Sequence[str]) -> tuple[tuple[str, Param], ...]:
    return tuple((name, value) for name, value in point.params.items() if name not in kinds)


def _memory(points: Sequence[Point]) -> list[Column]:
    def first(take: Callable[[Point], tuple[int, ...]]) -> Callable[[Row], str]:
        return lambda row: next((text for point in row.values() if (text := words.size(take(point)))), "—")

    columns: list[Column] = []
    if any(peak_memory(point) for point in points):
        columns.append((MEMORY, first(peak_memory)))
    if any(point.reserved for point in points):
        columns.append(("reserved", first(lambda point: point.reserved)))
    return columns


def _rate(points: Sequence[Point], ceilings: Ceilings) -> list[Column]:
    def cell(unit: str) -> Callable[[Row], str]:
        def text(row: Row) -> str:
            for point in row.values():
                summary = rates(point).get(unit)
                if summary:
                    ceiling = ceilings.copy if unit == "B/s" else ceilings.gemm.get(point.dtype or "")
                    share = el("small", f"{summary.value / ceiling:.0%}".replace("%", "\u202f%")) if ceiling else ""
                    return join((quantity(summary.value, unit, min(3, summary.figures)), share), " ")
            return "—"

        return text

    units = {unit: title for unit, title in _RATES.items() if any(unit in rates(point) for point in points)}
    shares = bool(ceilings.copy or ceilings.gemm)
    return [(title + (", of peak" if shares else ""), cell(unit)) for unit, title in units.items()]


def _backend(points: Sequence[Point]) -> list[Column]:
    """The kernel that was forced, unless a parameter names it already."""
    if not any(point.backend and _kernel(point) not in point.params.values() for point in points):
        return []
    return [("forced kernel", lambda row: next((_kernel(p) for p in row.values() if p.backend), Markup("—")))]


def _kernel(point: Point) -> str:
    return one_line(point.backend or "", 40).removesuffix("_ATTENTION").lower()


def _metrics(points: Sequence[Point]) -> list[str]:
    """Metrics with a number first; those that only say why there is none are told in the first column."""
    found = list(dict.fromkeys(point.metric for point in points if point.measured))
    return found or [points[0].metric]


def _caption(points: Sequence[Point]) -> str:
    summaries = [summary for point in points if (summary := stats.summarise(point.samples))]
    most = max((summary.processes for summary in summaries), default=0)
    if most > 1:
        return (
            f"mean of {most} processes, with its 95 % interval"
            if any(s.spread for s in summaries)
            else f"the same in {most} processes"
        )
    return "median of one process, so no spread between processes" if most else "no numbers"


def _is_size(points: Sequence[Point], name: str) -> bool:
    values = [point.params[name] for point in points if name in point.params]
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _letter(index: int) -> str:
    return chr(ord("a") + index % 26) * (index // 26 + 1)
