"""How a callable is timed: checked first, warmed up, then sampled in turn with its rivals, hot and cold."""

from __future__ import annotations

import math
import secrets
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

from vaultc.bench.harness import steadiness
from vaultc.bench.harness.device import Broken, Machine, OutOfMemory, Timed, Unsupported, WrongResult
from vaultc.bench.records import stats
from vaultc.bench.records.model import BACKWARD, COLD, COMPILE, GRAPH, HOST, TIME, Flag, Param, Point, Status
from vaultc.bench.records.text import one_line
from vaultc.bench.snippet.case import Backend, Budget, Case

REFILLS = 4
"""A call that lasts over so many times as long as emptying the caches does not notice that they are empty."""
MOST_CALLS = 100_000
"""Calls in one sample: beyond, even an empty one has been resolved."""


@dataclass(slots=True)
class Candidate:
    """A case on its way through a process: its point grows samples, or a status that says why there are none."""

    case: Case
    point: Point
    call: Callable[[], object]
    cold: bool = False
    """Whether caches are emptied before each sample."""
    brief: bool = False
    """Whether it is short enough to notice what others left in the caches: then an untimed call goes before a sample."""
    first: object = None
    """What a checked call returned, kept apart, for later ones to be compared with."""
    seen: object = None
    """What a timed call returned, one that no call can know of."""
    seen_at: int = -1
    """Its turn."""
    samples: list[float] = field(default_factory=list)
    hosts: list[float] = field(default_factory=list)
    batch: int = 1
    rounds: int = 0
    discarded: int = 0
    throttled: str = ""
    flags: list[Flag] = field(default_factory=list)

    def doubt(self, flag: Flag) -> None:
        if flag not in self.flags:
            self.flags.append(flag)


def prepare(
    machine: Machine, case: Case, sweep: str, params: Mapping[str, Param], budget: Budget
) -> tuple[list[Candidate], list[Point]]:
    """Checks and warms up a case. Gives what is to be sampled, and the points that are already settled.

    Everything the snippet raises ends in the status of its point; only ``KeyboardInterrupt`` and ``SystemExit`` pass,
    and ``Broken``, after which the device does nothing more.
    """
    backend = _backend_name(case.backend)
    blank = Point(sweep, params, TIME, "s", "ok", flops=case.flops, bytes=case.bytes, backend=backend)
    blank = replace(blank, threads=machine.threads(), cause=one_line(case.cause))
    try:
        compiled = machine.compiled() if case.compiled else None
        with _kernels(machine, case), machine.cold_compiler() if case.compiled else nullcontext():
            first = machine.time(case.run)
        warm = bool(compiled) and machine.compiled() == compiled
        candidates, settled = _check(machine, case, blank, first, warm)
        with _kernels(machine, case):
            for candidate in candidates:
                _pace(machine, candidate, budget)
            return candidates + _cold(machine, candidates, budget), settled
    except Exception as fault:  # noqa: BLE001 - the snippet's own code: whatever it raises is the result
        return [], [failed(machine, blank, fault)]


def sample(
    machine: Machine,
    candidates: Sequence[Candidate],
    at: Callable[[Candidate], None] = lambda candidate: None,
    between: Callable[[], None] = lambda: None,
) -> list[Point]:
    """Samples the candidates in turn and gives their points. Each turn begins with another one, so that none always
    follows the same; ``at`` is told whose turn it is, ``between`` is called before every turn."""
    for candidate in candidates:
        candidate.seen_at = secrets.randbelow(max(1, candidate.rounds))
    for turn in range(max((candidate.rounds for candidate in candidates), default=0)):
        between()
        start = turn % len(candidates)
        for candidate in [*candidates[start:], *candidates[:start]]:
            if turn < candidate.rounds:
                at(candidate)
                _sample_once(machine, candidate, keep=turn == candidate.seen_at)
    return [point for candidate in candidates for point in _finish(machine, candidate)]


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
    failure = replace(point, status=status, message=one_line(text))
    if isinstance(meant, Broken):
        raise BrokenAt(failure) from None
    return failure


class BrokenAt(BaseException):
    """The device took no more work after a call of this point. No fault of the snippet's own code, which may not catch it."""

    def __init__(self, point: Point) -> None:
        super().__init__(point.message)
        self.point = point


def _line(fault: BaseException) -> str:
    """The line of the snippet that raised, as ``line 12: ``; empty where it was not the snippet's."""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    lines = [frame.lineno for frame in traceback.extract_tb(fault.__traceback__) if frame.filename == path]
    return f"line {lines[-1]}: " if lines else ""


