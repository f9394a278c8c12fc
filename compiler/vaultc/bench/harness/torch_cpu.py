"""torch on the CPU, and what its GPU shares with it."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # torch without numpy warns at import; nothing here needs numpy
    import torch

from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from vaultc.bench.harness.device import Machine, OutOfMemory, Peak, PlainMachine, Unsupported, WrongResult
from vaultc.bench.records.model import Ceilings, MachineClass
from vaultc.bench.snippet.case import Backend

BACKENDS = {
    "math": SDPBackend.MATH,
    "flash": SDPBackend.FLASH_ATTENTION,
    "efficient": SDPBackend.EFFICIENT_ATTENTION,
    "cudnn": SDPBackend.CUDNN_ATTENTION,
}
TOLERANCES = {
    "float64": 1e-9,
    "complex128": 1e-9,
    "float32": 1e-4,
    "complex64": 1e-4,
    "tf32": 1e-2,
    "float16": 1e-2,
    "bfloat16": 3e-2,
    "float8_e4m3fn": 0.15,
    "float8_e4m3fnuz": 0.15,
    "float8_e5m2": 0.3,
    "float8_e5m2fnuz": 0.3,
}
"""Allowed error of a row by number format, a few roundings wide; whole numbers and truth values must be equal."""
SMALL_ROW, NO_ROW = 0.1, 1e-2
"""Rows smaller than this share of the middle row, or of the largest number, are judged by that: their own magnitude may
be what is left after numbers cancelled."""
_NO_KERNEL = re.compile(
    r"No available kernel|No viable backend|not compiled with|is not implemented for", re.IGNORECASE
)
_NO_MEMORY = re.compile(r"can't allocate memory|not enough memory|out of memory|ALLOC_FAILED", re.IGNORECASE)


class TorchCpu(PlainMachine):
    """torch on the CPU: timed by the wall clock, for its kernels return when they are done."""

    device = "cpu"

    def seed(self, seed: int) -> None:
        super().seed(seed)
        torch.manual_seed(seed)

    def threads(self) -> int | None:
        return torch.get_num_threads()

    def settings(self) -> Mapping[str, object]:
        return {
            **super().settings(),
            "threads": torch.get_num_threads(),
            "default dtype": torch.get_default_dtype(),
            "precision of float32 products": torch.get_float32_matmul_precision(),
            "deterministic algorithms": torch.are_deterministic_algorithms_enabled(),
            "gradients": torch.is_grad_enabled(),
        }

    def backend(self, name: Backend) -> AbstractContextManager[object]:
        return sdpa_kernel(BACKENDS[name])

    def cold_compiler(self) -> AbstractContextManager[object]:
        import torch._inductor.utils as inductor

        name = "fresh_cache" if hasattr(inductor, "fresh_cache") else "fresh_inductor_cache"  # before torch 2.8
        fresh: Callable[[], AbstractContextManager[object]] = getattr(inductor, name)
        return fresh()

    def compiled(self) -> int | None:
        from torch._dynamo.utils import counters

        return int(counters["stats"]["unique_graphs"])

    def dtype(self, result: object) -> str | None:
        return next((_name(item.dtype) for item in self.tensors(result)), None)

    def backward(self, output: object, inputs: Sequence[object]) -> Callable[[], object]:
        if not isinstance(output, Tensor) or not all(isinstance(item, Tensor) for item in inputs):
            raise Unsupported("a backward pass needs a tensor as result and tensors as inputs")
        leaves = [item for item in inputs if isinstance(item, Tensor)]
        same = torch.Generator().manual_seed(0)  # as in the reference's pass
        upstream = torch.randn(output.shape, generator=same).to(output.device, output.dtype)
        return lambda: torch.autograd.grad(output, leaves, upstream, retain_graph=True)

    def error(self, result: object, reference: object) -> tuple[float, float]:
        ours, theirs = self.tensors(result), self.tensors(reference)
        if not ours:
            return super().error(result, reference)
        shapes = [tuple(item.shape) for item in ours], [tuple(item.shape) for item in theirs]
        if shapes[0] != shapes[1]:
            raise WrongResult(f"shapes {shapes[0]} where the reference has {shapes[1]}")
        worst = max(_row_error(mine, other) for mine, other in zip(ours, theirs, strict=True))
        return worst, max(TOLERANCES.get(self.dtype([item]) or "", 0.0) for item in ours)

    def tensors(self, value: object) -> Sequence[Tensor]:
        if isinstance(value, Tensor):
            return [value]
        if isinstance(value, Mapping):
            value = [value[key] for key in value]
        if isinstance(value, Iterable) and not isinstance(value, (str, bytes, range)):
            return [tensor for item in value for tensor in self.tensors(item)]
        return []

    def is_tensor(self, value: object) -> bool:
        return isinstance(value, Tensor)

    def place(self, tensor: Any) -> int:
        return int(tensor.untyped_storage().data_ptr())

    def equal(self, one: Any, other: Any) -> bool:
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        return torch.equal(*(item.detach().reshape(-1).contiguous().view(torch.uint8) for item in (one, other)))

    def keep(self, tensor: Any) -> Any:
        return tensor.detach().clone()

    def overwrite(self, tensor: Any, content: Any) -> None:
        with torch.no_grad():
            tensor.copy_(content)

    def altered(self, tensor: Any) -> Any:
        return -1.75 * tensor.detach() - 0.5

    def peak(self, call: Callable[[], object]) -> Peak:
        small = torch.randn(64, 64)
        (small @ small).softmax(-1)  # threads and libraries load on first use, and are not the call's memory
        return super().peak(call)

    def translate(self, fault: BaseException) -> BaseException:
        text = str(fault)
        if isinstance(fault, torch.OutOfMemoryError) or (isinstance(fault, RuntimeError) and _NO_MEMORY.search(text)):
            return OutOfMemory(text)
        if isinstance(fault, (RuntimeError, NotImplementedError)) and _NO_KERNEL.search(text):
            return Unsupported(text)
        return super().translate(fault)

    def ceilings(self) -> Ceilings:
        """A copy of 128 MB and a float32 product of width 1536: the best of a few, for a ceiling is a best case."""
        return Ceilings(copy_rate(self, 2**25), {"float32": product_rate(self, 1536, torch.float32)})

    def machine_class(self) -> MachineClass:
        return replace(super().machine_class(), threads=torch.get_num_threads())


def open_machine() -> Machine:
    """The CPU, with as many threads as the runner says."""
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or torch.get_num_threads()))
    return TorchCpu()


def copy_rate(machine: TorchCpu, count: int) -> float:
    """Bytes per second, read plus written, of a copy of so many float32 numbers."""
    source = torch.randn(count, device=machine.device)
    target = torch.empty_like(source)
    return 2 * source.nbytes / _best(machine, lambda: target.copy_(source))


def product_rate(machine: TorchCpu, width: int, dtype: torch.dtype) -> float:
    """FLOP per second of a square matrix product."""
    left, right = torch.randn(2, width, width, device=machine.device).to(dtype).unbind()
    return 2 * width**3 / _best(machine, lambda: left @ right)


def _best(machine: TorchCpu, call: Callable[[], object], warm_up: int = 2, times: int = 8) -> float:
    for _ in range(warm_up):
        call()
    return min(machine.time(call).seconds for _ in range(times))


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _row_error(mine: Tensor, other: Tensor) -> float:
    """The largest error of a row (the last dimension) over the magnitude of that row in the reference.

    A row of zeros among rows of numbers is off by 1, however large another row is. NaN where the reference has none is
    infinitely wrong.
    """
    if not mine.numel():
        return 0.0
    if not (mine.is_floating_point() or mine.is_complex() or other.is_floating_point() or other.is_complex()):
        return 0.0 if bool((mine == other).all()) else 1.0
    wide = torch.complex128 if mine.is_complex() or other.is_complex() else torch.float64
    exact, found = (tensor.detach().to(wide) for tensor in (other, mine))
    width = mine.shape[-1] if mine.dim() else 1
    same = (found == exact) | (found.isnan() & exact.isnan())  # infinities where the reference has them
    errors = torch.where(same, 0.0, (found - exact).abs()).reshape(-1, width).amax(-1)
    finite = torch.where(exact.isfinite(), exact.abs(), 0.0).reshape(-1, width).amax(-1)
    floor = max(SMALL_ROW * finite.median().item(), NO_ROW * finite.max().item()) or 1.0
    worst = (errors / finite.clamp_min(floor)).max().item()
    return worst if worst == worst else float("inf")
