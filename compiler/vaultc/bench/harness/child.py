"""The process that runs a snippet: one phase of a run, told to the runner in JSON lines over a pipe of its own.

What the snippet prints is no part of the conversation; what it raises, or how it ends, is.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import re
import signal
import sys
import types
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal, TextIO, TypeAlias

from vaultc.bench.harness import integrity
from vaultc.bench.harness.device import Machine, Peak, Unsupported, open_machine
from vaultc.bench.harness.disturbance import together
from vaultc.bench.harness.group import Watcher, points_of
from vaultc.bench.harness.machine import details
from vaultc.bench.harness.place import Place
from vaultc.bench.harness.ranks import Team, team
from vaultc.bench.harness.timing import BrokenAt, failed
from vaultc.bench.records.codec import decode, encode
from vaultc.bench.records.model import (
    BACKWARD,
    TIME,
    Ceilings,
    Claim,
    Clocks,
    Device,
    Disturbance,
    Environment,
    MachineClass,
    Param,
    Point,
)
from vaultc.bench.records.results import Results, rehearsed
from vaultc.bench.snippet.case import Case
from vaultc.bench.snippet.sweep import Sweep, use

MOST_CLAIMS = 100

Phase: TypeAlias = Literal["hello", "plan", "probe", "time", "claims"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A point that a snippet wants measured."""

    sweep: str
    params: Mapping[str, Param]
    memory: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What one process is to do."""

    phase: Phase
    device: Device
    seed: int
    code: str
    """Path of the snippet's file."""
    only: int = -1
    """Index, in the plan, of the point to probe."""
    skip: tuple[int, ...] = ()
    """Indices of the points that are not wanted: out of memory, over time, or measured in this turn already."""
    place: str = ""
    """Path of the file that tells where the process is."""
    processes: int = 1
    """Ranks that run the snippet at once."""
    audit: bool = False
    """Whether calls are audited after they were timed."""
    points: tuple[Point, ...] = ()
    """For the claims: everything measured."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Who measures."""

    machine: MachineClass
    environment: Environment
    details: Mapping[str, Param]
    clocks: Clocks = field(default_factory=Clocks)


@dataclass(frozen=True, slots=True)
class End:
    """How the snippet came to its end. Without this message it was killed or left by force."""

    status: Literal["ok", "error", "oom", "skipped", "broken"]
    """``broken``: the device takes no more work from this process, but may from another."""
    message: str = ""
    threads: int | None = None
    """Threads that torch used at the end: a snippet may have set another number."""
    clocks: Clocks = field(default_factory=Clocks)


