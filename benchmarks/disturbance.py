"""Is disturbance seen, and a quiet machine left in peace? Runs of one snippet: quiet, and under what disturbs it.

    python benchmarks/disturbance.py quiet --runs 50     the rate of false `disturbed`, on a machine that does nothing else
    python benchmarks/disturbance.py load                hogs, a quota of half a CPU, two threads beside one hog
    python benchmarks/disturbance.py self                a snippet with more threads than there are cores: no disturbance
    python benchmarks/disturbance.py again --runs 8      every two of so many quiet runs of one code, compared

`--minutes` ends `quiet` and `again` early, and they say how many runs there were.

A quota needs a control group that can be written (version 2, or the `cpu` controller of version 1), as root.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vaultc.bench.harness.runner import run_job
from vaultc.bench.records.compare import compare
from vaultc.bench.records.jobs import Job, make_job
from vaultc.bench.records.model import Run

PLAIN = """
from vaultc import bench

def spin(n: int) -> bench.Case:
    return bench.Case(lambda: sum(range(n)))

bench.measure(spin, n=[1_000, 100_000, 1_000_000], seconds=0.4, cold=False)
"""

TORCH = """
import torch
from vaultc import bench

def product(n: int) -> bench.Case:
    a, b = torch.randn(2, n, n)
    return bench.Case(lambda: a @ b)

bench.measure(product, n=[128, 512, 1024], seconds=0.4, cold=False)
"""

THREADS = """
import hashlib, os
from concurrent.futures import ThreadPoolExecutor
from vaultc import bench

def hashing(n: int) -> bench.Case:
    pool, block = ThreadPoolExecutor(4 * os.cpu_count()), bytes(2**20)
    return bench.Case(lambda: list(pool.map(lambda _: hashlib.sha256(block).digest(), range(n))))

bench.measure(hashing, n=[8, 32], seconds=0.4, cold=False)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("quiet", "load", "self", "again"))
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--processes", type=int, default=3, help="of each run")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after which no further run begins")
    options = parser.parse_args()
    until = time.monotonic() + 60 * options.minutes
    if options.what == "quiet":
        return quiet(options.runs, options.processes, until)
    if options.what == "again":
        return again(options.runs, options.processes, until)
    return load(options.processes) if options.what == "load" else own_threads(options.processes)


def again(runs: int, processes: int, until: float) -> int:
    """How often two runs of one code are told apart; exit code 1 where one is called faster or slower."""
    made: list[Run] = []
    while len(made) < runs and (len(made) < 2 or time.monotonic() < until):
        made.append(measured(PLAIN, processes))
    pairs = list(itertools.combinations(made, 2))
    verdicts = Counter(row.verdict for first, second in pairs for row in compare(first, second))
    print(f"{len(made)} runs, {len(pairs)} pairs, {verdicts.total()} points: {dict(verdicts)}")
    return int(bool(verdicts["FASTER"] + verdicts["SLOWER"]))


def quiet(runs: int, processes: int, until: float) -> int:
    """Counts runs that say they were disturbed; exit code 1 where there is one."""
    accused = number = 0
    statuses: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    shares: dict[str, list[float]] = {"delay": [], "others": [], "pressure": [], "steal": [], "sentinel_drift": []}
    while number < runs and (not number or time.monotonic() < until):
        made = measured(PLAIN if number % 3 else TORCH, processes)  # torch takes long to load
        number += 1
        statuses.update(point.status for point in made.points)
        accused += any("disturbed" in point.flags for point in made.points)
        for process in made.disturbance:
            reasons.update(process.reasons)
            for name, values in shares.items():
                if (value := getattr(process, name)) is not None:
                    values.append(value)
        print(f"\r{number}/{runs}: {accused} disturbed", end="", file=sys.stderr, flush=True)
    print(
        f"\n{accused} of {number} quiet runs called disturbed ({100 * accused / number:.0f} %); points: {dict(statuses)}"
    )
    for name, values in shares.items():
        if values:
            print(f"{name:15} median {statistics.median(values):.4f}, highest {max(values):.4f}")
    for reason, count in reasons.most_common():
        print(f"{count} × {reason}")
    return int(accused > 0)


def load(processes: int) -> int:
    """The three scenarios beside a quiet run; exit code 1 where one is not seen."""
    cores = len(os.sched_getaffinity(0))
    rows = [("quiet", measured(PLAIN, processes))]
    with hogs(2 * cores):
        rows.append((f"{2 * cores} hogs on {cores} cores", measured(PLAIN, processes)))
    rows.append(("quiet, threads", measured(TORCH, processes)))
    with hogs(1):
        rows.append((f"{cores} threads and one hog", measured(TORCH, processes)))
    for name, made in rows:
        report(name, made)
    unseen = [name for name, made in rows[1::2] if not all("disturbed" in point.flags for point in made.points)]
    with quota(0.5) as held:
        if not held:
            print("no control group can be written: the quota is not tried")
        else:
            made = measured(PLAIN, processes)
            report("a quota of half a CPU", made)
            unseen += [] if all("disturbed" in point.flags for point in made.points) else ["a quota of half a CPU"]
    print(f"not seen: {', '.join(unseen) or 'none'}")
    return int(bool(unseen))


def own_threads(processes: int) -> int:
    made = measured(THREADS, processes)
    report("more threads than cores", made)
    return int(any("disturbed" in point.flags for point in made.points))


def measured(code: str, processes: int) -> Run:
    job = make_job("python bench id=disturbance", code, lambda path: None)
    assert isinstance(job, Job)
    return run_job(job, "cpu", repeat=processes)


def report(name: str, made: Run) -> None:
    print(f"{name} ({made.machine.label}): {made.status}")
    for point in made.points:
        middle = statistics.median(statistics.median(process) for process in point.samples)
        print(f"  {dict(point.params)}  {1e3 * middle:.4g} ms  {point.status}  {point.message}")


@contextmanager
def hogs(count: int) -> Iterator[None]:
    """Processes that do nothing but run, each in a session of its own: Linux shares cores out between sessions first, so
    that all of them in one would leave a core to what is measured."""
    command = [sys.executable, "-c", "while True: pass"]
    running = [subprocess.Popen(command, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


@contextmanager
def quota(cores: float) -> Iterator[bool]:
    """Within it this process and what it starts get so many cores; False where the system does not let us."""
    microseconds = str(int(cores * 100_000))
    for home, limits in (
        (Path("/sys/fs/cgroup"), {"cpu.max": f"{microseconds} 100000"}),
        (Path("/sys/fs/cgroup/cpu"), {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": microseconds}),
    ):
        folder = home / "vaultc-quota"
        with suppress(OSError):
            folder.mkdir()
        if all((folder / name).exists() for name in limits) and _entered(folder, limits):
            try:
                yield True
            finally:
                (home / "cgroup.procs").write_text(str(os.getpid()))
                folder.rmdir()
            return
        with suppress(OSError):
            folder.rmdir()
    yield False


def _entered(folder: Path, limits: dict[str, str]) -> bool:
    try:
        for name, text in {**limits, "cgroup.procs": str(os.getpid())}.items():
            (folder / name).write_text(text)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
