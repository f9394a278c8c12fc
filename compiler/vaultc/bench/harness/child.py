"""The process that runs a snippet: one phase of a run, told to the runner in JSON lines over a pipe of its own.

What the snippet prints is no part of the conversation; what it raises, or how it ends, is.
"""

from __future__ import annotations

import json
import re
import sys
import types
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TextIO, TypeAlias

from vaultc.bench.harness.device import Machine, Unsupported, open_machine
from vaultc.bench.harness.group import points_of
from vaultc.bench.harness.machine import details
from vaultc.bench.harness.timing import failed
from vaultc.bench.records.codec import decode, encode
from vaultc.bench.records.model import TIME, Ceilings, Claim, Clocks, Device, Environment, MachineClass, Param, Point
from vaultc.bench.records.results import Results, rehearsed
from vaultc.bench.snippet.case import Case
from vaultc.bench.snippet.sweep import Sweep, use

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
    """Indices of the points that are settled: out of memory, over time."""
    reverse: bool = False
    """Whether groups are timed from the last to the first."""
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

    status: Literal["ok", "error", "oom", "skipped"]
    message: str = ""
    clocks: Clocks = field(default_factory=Clocks)


class Wire:
    """The pipe to the runner: ``{"kind": …, "body": …}`` a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, kind: str, body: object) -> None:
        self._stream.write(json.dumps({"kind": kind, "body": encode(body)}, allow_nan=False) + "\n")
        self._stream.flush()


class Phased:
    """The session of a snippet under the runner."""

    def __init__(self, request: Request, machine: Machine, wire: Wire) -> None:
        self._request = request
        self._machine = machine
        self._wire = wire
        self._next = 0
        self._names: set[str] = set()

    def measure(self, sweep: Sweep) -> Results:
        if sweep.name in self._names:
            raise ValueError(f"{sweep.name} is measured twice: give the second function a name of its own")
        self._names.add(sweep.name)
        first, self._next = self._next, self._next + len(sweep.settings)
        indices = {tuple(setting.items()): first + index for index, setting in enumerate(sweep.settings)}
        phase = self._request.phase
        if phase == "plan":
            for setting in sweep.settings:
                self._wire.send("planned", Planned(sweep.name, setting, sweep.memory))
        elif phase == "probe":
            for setting in sweep.settings:
                if indices[tuple(setting.items())] == self._request.only:
                    self._wire.send("point", self._probe(sweep, setting))
        elif phase == "time":
            self._time(sweep, indices)
        else:
            return self._recall(sweep)
        return rehearsed(sweep.name, sweep.settings)

    def claim(self, claim: Claim) -> None:
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

    def _probe(self, sweep: Sweep, setting: Mapping[str, Param]) -> Point:
        """Peak memory of the first call, for nothing was run before it that could be mistaken for it."""
        self._machine.seed(self._request.seed)
        blank = Point(sweep.name, setting, TIME, "s", "ok")
        try:
            made = sweep.make(**setting)
            if not isinstance(made, Case):
                return blank
            with self._machine.backend(made.backend) if made.backend else nullcontext():
                peak = self._machine.peak(made.run)
        except Exception as fault:  # noqa: BLE001 - the snippet's own code: whatever it raises is the result
            return failed(self._machine, blank, fault)
        return replace(
            blank,
            allocated=() if peak.allocated is None else (peak.allocated,),
            reserved=() if peak.reserved is None else (peak.reserved,),
            rss=() if peak.rss is None else (peak.rss,),
        )

    def _time(self, sweep: Sweep, indices: Mapping[tuple[tuple[str, Param], ...], int]) -> None:
        groups = list(sweep.groups())
        for group in reversed(groups) if self._request.reverse else groups:
            wanted = [setting for setting in group if indices[tuple(setting.items())] not in self._request.skip]
            points = points_of(
                self._machine,
                sweep,
                wanted,
                lambda setting: self._wire.send("begin", indices[tuple(setting.items())]),
                self._request.seed,
            )
            self._machine.release()
            for point in points:
                self._wire.send("point", point)


def main(request_path: str, descriptor: str) -> None:
    """Runs one phase: ``request_path`` holds the ``Request``, ``descriptor`` is the pipe's number."""
    request = decode(Request, json.loads(Path(request_path).read_text(encoding="utf-8")))
    with open(int(descriptor), "w", encoding="utf-8", closefd=False) as stream:
        wire = Wire(stream)
        code = Path(request.code).read_text(encoding="utf-8")
        try:
            # Claims are decided from numbers: whoever has no such device may decide them, too.
            device = "cpu" if request.phase == "claims" else request.device
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
        use(Phased(request, machine, wire))
        end = _run(request.code, code, machine)
        if request.phase in ("plan", "time") and end.status == "ok":
            wire.send("ceilings", _ceilings(machine))
        wire.send("end", replace(end, clocks=machine.clocks()))


def _run(path: str, code: str, machine: Machine) -> End:
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
