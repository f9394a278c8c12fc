"""Calls that cheat, each of which must be seen, and honest ones that look like it, none of which may be accused."""

# ruff: noqa: PLW0108 - calls are written as snippets write them

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from vaultc.bench.harness.group import Watcher, points_of
from vaultc.bench.records.model import Param, Point
from vaultc.bench.snippet.case import Budget, Case
from vaultc.bench.snippet.sweep import Sweep

torch = pytest.importorskip("torch", reason="missing tool: torch (pip install torch)")
torch_cpu = pytest.importorskip("vaultc.bench.harness.torch_cpu")

N = 64
WIDE = 150
"""Wide enough for a product to take far longer than a copy, and narrow enough for a copy on one thread."""
FLOPS = 2.0 * N**3


def measured(make: Callable[..., Case], *settings: Mapping[str, Param]) -> list[Point]:
    machine = torch_cpu.TorchCpu()
    sweep = Sweep("f", make, settings or ({},), False, Budget(seconds=0.002, cold=False))
    return points_of(machine, sweep, settings or ({},), watcher=Watcher(audits=True))


def one(make: Callable[..., Case]) -> Point:
    return next(point for point in measured(make) if point.metric == "time")


def pair() -> tuple[Any, Any]:
    a, b = torch.randn(2, N, N)
    return a, b


def kept_before() -> Case:
    a, b = pair()
    kept = a @ b
    return Case(lambda: kept, flops=FLOPS)


def kept_as_a_view() -> Case:
    a, b = pair()
    kept = a @ b
    return Case(lambda: kept.view(-1)[:].t(), flops=FLOPS)


def kept_as_a_copy() -> Case:
    a, b = pair()
    kept = a @ b
    return Case(lambda: kept.clone(), flops=FLOPS)


def kept_beside_a_reference() -> Case:
    a, b = pair()
    kept = a @ b
    return Case(lambda: kept.clone(), reference=lambda: a.double() @ b.double())


def kept_at_the_first_call() -> Case:
    a, b = pair()
    kept: dict[str, Any] = {}

    def run() -> Any:
        if not kept:
            kept["result"] = a @ b
        return kept["result"]

    return Case(run)


def kept_at_the_first_call_and_cloned() -> Case:
    a, b = pair()
    kept: dict[str, Any] = {}

    def run() -> Any:
        if not kept:
            kept["result"] = a @ b
        return kept["result"].clone()

    return Case(run)


def kept_in_a_tuple() -> Case:
    a, b = pair()
    kept: list[Any] = []

    def run() -> Any:
        if not kept:
            kept.append(a @ b)
        return kept[0].clone(), [kept[0] + 0]

    return Case(run)


def kept_in_a_table() -> Case:
    a, b = pair()
    kept: list[Any] = []

    def run() -> Any:
        if not kept:
            kept.append(a @ b)
        return {"logits": kept[0].clone(), "more": {"hidden": kept[0]}}

    return Case(run)


def kept_by_place() -> Case:
    a, b = pair()
    kept: dict[object, Any] = {}

    def run() -> Any:
        place = a.data_ptr(), b.data_ptr()
        if place not in kept:
            kept[place] = a @ b
        return kept[place]

    return Case(run, reference=lambda: a.double() @ b.double())


def kept_until_inputs_are_written() -> Case:
    """It asks torch how often its inputs were written to."""
    a, b = (torch.randn(WIDE, WIDE) for _ in range(2))
    kept: dict[object, Any] = {}

    def run() -> Any:
        state = a._version, b._version
        if state not in kept:
            kept.clear()
            kept[state] = a @ b
        return kept[state].clone()

    return Case(run, reference=lambda: a.double() @ b.double())


def kept_until_a_corner_changes() -> Case:
    a, b = (torch.randn(WIDE, WIDE) for _ in range(2))
    kept: dict[object, Any] = {}

    def run() -> Any:
        state = float(a[0, 0]), float(b[0, 0])
        if state not in kept:
            kept.clear()
            kept[state] = a @ b
        return kept[state].clone()

    return Case(run, reference=lambda: a.double() @ b.double())


_BY_SIZE: dict[int, Any] = {}


def kept_by_size_for_all_set_ups() -> Case:
    a, b = pair()

    def run() -> Any:
        if N not in _BY_SIZE:
            _BY_SIZE[N] = a @ b
        return _BY_SIZE[N].clone()

    return Case(run, flops=FLOPS)


def computed_every_seventh_time() -> Case:
    a, b = pair()
    calls, kept = 0, torch.empty(0)

    def run() -> Any:
        nonlocal calls, kept
        if calls % 7 == 0:
            kept = a @ b
        calls += 1
        return kept.clone()

    return Case(run, flops=FLOPS)