class Wire:
    """The pipe to the runner: ``{"kind": …, "body": …}`` a line. A process that was forked off says nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._speaker = os.getpid()

    def send(self, kind: str, body: object) -> None:
        if os.getpid() != self._speaker:
            return
        self._stream.write(json.dumps({"kind": kind, "body": encode(body)}, allow_nan=False) + "\n")
        self._stream.flush()


class Phased:
    """The session of a snippet under the runner."""

    def __init__(self, request: Request, machine: Machine, wire: Wire, team: Team) -> None:
        self._request = request
        self._team = team
        self._machine = machine
        self._wire = wire
        self._place = Place(Path(request.place)) if request.place else None
        if self._place:
            machine.beat = self._place.beat
        self._next = 0
        self._names: set[str] = set()
        self._claims = 0
        self._disturbances: list[Disturbance] = []

    def measure(self, sweep: Sweep) -> Results:
        if sweep.name in self._names:
            raise ValueError(f"{sweep.name} is measured twice: give the second function a name of its own")
        self._names.add(sweep.name)
        first, self._next = self._next, self._next + len(sweep.settings)
        indices = {tuple(setting.items()): first + index for index, setting in enumerate(sweep.settings)}
        try:
            return self._answer(self._team.lead(sweep), indices)
        finally:
            self._team.end(sweep)

    def _answer(self, sweep: Sweep, indices: Mapping[tuple[tuple[str, Param], ...], int]) -> Results:
        phase = self._request.phase
        if phase == "plan":
            for setting in sweep.settings:
                self._wire.send("planned", Planned(sweep.name, setting, sweep.memory))
        elif phase == "probe":
            for setting in sweep.settings:
                if indices[tuple(setting.items())] == self._request.only:
                    for point in self._probe(sweep, setting):
                        self._wire.send("point", point)
        elif phase == "time":
            self._time(sweep, indices)
        else:
            return self._recall(sweep)
        return rehearsed(sweep.name, sweep.settings)

    def claim(self, claim: Claim) -> None:
        self._claims += 1
        if self._claims > MOST_CLAIMS:
            raise ValueError(f"over {MOST_CLAIMS} claims: a reader will not read them")
        if self._request.phase == "claims":
            self._wire.send("claim", claim)

    def _recall(self, sweep: Sweep) -> Results:
        """The points of a sweep as they were measured."""
        points = tuple(point for point in self._request.points if point.sweep == sweep.name)
        measured = {frozenset(point.where) for point in points}
        missing = next((setting for setting in sweep.settings if frozenset(setting.items()) not in measured), None)
        if missing is not None:
            where = ", ".join(f"{name}={value}" for name, value in missing.items())
            raise ValueError(
                f"{sweep.name}({where}) was not planned: what is swept must not depend on what was measured"
            )
        return Results(points)

    def disturbance(self) -> Disturbance | None:
        """What the system said while points were sampled."""
        return together(self._disturbances)

    def _probe(self, sweep: Sweep, setting: Mapping[str, Param]) -> list[Point]:
        """Peak memory of the first call, for nothing was run before it that could be mistaken for it; then of a forward
        and a backward pass together."""
        machine = self._machine
        machine.seed(self._request.seed)
        blank = Point(sweep.name, setting, TIME, "s", "ok")
        points = []
        try:
            made = sweep.make(**setting)
            machine.settle()
            if not isinstance(made, Case):
                return [blank]
            case = made
            with machine.backend(case.backend) if case.backend else nullcontext():
                points.append(_with_peak(blank, machine.peak(case.run)))
                if case.backward:
                    blank = replace(blank, metric=BACKWARD)
                    points.append(_with_peak(blank, machine.peak(partial(_both_passes, machine, case))))
        except Exception as fault:  # noqa: BLE001 - the snippet's own code: whatever it raises is the result
            points.append(failed(machine, blank, fault))
        return points

    def _time(self, sweep: Sweep, indices: Mapping[tuple[tuple[str, Param], ...], int]) -> None:
        place = self._place
        watcher = Watcher(
            at=lambda setting: place.set(indices[tuple(setting.items())]) if place else None,
            disturbance=self._disturbances.append,
            audits=self._request.audit,
        )
        groups = list(sweep.groups())
        # In an order of chance: what the machine does in the course of a process then hits other points in each.
        for group in random.Random(self._request.seed).sample(groups, len(groups)):  # noqa: S311 - no secret
            wanted = [setting for setting in group if indices[tuple(setting.items())] not in self._request.skip]
            points = points_of(self._machine, sweep, wanted, self._request.seed, watcher)
            for point in points:
                self._wire.send("point", point)


def _both_passes(machine: Machine, case: Case) -> object:
    return machine.backward(case.run(), case.backward)()


def _with_peak(point: Point, peak: Peak) -> Point:
    return replace(
        point,
        allocated=() if peak.allocated is None else (peak.allocated,),
        reserved=() if peak.reserved is None else (peak.reserved,),
        rss=() if peak.rss is None else (peak.rss,),
    )


def _die_with_runner() -> None:
    """Asks Linux to end this process when the runner is killed in a way that leaves it no time."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def main(request_path: str, descriptor: str) -> None:
    """Runs one phase: ``request_path`` holds the ``Request``, ``descriptor`` is the pipe's number."""
    _die_with_runner()
    request = decode(Request, json.loads(Path(request_path).read_text(encoding="utf-8")))
    # Claims are decided from numbers: whoever has no such device may decide them, too.
    device: Device = "cpu" if request.phase == "claims" else request.device
    others = team(request.processes, request.code, device, request.seed)
    with open(int(descriptor), "w", encoding="utf-8", closefd=False) as stream, others as all_ranks:
        wire = Wire(stream)
        code = Path(request.code).read_text(encoding="utf-8")
        try:
            machine = open_machine(device, torch=bool(re.search(r"\btorch\b", code)))
        except Unsupported as fault:
            wire.send("end", End("skipped", str(fault)))
            return
        if request.phase in ("hello", "plan", "time"):
            hello = Hello(machine.machine_class(), machine.environment(), details(), machine.clocks())
            wire.send("hello", hello)
        if request.phase == "hello":
            wire.send("end", End("ok"))
            return
        if request.phase == "plan":  # nothing is timed there, and the snippet has changed nothing yet
            wire.send("ceilings", _ceilings(machine))
        session = Phased(request, machine, wire, all_ranks)
        use(session)
        before = integrity.functions()
        end = run_file(request.code, machine)
        if name := integrity.exchanged(before):
            end = End("error", f"the snippet exchanged {name}, which is part of what measures it")
        if disturbance := session.disturbance():
            wire.send("disturbance", disturbance)
        wire.send("end", replace(end, clocks=machine.clocks(), threads=machine.threads()))


def run_file(path: str, machine: Machine) -> End:
    """Runs a snippet as the main module, and tells how it came to its end."""
    code = Path(path).read_text(encoding="utf-8")
    module = types.ModuleType("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module  # so that the snippet finds itself, as it would in a plain file
    sys.argv = [path]
    sys.path.append(str(Path(path).parent))  # last, so that no file of the vault hides an installed module
    try:
        exec(compile(code, path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - the command says that it runs the snippet
    except SystemExit as fault:
        how = f" with {fault.code!r}" if fault.code else ", so what it would have claimed is not known"
        return End("error", f"the snippet exited before its end{how}")
    except BrokenAt as fault:
        return End("broken", str(fault))
    except ModuleNotFoundError as fault:
        if fault.name == "torch":
            return End("skipped", "torch is not installed here")
        return End("error", f"{type(fault).__name__}: {fault}")
    except Exception as fault:  # noqa: BLE001 - the snippet's own code: whatever it raises is the result
        point = failed(machine, Point("", {}, "", "", "ok"), fault)
        status: Literal["error", "oom"] = "oom" if point.status == "oom" else "error"
        return End(status, point.message)
    return End("ok")


def _ceilings(machine: Machine) -> Ceilings:
    try:
        return machine.ceilings()
    except Exception:  # noqa: BLE001 - a ceiling that cannot be measured is no fault of the snippet
        return Ceilings()


if __name__ == "__main__":
    main(*sys.argv[1:])
