"""The numbers of a run as a file to take along."""

import csv
import io
from urllib.parse import quote

from markupsafe import Markup

from vaultc.bench.records import stats
from vaultc.bench.records.model import Run
from vaultc.bench.records.results import peak_memory
from vaultc.emit.markup import el

_HEAD = ("metric", "unit", "value", "low", "high", "processes", "samples", "peak bytes", "status", "flags")


def download(run: Run) -> Markup:
    """A link that holds the table itself: no other file has to lie beside the page."""
    name = f"{run.id}-{run.machine.slug}.csv"
    return el("a", "CSV", href=f"data:text/csv;charset=utf-8,{quote(table(run))}", download=name)


def table(run: Run) -> str:
    """One row for each point: its parameters, its value with the 95 % interval in SI units, and what is said against it."""
    names = list(dict.fromkeys(name for point in run.points for name in point.params))
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(["sweep", *map(_text, names), *_HEAD])
    for point in run.points:
        summary = stats.summarise(point.samples)
        numbers = [f"{number:.6g}" for number in (summary.value, summary.low, summary.high)] if summary else [""] * 3
        counts = [summary.processes, summary.samples] if summary else [0, 0]
        memory = peak_memory(point)
        peak = round(stats.median(memory)) if memory else ""
        settings = [_text(point.params[name]) if name in point.params else "" for name in names]
        about = [_text(point.metric), _text(point.unit), *numbers, *counts, peak, point.status, " ".join(point.flags)]
        rows.writerow([_text(point.sweep), *settings, *about])
    return out.getvalue()


def _text(value: object) -> object:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value
