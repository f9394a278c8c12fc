"""How often the intervals and verdicts of `vaultc.bench` are right: simulated runs, whose truth is known.

Run it from the repository: `python benchmarks/verdicts.py [RUNS]`. Nothing is timed; the figures depend on the seed
alone. A smaller version is a test.
"""

import math
import random
import sys
from collections import Counter
from collections.abc import Callable

from vaultc.bench.records import stats
from vaultc.bench.records.compare import compare
from vaultc.bench.records.estimate import Estimate
from vaultc.bench.records.model import Environment, MachineClass, Point, Run
from vaultc.bench.records.precision import narrow_enough

MACHINE = MachineClass("cpu", "simulated")
ENVIRONMENT = Environment("3", "none")
SIZES = [2.0**k for k in range(8, 15)]

Trial = Callable[[random.Random, int], bool]


def covers(interval: stats.Interval | Estimate, truth: float) -> bool:
    """Whether the interval holds the truth."""
    return interval.low <= truth <= interval.high


def mean(chance: random.Random, processes: int) -> bool:
    """A time: processes that differ by 5 %."""
    return covers(stats.interval([math.exp(chance.gauss(0, 0.05)) for _ in range(processes)]), 1.0)


def number(chance: random.Random, processes: int) -> bool:
    """A number that may be negative, such as a difference."""
    return covers(stats.interval([chance.gauss(0.5, 1) for _ in range(processes)]), 0.5)


def ratio(chance: random.Random, processes: int) -> bool:
    """Twice the time, in processes that slow both down alike."""
    shared = [chance.gauss(0, 0.2) for _ in range(processes)]
    first, second = (
        Estimate.of([scale * math.exp(both + chance.gauss(0, 0.05)) for both in shared]) for scale in (1.0, 2.0)
    )
    return covers(second / first, 2.0)


def difference(chance: random.Random, processes: int) -> bool:
    """One time less another."""
    first, second = (Estimate.of([level + chance.gauss(0, 0.05) for _ in range(processes)]) for level in (1.0, 1.5))
    return covers(second - first, 0.5)


def rate(chance: random.Random, processes: int) -> bool:
    """Work over a time."""
    return covers(1e9 / Estimate.of([math.exp(chance.gauss(0, 0.05)) for _ in range(processes)]), 1e9)


def slope(points: float, processes_: float, tilt: float, bend: float) -> Trial:
    """The exponent 1.7, with noise by point, by process, of a process's own slope, and of the law itself."""

    def trial(chance: random.Random, processes: int) -> bool:
        rows: list[list[float]] = [[] for _ in SIZES]
        off = [chance.gauss(0, bend) for _ in SIZES]
        for _ in range(processes):
            level, own = chance.gauss(0, processes_), chance.gauss(1.7, tilt)
            for row, x, away in zip(rows, SIZES, off, strict=True):
                row.append(math.exp(own * math.log(x) + level + away + chance.gauss(0, points)))
        law = stats.power_law(list(zip(SIZES, rows, strict=True)))
        return law is not None and covers(law.slope, 1.7)

    return trial


def stopped(chance: random.Random, _: int) -> bool:
    """A time whose processes were added until the interval was narrow."""
    samples: list[tuple[float, ...]] = []
    while len(samples) < 3 or not narrow_enough([point(0, samples)]):
        samples.append((math.exp(chance.gauss(0, 0.04)),))
    return covers(stats.interval([values[0] for values in samples]), 1.0)


ESTIMATORS: dict[str, Trial] = {
    "time": mean,
    "signed number": number,
    "ratio": ratio,
    "difference": difference,
    "rate": rate,
    "exponent, noise by point": slope(0.05, 0.05, 0.0, 0.0),
    "exponent, processes of other slopes": slope(0.03, 0.05, 0.05, 0.0),
    "exponent, law that bends": slope(0.03, 0.05, 0.0, 0.1),
    "exponent, all of them": slope(0.05, 0.05, 0.03, 0.05),
}


def coverage(trial: Trial, processes: int, runs: int, seed: int = 2026) -> float:
    """The share of simulated runs whose 95 % interval holds the truth."""
    chance = random.Random(f"{seed} {processes}")
    return sum(trial(chance, processes) for _ in range(runs)) / runs


def point(index: int, samples: list[tuple[float, ...]]) -> Point:
    """A timed point with one sample for each process."""
    return Point("f", {"n": index}, "time", "s", "ok", tuple(samples))


def simulated(
    chance: random.Random, points: int, shift: float, noise: float, factor: float = 1.0, processes: int = 3
) -> Run:
    """A run: `shift` moves the whole machine, `noise` every process at every point; `factor` is a real change."""
    machine = chance.gauss(0, shift / math.sqrt(2))
    made = []
    for index in range(points):
        times = [(factor * math.exp(machine + chance.gauss(0, noise)),) for _ in range(processes)]
        made.append(point(index, times))
    return Run("x", "key", "ok", "2026-01-01T00:00:00Z", 1.0, MACHINE, ENVIRONMENT, "0", tuple(made))


def pairs(
    runs: int, points: int, shift: float, noise: float, factor: float = 1.0, history: int = 0, seed: int = 2026
) -> tuple[Counter[str], float]:
    """Verdicts of that many pairs of runs, and the share of pairs with a FASTER or SLOWER in them."""
    chance = random.Random(seed)
    verdicts: Counter[str] = Counter()
    alarmed = 0
    for _ in range(runs):
        earlier = [simulated(chance, points, shift, noise) for _ in range(history)]
        first = simulated(chance, points, shift, noise)
        second = simulated(chance, points, shift, noise, factor)
        found = [row.verdict for row in compare(first, second, earlier)]
        verdicts.update(found)
        alarmed += any(verdict in ("FASTER", "SLOWER") for verdict in found)
    return verdicts, alarmed / runs


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{runs} simulated runs each; 95 % are stated\n\nshare of intervals that hold the truth")
    for name, trial in ESTIMATORS.items():
        row = "  ".join(f"{processes} processes {coverage(trial, processes, runs):6.1%}" for processes in (3, 5, 10))
        print(f"  {name:38}{row}")
    print(f"  {'time, processes added until narrow':38}{coverage(stopped, 3, runs):.1%}")
    print("\ntwo runs of one code, 36 points, 3 processes that differ by 1 %")
    print("  shift  history  pairs with a false verdict  points: SAME  FASTER or SLOWER  AMBIGUOUS")
    for shift in (0.0, 0.01, 0.03):
        for history in (0, 10):
            verdicts, alarmed = pairs(runs, 36, shift, 0.01, history=history)
            total = verdicts.total()
            wrong = (verdicts["FASTER"] + verdicts["SLOWER"]) / total
            print(f"  {shift:5.0%}{history:9}{alarmed:28.1%}{verdicts['SAME'] / total:14.1%}{wrong:18.1%}", end="")
            print(f"{verdicts['AMBIGUOUS'] / total:11.1%}")
    print("\ncode that became slower, 36 points, shift 1 %")
    for factor in (1.05, 1.15, 1.3):
        for history in (0, 10):
            verdicts, _ = pairs(runs, 36, 0.01, 0.01, factor, history)
            shares = ", ".join(f"{name} {count / verdicts.total():.1%}" for name, count in sorted(verdicts.items()))
            print(f"  ×{factor:<5} history {history:2}: {shares}")


if __name__ == "__main__":
    main()
