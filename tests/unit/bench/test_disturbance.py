"""What the kernel counts, read from files as it writes them, and what is made of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from vaultc.bench.harness.counters import Reading, quota, read
from vaultc.bench.harness.disturbance import GpuState, between, together

TICKS = os.sysconf("SC_CLK_TCK")
QUIET = Reading(0.0, 0.0, 0.0, 0.0, 0.0, throttled=0.0, throttled_periods=0, periods=0, involuntary=0, delays={1: 0.0})


def second(**counted: object) -> Reading:
    """A second later: two busy threads, and what is said besides."""
    usual = replace(QUIET, wall=1.0, cpu=2.0, busy=2.02, delays={1: 0.004, 2: 0.003}, involuntary=4)
    return replace(usual, **counted)  # type: ignore[arg-type]


def reasons(last: Reading, sentinels: tuple[float, ...] = (), gpu: tuple[GpuState, ...] = ()) -> tuple[str, ...]:
    return between(QUIET, last, sentinels, gpu).reasons


@pytest.mark.parametrize(
    ("told", "last"),
    [
        ("four hogs on two cores", second(cpu=0.7, busy=2.0, delays={1: 0.6, 2: 0.7})),
        ("one hog beside two threads", second(cpu=1.5, busy=2.0, delays={1: 0.0, 2: 0.5})),
        ("half a core", second(cpu=0.5, busy=0.5, throttled=0.5, throttled_periods=10, periods=10)),
        ("a hypervisor", second(steal=0.3)),
        ("no schedstat", second(cpu=1.0, busy=2.0, pressure=0.5, delays={})),
    ],
)
def test_what_made_the_process_wait_is_a_disturbance(told: str, last: Reading) -> None:
    assert reasons(last), told


@pytest.mark.parametrize(
    ("told", "last"),
    [
        ("nothing", second()),
        ("eight threads of its own on two cores", second(cpu=1.99, busy=2.01, delays=dict.fromkeys(range(8), 0.75))),
        ("others on cores that it does not need", second(cpu=1.0, busy=2.0, pressure=0.02)),
        ("a quota that was not reached", second(throttled=0.0, throttled_periods=0, periods=10)),
        ("one slice of a scheduler in a short window", second(wall=0.05, cpu=0.05, busy=0.07, delays={1: 0.008})),
        ("a system that tells nothing", Reading(1.0)),
    ],
)
def test_what_did_not_is_none(told: str, last: Reading) -> None:
    assert reasons(last) == (), told


def test_a_pace_that_wanders_is_recorded_and_accuses_nobody() -> None:
    """It is in the intervals: see test_replay.py."""
    found = between(QUIET, second(), (1.0, 1.0, 1.5, 1.5, 1.5, 1.5))
    assert (found.sentinel, found.sentinel_drift, found.reasons) == (1.5, 0.5, ())
    assert between(QUIET, second(), (1.0, 1.0, 1.5)).sentinel_drift is None, "too few to say"


def test_a_gpu_that_others_use_is_disturbed_and_idle_neighbours_are_not() -> None:
    idle, busy = GpuState(1980, 400, (), 1, 0.0), GpuState(1700, 650, ("sw_power_cap",), 1, 0.6)
    assert reasons(second(), gpu=(idle,)) == ()
    found = between(QUIET, second(), gpu=(idle, busy))
    assert (found.sm_mhz, found.power_w, found.throttle) == ((1700, 1980), (400, 650), ("sw_power_cap",))
    assert "60 % of the time with other processes" in found.reasons[0]


def test_windows_of_one_process_are_put_together_by_their_length() -> None:
    long, short = between(QUIET, second(wall=3.0, cpu=3.0)), between(QUIET, second(delays={1: 0.5}, cpu=1.0))
    whole = together([long, short])
    assert whole is not None
    assert whole.wall == 4.0
    assert whole.cpu == 1.0
    assert whole.delay == pytest.approx((0.007 + 0.5) / 4, rel=0.01)
    assert whole.reasons == short.reasons
    assert together([]) is None


def system(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="ascii")
    return root


def test_files_are_read_as_the_kernel_writes_them(tmp_path: Path) -> None:
    pid = os.getpid()
    cores = "".join(f"cpu{core} 100 10 20 5000 7 3 4 50 0 0\n" for core in os.sched_getaffinity(0))
    stat = f"{pid} (a (strange) name) R 1 {pid} {pid} 0 -1 0 0 0 0 0 200 100 5 5 20 0 1 0 0 0 0\n"
    child = stat.replace(f"{pid} (a", "99999999 (b").replace("R 1", f"R {pid}")
    found = read(
        system(
            tmp_path,
            {
                "proc/stat": f"cpu 1 1 1 1\n{cores}cpu99999 900 0 0 0 0 0 0 0\n",
                f"proc/{pid}/stat": stat,
                f"proc/{pid}/task/{pid}/schedstat": "5000000000 1500000000 42\n",
                f"proc/{pid}/task/{pid + 1}/schedstat": "5000000000 500000000 42\n",
                "proc/99999999/stat": child,
                "proc/pressure/cpu": "some avg10=2.07 avg60=5.20 avg300=3.82 total=25376803\nfull avg10=0 total=7\n",
                "proc/self/cgroup": "0::/job\n",
                "sys/fs/cgroup/job/cpu.stat": "usage_usec 9\nnr_periods 5\nnr_throttled 1\nthrottled_usec 1000\n",
                "sys/fs/cgroup/cpu.stat": "usage_usec 9\nnr_periods 244\nnr_throttled 243\nthrottled_usec 9000000\n",
            },
        )
    )
    usable = len(os.sched_getaffinity(0))
    assert found.cpu == 2 * 310 / TICKS
    assert found.busy == usable * 137 / TICKS
    assert found.steal == usable * 50 / TICKS
    assert found.pressure == 25.376803
    assert (found.throttled, found.throttled_periods, found.periods) == (9.0, 243, 244)
    assert found.delays == {pid: 1.5, pid + 1: 0.5}


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.max": "50000 100000\n"}, 0.5),
        (
            {
                "proc/self/cgroup": "0::/a/b\n",
                "sys/fs/cgroup/a/cpu.max": "300000 100000\n",
                "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
            },
            3.0,
        ),
        (
            {
                "proc/self/cgroup": "4:memory:/x\n3:cpu,cpuacct:/x\n0::/\n",
                "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "150000\n",
                "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
            },
            1.5,
        ),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, None),
        ({}, None),
    ],
)
def test_quotas_are_found_in_every_group_around(tmp_path: Path, files: dict[str, str], cores: float | None) -> None:
    assert quota(system(tmp_path, files)) == cores


def test_an_empty_system_tells_nothing_and_fails_nowhere(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.busy, found.pressure, found.throttled, dict(found.delays)) == (None, None, None, {})


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="not on this machine: no schedstat")
def test_hogs_on_every_core_are_seen_for_what_they_are() -> None:
    """Real processes: twice as many as there are cores, beside one that works."""
    hogs = [
        subprocess.Popen([sys.executable, "-c", "import time\nwhile time.time() < %f: pass" % (time.time() + 30)])
        for _ in range(2 * len(os.sched_getaffinity(0)))
    ]
    # They are children of this process, and their time would count as its own: what they say is read by another one.
    watcher = (
        "import time\n"
        "from vaultc.bench.harness.counters import read\n"
        "from vaultc.bench.harness.disturbance import between\n"
        "start, first = time.perf_counter(), read()\n"
        "while time.perf_counter() - start < 1: pass\n"
        "print(*between(first, read()).reasons)\n"
    )
    try:
        done = subprocess.run([sys.executable, "-c", watcher], capture_output=True, text=True, timeout=60, check=True)
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    assert "waited for a core" in done.stdout
