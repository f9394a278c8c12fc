"""A job becomes a ``Run``: fresh processes, probes and timings in turn, then the claims over everything together."""

from __future__ import annotations

import base64
import json
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from vaultc.bench.harness import machine
from vaultc.bench.harness.child import End, Hello, Phase, Planned, Request
from vaultc.bench.harness.environment import scrubbed
from vaultc.bench.harness.group import SEED
from vaultc.bench.harness.place import Place
from vaultc.bench.harness.process import Limits, Outcome, interruptible, network_blocker, only_one, watch
from vaultc.bench.harness.state import State, higher, pooled, record
from vaultc.bench.records.codec import DecodeError, decode, encode
from vaultc.bench.records.jobs import Job
from vaultc.bench.records.model import (
    TIME,
    Ceilings,
    Claim,
    Device,
    Disturbance,
    MachineClass,
    Point,
    Run,
    Status,
)
from vaultc.bench.records.precision import narrow_enough
from vaultc.bench.records.store import trim_point
from vaultc.errors import VaultcError

REPEAT = 3
"""Processes that time each point, unless asked otherwise: fewer than three say nothing about the spread."""
SPEND = 300.0
"""Seconds in which ``vaultc bench run`` adds processes to a benchmark whose intervals are wide."""
MEMORY_SHARE = 0.75
"""Share of the machine's memory at which a process is stopped, before the system stops another one."""


