"""Are verdicts right on a machine that does not keep its pace? Runs replayed over recorded and made-up paces.

    python benchmarks/replay.py [RUNS]

`pace.txt` is how long three fixed calls took, again and again, on a virtual machine with two cores that nobody else used:
what such a host does by itself. Made-up paces add what a recording may lack: steps, ramps, bursts, stops, a load that
is there from the beginning. Calls of known cost run at that pace, are sampled as the harness samples, and their points
go through its own merging and its own verdicts. Nothing is timed; the figures depend on the seed alone.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from vaultc.bench.harness.merge import merge
from vaultc.bench.records.answer import Answer
from vaultc.bench.records.estimate import Estimate
from vaultc.bench.records.model import Point
from vaultc.bench.records.results import Results
from vaultc.bench.snippet.case import Budget

RECORDED = Path(__file__).with_name("pace.txt")
FIRST, STEP = "!", 1.02
"""A recorded character stands for a power of this step, the first for the least time."""
STARTING, BUDGET = 2.0, Budget()
SIZES = (1e-4, 4e-4, 1.6e-3, 6.4e-3, 2.56e-2, 0.1024)
"""Seconds of the calls whose exponent is asked for, each four times the work of the one before."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a machine goes: work done until each tick, as seconds of a machine that is never held up."""

    done: Sequence[float]
    tick: float

    @classmethod
    def of(cls, costs: Sequence[float], tick: float) -> Pace:
        """From what a second of work costs in each tick; infinite while the machine stands still."""
        return cls(list(accumulate((tick / cost for cost in costs), initial=0.0)), tick)

    @property
    def length(self) -> float:
        return (len(self.done) - 1) * self.tick

    def end(self, start: float, work: float) -> float:
        """When work that begins then is done."""
        index = min(int(start / self.tick), len(self.done) - 2)
        here = self.done[index] + (start / self.tick - index) * (self.done[index + 1] - self.done[index])
        last = min(bisect_right(self.done, here + work), len(self.done) - 1)
        rate = self.done[last] - self.done[last - 1]
        return self.tick * (last - 1 + (here + work - self.done[last - 1]) / rate)


def recorded() -> dict[str, Pace]:
    """The paces of the recording, by what was called."""
    paces = {}
    for line in RECORDED.read_text(encoding="ascii").splitlines():
        name, tick, costs = line.split(" ", 2)
        paces[name] = Pace.of([STEP ** (ord(cost) - ord(FIRST)) for cost in costs], float(tick))
    return paces


