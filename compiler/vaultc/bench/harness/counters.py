"""What the kernel counts while a process runs: processor time, waiting, quotas, pressure. Little of it off Linux."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reading:
    """Counters in seconds at one moment. ``None``: the system does not tell."""

    wall: float
    cpu: float | None = None
    busy: float | None = None
    """Of the cores that the process may use, by everybody."""
    steal: float | None = None
    pressure: float | None = None
    throttled: float | None = None
    throttled_periods: int | None = None
    periods: int | None = None
    involuntary: int | None = None
    delays: Mapping[int, float] = field(default_factory=dict)
    """Waiting for a core, by thread."""


def read(root: Path = Path("/")) -> Reading:
    """What the kernel counts for this process, its descent and its surroundings; little of it off Linux."""
    wall = time.perf_counter()
    family = _family(root)
    busy, steal = _cores(root)
    throttled, stopped, periods = _quota_stops(root)
    return Reading(
        wall=wall,
        cpu=_cpu(root, family),
        busy=busy,
        steal=steal,
        pressure=_pressure(root),
        throttled=throttled,
        throttled_periods=stopped,
        periods=periods,
        involuntary=_involuntary(),
        delays=_delays(root, family),
    )


def quota(root: Path = Path("/")) -> float | None:
    """Cores that the control groups around this process allow it, the least of them; ``None`` without a limit."""
    limits = []
    for folder, version in _groups(root):
        with suppress(OSError, ValueError):
            if version == 2:
                most, period = (folder / "cpu.max").read_text().split()
            else:
                most = (folder / "cpu.cfs_quota_us").read_text().strip()
                period = (folder / "cpu.cfs_period_us").read_text()
            if most not in ("max", "-1"):
                limits.append(int(most) / int(period))
    return min(limits, default=None)


def _groups(root: Path) -> Iterator[tuple[Path, int]]:
    """The control groups around this process that count processor time, from its own outwards, with their version."""
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            number, controllers, path = line.split(":", 2)
            if number == "0" and not controllers:
                base, version = root / "sys/fs/cgroup", 2
            elif "cpu" in controllers.split(","):
                base, version = root / "sys/fs/cgroup/cpu", 1
            else:
                continue
            place = base / path.strip("/")
            yield place, version
            for parent in place.parents:
                if not parent.is_relative_to(base):
                    break
                yield parent, version


def _quota_stops(root: Path) -> tuple[float | None, int | None, int | None]:
    """Seconds stopped, periods stopped and periods of the control group that was stopped longest."""
    worst: tuple[float, int, int] | None = None
    for folder, version in _groups(root):
        with suppress(OSError, ValueError, KeyError):
            counts = dict(line.split() for line in (folder / "cpu.stat").read_text().splitlines())
            seconds = int(counts["throttled_usec"]) / 1e6 if version == 2 else int(counts["throttled_time"]) / 1e9
            found = seconds, int(counts["nr_throttled"]), int(counts["nr_periods"])
            worst = max(worst, found) if worst else found
    return worst or (None, None, None)


def _family(root: Path) -> list[int]:
    """This process and its descent."""
    parents: dict[int, int] = {}
    with suppress(OSError):
        for entry in os.scandir(root / "proc"):
            if entry.name.isdecimal():
                with suppress(OSError, IndexError, ValueError):
                    parents[int(entry.name)] = int(_stat(root, int(entry.name))[1])
    family = {os.getpid()}
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return sorted(family)


def _cpu(root: Path, family: list[int]) -> float | None:
    """Processor time of the family, with that of its children that are gone."""
    seconds, found = 0.0, False
    for pid in family:
        with suppress(OSError, IndexError, ValueError):
            seconds += sum(map(int, _stat(root, pid)[11:15])) / os.sysconf("SC_CLK_TCK")
            found = True
    return seconds if found else sum(os.times()[:4])


def _stat(root: Path, pid: int) -> list[bytes]:
    """The fields of ``/proc/PID/stat`` after the name: state, parent, …; processor times are 11 to 14."""
    return (root / "proc" / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()


def _cores(root: Path) -> tuple[float | None, float | None]:
    """Busy and stolen time of the cores that this process may use."""
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    wanted = {f"cpu{core}" for core in usable}
    busy = steal = 0
    try:
        lines = (root / "proc/stat").read_text().splitlines()
    except OSError:
        return None, None
    for line in lines:
        name, *counts = line.split()
        if name in wanted:
            user, nice, system, _, _, interrupts, soft, *rest = map(int, counts)
            busy += user + nice + system + interrupts + soft
            steal += rest[0] if rest else 0
    ticks = os.sysconf("SC_CLK_TCK")
    return busy / ticks, steal / ticks


def _pressure(root: Path) -> float | None:
    with suppress(OSError, ValueError, IndexError):
        for line in (root / "proc/pressure/cpu").read_text().splitlines():
            if line.startswith("some "):
                return int(line.rpartition("total=")[2]) / 1e6
    return None


def _involuntary() -> int | None:
    with suppress(ImportError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
    return None


def _delays(root: Path, family: list[int]) -> Mapping[int, float]:
    """Seconds that each thread was ready and got no core."""
    found = {}
    for pid in family:
        with suppress(OSError):
            for task in os.scandir(root / "proc" / str(pid) / "task"):
                with suppress(OSError, IndexError, ValueError):
                    found[int(task.name)] = int(Path(task.path, "schedstat").read_text().split()[1]) / 1e9
    return found
