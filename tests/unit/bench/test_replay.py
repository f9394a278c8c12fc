"""Verdicts on machines that do not keep their pace, recorded and made up: intervals hold, whatever is not in doubt."""

from __future__ import annotations

from functools import partial

import pytest

from tests.unit.bench.test_coverage import load

replay = load("replay")
RUNS = 60
MOST_FALSE = 0.12
"""5 % are stated; in so few runs chance makes 12 % of it once in a hundred times. The script has the figures."""


@pytest.mark.parametrize("name", ["loop", "sum", "stream"])
def test_a_quiet_host_that_wanders_leads_to_no_wrong_verdict_and_to_some(name: str) -> None:
    """The recording is of a host that moves by a third within minutes while nobody uses it."""
    pace = replay.recorded()[name]
    for ask, decided in ((replay.ratios, 0.7), (replay.exponents, 0.4)):
        tally = ask(lambda _: pace, RUNS)
        assert tally.held >= (1 - MOST_FALSE) * RUNS
        assert tally.false <= MOST_FALSE * RUNS
        assert tally.right >= decided * RUNS


@pytest.mark.parametrize("kind", replay.KINDS)
def test_what_happens_to_a_machine_is_in_the_interval_or_in_doubt(kind: str) -> None:
    made = partial(replay.made_up, kind=kind)
    for ask in (replay.ratios, replay.exponents):
        assert ask(made, RUNS).false <= MOST_FALSE * RUNS


def test_a_median_between_two_paces_is_in_doubt() -> None:
    tally = replay.ratios(partial(replay.made_up, kind="bursts half the time"), 40)
    assert tally.doubted >= 0.9 * tally.runs


def test_a_pace_gives_the_time_that_work_takes() -> None:
    pace = replay.Pace.of([1.0, 2.0, 1e9, 1.0], 1.0)
    assert pace.end(0.0, 0.5) == pytest.approx(0.5)
    assert pace.end(0.0, 1.25) == pytest.approx(1.5)
    assert pace.end(0.0, 2.0) == pytest.approx(3.5), "it stood still for a second"
