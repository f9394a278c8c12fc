"""Whether something else used the machine while it measured: what the kernel counts.

A process is disturbed by what made *it* wait: threads that were ready and got no core while others had one, a quota that
stopped it, a hypervisor that took the core. That others run somewhere is no disturbance by itself, and neither is a
snippet that starts more threads than there are cores.

A machine whose pace wanders is none either. Processes meet it at other moments, and points in an order of chance, so it
widens the intervals of what is said about them, which hold what they promise then (``benchmarks/replay.py``). What keeps
points waiting in all processes alike would not: it is what the kernel is asked for. The pace is recorded, by a fixed
piece of work between turns, and told beside the results.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median, quantiles

from vaultc.bench.harness.counters import Reading
from vaultc.bench.records.model import Disturbance
from vaultc.bench.records.stats import round_figures

WAITED = 0.05
"""Share of the time from which waiting counts: it can move a mean by so much, which is where two times stop being the same."""
SLACK = 0.01
"""Seconds of waiting that any window may hold: two or three slices of a scheduler are chance, not load."""
LEAST_SENTINELS = 5
_TICK = 0.02
"""Seconds by which ``/proc/stat`` may be off: two of its ticks."""


@dataclass(frozen=True, slots=True)
class GpuState:
    """A GPU between two turns."""

    sm_mhz: float | None = None
    power_w: float | None = None
    throttle: tuple[str, ...] = ()
    neighbours: int | None = None
    busy_before: float | None = None
    """Share of time in which it ran somebody's kernels just before the process had any of its own."""


def between(
    first: Reading, last: Reading, sentinels: Sequence[float] = (), gpu: Sequence[GpuState] = ()
) -> Disturbance:
    """What happened from one reading to the other, judged."""
    wall = max(last.wall - first.wall, 1e-9)

    def share(before: float | None, after: float | None) -> float | None:
        return None if before is None or after is None else _figures(max(0.0, after - before) / wall)

    cpu, busy = share(first.cpu, last.cpu), share(first.busy, last.busy)
    waited = sum(max(0.0, delay - first.delays.get(thread, 0.0)) for thread, delay in last.delays.items())
    periods, stopped = first.periods, first.throttled_periods
    drift = None
    if len(sentinels) >= LEAST_SENTINELS and min(sentinels) > 0:
        drift = _figures(quantiles(sentinels, n=4, method="inclusive")[2] / min(sentinels) - 1)
    found = Disturbance(
        wall=_figures(wall),
        cpu=cpu,
        others=None if cpu is None or busy is None else _figures(max(0.0, busy - cpu)),
        delay=_figures(waited / wall) if last.delays else None,
        pressure=share(first.pressure, last.pressure),
        throttled=share(first.throttled, last.throttled),
        throttled_periods=None if stopped is None else (last.throttled_periods or 0) - stopped,
        periods=None if periods is None else (last.periods or 0) - periods,
        involuntary=share(first.involuntary, last.involuntary),
        steal=share(first.steal, last.steal),
        sentinel=_figures(median(sentinels)) if sentinels else None,
        sentinel_drift=drift,
        neighbours=max((state.neighbours for state in gpu if state.neighbours is not None), default=None),
        sm_mhz=_range(state.sm_mhz for state in gpu),
        power_w=_range(state.power_w for state in gpu),
        throttle=tuple(dict.fromkeys(reason for state in gpu for reason in state.throttle)),
    )
    busy_before = max((state.busy_before for state in gpu if state.busy_before is not None), default=None)
    return replace(found, reasons=_reasons(found, busy_before))


def together(parts: Sequence[Disturbance]) -> Disturbance | None:
    """Several windows of one process as one: shares by their length, the worst of what has no length."""
    if not parts:
        return None
    wall = sum(part.wall for part in parts)

    def mean(name: str) -> float | None:
        known = [(part.wall, getattr(part, name)) for part in parts if getattr(part, name) is not None]
        length = sum(seconds for seconds, _ in known)
        return _figures(sum(seconds * value for seconds, value in known) / length) if length else None

    def total(name: str) -> int | None:
        return sum(getattr(part, name) or 0 for part in parts) if getattr(parts[0], name) is not None else None

    sentinels = [part.sentinel for part in parts if part.sentinel is not None]
    return Disturbance(
        wall=_figures(wall),
        **{name: mean(name) for name in ("cpu", "others", "delay", "pressure", "throttled", "involuntary", "steal")},
        throttled_periods=total("throttled_periods"),
        periods=total("periods"),
        sentinel=median(sentinels) if sentinels else None,
        sentinel_drift=max((part.sentinel_drift for part in parts if part.sentinel_drift is not None), default=None),
        neighbours=max((part.neighbours for part in parts if part.neighbours is not None), default=None),
        sm_mhz=_range(edge for part in parts for edge in part.sm_mhz),
        power_w=_range(edge for part in parts for edge in part.power_w),
        throttle=tuple(dict.fromkeys(reason for part in parts for reason in part.throttle)),
        reasons=tuple(dict.fromkeys(reason for part in parts for reason in part.reasons)),
    )


def _reasons(found: Disturbance, busy_before: float | None) -> tuple[str, ...]:
    """A phrase for each cause that reached the measuring process."""
    slack, tick = SLACK / found.wall, _TICK / found.wall
    shared = found.others is None or found.others > WAITED + tick
    reasons = []
    if found.delay is not None and found.delay > WAITED + slack and shared:
        reasons.append(f"its threads waited for a core for {_percent(found.delay)} of the time, while others ran")
    if found.delay is None and (found.pressure or 0) > WAITED + slack and shared and found.others is not None:
        reasons.append(f"tasks waited for a core for {_percent(found.pressure or 0)} of the time, while others ran")
    if (found.throttled or 0) > WAITED + slack:
        reasons.append(f"a quota stopped it in {found.throttled_periods} of {found.periods} periods")
    if (found.steal or 0) > WAITED + tick:
        reasons.append(f"the hypervisor took the core for {_percent(found.steal or 0)} of the time")
    if found.neighbours and (busy_before or 0) > WAITED:
        reasons.append(f"the GPU was already busy for {_percent(busy_before or 0)} of the time with other processes")
    return tuple(reasons)


def _range(values: Iterable[float | None]) -> tuple[float, ...]:
    known = [value for value in values if value is not None]
    return (min(known), max(known)) if known else ()


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _figures(value: float) -> float:
    return round_figures(value, 3)
