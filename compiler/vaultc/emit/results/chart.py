"""A line plot as static SVG. Colours are the style's: series are classes, and each has a marker of its own shape."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from vaultc.emit.markup import el, join, short, void
from vaultc.emit.results.axes import Axis

WIDTH, HEIGHT = 380.0, 240.0
LEFT, TOP, BOTTOM = 54.0, 30.0, 42.0
MOST_SERIES = 8
LETTER = 6.6
"""Width of an average character of the labels, for a plot has to know it before any browser does."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A measured value with its bar. `doubtful` marks are hollow."""

    x: float
    y: float
    low: float
    high: float
    tip: str
    doubtful: bool = False
    samples: tuple[float, ...] = ()
    """Raw samples, drawn as fine strokes."""


@dataclass(frozen=True, slots=True)
class Line:
    """A series: its marks from left to right, and the places at which there is none, with the reason."""

    label: str
    marks: tuple[Mark, ...]
    missing: tuple[tuple[float, str], ...] = ()
    joined: bool = True
    """Whether a line joins the marks."""


@dataclass(frozen=True, slots=True)
class Guide:
    """A reference slope through a point: `y = at_y · (x / at_x) ** slope`, drawn from `start` to `end`."""

    label: str
    slope: float
    at_x: float
    at_y: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Roof:
    """What a machine allows: `y = slope · x` up to `top`."""

    label: str
    slope: float
    top: float


@dataclass(frozen=True, slots=True)
class Chart:
    """All of a plot. `title` and `description` are what is read aloud in its place."""

    title: str
    description: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    guides: tuple[Guide, ...] = ()
    roofs: tuple[Roof, ...] = ()


def draw(chart: Chart, name: str) -> Markup:
    """The SVG; `name` makes its ids unique in the page."""
    lines = chart.lines[:MOST_SERIES]
    named = [line for line in lines if line.label]
    longest = max((len(line.label) for line in named), default=0)
    right = WIDTH - (min(longest, 24) * LETTER + 22 if named else 14)
    bands = [line for line in lines if line.missing]
    top = TOP + 14 * len(bands)
    left = max(LEFT, max((len(words) for _, words in chart.y.ticks), default=0) * LETTER * 0.92 + 10)
    frame = _Frame(chart, left, right, top, HEIGHT - BOTTOM)
    parts = [
        el("title", chart.title, id=f"{name}-title"),
        el("desc", chart.description, id=f"{name}-desc"),
        frame.axes(),
        join((frame.guide(guide) for guide in chart.guides), "\n"),
        join((frame.roof(roof) for roof in chart.roofs), "\n"),
        join((frame.missing(line, lines.index(line), row) for row, line in enumerate(bands)), "\n"),
        join((frame.line(line, index) for index, line in enumerate(lines)), "\n"),
        frame.labels(lines) if named else Markup(""),
    ]
    return picture(parts, name, WIDTH, HEIGHT)


def picture(parts: Iterable[Markup], name: str, width: float, height: float) -> Markup:
    """The SVG element around the parts of a plot."""
    return el(
        "svg", join(parts, "\n"), class_="vc-plot", role="img", viewBox=f"0 0 {width:g} {height:g}", width=width,
        height=height, aria_labelledby=f"{name}-title {name}-desc",
    )  # fmt: skip


def marker(x: float, y: float, series: int, hollow: bool = False, tip: str = "") -> Markup:
    """The mark of a series at a place: a shape of its own, for colour alone tells nothing in print."""
    r = 3.2
    shape = (
        void("circle", cx=x, cy=y, r=r),
        void("rect", x=x - r * 0.9, y=y - r * 0.9, width=r * 1.8, height=r * 1.8),
        _polygon((x, y - r * 1.25), (x + r * 1.15, y + r * 0.9), (x - r * 1.15, y + r * 0.9)),
        _polygon((x, y - r * 1.35), (x + r * 1.35, y), (x, y + r * 1.35), (x - r * 1.35, y)),
        _polygon((x, y + r * 1.25), (x + r * 1.15, y - r * 0.9), (x - r * 1.15, y - r * 0.9)),
        _polygon(
            *((x + r * 1.2 * math.sin(a * math.tau / 5), y - r * 1.2 * math.cos(a * math.tau / 5)) for a in range(5))
        ),
        void("rect", x=x - r * 1.3, y=y - r * 0.6, width=r * 2.6, height=r * 1.2),
        void("rect", x=x - r * 0.6, y=y - r * 1.3, width=r * 1.2, height=r * 2.6),
    )[series % MOST_SERIES]
    return el("g", el("title", tip) if tip else "", shape, class_="vc-dot", data_doubt="" if hollow else None)