def _check(machine: Machine, case: Case, blank: Point, first: Timed, warm: bool) -> tuple[list[Candidate], list[Point]]:
    """Compares with the reference, forward and backward, and gives the candidates. Raises ``WrongResult``.

    ``warm``: another variant of this process had compiled the same code, so that the first call compiled nothing.
    """
    blank = replace(blank, dtype=case.dtype or machine.dtype(first.result))
    settled = []
    if case.compiled:
        seconds = stats.round_figures(first.seconds, 5)
        point = replace(blank, metric=COMPILE, flops=None, bytes=None, samples=((seconds,),))
        nothing = "nothing was compiled: another variant in the process had compiled the same code"
        settled.append(replace(point, status="skipped", message=nothing, samples=()) if warm else point)
    reference, unchecked = _reference(machine, case)
    point = blank
    if unchecked:
        point = replace(blank, flags=("unchecked",))
    elif case.reference is not None:
        point = _compared(machine, case, blank, first.result, reference)
    candidates = [Candidate(case, point, case.run, first=_kept(machine, first.result))]

    def also(bare: Point, make: Callable[[], Candidate]) -> None:
        """What fails beside the call itself fails alone."""
        try:
            candidates.append(make())
        except Exception as fault:  # noqa: BLE001 - the snippet's own code
            settled.append(failed(machine, bare, fault))

    if case.graph and machine.kind == "cuda":
        bare = replace(point, metric=GRAPH)
        also(bare, lambda: Candidate(case, bare, machine.graph(case.run)))
    if case.backward:
        gradients = replace(blank, metric=BACKWARD, flops=case.backward_flops, bytes=None)
        also(gradients, lambda: _backward(machine, case, gradients, reference))
    return candidates, settled


def _reference(machine: Machine, case: Case) -> tuple[object, bool]:
    """The reference's result; without one where it found no room, and then True."""
    if case.reference is None:
        return None, False
    try:
        return case.reference(), False
    except Exception as fault:
        if not isinstance(machine.translate(fault), OutOfMemory):
            raise
        fault.__traceback__ = None
        machine.release()
        return None, True


def _compared(machine: Machine, case: Case, point: Point, result: object, reference: object) -> Point:
    error, usual = machine.error(result, reference)
    tolerance = usual if case.tolerance is None else case.tolerance
    if not error <= tolerance:
        raise WrongResult(f"a row is off by {error:.2g} of its size in the reference, {tolerance:.2g} is allowed")
    return replace(point, error=stats.round_figures(error, 3), tolerance=tolerance)


def _backward(machine: Machine, case: Case, point: Point, reference: object) -> Candidate:
    """The backward pass, its gradients compared with those of the reference where that can be differentiated."""
    run = machine.backward(case.run(), case.backward)
    if reference is None:
        return Candidate(case, point, run)
    try:
        exact = machine.backward(reference, case.backward)()
    except Exception as fault:  # noqa: BLE001 - a reference that is detached, or too large to differentiate
        fault.__traceback__ = None
        machine.release()
        return Candidate(case, replace(point, flags=("unchecked",)), run)
    return Candidate(case, _compared(machine, case, point, run(), exact), run)


def _kept(machine: Machine, result: object) -> object:
    """Copies of a result's tensors, which later calls cannot reach; numbers and the like as they are."""
    tensors = machine.tensors(result)
    if tensors:
        return [machine.keep(tensor) for tensor in tensors]
    return result if isinstance(result, (bool, int, float, str)) else None


def _pace(machine: Machine, candidate: Candidate, budget: Budget) -> None:
    """Calls it untimed until it no longer becomes faster, and so learns how often it can be sampled, and at once."""

    def once() -> float:
        timed = machine.time(candidate.call)
        return max(timed.seconds, timed.settled)

    seconds = max(steadiness.warm_up(once, budget.seconds), machine.precision)
    wanted = budget.seconds / budget.most
    candidate.batch = max(1, min(MOST_CALLS, math.floor(wanted / seconds)))
    candidate.rounds = max(budget.least, min(budget.most, round(budget.seconds / (seconds * candidate.batch))))


