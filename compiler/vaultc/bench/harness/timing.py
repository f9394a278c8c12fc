"""How a callable is timed: checked first, warmed up, then sampled in turn with its rivals, and watched for cheating."""

from __future__ import annotations

import math
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

from vaultc.bench.harness.device import Machine, OutOfMemory, Timed, Unsupported, WrongResult
from vaultc.bench.records import stats
from vaultc.bench.records.model import BACKWARD, COMPILE, TIME, Flag, Param, Point, Status
from vaultc.bench.records.text import one_line
from vaultc.bench.snippet.case import Backend, Budget, Case


@dataclass(slots=True)
class Candidate:
    """A case on its way through a process: its point grows samples, or a status that says why there are none."""

    case: Case
    point: Point
    call: Callable[[], object]
    samples: list[float] = field(default_factory=list)
    batch: int = 1
    rounds: int = 0
    discarded: int = 0
    throttled: str = ""
    flags: list[Flag] = field(default_factory=list)

    def fail(self, status: Status, message: str) -> None:
        self.point = replace(self.point, status=status, message=one_line(message))
        self.rounds = 0


def prepare(
    machine: Machine, case: Case, sweep: str, params: Mapping[str, Param], budget: Budget
) -> tuple[list[Candidate], list[Point]]:
    """Checks and warms up a case. Gives what is to be sampled, and the points that are already settled.

    Everything the snippet raises ends in the status of its point; only ``KeyboardInterrupt`` and ``SystemExit`` pass.
    """
    backend = _backend_name(case.backend)
    blank = Point(sweep, params, TIME, "s", "ok", flops=case.flops, bytes=case.bytes, backend=backend)
    try:
        with _kernels(machine, case):
            first = machine.time(case.run)
        point = _check(machine, case, blank, first.result)
        with _kernels(machine, case):
            return _warm(machine, case, point, first.seconds, budget)
    except Exception as fault:  # noqa: BLE001 - the snippet's own code: whatever it raises is the result
        return [], [failed(machine, blank, fault)]


def sample(machine: Machine, candidates: Sequence[Candidate]) -> list[Point]:
    """Samples the candidates in turn, A B A B, and gives their points."""
    for turn in range(max((candidate.rounds for candidate in candidates), default=0)):
        for candidate in candidates:
            if turn < candidate.rounds:
                _sample_once(machine, candidate)
    return [_finish(machine, candidate) for candidate in candidates]


def failed(machine: Machine, point: Point, fault: Exception) -> Point:
    """The point of a call that raised."""
    meant = machine.translate(fault)
    statuses: dict[type[BaseException], Status] = {
        OutOfMemory: "oom",
        Unsupported: "skipped",
        WrongResult: "wrong_result",
    }
    status = statuses.get(type(meant), "error")
    text = str(meant) if status != "error" else f"{_line(fault)}{type(fault).__name__}: {fault}"
    fault.__traceback__ = None  # it holds the frames, and with them the memory that ran out
    machine.release()
    return replace(point, status=status, message=one_line(text))


def _line(fault: BaseException) -> str:
    """The line of the snippet that raised, as ``line 12: ``; empty where it was not the snippet's."""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    lines = [frame.lineno for frame in traceback.extract_tb(fault.__traceback__) if frame.filename == path]
    return f"line {lines[-1]}: " if lines else ""


def _check(machine: Machine, case: Case, blank: Point, result: object) -> Point:
    """Compares with the reference. Raises ``WrongResult``; a reference that finds no room leaves a flag."""
    blank = replace(blank, dtype=machine.dtype(result))
    if case.reference is None:
        return blank
    try:
        reference = case.reference()
    except Exception as fault:
        if not isinstance(machine.translate(fault), OutOfMemory):
            raise
        fault.__traceback__ = None
        machine.release()
        return replace(blank, flags=(*blank.flags, "unchecked"))
    error, usual = machine.error(result, reference)
    tolerance = usual if case.tolerance is None else case.tolerance
    if not error <= tolerance:
        raise WrongResult(f"off by {error:.2g} of the reference's largest value, {tolerance:.2g} is allowed")
    return replace(blank, error=stats.round_figures(error, 3), tolerance=tolerance)


