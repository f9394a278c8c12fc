"""Calls that cheat, each of which must be seen, and honest ones that look like it, none of which may be accused."""

# ruff: noqa: PLW0108 - calls are written as snippets write them

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from vaultc.bench.harness.group import Watcher, points_of
from vaultc.bench.records.model import Param, Point
from vaultc.bench.snippet.case import Budget, Case
from vaultc.bench.snippet.sweep import Sweep

torch = pytest.importorskip("torch", reason="missing tool: torch (pip install torch)")
torch_cpu = pytest.importorskip("vaultc.bench.harness.torch_cpu")

N = 64
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


CHEATS = [
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
