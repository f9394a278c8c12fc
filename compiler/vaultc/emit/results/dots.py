"""A dot plot as static SVG, for sweeps over variants that have no size: one row for each, dots on a common scale."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from vaultc.emit.markup import el, join, short, void
from vaultc.emit.results.axes import Axis
from vaultc.emit.results.chart import LETTER, MOST_SERIES, WIDTH, Mark, marker, picture, text

MOST_ROWS = 24
_TOP, _ROW = 30.0, 22.0


@dataclass(frozen=True, slots=True)
class Row:
    """A variant: one entry for each series, a mark (its `x` is unused), or the reason why there is none, or nothing."""

    label: str
    entries: tuple[Mark | str | None, ...]


@dataclass(frozen=True, slots=True)
class Dots:
    """All of a dot plot; `series` names the entries of each row and is `("",)` where there is one."""

    title: str
    description: str
    axis: Axis
    series: tuple[str, ...]
    rows: tuple[Row, ...]


def draw_dots(dots: Dots, name: str) -> Markup:
    """The SVG; `name` makes its ids unique in the page."""
    rows = dots.rows[:MOST_ROWS]
    left = min(max((len(row.label) for row in rows), default=0), 24) * LETTER + 16
    right = WIDTH - 18.0
    named = [label for label in dots.series if label]
    top = _TOP + (18 if named else 0)
    bottom = top + len(rows) * _ROW

    def x(value: float) -> float:
        return left + 8 + dots.axis.place(value) * (right - left - 16)

    parts = [el("title", dots.title, id=f"{name}-title"), el("desc", dots.description, id=f"{name}-desc")]
    parts.append(text(0, 12, short(dots.axis.title, 60), "vc-label"))
    if named:
        parts.append(_legend(dots.series, left))
    for value, words in dots.axis.ticks:
        parts.append(void("line", x1=x(value), x2=x(value), y1=top, y2=bottom, class_="vc-grid"))
        parts.append(text(x(value), bottom + 15, words, "vc-tick", "middle"))
    parts.append(void("line", x1=left, x2=right, y1=bottom, y2=bottom, class_="vc-axis"))
    for index, row in enumerate(rows):
        y = top + (index + 0.5) * _ROW
        parts.append(text(left - 9, y + 3.6, short(row.label), "vc-name", "end"))
        parts.append(void("line", x1=left, x2=right, y1=y, y2=y, class_="vc-guide"))
        entries = row.entries[:MOST_SERIES]
        for series, entry in enumerate(entries):
            if entry is not None:  # equal values stand one above the other, so that each is seen
                at = y + (series - (len(entries) - 1) / 2) * min(6.0, (_ROW - 8) / len(entries))
                parts.append(el("g", *_entry(entry, series, x, at, left), class_=f"vc-series vc-s{series}"))
    return picture(parts, name, WIDTH, bottom + 24)


def _entry(entry: Mark | str, series: int, x: Callable[[float], float], y: float, left: float) -> tuple[Markup, ...]:
    if isinstance(entry, str):
        at = left + 6 + 6 * series
        cross = void("path", d=f"M{at - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6", class_="vc-cross")
        return cross, text(at + 7, y + 3.6, entry, "vc-reason")
    low, high = x(entry.low), x(entry.high)
    bar = Markup("")
    if high - low > 1:
        bar = void(
            "path",
            d=f"M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {y - 2.5:.1f}v5M{high:.1f} {y - 2.5:.1f}v5",
            class_="vc-bar",
        )
    return bar, marker(x(entry.y), y, series, entry.doubtful, entry.tip)


def _legend(series: tuple[str, ...], left: float) -> Markup:
    parts = []
    at = left
    for index, label in enumerate(series[:MOST_SERIES]):
        parts.append(
            el(
                "g",
                marker(at + 4, 29, index),
                text(at + 12, 32.6, short(label, 16), "vc-name"),
                class_=f"vc-series vc-s{index}",
            )
        )
        at += min(len(label), 16) * LETTER + 28
    return join(parts, "\n")