def text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> Markup:
    """A label; `kind` is its class."""
    return el("text", words, x=x, y=y, class_=kind, text_anchor=None if anchor == "start" else anchor)


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The places moved apart to at least `gap`, in their order, between the bounds as far as they allow it."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = [0.0] * len(places)
    at = -math.inf
    for index in order:
        at = max(places[index], at + gap, low)
        moved[index] = at
    limit = high
    for index in reversed(order):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - gap
    return moved


def _polygon(*points: tuple[float, float]) -> Markup:
    return void("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points))


class _Frame:
    """The area in which values are drawn, in the SVG's units."""

    def __init__(self, chart: Chart, left: float, right: float, top: float, bottom: float) -> None:
        self.chart = chart
        self.left, self.right, self.top, self.bottom = left, right, top, bottom

    def x(self, value: float) -> float:
        inset = 8.0  # so that the outermost marks stand clear of the axis
        return self.left + inset + self.chart.x.place(value) * (self.right - self.left - 2 * inset)

    def y(self, value: float) -> float:
        return self.bottom - self.chart.y.place(value) * (self.bottom - self.top)

    def axes(self) -> Markup:
        parts = []
        for value, words in self.chart.y.ticks:
            y = self.y(value)
            parts.append(void("line", x1=self.left, x2=self.right, y1=y, y2=y, class_="vc-grid"))
            parts.append(text(self.left - 7, y + 3.6, words, "vc-tick", "end"))
        parts.append(void("line", x1=self.left, x2=self.right, y1=self.bottom, y2=self.bottom, class_="vc-axis"))
        room = math.inf
        for value, words in reversed(self.chart.x.ticks):  # the largest is named in any case
            x = self.x(value)
            parts.append(void("line", x1=x, x2=x, y1=self.bottom, y2=self.bottom + 4, class_="vc-axis"))
            width = len(words) * LETTER
            if x + width / 2 < room:
                parts.append(text(x, self.bottom + 16, words, "vc-tick", "middle"))
                room = x - width / 2 - 5
        middle = (self.left + self.right) / 2
        parts.append(text(middle, self.bottom + 33, short(self.chart.x.title, 40), "vc-label", "middle"))
        parts.append(text(0, 12, short(self.chart.y.title, 48), "vc-label"))
        return el("g", join(parts, "\n"), class_="vc-axes")

    def line(self, line: Line, series: int) -> Markup:
        parts = []
        runs: list[list[Mark]] = [[]]
        gaps = [x for x, _ in line.missing]
        for mark in line.marks:
            before = runs[-1][-1] if runs[-1] else None
            if before and any(before.x < gap < mark.x for gap in gaps):
                runs.append([])
            runs[-1].append(mark)
        for run in runs:
            if len(run) > 1 and line.joined:
                points = " ".join(f"{self.x(mark.x):.1f},{self.y(mark.y):.1f}" for mark in run)
                parts.append(void("polyline", points=points, class_="vc-line"))
        strokes = [
            f"M{self.x(mark.x) - 7:.1f} {self.y(sample):.1f}h14"
            for mark in line.marks
            for sample in mark.samples
            if self.chart.y.low <= sample <= self.chart.y.high
        ]
        if strokes:
            parts.append(void("path", d="".join(strokes), class_="vc-strip"))
        for mark in line.marks:
            x, low, high = self.x(mark.x), self.y(mark.low), self.y(mark.high)
            if low - high > 1:
                parts.append(
                    void(
                        "path",
                        d=f"M{x:.1f} {low:.1f}V{high:.1f}M{x - 2.5:.1f} {low:.1f}h5M{x - 2.5:.1f} {high:.1f}h5",
                        class_="vc-bar",
                    )
                )
        parts += [marker(self.x(mark.x), self.y(mark.y), series, mark.doubtful, mark.tip) for mark in line.marks]
        return el("g", join(parts, "\n"), class_=f"vc-series vc-s{series % MOST_SERIES}")

    def missing(self, line: Line, series: int, row: int) -> Markup:
        """A cross above the plot for each place without a value, and the reason beside the outermost."""
        y = TOP + 14 * row - 2
        crosses = []
        for x, _ in line.missing:
            at = self.x(x)
            crosses.append(void("path", d=f"M{at - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6", class_="vc-cross"))
        reasons = ", ".join(dict.fromkeys(reason for _, reason in line.missing))
        first, last = self.x(line.missing[0][0]), self.x(line.missing[-1][0])
        if first - self.left >= (len(reasons) + 1) * LETTER:
            word = text(first - 8, y + 3.6, reasons, "vc-reason", "end")
        else:
            word = text(last + 8, y + 3.6, reasons, "vc-reason")
        return el("g", join((*crosses, word), "\n"), class_=f"vc-series vc-s{series % MOST_SERIES}")

    def guide(self, guide: Guide) -> Markup:
        at = (guide.start, guide.at_y * (guide.start / guide.at_x) ** guide.slope)
        to = (guide.end, guide.at_y * (guide.end / guide.at_x) ** guide.slope)
        (x1, y1), (x2, y2) = (self.x(at[0]), self.y(at[1])), (self.x(to[0]), self.y(to[1]))
        line = void("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="vc-guide")
        half = len(guide.label) * LETTER / 2
        centres = (
            (x1 - half - 4, y1 + 1),
            (x2 - half + 2, y2 + 12),
            (x1 + half - 4, y1 - 9),
            ((x1 + x2) / 2, (y1 + y2) / 2 + 14),
        )
        x, y = max(centres, key=lambda centre: min(20.0, self._nearest(*centre)))
        return line + text(x, y + 4, guide.label, "vc-guide-label", "middle")

    def roof(self, roof: Roof) -> Markup:
        """The slope as far as it is inside, the ridge, and the name above its end."""
        ridge = roof.top / roof.slope
        start = max(self.chart.x.low, self.chart.y.low / roof.slope)
        places = [(start, min(roof.top, roof.slope * start)), (ridge, roof.top), (self.chart.x.high, roof.top)]
        points = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in places)
        label = text(self.right - 4, self.y(roof.top) - 5, short(roof.label), "vc-guide-label", "end")
        return void("polyline", points=points, class_="vc-guide") + label

    def _nearest(self, x: float, y: float) -> float:
        """How far the nearest line is from a place, or the frame's edge where that is passed."""
        distances = [x - self.left - 8, self.right - x, self.bottom - y - 8, y - self.top]
        for line in self.chart.lines:
            for a, b in pairwise(line.marks):
                for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
                    across = self.x(a.x) + share * (self.x(b.x) - self.x(a.x)) - x
                    up = self.y(a.y) + share * (self.y(b.y) - self.y(a.y)) - y
                    distances.append(math.hypot(across / 1.6, up))  # labels are wider than high
        return min(distances)

    def labels(self, lines: Sequence[Line]) -> Markup:
        """The name of each series beside its last mark."""
        wanted = [self.y(line.marks[-1].y) if line.marks else self.top for line in lines]
        parts = []
        for series, (line, y) in enumerate(zip(lines, spread(wanted, 13, self.top, self.bottom), strict=True)):
            if line.label:
                sign = marker(self.right + 8, y, series)
                words = text(self.right + 16, y + 3.6, short(line.label), "vc-name")
                parts.append(el("g", sign, words, class_=f"vc-series vc-s{series % MOST_SERIES}"))
        return join(parts, "\n")