RETAKEN = 3
"""Turns of a run that are taken again, as long as there is time, because something kept their process waiting."""
STEPS = 5
"""Times the limit that a point may take altogether, where none of its steps (a set-up, a call) takes longer than it."""
INTERRUPTED: tuple[Status, str] = (
    "interrupted",
    "stopped by the user: run again with --stale to measure what is missing",
)


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run stands, for a progress bar."""

    job: str
    done: int
    total: int
    text: str


def run_job(
    job: Job,
    device: Device,
    *,
    repeat: int = REPEAT,
    memory: int | None = None,
    seed: int = SEED,
    spend: float = 0.0,
    progress: Callable[[Step], None] = lambda step: None,
) -> Run:
    """Measures a job. Whatever the snippet does, it leaves a ``Run``; so do Ctrl-C, SIGTERM and SIGHUP, with
    ``interrupted``.

    ``spend`` is for how many seconds from the beginning processes are added to ``repeat`` of them while the interval of
    a time is wide (``vaultc.bench.records.precision``). ``memory`` is the limit in bytes of resident memory (by default ``MEMORY_SHARE`` of the machine's).
    Raises ``VaultcError`` where the device is busy, or cannot be reached at all.
    """
    limits = Limits(job.timeout, memory or int(MEMORY_SHARE * (machine.total_memory() or 8 * 2**30)))
    started, began = datetime.now(UTC), time.monotonic()
    state = State(load=machine.load())
    with interruptible(), only_one(device), tempfile.TemporaryDirectory(prefix="vaultc-bench-") as folder:
        conductor = _Conductor(job, device, repeat, limits, seed, Path(folder), state, progress, began + spend)
        try:
            conductor.perform()
        except KeyboardInterrupt:
            state.fault = INTERRUPTED
    return record(job, device, state, limits, seed, started, time.monotonic() - began)


def judge(job: Job, run: Run) -> tuple[Claim, ...]:
    """The claims of a job, decided from the points of a run: the snippet is run, and what it measures is answered from there.

    Needs nothing of the device that measured. Raises ``VaultcError`` where the snippet does not come to its end.
    """
    limits = Limits(job.timeout, int(MEMORY_SHARE * (machine.total_memory() or 8 * 2**30)))
    state = State()
    with tempfile.TemporaryDirectory(prefix="vaultc-bench-") as folder:
        conductor = _Conductor(job, run.machine.device, 0, limits, 0, Path(folder), state, lambda step: None)
        conductor.judge(run.points)
    if state.fault:
        raise VaultcError(f"{job.id}: the claims cannot be decided: {state.fault[1]}")
    return tuple(state.claims)


def machine_here(device: Device) -> MachineClass:
    """The class of this machine's device, asked in a process of its own so that nothing stays on the device.

    Raises ``VaultcError`` where there is no such device.
    """
    with tempfile.TemporaryDirectory(prefix="vaultc-bench-") as folder:
        limits = Limits(120, machine.total_memory() or 8 * 2**30)
        state = State()
        hello = Job("hello", "import torch\n" if device == "cuda" else "pass\n", "")
        conductor = _Conductor(hello, device, 0, limits, 0, Path(folder), state, lambda step: None)
        fault = conductor.greet()
    if fault or not state.hello:
        raise VaultcError(f"no {device} to measure on: {fault[1] if fault else 'no answer'}")
    return state.hello.machine


def device_here() -> Device:
    """``cuda`` where torch reaches a GPU, else ``cpu``."""
    if find_spec("torch") is None:
        return "cpu"
    try:
        machine_here("cuda")
    except VaultcError:
        return "cpu"
    return "cuda"


@dataclass(slots=True)
class _Conductor:
    job: Job
    device: Device
    repeat: int
    limits: Limits
    seed: int
    folder: Path
    state: State
    progress: Callable[[Step], None]
    spend_until: float = -math.inf
    """Moment of the monotonic clock until which processes are added while an interval is wide."""
    turns: int = 0
    done: int = 0
    began: float = field(default_factory=time.monotonic)

    def perform(self) -> None:
        self._plan()
        if self._stopped():
            return
        while self.state.plan and self._wants(turn := self.turns):
            self.turns += 1
            self._probe(turn)
            self.state.keep()
            self._time(turn)
            while self._is_to_be_taken_again():
                self.state.forget()
                self._time(turn)
            if self._stopped():
                return
        self._claims()

    def _wants(self, turn: int) -> bool:
        """Whether a further process is to time the points: as many as were asked for, then until every time is known."""
        return turn < self.repeat or (self._has_time() and not narrow_enough(pooled(self.state)))

    def _has_time(self) -> bool:
        """Whether a further process may be spent: it takes as long as those before it, and must end within the time."""
        now = time.monotonic()
        return now + (now - self.began) / max(1, self.turns + self.state.retaken) <= self.spend_until

    def _is_to_be_taken_again(self) -> bool:
        """Whether something kept the process of the last turn waiting, and there is time for another.

        It is what the kernel counted that decides, and no time that was measured.
        """
        disturbed = any(found.reasons for found in self.state.disturbance[self.state.kept_disturbance :])
        return disturbed and self.state.retaken < RETAKEN and not self._stopped() and self._has_time()

    def greet(self) -> tuple[Status, str] | None:
        """Only asks who is there."""
        return _fault(self._process("hello", "looking for the device", self._request("hello")))

    def _stopped(self) -> bool:
        return self.state.fault is not None

    def _lay_out(self, work: Path) -> None:
        """A working folder: the snippet's code, and the files that it declared. Each process has one of its own, so that
        none finds what another wrote."""
        (work / "snippet.py").write_text(self.job.code, encoding="utf-8")
        for path, content in self.job.files.items():
            target = work / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(base64.b64decode(content))

    def _plan(self) -> None:
        outcome = self._process("plan", "planning", self._request("plan"))
        for message in outcome.messages:
            if message.kind == "planned":
                self.state.plan.append(decode(Planned, message.body))
        self.state.fault = _fault(outcome)

    def _probe(self, turn: int) -> None:
        for index, planned in enumerate(self.state.plan):
            if planned.memory and index not in self.state.settled and not self._stopped():
                outcome = self._process("probe", _label(planned), self._request("probe", turn, only=index))
                self._take(outcome)
                if fault := _fault(outcome):
                    self._blame(index, fault)

    def _time(self, turn: int) -> None:
        """Times what is not settled. A point that takes its process down is settled by that; those that were measured
        before it stay, and the others go on in a process of their own."""
        done: set[int] = set()
        while len(done | self.state.settled.keys()) < len(self.state.plan) and not self._stopped():
            place = Place(self.folder / f"place-{self.done}")
            request = replace(self._request("time", turn, done), place=str(self.folder / f"place-{self.done}"))
            text = f"timing, process {turn + 1} of {max(self.repeat, self.turns)}"
            outcome = self._process("time", text, request, self._telling(place, text))
            done |= self._take(outcome)
            fault = _fault(outcome)
            if fault is None:
                break
            self._blame(place.index, fault)

    def _telling(self, place: Place, text: str) -> Callable[[], int]:
        """The steps of a place; on the way, each point is told of when it is first begun."""
        told: set[int] = set()
        done = self.done

        def steps() -> int:
            index = place.index
            if index is not None and index not in told and index < len(self.state.plan):
                told.add(index)
                self.progress(Step(self.job.id, done, self._total(), f"{text}: {_label(self.state.plan[index])}"))
            return place.steps()

        return steps

    def _total(self) -> int:
        """Processes that the run will take, as far as one can tell."""
        probes = sum(planned.memory for planned in self.state.plan)
        return 2 + max(self.repeat, self.turns) * (1 + probes)

    def _blame(self, index: int | None, fault: tuple[Status, str]) -> None:
        """Settles the point that a process was at when it ended; without one, or by the user, the run ends there."""
        if index is None or fault[0] == "interrupted":
            self.state.fault = fault
            return
        planned = self.state.plan[index]
        self.state.settled[index] = Point(planned.sweep, planned.params, TIME, "s", fault[0], message=fault[1])

    def _claims(self) -> None:
        self._judge(pooled(self.state))
        if not (self.state.plan or self.state.claims or self.state.fault):
            self.state.fault = ("error", "the snippet measures nothing and claims nothing: call bench.measure")

    def judge(self, points: Sequence[Point]) -> None:
        """Only decides the claims, of points that were measured before."""
        self._judge(points)

    def _judge(self, points: Iterable[Point]) -> None:
        request = replace(self._request("claims"), points=tuple(map(trim_point, points)))
        outcome = self._process("claims", "judging the claims", request)
        claims = [decode(Claim, message.body) for message in outcome.messages if message.kind == "claim"]
        self.state.fault = _fault(outcome)
        if self.state.fault:  # a snippet that left early may have left because of what it saw
            claims = [replace(claim, verdict="undecided", doubt=self.state.fault[1]) for claim in claims]
        self.state.claims = claims

    def _take(self, outcome: Outcome) -> set[int]:
        """Keeps the points that a process told of; gives their indices."""
        indices = {(planned.sweep, *planned.params.items()): index for index, planned in enumerate(self.state.plan)}
        taken = set()
        for message in outcome.messages:
            if message.kind == "point":
                point = decode(Point, message.body)
                index = indices.get((point.sweep, *point.params.items()))
                if index is not None:
                    taken.add(index)
                    self._keep(index, point)
        return taken

    def _keep(self, index: int, point: Point) -> None:
        self.state.measured.setdefault(index, []).append(point)
        if point.metric == TIME and point.status in ("oom", "error", "wrong_result", "skipped"):
            self.state.settled[index] = point

    def _request(self, phase: Phase, turn: int = 0, done: Iterable[int] = (), only: int = -1) -> Request:
        return Request(
            phase=phase,
            device=self.device,
            seed=self.seed + turn,
            code="snippet.py",
            only=only,
            skip=tuple(sorted({*self.state.settled, *done})),
            audit=phase == "time" and turn == 0,
            processes=self.job.processes if phase != "hello" else 1,
        )

    def _process(self, phase: Phase, text: str, request: Request, steps: Callable[[], int] = lambda: 0) -> Outcome:
        total = self._total()
        self.progress(Step(self.job.id, min(self.done, total - 1), total, text))
        work = self.folder / f"work-{self.done}"
        work.mkdir()
        self._lay_out(work)
        path = self.folder / "request.json"
        path.write_text(json.dumps(encode(replace(request, code=str(work / request.code)))), encoding="utf-8")
        command = [*network_blocker(), sys.executable, "-m", "vaultc.bench.harness.child", str(path)]
        limits = replace(self.limits, total=self.limits.seconds * (2 + STEPS * len(self.state.plan)))
        outcome = watch(
            command,
            environment=scrubbed(self.device, self.folder / f"home-{self.done}"),
            folder=work,
            limits=limits,
            steps=steps,
        )
        shutil.rmtree(work, ignore_errors=True)
        self.done += 1
        self.state.processes += phase == "time"
        self.state.log = outcome.log or self.state.log
        for message in outcome.messages:
            if message.kind == "hello":
                self.state.hello = decode(Hello, message.body)
                self.state.clocks.append(self.state.hello.clocks)
            elif message.kind == "ceilings":
                self.state.ceilings = higher(self.state.ceilings, decode(Ceilings, message.body))
            elif message.kind == "disturbance":
                self.state.disturbance.append(decode(Disturbance, message.body))
            elif message.kind == "end":
                end = decode(End, message.body)
                self.state.clocks.append(end.clocks)
                self.state.threads = (end.threads if phase == "time" else None) or self.state.threads
        return outcome


def _fault(outcome: Outcome) -> tuple[Status, str] | None:
    """What ended the process before its time; ``None`` where it came to its end."""
    if outcome.status == "interrupted":
        return INTERRUPTED
    if outcome.status in ("timeout", "oom"):
        return ("timeout" if outcome.status == "timeout" else "oom"), outcome.message
    ends = [message.body for message in outcome.messages if message.kind == "end"]
    try:
        end = decode(End, ends[-1]) if ends else None
    except DecodeError as fault:
        return "error", str(fault)
    if end is not None:
        return None if end.status == "ok" else ("error" if end.status == "broken" else end.status, end.message)
    return "error", outcome.message or "left without finishing (os._exit?)"


def _label(planned: Planned) -> str:
    return f"{planned.sweep}({', '.join(f'{name}={value}' for name, value in planned.params.items())})"
