"""The harness on an injected clock: exact where the callable is honest, and not fooled where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest

from vaultc.bench.harness.device import OutOfMemory, PlainMachine, Timed, Unsupported
from vaultc.bench.harness.group import points_of
from vaultc.bench.harness.timing import prepare, sample
from vaultc.bench.records.model import Param, Point
from vaultc.bench.snippet.case import Backend, Budget, Case, Value
from vaultc.bench.snippet.sweep import Sweep


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


class FakeMachine(PlainMachine):
    """A device whose work is a list of waits: ``spend`` is done at once, ``defer`` when somebody waits for it."""

    def __init__(self) -> None:
        self.clock = Clock()
        super().__init__(self.clock)
        self.pending = 0.0
        self.flushes = 0
        self.lowered: Iterator[str | None] = iter(())
        self.kernels: list[str] = []

    def spend(self, seconds: float) -> None:
        self.clock.now += seconds

    def defer(self, seconds: float) -> None:
        self.pending += seconds

    def time(self, call: Callable[[], object]) -> Timed:
        timed = super().time(call)
        self.clock.now += self.pending
        settled, self.pending = timed.seconds + self.pending, 0.0
        return Timed(timed.seconds, settled, timed.result)

    def flush(self) -> None:
        self.flushes += 1
        self.spend(1.0)

    def pause(self, seconds: float) -> None:
        self.spend(seconds)

    def throttled(self) -> str | None:
        return next(self.lowered, None)

    def backend(self, name: Backend) -> AbstractContextManager[object]:
        if name == "cudnn":
            raise Unsupported("No available kernel")
        return self._using(name)

    @contextmanager
    def _using(self, name: str) -> Iterator[None]:
        self.kernels.append(name)
        yield
        self.kernels.pop()


@pytest.fixture
def machine() -> FakeMachine:
    return FakeMachine()


def measured(machine: FakeMachine, case: Case, budget: Budget | None = None) -> list[Point]:
    candidates, points = prepare(machine, case, "f", {"n": 1}, budget or Budget())
    return points + sample(machine, candidates)


def test_a_callable_is_measured_exactly(machine: FakeMachine) -> None:
    (point,) = measured(machine, Case(lambda: machine.spend(0.0125)))
    assert point.status == "ok"
    assert point.flags == ()
    assert set(point.samples[0]) == {0.0125}
    assert len(point.samples[0]) == 40
    assert machine.flushes == 40, "the cache is flushed before every sample, outside of it"


def test_a_slow_callable_is_sampled_five_times(machine: FakeMachine) -> None:
    (point,) = measured(machine, Case(lambda: machine.spend(3.0)))
    assert point.samples == ((3.0,) * 5,)


def test_the_first_call_and_the_warm_up_are_no_samples(machine: FakeMachine) -> None:
    costs = iter([9.0, 5.0, 4.0])
    (point,) = measured(machine, Case(lambda: machine.spend(next(costs, 0.25))))
    assert set(point.samples[0]) == {0.25}


def test_compiling_is_a_metric_of_its_own(machine: FakeMachine) -> None:
    costs = iter([9.0])
    points = measured(machine, Case(lambda: machine.spend(next(costs, 0.25)), compiled=True, flops=10))
    assert [(point.metric, point.samples[0][0], point.flops) for point in points] == [
        ("compile time", 9.0, None),
        ("time", 0.25, 10),
    ]


def test_very_short_calls_are_timed_several_at_once(machine: FakeMachine) -> None:
    calls = 0

    def short() -> None:
        nonlocal calls
        calls += 1
        machine.spend(1e-7)

    (point,) = measured(machine, Case(short))
    assert point.samples[0][0] == pytest.approx(1e-7, rel=1e-4)
    assert calls > 40 * 10
    assert point.flags == ()


def test_a_call_below_the_clock_is_flagged_where_it_cannot_be_repeated(machine: FakeMachine) -> None:
    machine.batches = False
    (point,) = measured(machine, Case(lambda: machine.spend(1e-7)))
    assert point.flags == ("timer-resolution",)


def test_rivals_are_sampled_in_turn(machine: FakeMachine) -> None:
    order: list[str] = []

    def rival(n: int, kind: str) -> Case:
        def run() -> None:
            order.append(kind)
            machine.spend(0.2)

        return Case(run)

    setting: list[Mapping[str, Param]] = [{"n": 1, "kind": "a"}, {"n": 1, "kind": "b"}]
    points = points_of(machine, Sweep("rival", rival, tuple(setting), False, Budget(seconds=1.0)), setting)
    assert [point.params["kind"] for point in points] == ["a", "b"]
    assert "".join(order[-10:]) == "ababababab"


def test_a_wrong_result_is_not_timed(machine: FakeMachine) -> None:
    (point,) = measured(machine, Case(lambda: [1.0, 2.5], reference=lambda: [1.0, 2.0]))
    assert (point.status, point.samples) == ("wrong_result", ())
    assert "off by 0.25" in point.message


def test_the_error_against_the_reference_is_kept(machine: FakeMachine) -> None:
    case = Case(lambda: [1.0, 2.02], reference=lambda: [1.0, 2.0], tolerance=0.05)
    (point,) = measured(machine, case)
    assert (point.status, point.error, point.tolerance) == ("ok", 0.01, 0.05)


@pytest.mark.parametrize("wrong", [[1.0], [1.0, float("nan")], object()])
def test_what_cannot_be_compared_is_wrong(machine: FakeMachine, wrong: object) -> None:
    (point,) = measured(machine, Case(lambda: wrong, reference=lambda: [1.0, 2.0]))
    assert point.status == "wrong_result"


def test_a_reference_that_finds_no_room_leaves_a_flag(machine: FakeMachine) -> None:
    def reference() -> object:
        raise MemoryError

    (point,) = measured(machine, Case(lambda: machine.spend(0.1), reference=reference))
    assert (point.status, point.flags, point.error) == ("ok", ("unchecked",), None)


def test_work_that_escapes_the_account_is_flagged(machine: FakeMachine) -> None:
    def liar() -> None:
        machine.spend(0.001)
        machine.defer(0.2)

    (point,) = measured(machine, Case(liar))
    assert "no-synchronisation" in point.flags


def test_a_cached_output_is_flagged(machine: FakeMachine) -> None:
    kept: list[float] = []

    def liar() -> object:
        machine.spend(0.001)
        return kept

    (point,) = measured(machine, Case(liar))
    assert "cached-output" in point.flags


def test_a_buffer_that_is_filled_again_is_not(machine: FakeMachine) -> None:
    buffer = [0.0]

    class Poisonable(FakeMachine):
        def poison(self, result: object) -> bool:
            buffer[0] = float("nan")
            return True

        def poisoned(self, result: object) -> bool:
            return buffer[0] != buffer[0]

    honest = Poisonable()

    def run() -> object:
        honest.spend(0.001)
        buffer[0] = 1.0
        return buffer

    (point,) = measured(honest, Case(run))
    assert point.flags == ()


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (MemoryError("no room"), "oom"),
        (OutOfMemory("no room"), "oom"),
        (Unsupported("not here"), "skipped"),
        (ValueError("bad shape"), "error"),
    ],
)
def test_what_a_callable_raises_becomes_its_status(machine: FakeMachine, fault: Exception, status: str) -> None:
    def run() -> object:
        raise fault

    (point,) = measured(machine, Case(run))
    assert (point.status, point.samples) == (status, ())
    assert point.message


def test_a_fault_in_the_middle_of_sampling_is_kept_too(machine: FakeMachine) -> None:
    calls = iter(range(5))

    def run() -> None:
        machine.spend(0.1)
        if next(calls, None) is None:
            raise RuntimeError("worn out")

    (point,) = measured(machine, Case(run))
    assert (point.status, point.message) == ("error", "RuntimeError: worn out")


def test_samples_under_lowered_clocks_are_thrown_away(machine: FakeMachine) -> None:
    machine.lowered = iter(["hot"] * 2)
    (point,) = measured(machine, Case(lambda: machine.spend(0.1)))
    assert (point.status, point.discarded, len(point.samples[0])) == ("ok", 2, 3)


def test_mostly_lowered_clocks_make_a_throttled_point(machine: FakeMachine) -> None:
    machine.lowered = iter(["hot"] * 4)
    (point,) = measured(machine, Case(lambda: machine.spend(0.1)))
    assert (point.status, point.message, len(point.samples[0])) == ("throttled", "hot", 1)


def test_no_sample_left_is_a_status_of_its_own(machine: FakeMachine) -> None:
    machine.lowered = iter(["hot"] * 99)
    (point,) = measured(machine, Case(lambda: machine.spend(0.1)))
    assert (point.status, point.message, point.samples) == ("all_discarded", "hot", ())


def test_the_backend_is_forced_and_recorded(machine: FakeMachine) -> None:
    seen: set[tuple[str, ...]] = set()

    def run() -> None:
        seen.add(tuple(machine.kernels))
        machine.spend(0.1)

    (point,) = measured(machine, Case(run, reference=lambda: machine.kernels.copy() or 0.0, backend="flash"))
    assert point.status == "wrong_result", "None is no number"
    (point,) = measured(machine, Case(run, backend="flash"))
    assert (point.status, point.backend, seen) == ("ok", "FLASH_ATTENTION", {("flash",)})


def test_a_backend_that_is_not_there_skips_the_point(machine: FakeMachine) -> None:
    (point,) = measured(machine, Case(lambda: None, backend="cudnn"))
    assert (point.status, point.backend) == ("skipped", "CUDNN_ATTENTION")


def test_values_are_taken_as_they_are(machine: FakeMachine) -> None:
    def values(n: int) -> list[Value]:
        return [Value(16.0, "B/param", "weights"), Value(float("nan"), "", "loss")]

    points = points_of(machine, Sweep("values", values, ({"n": 1},), False, Budget()), [{"n": 1}])
    assert [(point.metric, point.unit, point.status, point.samples) for point in points] == [
        ("weights", "B/param", "ok", ((16.0,),)),
        ("loss", "", "error", ()),
    ]


def test_a_function_that_returns_something_else_is_told(machine: FakeMachine) -> None:
    (point,) = points_of(machine, Sweep("f", lambda n: 3, ({"n": 1},), False, Budget()), [{"n": 1}])  # type: ignore[arg-type, return-value]
    assert point.status == "error"
    assert "TypeError" in point.message
