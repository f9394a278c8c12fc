"""Plots: where marks stand, what stands for those that cannot, and what is said to those who cannot see."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.results.site import CPU, GPU, Element, parsed, point, run
from vaultc.bench.records import stats
from vaultc.bench.records.model import Ceilings, Point
from vaultc.emit.results import axes
from vaultc.emit.results.chart import MOST_SERIES, spread
from vaultc.emit.results.figures import figures, overlay

POSITIVE = st.floats(1e-9, 1e15)


def plot(*points: Point) -> Element:
    return parsed(figures(run(*points), "p")).one("figure").all("svg")[0]


def marks(series: Element) -> list[tuple[float, float]]:
    """Where the points of a line stand."""
    line = series.one("polyline").attributes["points"]
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in line.split())]


def series(svg: Element, number: int) -> Element:
    return next(found for found in svg.all("g", class_=f"vc-s{number}") if found.all("polyline"))


def test_a_power_law_is_a_straight_line_on_a_geometric_sweep() -> None:
    svg = plot(*(point(1e-6 * n**2, n=n) for n in (256, 512, 1024, 2048, 4096)))
    places = marks(series(svg, 0))
    assert [b[0] - a[0] for a, b in pairwise(places)] == pytest.approx([places[1][0] - places[0][0]] * 4, abs=0.3)
    assert [b[1] - a[1] for a, b in pairwise(places)] == pytest.approx([places[1][1] - places[0][1]] * 4, abs=0.3)
    assert places[0][1] > places[-1][1], "larger values stand higher"
    assert "logarithmic in n and time" in svg.one("title", id="p-0-title").text
    assert [guide.text for guide in svg.all("text", class_="vc-guide-label")] == ["∝ n²"]


def test_an_even_sweep_has_even_axes_from_zero() -> None:
    svg = plot(*(point(0.1 * n, n=n) for n in (10, 20, 30, 40)))
    assert "logarithmic" not in svg.one("title", id="p-0-title").text
    assert "0" in [tick.text for tick in svg.all("text", class_="vc-tick")]
    assert not svg.all("line", class_="vc-guide")


def test_a_guide_has_the_slope_that_it_names() -> None:
    svg = plot(
        *(point(1e-6 * n, n=n) for n in (1, 2, 4, 8, 16)),
        *(point(1e-6 * n**3, n=n, kind="b") for n in (1, 2, 4, 8, 16)),
    )
    assert [guide.text for guide in svg.all("text", class_="vc-guide-label")] == ["∝ n", "∝ n³"]
    places = marks(series(svg, 1))
    rise = (places[-1][1] - places[0][1]) / (places[-1][0] - places[0][0])
    line = svg.all("line", class_="vc-guide")[1].attributes
    drawn = (float(line["y2"]) - float(line["y1"])) / (float(line["x2"]) - float(line["x1"]))
    assert drawn == pytest.approx(rise, rel=0.02)


def test_what_ran_out_of_memory_is_marked_where_it_did() -> None:
    points = [point(1e-6 * n**2, n=n, kind=kind) for n in (1, 2, 4, 8) for kind in ("naive", "fused")]
    points[-2] = point(status="oom", n=8, kind="naive")
    svg = plot(*points)
    assert len(svg.all("path", class_="vc-cross")) == 1
    assert svg.one("text", class_="vc-reason").text == "out of memory"
    assert len(marks(series(svg, 0))) == 3 and len(marks(series(svg, 1))) == 4
    assert "naive: 1 µs at n = 1, 16 µs at n = 4, out of memory at n = 8" in svg.one("desc").text


def test_a_gap_in_a_line_is_not_drawn_over() -> None:
    points = [point(0.1 * n, n=n) for n in (1, 2, 4, 8)]
    svg = plot(points[0], points[1], point(status="timeout", n=3), points[2], points[3])
    assert [len(line.attributes["points"].split()) for line in svg.all("polyline")] == [2, 2]


def test_bars_are_the_intervals_over_processes() -> None:
    middle = stats.interval([1.9, 2.0, 2.1])
    svg = plot(point(1.0, 1.0, 1.0, n=1), point(1.9, 2.0, 2.1, n=2), point(middle.high, middle.high, n=3))
    bars = svg.all("path", class_="vc-bar")
    assert len(bars) == 1
    values = [
        float(part) for part in bars[0].attributes["d"].replace("M", " ").replace("V", " ").replace("h5", " ").split()
    ]
    low, high = values[1], values[2]
    ys = [y for _, y in marks(series(svg, 0))]
    assert low > ys[1] > high
    assert high == pytest.approx(ys[2], abs=0.2), "the last mark stands where the bar ends"


def test_one_process_has_no_bar() -> None:
    svg = plot(point(1.0, n=1), point(2.0, n=2), point(4.0, n=3))
    assert len(marks(series(svg, 0))) == 3 and not svg.all("path", class_="vc-bar")


def test_doubtful_marks_are_hollow() -> None:
    svg = plot(point(0.1, n=1), point(0.2, n=2, status="noisy"), point(1e-9, n=4, flags=("above-peak",)))
    dots = series(svg, 0).all("g", class_="vc-dot")
    assert ["data-doubt" in dot.attributes for dot in dots] == [False, True, True]


def test_variants_without_sizes_are_rows_of_dots() -> None:
    points = [
        point(v, metric="size", unit="B/param", a=a, b=b)
        for v, a, b in ((8.0, "x", "p"), (10.0, "x", "q"), (12.0, "y", "p"))
    ]
    svg = plot(*points, point(status="error", a="y", b="q"))
    assert not svg.all("polyline")
    assert len(svg.all("path", class_="vc-cross")) == 1 and svg.one("text", class_="vc-reason").text == "failed"
    assert {"x", "y", "p", "q"} <= {name.text for name in svg.all("text", class_="vc-name")}
    assert svg.one("desc").text == "x, p: 8 B/param; x, q: 10 B/param; y, p: 12 B/param; y, q: failed"


def test_a_plot_is_read_aloud_by_its_title_and_description() -> None:
    svg = plot(*(point(0.1 * n, n=n) for n in (1, 2, 4)))
    assert svg.attributes["role"] == "img"
    for name in svg.attributes["aria-labelledby"].split():
        assert svg.one(id=name).text


def test_memory_has_a_plot_of_its_own() -> None:
    found = parsed(figures(run(*(point(0.1 * n, n=n, rss=(1000 * n,)) for n in (1, 2, 4))), "p"))
    assert [svg.all("text", class_="vc-label")[-1].text for svg in found.all("svg")] == [
        "time (log scale)",
        "peak memory (log scale)",
    ]


def test_a_single_point_is_no_plot() -> None:
    assert figures(run(point(0.1, n=1)), "p") == ""
    assert figures(run(point(status="oom", n=1), point(status="oom", n=2)), "p") == ""


def plots(*points: Point) -> list[Element]:
    return parsed(figures(run(*points), "p")).one("figure").all("svg")


def ticks(svg: Element) -> list[str]:
    return [tick.text for tick in svg.all("text", class_="vc-tick")]


def test_many_series_become_small_multiples_on_one_scale_and_none_is_dropped() -> None:
    points = [point(0.1 * n, n=n, kind=f"k{kind:02}") for n in (1, 2, 3) for kind in range(20)]
    drawn = plots(*points)
    assert [len(svg.all("polyline")) for svg in drawn] == [7, 7, 6]
    assert all(len(svg.all("polyline")) <= MOST_SERIES for svg in drawn)
    assert len({tuple(ticks(svg)) for svg in drawn}) == 1
    assert {name.text for svg in drawn for name in svg.all("text", class_="vc-name")} == {f"k{k:02}" for k in range(20)}


def test_many_variants_are_rows_of_several_plots() -> None:
    drawn = plots(*(point(0.1, kind=f"k{kind:02}") for kind in range(30)))
    assert sum(len(svg.all("g", class_="vc-dot")) for svg in drawn) == 30


def test_a_quotient_near_one_is_on_a_linear_axis() -> None:
    near = plot(*(point(1 + k / 10, n=2**k, unit="×", metric="gain") for k in range(6)))
    assert "logarithmic in n" in near.one("title", id="p-0-title").text
    assert "gain" not in near.one("title", id="p-0-title").text.partition("logarithmic")[2]
    heights = [y for _, y in marks(series(near, 0))]
    steps = [a - b for a, b in pairwise(heights)]
    assert max(steps) - min(steps) < 0.3
    times = plot(*(point(2.0**k, n=2**k) for k in range(6)))
    assert "logarithmic in n and time" in times.one("title", id="p-0-title").text


def test_ticks_have_no_zeros_that_say_nothing() -> None:
    svg = plot(*(point(0.1 * k, n=k) for k in (1, 2, 3, 4, 5)))
    assert "100 ms" in ticks(svg) and "500 ms" in ticks(svg)
    assert not [tick for tick in ticks(svg) if "." in tick and tick.partition(" ")[0].endswith("0")]


def test_samples_are_strips_beside_their_marks() -> None:
    many = replace(point(n=1), samples=((1.0, 1.1, 1.2), (1.3, 1.0, 1.4)))
    svg = plot(many, point(2.0, n=2), point(3.0, n=3))
    (strip,) = svg.all("path", class_="vc-strip")
    assert strip.attributes["d"].count("M") == 5, "one stroke for each different sample"


def test_declared_work_is_drawn_under_the_roof() -> None:
    points = [replace(point(1e-3, 1e-3, n=n), flops=1e6 * n, bytes=1e6, dtype="float32") for n in (1, 10, 100)]
    made = replace(run(*points), ceilings=Ceilings(copy=1e10, gemm={"float32": 1e12, "bfloat16": 1e13}))
    drawn = parsed(figures(made, "p")).one("figure").all("svg")
    roof = drawn[-1]
    assert "roofline" in roof.one("title", id="p-1-title").text
    (line,) = roof.all("polyline", class_="vc-guide")
    assert len(roof.all("g", class_="vc-dot")) == 3 and not roof.all("polyline", class_="vc-line")
    (x1, y1), (x2, y2), (x3, y3) = (map(float, pair.split(",")) for pair in line.attributes["points"].split())
    assert x1 < x2 < x3 and y1 > y2 == y3
    assert "float32 peak" in roof.text and "bfloat16" not in roof.text


def test_machines_stand_on_one_plot() -> None:
    runs = [run(*(point(0.1 * n, n=n) for n in (1, 2, 3)), machine=machine) for machine in (GPU, CPU)]
    (svg,) = parsed(overlay(runs, "p")).one("figure").all("svg")
    assert {name.text for name in svg.all("text", class_="vc-name")} == {
        "Made-up GPU (compute 9.…",
        "Made-up CPU (2 threads)",
    }


@given(st.lists(POSITIVE, min_size=1, max_size=12), st.booleans())
def test_every_value_stands_inside_its_axis(values: list[float], log: bool) -> None:
    axis = axes.amounts("time", values, "s", log)
    places = [axis.place(value) for value in values]
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in places)
    assert all(-1e-9 <= axis.place(value) <= 1 + 1e-9 for value, _ in axis.ticks)
    assert [value for value, _ in axis.ticks] == sorted({value for value, _ in axis.ticks})
    assert 2 <= len(axis.ticks) <= 12


@given(st.lists(st.integers(1, 10**7), min_size=2, max_size=40, unique=True))
def test_sizes_keep_their_order(values: list[int]) -> None:
    axis = axes.sizes("n", [float(value) for value in values])
    places = [axis.place(value) for value in sorted(values)]
    assert places == sorted(places) and places[0] == 0 and places[-1] == 1
    assert len(axis.ticks) <= 9 and axis.ticks[-1][0] == max(values)


@pytest.mark.parametrize(
    ("values", "log"),
    [([1, 2, 4, 8], True), ([256, 1024, 4096], True), ([10, 20, 30], False), ([0, 1, 2], False), ([1, 2], False)],
)
def test_a_sweep_by_factors_is_logarithmic(values: list[float], log: bool) -> None:
    assert axes.geometric(values) is log


@given(st.lists(st.floats(0, 200), min_size=1, max_size=8))
def test_labels_do_not_cover_each_other(places: list[float]) -> None:
    moved = spread(places, 13, 0, 200)
    order = sorted(range(len(places)), key=lambda index: places[index])
    assert all(moved[b] - moved[a] >= 13 - 1e-9 for a, b in pairwise(order))
    assert all(math.isfinite(place) and place <= 200 for place in moved)