def _cold(machine: Machine, candidates: Sequence[Candidate], budget: Budget) -> list[Candidate]:
    """The same calls, to be timed with empty caches, where they could notice."""
    start = machine.now()
    machine.flush()
    machine.settle()
    flush = machine.now() - start
    found = []
    for hot in candidates:
        seconds = budget.seconds / hot.rounds / hot.batch
        hot.brief = seconds < REFILLS * flush
        if budget.cold and hot.point.metric == TIME and hot.brief:
            rounds = max(budget.least, min(budget.most, round(budget.seconds / (seconds + flush))))
            found.append(Candidate(hot.case, replace(hot.point, metric=COLD), hot.call, cold=True, rounds=rounds))
    return found


def _sample_once(machine: Machine, candidate: Candidate, keep: bool = False) -> None:
    try:
        with _kernels(machine, candidate.case):
            if candidate.cold:
                machine.flush()
            elif candidate.brief:
                machine.time(candidate.call)
            timed = machine.time(_repeated(candidate.call, candidate.batch))
            if keep and candidate.first is not None:
                candidate.seen = _kept(machine, timed.result)
    except Exception as fault:  # noqa: BLE001 - the snippet's own code
        candidate.point = failed(machine, candidate.point, fault)
        candidate.rounds = 0
        return
    if _escaped(timed):
        candidate.doubt("no-synchronisation")
    reason = machine.throttled()
    if reason:
        candidate.throttled = reason
        candidate.discarded += 1
        machine.pause(min(0.05 * candidate.discarded, 0.5))
        return
    candidate.samples.append(timed.seconds / candidate.batch)
    if timed.host is not None and not candidate.cold:
        candidate.hosts.append(timed.host / candidate.batch)


def _finish(machine: Machine, candidate: Candidate) -> list[Point]:
    point = candidate.point
    if point.status == "ok" and candidate.first is not None and _changed(machine, candidate):
        candidate.doubt("changing-result")
    point = replace(point, discarded=candidate.discarded, flags=(*point.flags, *candidate.flags))
    if point.status != "ok":
        return [point]
    if not candidate.samples:
        return [replace(point, status="all_discarded", message=one_line(candidate.throttled))]
    if stats.median(candidate.samples) * candidate.batch < 20 * machine.precision:
        point = replace(point, flags=(*point.flags, "timer-resolution"))
    if steadiness.drifts(candidate.samples):
        point = replace(point, flags=(*point.flags, "drift"))
    point = replace(point, samples=(_figures(candidate.samples),))
    if candidate.discarded > len(candidate.samples):
        point = replace(point, status="throttled", message=one_line(candidate.throttled))
    if not candidate.hosts or point.metric != TIME:
        return [point]
    host = replace(point, metric=HOST, flops=None, bytes=None, flags=(), samples=(_figures(candidate.hosts),))
    return [point, host]


def _changed(machine: Machine, candidate: Candidate) -> bool:
    """Whether a call that was right at first gives something else by now.

    A call that writes on in memory of its own is not judged, nor one that was never compared and draws at random.
    """
    case, first = candidate.case, candidate.first
    try:
        with _kernels(machine, case):
            results = [case.run() for _ in range(2)]
        if set(map(machine.place, machine.tensors(results[0]))) & set(map(machine.place, machine.tensors(results[1]))):
            return False
        later = [results[0], *([candidate.seen] if candidate.seen is not None else [])]
        (unlike, usual) = machine.error(results[1], results[0])
        error = max(machine.error(result, first)[0] for result in later)
    except Exception as fault:  # noqa: BLE001 - the samples are there, and no longer depend on it
        machine.translate(fault)
        fault.__traceback__ = None
        return False
    allowed = 2 * max(usual, case.tolerance or 0.0)
    return error > allowed and (candidate.point.error is not None or unlike <= allowed)


def _escaped(timed: Timed) -> bool:
    """Whether the device worked on for long after the call's own account had ended."""
    return timed.settled - timed.seconds > max(0.2 * timed.seconds, 50e-6)


def _repeated(call: Callable[[], object], times: int) -> Callable[[], object]:
    if times == 1:
        return call

    def several() -> object:
        for _ in range(times - 1):
            call()
        return call()

    return several


def _figures(samples: Sequence[float]) -> tuple[float, ...]:
    return tuple(stats.round_figures(seconds, 5) for seconds in samples)


def _kernels(machine: Machine, case: Case) -> AbstractContextManager[object]:
    return machine.backend(case.backend) if case.backend else nullcontext()


def _backend_name(backend: Backend | None) -> str | None:
    """The name of the kernel in ``torch.nn.attention.SDPBackend``."""
    return ("MATH" if backend == "math" else f"{backend.upper()}_ATTENTION") if backend else None