def made_up(chance: random.Random, kind: str) -> Pace:
    """A minute of a machine that is 3 % uneven, and does what its kind says."""
    tick, seconds = 0.005, 60
    ticks = round(seconds / tick)
    costs = [math.exp(chance.gauss(0, 0.03)) for _ in range(ticks)]
    at = chance.randrange(ticks // 2)

    def scaled(cost: Callable[[int], float]) -> list[float]:
        return [base * cost(index) for index, base in enumerate(costs)]

    def in_bursts(share: float, length: float, cost: float) -> list[float]:
        """So much of the time, in pieces that long on average, work costs so much more."""
        held, found = chance.random() < share, []
        for base in costs:
            found.append(base * cost if held else base)
            mean = length if held else length * (1 - share) / share
            held ^= chance.random() < tick / mean
        return found

    kinds: dict[str, Callable[[], list[float]]] = {
        "even": lambda: costs,
        "step": lambda: scaled(lambda index: 1.5 if index > at else 1.0),
        "ramp": lambda: scaled(lambda index: 1 + index / ticks),
        "waves": lambda: scaled(lambda index: 1.2 + 0.2 * math.sin(2 * math.pi * (index - at) * tick / 3)),
        "load from the beginning": lambda: scaled(lambda index: 1.9),
        "rare bursts": lambda: in_bursts(0.1, 0.05, 3.0),
        "bursts half the time": lambda: in_bursts(0.5, 0.02, 2.0),
        "two paces": lambda: in_bursts(0.5, 2.0, 1.3),
        "stops": lambda: in_bursts(0.1, 0.03, 1e6),
        "stopped half the time": lambda: in_bursts(0.5, 0.05, 1e6),
    }
    return Pace.of(kinds[kind](), tick)


KINDS = (
    "even",
    "step",
    "ramp",
    "waves",
    "load from the beginning",
    "rare bursts",
    "bursts half the time",
    "two paces",
    "stops",
    "stopped half the time",
)


def measured(
    pace: Pace, start: float, groups: Sequence[Sequence[float]], chance: random.Random, processes: int = 3
) -> Results:
    """A run of calls that cost so much each, group by group: the points ``f(n=GROUP, kind=INDEX)``."""
    found: dict[tuple[int, int], list[Point]] = {}
    now = start
    for _ in range(processes):
        now += STARTING
        numbers = list(range(len(groups)))
        for number in chance.sample(numbers, len(numbers)):
            samples, now = _sampled(pace, now, groups[number])
            for index, values in enumerate(samples):
                point = Point("f", {"n": 4.0**number, "kind": str(index)}, "time", "s", "ok", (tuple(values),))
                found.setdefault((number, index), []).append(point)
    return Results(tuple(point for points in found.values() for point in merge(points)))


def _sampled(pace: Pace, now: float, costs: Sequence[float]) -> tuple[list[list[float]], float]:
    """The samples of calls that take turns, as the harness paces them, and the time afterwards."""
    batches, rounds = [], []
    for cost in costs:
        seconds = (pace.end(now, cost) - now) or cost
        batches.append(max(1, math.floor(BUDGET.seconds / BUDGET.most / seconds)))
        rounds.append(max(BUDGET.least, min(BUDGET.most, round(BUDGET.seconds / (seconds * batches[-1])))))
    samples: list[list[float]] = [[] for _ in costs]
    for turn in range(max(rounds)):
        for place in range(len(costs)):
            index = (turn + place) % len(costs)
            if turn < rounds[index]:
                end = pace.end(now, costs[index] * batches[index])
                samples[index].append((end - now) / batches[index])
                now = end
    return samples, now


@dataclass(slots=True)
class Tally:
    """What became of claims whose truth is known."""

    runs: int = 0
    held: int = 0
    """Intervals that hold the truth, in doubt or not."""
    false: int = 0
    """Claims that are just false and were confirmed, or just true and were refuted."""
    doubted: int = 0
    right: int = 0
    """Claims that are true by a third, and were confirmed."""

    def add(self, found: Estimate, truth: float, margin: float) -> None:
        self.runs += 1
        self.held += found.low <= truth <= found.high
        self.doubted += bool(found.doubts)
        self.false += _is(found.above(truth), True) or _is(found.below(truth), True)
        self.right += _is(found.within(truth - margin, truth + margin), True)

    def __str__(self) -> str:
        shares = (self.held, self.false, self.doubted, self.right)
        return "".join(f"{share / self.runs:10.1%}" for share in shares)


def _is(answer: Answer, wanted: bool) -> bool:
    return answer is wanted


def ratios(paces: Callable[[random.Random], Pace], runs: int, seed: int = 2026) -> Tally:
    """Two calls that take turns, the second of three times the cost."""
    chance, tally = random.Random(seed), Tally()
    for _ in range(runs):
        pace = paces(chance)
        found = measured(pace, chance.uniform(0, pace.length / 2), [(0.002, 0.006)], chance)
        tally.add(found.where(kind="1").ratio(found.where(kind="0")), 3.0, 1.0)
    return tally


def exponents(paces: Callable[[random.Random], Pace], runs: int, seed: int = 2026) -> Tally:
    """Six sizes from a tenth of a millisecond to a tenth of a second, each four times the work of the one before."""
    chance, tally = random.Random(seed), Tally()
    for _ in range(runs):
        pace = paces(chance)
        found = measured(pace, chance.uniform(0, pace.length / 2), [(cost,) for cost in SIZES], chance)
        tally.add(found.slope("n"), 1.0, 1 / 3)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=int, nargs="?", default=1000)
    runs = parser.parse_args().runs
    print(f"{runs} runs each; 95 % are stated\n{'':36}{'held':>10}{'false':>10}{'doubted':>10}{'decided':>10}")
    for question, ask in (("ratio", ratios), ("exponent", exponents)):
        for name, pace in recorded().items():
            print(f"{question:10}{f'recorded, {name}':26}{ask(lambda _, pace=pace: pace, runs)}")
        for kind in KINDS:
            print(f"{question:10}{kind:26}{ask(lambda chance, kind=kind: made_up(chance, kind), runs)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
