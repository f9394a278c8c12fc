"""The harness on an injected clock: exact where the callable is honest, and not fooled where it is not."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest

from vaultc.bench.harness.counters import Reading
from vaultc.bench.harness.device import OutOfMemory, PlainMachine, Timed, Unsupported
from vaultc.bench.harness.group import Watcher, points_of
from vaultc.bench.harness.timing import prepare, sample
from vaultc.bench.records.model import Disturbance, Param, Point
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
        self.flush_costs = 0.0
        self.lowered: Iterator[str | None] = iter(())
        self.kernels: list[str] = []
        self.readings: Iterator[Reading] = iter(())
        self.sentinels: Iterator[float] = iter(())

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
        self.spend(self.flush_costs)

    def reading(self) -> Reading:
        return next(self.readings, Reading(self.clock.now))

    def sentinel(self) -> float:
        return next(self.sentinels, 0.001)

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


def test_short_calls_are_sampled_with_hot_and_with_cold_caches(machine: FakeMachine) -> None:
    """A call that finds its caches empty costs three times as much."""
    machine.flush_costs = 0.01
    seen = -1

    def run() -> None:
        nonlocal seen
        cold, seen = machine.flushes != seen, machine.flushes
        machine.spend(0.003 if cold else 0.001)

    hot, cold = measured(machine, Case(run))
    assert (hot.metric, cold.metric) == ("time", "cold time")
    assert set(hot.samples[0]) == {0.001}, "rivals and flushes in between are not noticed"
    assert set(cold.samples[0]) == {0.003}


def test_a_call_much_longer_than_filling_the_caches_has_one_time(machine: FakeMachine) -> None:
    machine.flush_costs = 0.01
    (point,) = measured(machine, Case(lambda: machine.spend(0.05)))
    assert point.metric == "time"


@pytest.mark.parametrize("seconds", [7e-6, 1e-3, 0.02, 0.1])
def test_a_point_is_sampled_for_as_long_as_it_says(machine: FakeMachine, seconds: float) -> None:
    calls = 0

    def run() -> None:
        nonlocal calls
        calls += 1
        machine.spend(seconds)

    (point,) = measured(machine, Case(run), Budget(seconds=0.5))
    assert point.samples[0][0] == pytest.approx(seconds, rel=1e-4)
    assert 0.45 < calls * seconds < 1.2, "half a second of samples, and the warm-up"


def test_warming_up_ends_when_it_ends(machine: FakeMachine) -> None:
    """Twenty calls become faster by a tenth each; none of them is a sample."""
    costs = (0.2 * 0.9**index for index in range(20))
    (point,) = measured(machine, Case(lambda: machine.spend(next(costs, 0.02))), Budget(seconds=4.0))
    assert set(point.samples[0]) == {0.02}
    assert point.flags == ()


def test_a_call_that_becomes_slower_and_slower_is_flagged(machine: FakeMachine) -> None:
    calls = 0

    def run() -> None:
        nonlocal calls
        calls += 1
        machine.spend(0.1 + 0.001 * calls)

    (point,) = measured(machine, Case(run), Budget(seconds=5.0))
    assert "drift" in point.flags


def test_scatter_without_a_trend_is_no_drift(machine: FakeMachine) -> None:
    scatter = random.Random(1)
    (point,) = measured(machine, Case(lambda: machine.spend(0.1 + 0.02 * scatter.random())), Budget(seconds=5.0))
    assert "drift" not in point.flags


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


def test_a_compiler_that_had_nothing_to_do_has_no_time(machine: FakeMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    graphs = iter([0, 1, 1, 1])
    monkeypatch.setattr(machine, "compiled", lambda: next(graphs))
    case = Case(lambda: machine.spend(0.25), compiled=True)
    first, second = ({point.metric: point for point in measured(machine, case)} for _ in range(2))
    assert first["compile time"].samples == ((0.25,),)
    assert (second["compile time"].status, second["compile time"].samples) == ("skipped", ())
    assert "another variant in the process had compiled the same code" in second["compile time"].message
    assert second["time"].measured


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
    machine.precision = 1.0
    (point,) = measured(machine, Case(lambda: machine.spend(1e-3)))
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
    assert "".join(order[-10:]) == "abbaabbaab", "and neither always follows the other"


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


def test_a_result_that_is_right_only_at_first_is_flagged(machine: FakeMachine) -> None:
    calls = 0

    def lazy() -> float:
        nonlocal calls
        calls += 1
        machine.spend(0.001)
        return 1.0 if calls < 10 else 0.0

    (point,) = measured(machine, Case(lazy, reference=lambda: 1.0))
    assert "changing-result" in point.flags
    calls = 0
    (point,) = measured(machine, Case(lazy))
    assert "changing-result" in point.flags, "without a reference, too"


def test_a_call_that_draws_at_random_is_not_accused(machine: FakeMachine) -> None:
    def draw() -> float:
        machine.spend(0.001)
        return random.random()

    (point,) = measured(machine, Case(draw))
    assert point.flags == ()


def test_a_disturbed_group_says_so(machine: FakeMachine) -> None:
    def f(n: int) -> Case:
        return Case(lambda: machine.spend(0.1))

    machine.readings = iter([Reading(0.0, cpu=0.0, busy=0.0, delays={1: 0.0}), Reading(1.0, 1.0, 2.0, delays={1: 0.5})])
    told: list[Disturbance] = []
    (point,) = points_of(
        machine, Sweep("f", f, ({"n": 1},), False, Budget()), [{"n": 1}], watcher=Watcher(disturbance=told.append)
    )
    assert (point.status, point.flags) == ("disturbed", ("disturbed",))
    assert "waited for a core for 50 % of the time" in point.message
    assert point.samples[0][0] == 0.1, "shown with its doubt, not dropped"
    assert told[0].delay == 0.5


def test_the_machines_own_pace_is_taken_between_turns(machine: FakeMachine) -> None:
    def f(n: int) -> Case:
        return Case(lambda: machine.spend(0.1))

    machine.sentinels = iter([0.001] * 3 + [0.002] * 3)
    told: list[Disturbance] = []
    (point,) = points_of(
        machine, Sweep("f", f, ({"n": 1},), False, Budget()), [{"n": 1}], watcher=Watcher(disturbance=told.append)
    )
    assert (point.status, told[0].sentinel, told[0].sentinel_drift) == ("ok", 0.002, 1.0)


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
