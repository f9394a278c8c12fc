"""What a run knows so far, and the record that it becomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from vaultc.bench.harness import machine
from vaultc.bench.harness.child import Hello, Planned
from vaultc.bench.harness.merge import merge, overall, suspect
from vaultc.bench.harness.process import Limits, network_blocker
from vaultc.bench.records import stats
from vaultc.bench.records.jobs import Job
from vaultc.bench.records.keys import HARNESS
from vaultc.bench.records.model import (
    TIME,
    Ceilings,
    Claim,
    Clocks,
    Device,
    Disturbance,
    Isolation,
    MachineClass,
    Point,
    Run,
    Status,
)
from vaultc.errors import VaultcError


@dataclass(slots=True)
class State:
    """What is known so far; complete at every moment, so that an interruption loses nothing."""

    hello: Hello | None = None
    plan: list[Planned] = field(default_factory=list)
    measured: dict[int, list[Point]] = field(default_factory=dict)
    settled: dict[int, Point] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    disturbance: list[Disturbance] = field(default_factory=list)
    threads: int | None = None
    ceilings: Ceilings = field(default_factory=Ceilings)
    clocks: list[Clocks] = field(default_factory=list)
    processes: int = 0
    retaken: int = 0
    """Turns that were forgotten and taken again."""
    kept_points: Mapping[int, int] = field(default_factory=dict)
    """How many points of each index are kept, and so on."""
    kept_disturbance: int = 0
    kept_processes: int = 0
    fault: tuple[Status, str] | None = None
    log: str = ""
    load: float | None = None

    def keep(self) -> None:
        """Keeps what is known by now, whatever the next turn brings."""
        self.kept_points = {index: len(points) for index, points in self.measured.items()}
        self.kept_disturbance, self.kept_processes = len(self.disturbance), self.processes

    def forget(self) -> None:
        """Forgets what was measured since then; what went wrong stays."""
        self.retaken += 1
        for index, points in self.measured.items():
            del points[self.kept_points.get(index, 0) :]
        del self.disturbance[self.kept_disturbance :]
        self.processes = self.kept_processes


def pooled(state: State) -> tuple[Point, ...]:
    """The points of all processes, merged, in the order of the plan; those never reached say so."""
    points: list[Point] = []
    for index, planned in enumerate(state.plan):
        measured = state.measured.get(index, [])
        settled = state.settled.get(index)
        everything = [*measured, settled] if settled is not None and settled not in measured else measured
        if everything:
            points += merge(everything)
        else:
            reason = state.fault[1] if state.fault else "no process came this far"
            points.append(Point(planned.sweep, planned.params, TIME, "s", "skipped", message=f"not reached: {reason}"))
    return suspect(points, state.ceilings, state.hello.machine if state.hello else None)


def record(
    job: Job, device: Device, state: State, limits: Limits, seed: int, started: datetime, duration: float
) -> Run:
    """The run. Raises ``VaultcError`` where a GPU was asked for and never answered."""
    points = pooled(state)
    status, message = state.fault or overall(points, job.expect)
    hello = state.hello
    if hello is None and device == "cuda":
        raise VaultcError(f"{job.id}: {message}")
    environment = hello.environment if hello else machine.base_environment()
    described: MachineClass = hello.machine if hello else machine.cpu_class()
    if device == "cpu" and state.threads:
        described = replace(described, threads=state.threads)
    details = dict(hello.details if hello else machine.details())
    if state.load is not None:
        details["load_before"] = state.load
    if state.retaken:
        details["turns taken again"] = state.retaken
    empty = Clocks()
    return Run(
        id=job.id,
        code_key=job.code_key,
        claims_key=job.claims_key,
        status=status,
        started=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        duration=round(duration, 1),
        machine=described,
        environment=environment,
        harness=HARNESS,
        points=points,
        claims=tuple(state.claims),
        message=message,
        log=state.log if status != "ok" else "",
        processes=state.processes,
        seed=seed,
        commit=job.commit,
        dirty=job.dirty,
        expect=job.expect,
        clocks=tuple(_ends(clock for clock in state.clocks if clock != empty)),
        isolation=_isolation(limits),
        disturbance=tuple(state.disturbance),
        ceilings=_rounded(state.ceilings),
        details=details,
    )


def _isolation(limits: Limits) -> Isolation:
    notes = []
    if not network_blocker():
        notes.append("the network was reachable: this system gives no network namespace")
    if not Path("/proc/self/stat").exists():
        notes.append("memory was not watched: this system has no /proc")
    return Isolation(bool(network_blocker()), limits.memory, limits.seconds, tuple(notes))


def higher(first: Ceilings, second: Ceilings) -> Ceilings:
    """The better of two measurements: a ceiling is what the machine did at its best."""
    copy = max(filter(None, (first.copy, second.copy)), default=None)
    dtypes = {**first.gemm, **second.gemm}
    gemm = {dtype: max(first.gemm.get(dtype, 0.0), second.gemm.get(dtype, 0.0)) for dtype in dtypes}
    return Ceilings(copy, gemm)


def _rounded(ceilings: Ceilings) -> Ceilings:
    copy = None if ceilings.copy is None else stats.round_figures(ceilings.copy, 4)
    return Ceilings(copy, {dtype: stats.round_figures(rate, 4) for dtype, rate in ceilings.gemm.items()})


def _ends(clocks: Iterable[Clocks]) -> Sequence[Clocks]:
    """The first and the last."""
    found = list(clocks)
    return found if len(found) < 2 else [found[0], found[-1]]
