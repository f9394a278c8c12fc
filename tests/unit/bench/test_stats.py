"""Statistics against values worked out by hand, and fits against laws that are known."""

from __future__ import annotations

import math
import random

import pytest

from vaultc.bench.records import stats, student
from vaultc.bench.records.text import bounded, digits, one_line, quantity, table


def test_medians_and_quartiles() -> None:
    assert stats.median([3.0, 1.0, 2.0]) == 2.0
    assert stats.median([4.0, 1.0]) == 2.5
    assert stats.quartiles([0.0, 1.0, 2.0, 3.0, 4.0]) == (1.0, 3.0)
    assert stats.quartiles([7.0]) == (7.0, 7.0)
    with pytest.raises(ValueError, match="no median"):
        stats.median([])


@pytest.mark.parametrize(("freedom", "t"), [(1, 12.7062), (2, 4.3027), (3, 3.1824), (10, 2.2281), (120, 1.9799)])
def test_students_t_as_the_tables_have_it(freedom: int, t: float) -> None:
    assert student.quantile(freedom) == pytest.approx(t, abs=1e-4)
    assert student.outside(t, freedom) == pytest.approx(0.05, abs=1e-5)


def test_the_error_bar_is_students_interval_over_processes() -> None:
    summary = stats.summarise([[1.0, 1.01, 0.99], [2.0, 2.0, 2.0], [], [1.5]])
    assert summary is not None
    logs = [math.log(1.0), math.log(2.0), math.log(1.5)]
    middle = sum(logs) / 3
    half = 4.30265 * math.sqrt(sum((value - middle) ** 2 for value in logs) / 2 / 3)
    assert summary.value == pytest.approx(math.exp(middle))
    assert (summary.low, summary.high) == pytest.approx((math.exp(middle - half), math.exp(middle + half)), rel=1e-4)
    assert (summary.least, summary.most, summary.spread) == (1.0, 2.0, 0.5)
    assert (summary.processes, summary.samples) == (3, 7)
    assert summary.figures == 1
    assert stats.summarise([[], []]) is None


def test_one_process_has_no_interval_and_equal_ones_a_narrow_one() -> None:
    assert stats.interval([2.0]) == stats.Interval(2.0, -math.inf, math.inf)
    assert stats.interval([16.0, 16.0, 16.0]) == stats.Interval(16.0, 16.0, 16.0)
    signed = stats.interval([-1.0, 0.0, 1.0])
    assert signed.value == 0
    assert signed.half_width == pytest.approx(4.30265 / math.sqrt(3), rel=1e-4)


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
    law = stats.power_law(points)
    assert law is not None
    assert abs(law.slope.value - exponent) < 0.05
    assert law.slope.low < exponent < law.slope.high
    assert law.slope.half_width < 0.1


def test_a_power_law_explains_itself_better_than_an_exponential_does() -> None:
    square = stats.power_law([(n, [n**2.0] * 2) for n in (256, 512, 1024, 2048, 4096)])
    doubling = stats.power_law([(n, [2.0**n]) for n in (1, 2, 4, 8, 16, 32)])
    assert square is not None and doubling is not None
    assert square.r2[0] == pytest.approx(1.0)
    assert square.r2[0] > square.r2_exponential[0]
    assert doubling.r2_exponential[0] == pytest.approx(1.0)
    assert doubling.r2[0] < doubling.r2_exponential[0]
    assert square.coefficients[0] == pytest.approx(1.0)
    assert math.isinf(doubling.slope.high), "one process decides nothing"


def test_processes_that_disagree_widen_the_interval_of_the_slope() -> None:
    # Means that lie on a line exactly, from processes whose own slopes are 1, 2 and 3.
    law = stats.power_law([(x, [x**1.0, x**2.0, x**3.0]) for x in (2.0, 4.0, 8.0, 16.0)])
    assert law is not None
    assert law.slope.value == pytest.approx(2.0)
    assert law.slope.half_width > 2


def test_two_sizes_make_no_law() -> None:
    assert stats.power_law([(1.0, [1.0]), (2.0, [2.0])]) is None
    assert stats.power_law([(1.0, [1.0]), (2.0, []), (4.0, [0.0])]) is None


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
        (bounded(1.98, 1.94, 2.02), "1.98 ± 0.04"),
        (bounded(0.083, 0.061, 0.141, "s"), "83 (61 to 140) ms"),
        (bounded(0.0121, 0.0093, 0.0201, "s"), "12 (9.3 to 20) ms"),
        (bounded(16.0, 16.0, 16.0, "B/param"), "16 B/param"),
        (bounded(5.0, -math.inf, math.inf, "s"), "5 s"),
        (digits(0.5, 3), "0.500"),
        (digits(1234567.0, 3), "1230000"),
        (digits(3.4e-27, 2), "3.4 × 10⁻²⁷"),
        (digits(-2e40, 1), "-2 × 10⁴⁰"),
        (bounded(3e-27, 1.5e-89, 7.6e35), "3 × 10⁻²⁷ (1.5 × 10⁻⁸⁹ to 7.600 × 10³⁵)"),
    ],
)
def test_numbers_as_people_read_them(text: str, value: str) -> None:
    assert text == value


def test_tables_line_up_and_lines_stay_one() -> None:
    assert table(["n", "time"], [["256", "1 ms"], ["4", "20 ms"]]) == "n    time\n256  1 ms\n4    20 ms"
    assert one_line("a\n\tb\x1b[31m" + "c" * 500, 20) == "a b [31mcccccccccccc"[:19] + "…"
