"""Statistics against values worked out by hand, and fits against laws that are known."""

from __future__ import annotations

import math
import random

import pytest

from vaultc.bench.records import stats
from vaultc.bench.records.text import digits, one_line, quantity, table


def test_quantiles_interpolate() -> None:
    assert stats.median([3.0, 1.0, 2.0]) == 2.0
    assert stats.median([4.0, 1.0]) == 2.5
    assert stats.quantile([0.0, 1.0, 2.0, 3.0, 4.0], 0.25) == 1.0
    with pytest.raises(ValueError, match="no values"):
        stats.median([])


def test_the_error_bar_is_the_spread_between_processes() -> None:
    summary = stats.summarise([[1.0, 1.01, 0.99], [2.0, 2.0, 2.0], [], [1.5]])
    assert summary is not None
    assert (summary.value, summary.low, summary.high, summary.spread) == (1.5, 1.0, 2.0, 0.5)
    assert (summary.processes, summary.samples) == (3, 7)
    assert summary.figures == 2
    assert stats.summarise([[], []]) is None


@pytest.mark.parametrize(
    ("value", "uncertainty", "figures"),
    [(328.0, 55.0, 2), (1.98, 0.04, 3), (0.0134, 0.00001, 4), (5.0, 50.0, 1), (16.0, 0.0, 4), (0.0, 1.0, 4)],
)
def test_digits_end_where_the_uncertainty_begins(value: float, uncertainty: float, figures: int) -> None:
    assert stats.significant_figures(value, uncertainty) == figures


@pytest.mark.parametrize("exponent", [0.0, 1.0, 1.5, 2.0, 3.0])
def test_a_ten_point_power_law_gives_its_exponent(exponent: float) -> None:
    chance = random.Random(7)
    points = [
        (2.0**k, [1e-6 * 2.0 ** (exponent * k) * math.exp(chance.gauss(0, 0.05)) for _ in range(3)])
        for k in range(8, 18)
    ]
    fit = stats.power_law(points)
    assert fit is not None
    assert abs(fit.slope - exponent) < 0.05
    assert fit.low < exponent < fit.high
    assert fit.half_width < 0.1


def test_a_power_law_explains_itself_better_than_an_exponential_does() -> None:
    square = stats.power_law([(n, [n**2.0]) for n in (256, 512, 1024, 2048, 4096)])
    doubling = stats.power_law([(n, [2.0**n]) for n in (1, 2, 4, 8, 16, 32)])
    assert square is not None and doubling is not None
    assert square.r2 == pytest.approx(1.0)
    assert square.r2 > square.r2_exponential
    assert doubling.r2_exponential == pytest.approx(1.0)
    assert doubling.r2 < doubling.r2_exponential
    assert square.at(1000) == pytest.approx(1e6)


def test_processes_that_disagree_widen_the_interval_of_the_slope() -> None:
    # Medians that lie on a line exactly, from processes whose own slopes are 1, 2 and 3.
    points = [(x, [x**1.0, x**2.0, x**3.0]) for x in (2.0, 4.0, 8.0, 16.0)]
    fit = stats.power_law(points)
    assert fit is not None
    assert fit.slope == pytest.approx(2.0)
    assert fit.half_width > 2


def test_two_sizes_make_no_law() -> None:
    assert stats.power_law([(1.0, [1.0]), (2.0, [2.0])]) is None
    assert stats.power_law([(1.0, [1.0]), (2.0, []), (4.0, [0.0])]) is None


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ([1.00, 1.01, 0.99], [1.005, 1.0, 1.01], "SAME"),
        ([1.00, 1.01, 0.99], [0.50, 0.51, 0.49], "FASTER"),
        ([1.00, 1.01, 0.99], [2.00, 2.02, 1.98], "SLOWER"),
        ([0.217, 0.328, 0.258], [0.25, 0.31, 0.22], "AMBIGUOUS"),
        ([1.0], [0.2], "AMBIGUOUS"),
        ([1.0, 1.0], [1.0, 1.0], "SAME"),
        ([1.0, 1.0], [2.0, 2.0], "SLOWER"),
    ],
)
def test_verdicts_follow_the_spread_between_processes(first: list[float], second: list[float], verdict: str) -> None:
    ratio = stats.ratio(first, second)
    assert ratio is not None
    assert ratio.ordering() == verdict


def test_no_ratio_without_times() -> None:
    assert stats.ratio([], [1.0]) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (quantity(0.0134, "s", 3), "13.4 ms"),
        (quantity(20.8e9, "B/s", 3), "20.8 GB/s"),
        (quantity(16.0, "B/param"), "16 B/param"),
        (quantity(328e-3, "s", 2), "330 ms"),
        (quantity(90.0, "s", 2), "90 s"),
        (quantity(0.0, "s"), "0 s"),
        (quantity(9.96e-7, "s", 2), "1 µs"),
        (quantity(1.98, "", spread=0.04), "1.98 ± 0.04"),
        (quantity(0.258, "s", spread=0.055), "260 ± 60 ms"),
        (quantity(math.inf, "s"), "inf s"),
        (digits(0.5, 3), "0.500"),
        (digits(1234567.0, 3), "1230000"),
    ],
)
def test_numbers_as_people_read_them(text: str, value: str) -> None:
    assert text == value


def test_tables_line_up_and_lines_stay_one() -> None:
    assert table(["n", "time"], [["256", "1 ms"], ["4", "20 ms"]]) == "n    time\n256  1 ms\n4    20 ms"
    assert one_line("a\n\tb\x1b[31m" + "c" * 500, 20) == "a b [31mcccccccccccc"[:19] + "…"