def _warm(
    machine: Machine, case: Case, point: Point, first: float, budget: Budget
) -> tuple[list[Candidate], list[Point]]:
    settled = []
    if case.compiled:
        seconds = stats.round_figures(first, 5)
        settled.append(Point(point.sweep, point.params, COMPILE, "s", "ok", ((seconds,),)))
    candidates = [Candidate(case, point, case.run)]
    if case.backward:
        graph = machine.backward(case.run(), case.backward)
        blank = replace(point, metric=BACKWARD, flops=None, bytes=None, error=None, tolerance=None)
        candidates.append(Candidate(case, blank, graph))
    for candidate in candidates:
        _pace(machine, candidate, budget)
    return candidates, settled


def _pace(machine: Machine, candidate: Candidate, budget: Budget) -> None:
    """Calls it untimed, until it is warm, and so learns how often it can be sampled."""
    previous: object = None
    costs = []
    for _ in range(max(1, budget.warm_up)):
        timed = machine.time(candidate.call)
        if timed.result is previous and _could_be_cached(previous):
            _watch_cache(machine, candidate, previous)
        previous = timed.result
        costs.append(max(timed.seconds, timed.settled))
    seconds = max(min(costs), machine.precision)
    if machine.batches:
        candidate.batch = max(1, math.ceil(100 * machine.precision / seconds))
    rounds = budget.seconds / (seconds * candidate.batch)
    candidate.rounds = max(budget.least, min(budget.most, round(rounds)))


def _could_be_cached(result: object) -> bool:
    return not isinstance(result, (bool, int, float, str, bytes, type(None)))


def _watch_cache(machine: Machine, candidate: Candidate, result: object) -> None:
    """Flags a callable that hands out what it computed before.

    The same object twice is suspicious: then it is overwritten, and must be whole again after the next call.
    """
    if not machine.poison(result) or machine.poisoned(candidate.call()):
        candidate.flags.append("cached-output")


def _sample_once(machine: Machine, candidate: Candidate) -> None:
    machine.flush()
    try:
        with _kernels(machine, candidate.case):
            timed = machine.time(_repeated(candidate.call, candidate.batch))
    except Exception as fault:  # noqa: BLE001 - the snippet's own code
        candidate.point = failed(machine, candidate.point, fault)
        candidate.rounds = 0
        return
    if _escaped(timed) and "no-synchronisation" not in candidate.flags:
        candidate.flags.append("no-synchronisation")
    reason = machine.throttled()
    if reason:
        candidate.throttled = reason
        candidate.discarded += 1
        machine.pause(min(0.05 * candidate.discarded, 0.5))
        return
    candidate.samples.append(timed.seconds / candidate.batch)


def _finish(machine: Machine, candidate: Candidate) -> Point:
    point = replace(candidate.point, discarded=candidate.discarded, flags=(*candidate.point.flags, *candidate.flags))
    if point.status != "ok":
        return point
    if not candidate.samples:
        return replace(point, status="all_discarded", message=one_line(candidate.throttled))
    middle = stats.median(candidate.samples)
    if middle * candidate.batch < 20 * machine.precision:
        point = replace(point, flags=(*point.flags, "timer-resolution"))
    samples = (tuple(stats.round_figures(seconds, 5) for seconds in candidate.samples),)
    if candidate.discarded > len(candidate.samples):
        return replace(point, status="throttled", message=one_line(candidate.throttled), samples=samples)
    return replace(point, samples=samples)


def _escaped(timed: Timed) -> bool:
    """Whether the device worked on for long after the call's own account had ended."""
    return timed.settled - timed.seconds > max(0.5 * timed.seconds, 100e-6)


def _repeated(call: Callable[[], object], times: int) -> Callable[[], object]:
    if times == 1:
        return call

    def several() -> object:
        for _ in range(times - 1):
            call()
        return call()

    return several


def _kernels(machine: Machine, case: Case) -> AbstractContextManager[object]:
    return machine.backend(case.backend) if case.backend else nullcontext()


def _backend_name(backend: Backend | None) -> str | None:
    """The name of the kernel in ``torch.nn.attention.SDPBackend``."""
    return ("MATH" if backend == "math" else f"{backend.upper()}_ATTENTION") if backend else None