CHEATS = [
    kept_by_place,
    kept_until_inputs_are_written,
    kept_until_a_corner_changes,
    kept_by_size_for_all_set_ups,
    computed_every_seventh_time,
    kept_before,
    kept_as_a_view,
    kept_as_a_copy,
    kept_beside_a_reference,
    kept_at_the_first_call,
    kept_at_the_first_call_and_cloned,
    kept_in_a_tuple,
    kept_in_a_table,
]


@pytest.mark.parametrize("make", CHEATS, ids=lambda make: make.__name__)
def test_a_result_that_is_not_computed_again_is_seen(make: Callable[[], Case]) -> None:
    assert "cached-output" in one(make).flags


def test_rows_that_were_left_out_are_seen() -> None:
    """One row is a thousand times larger than the others: of 512, it alone is computed."""

    def skipping() -> Case:
        a = torch.randn(512, N)
        a[0] *= 1000
        b = torch.randn(N, N)

        def run() -> Any:
            result = torch.zeros(512, N)
            result[0] = a[0] @ b
            return result

        return Case(run, reference=lambda: a.double() @ b.double())

    point = one(skipping)
    assert point.status == "wrong_result"
    assert "a row is off by" in point.message


def test_a_call_that_is_right_only_at_first_is_seen() -> None:
    def lazy() -> Case:
        a, b = pair()
        calls = 0

        def run() -> Any:
            nonlocal calls
            calls += 1
            return a @ b if calls < 4 else torch.zeros(N, N)

        return Case(run, reference=lambda: a.double() @ b.double())

    assert "changing-result" in one(lazy).flags


def test_a_call_that_works_only_where_nobody_times_it_is_seen() -> None:
    """It looks who calls: only what a timed call returned itself shows it."""

    def watching() -> Case:
        a, b = pair()
        empty = torch.zeros(N, N)

        def run() -> Any:
            callers = [frame.name for frame in traceback.extract_stack()]
            return empty if "_sample_once" in callers else a @ b

        return Case(run, reference=lambda: a.double() @ b.double())

    assert "changing-result" in one(watching).flags


class Later:
    """A list of one tensor that is computed when somebody looks."""

    def __init__(self, compute: Callable[[], Any]) -> None:
        self._compute = compute

    def __iter__(self) -> Iterator[Any]:
        return iter([self._compute()])


class LaterTensor(torch.Tensor):  # type: ignore[misc, name-defined]
    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        args = torch.utils._pytree.tree_map(lambda each: each.compute() if isinstance(each, cls) else each, args)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("kind", ["object", "tensor"])
def test_a_result_that_is_computed_when_it_is_read_is_seen(kind: str) -> None:
    def later() -> Case:
        a, b = (torch.randn(WIDE, WIDE) for _ in range(2))

        def work() -> Any:  # so much of it that no load makes a copy take as long
            for _ in range(50):
                product = a @ b
            return product

        def run() -> Any:
            if kind == "object":
                return Later(work)
            result = torch.Tensor._make_subclass(LaterTensor, torch.empty(WIDE, WIDE))
            result.compute = work
            return result

        return Case(run, reference=lambda: a.double() @ b.double())

    assert "no-synchronisation" in one(later).flags


@pytest.mark.parametrize("setting", ["threads", "dtype", "niceness"])
def test_a_set_up_that_changes_the_process_for_other_variants_costs_them_their_time(setting: str) -> None:
    """All variants are set up before any is timed: the first would be timed with the settings of the last."""

    def variants(kind: str) -> Case:
        a, b = pair()
        if kind == "changed" and setting == "threads":
            torch.set_num_threads(before + 1)
        elif kind == "changed" and setting == "dtype":
            torch.set_default_dtype(torch.float64)
        elif kind == "changed":
            os.nice(1)
        return Case(lambda: a @ b)

    before = torch.get_num_threads()
    try:
        usual, changed = measured(variants, {"kind": "usual"}, {"kind": "changed"})
    finally:
        torch.set_num_threads(before)
        torch.set_default_dtype(torch.float32)
    assert (usual.status, usual.measured) == ("error", False)
    assert "another variant's set-up changed" in usual.message
    assert changed.measured


@pytest.mark.parametrize("tolerance", [1.0, float("inf"), float("nan"), -0.1])
def test_a_tolerance_that_compares_nothing_is_refused(tolerance: float) -> None:
    point = one(lambda: Case(lambda: 1, reference=lambda: 2, tolerance=tolerance))
    assert point.status == "error"
    assert "compares nothing" in point.message


def test_integers_must_be_equal() -> None:
    def off_by_one() -> Case:
        values = torch.arange(1000)
        return Case(lambda: values + (values == 500), reference=lambda: values)

    assert one(off_by_one).status == "wrong_result"


