"""Intervals that say 95 % hold the truth in 95 of 100 simulated runs; seeds are fixed, so figures are, too."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def load(name: str) -> ModuleType:
    """A script of the benchmarks, as a module."""
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


simulation = load("verdicts")


@pytest.mark.parametrize("processes", [3, 5])
@pytest.mark.parametrize("name", simulation.ESTIMATORS)
def test_ninety_five_per_cent_are_meant(name: str, processes: int) -> None:
    share = simulation.coverage(simulation.ESTIMATORS[name], processes, 1000)
    assert 0.93 <= share <= 0.97


def test_adding_processes_until_the_interval_is_narrow_does_not_make_it_lie() -> None:
    assert 0.93 <= simulation.coverage(simulation.stopped, 3, 1000) <= 0.97


@pytest.mark.parametrize("shift", [0.0, 0.03])
def test_two_runs_of_one_code_raise_no_false_alarm(shift: float) -> None:
    verdicts, alarmed = simulation.pairs(100, 36, shift, 0.01)
    assert alarmed <= 0.05
    assert verdicts["SAME"] > (0.9 if shift == 0 else 0.5) * verdicts.total()


def test_code_that_became_slower_is_called_so() -> None:
    verdicts, _ = simulation.pairs(100, 8, 0.01, 0.01, 1.3)
    assert verdicts["SLOWER"] > 0.9 * verdicts.total()
    assert not verdicts["FASTER"] and not verdicts["SAME"]