def test_gradients_are_compared_with_the_references() -> None:
    class Wrong(torch.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            return grads[0] * ctx.saved_tensors[0]  # half of it

    def square() -> Case:
        x = torch.randn(N, requires_grad=True)
        return Case(lambda: Wrong.apply(x), reference=lambda: x.double() ** 2, backward=[x])

    points = {point.metric: point for point in measured(square)}
    assert points["time"].status in ("ok", "noisy", "disturbed")
    assert points["backward time"].status == "wrong_result"


def in_place() -> Case:
    x = torch.randn(N, N)
    return Case(lambda: x.add_(1), flops=N * N)


def in_place_with_a_reference() -> Case:
    x = torch.randn(N, N)
    before = x.clone()
    return Case(lambda: x.add_(1), reference=lambda: before.double() + 1)


def into_a_buffer() -> Case:
    a, b = pair()
    out = torch.empty(N, N)
    return Case(lambda: torch.mm(a, b, out=out), reference=lambda: a.double() @ b.double(), flops=FLOPS)


def with_dropout() -> Case:
    a, b = pair()
    return Case(lambda: torch.nn.functional.dropout(a @ b, 0.5), flops=FLOPS)


def with_its_own_seed() -> Case:
    a, b = pair()

    def run() -> Any:
        torch.manual_seed(7)
        return torch.nn.functional.dropout(a @ b, 0.5)

    return Case(run, flops=FLOPS)


def in_another_order() -> Case:
    """Summed in an order of chance, as atomic additions are."""
    a = torch.randn(N, 1000)
    return Case(lambda: a[:, torch.randperm(1000)].sum(-1), reference=lambda: a.double().sum(-1))


def a_view_of_its_input() -> Case:
    x = torch.randn(N, N)
    return Case(lambda: x.contiguous())


def a_view_checked_against_its_input() -> Case:
    x = torch.randn(N, N)
    return Case(lambda: x.t().contiguous().t(), reference=lambda: x.double())


def a_copy_of_its_input() -> Case:
    x = torch.randn(N, N)
    return Case(lambda: x.clone(), reference=lambda: x, bytes=2 * x.nbytes)


def a_positive_rectifier() -> Case:
    x = torch.rand(N, N) + 1
    return Case(lambda: torch.relu(x), flops=N * N)


def the_sign() -> Case:
    x = torch.randn(N, N)
    return Case(lambda: torch.sign(x), flops=N * N)


def fixed_inputs() -> Case:
    a, b = torch.randn(2, N, N, generator=torch.Generator().manual_seed(0))
    return Case(lambda: a @ b, flops=FLOPS)


def a_reference_made_before() -> Case:
    a, b = pair()
    exact = a.double() @ b.double()
    return Case(lambda: a @ b, reference=lambda: exact, flops=FLOPS)


def a_module() -> Case:
    layer, x = torch.nn.Linear(N, N), torch.randn(4, N)
    return Case(lambda: layer(x), flops=2 * 4 * N * N)


def zeros_among_the_rows() -> Case:
    """A mask leaves rows without anything, in the reference, too."""
    a, b = pair()
    mask = torch.ones(N, 1)
    mask[10:] = 0
    return Case(lambda: (a * mask) @ b, reference=lambda: (a.double() * mask) @ b.double(), flops=FLOPS)


HONEST = [
    in_place,
    in_place_with_a_reference,
    into_a_buffer,
    with_dropout,
    with_its_own_seed,
    in_another_order,
    a_view_of_its_input,
    a_view_checked_against_its_input,
    a_copy_of_its_input,
    a_positive_rectifier,
    the_sign,
    fixed_inputs,
    a_reference_made_before,
    a_module,
    zeros_among_the_rows,
]


@pytest.mark.parametrize("make", HONEST, ids=lambda make: make.__name__)
def test_an_honest_call_is_not_accused(make: Callable[[], Case]) -> None:
    point = one(make)
    assert point.measured, point.message
    assert not {"cached-output", "changing-result", "no-synchronisation"} & set(point.flags)


def test_nothing_that_is_the_snippets_is_written_to() -> None:
    """``contiguous`` hands out its input: a harness that overwrites results would make the next variant wrong."""
    shared = torch.randn(N, N)
    before = shared.clone()

    def variants(kind: str) -> Case:
        own = torch.randn(N, N)
        if kind == "contiguous":
            return Case(lambda: shared.contiguous(), flops=1.0)
        return Case(lambda: shared @ own, reference=lambda: shared.double() @ own.double())

    points = measured(variants, {"kind": "contiguous"}, {"kind": "product"})
    assert all(point.measured for point in points)
    assert torch.equal(shared, before)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "complex64"])
def test_what_a_number_format_rounds_is_allowed(dtype: str) -> None:
    def product() -> Case:
        a, b = (item.to(getattr(torch, dtype)) for item in pair())
        wide = torch.complex128 if dtype == "complex64" else torch.float64
        return Case(lambda: a @ b, reference=lambda: a.to(wide) @ b.to(wide))

    point = one(product)
    assert point.measured, point.message
    assert point.dtype == dtype
