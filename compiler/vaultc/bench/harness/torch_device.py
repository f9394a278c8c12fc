"""CPU and CUDA through torch: the only module of vaultc that imports it."""

from __future__ import annotations

import os
import re
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # torch without numpy warns at import; nothing here needs numpy
    import torch

from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from vaultc.bench.harness import nvml
from vaultc.bench.harness.device import (
    Machine,
    OutOfMemory,
    Peak,
    PlainMachine,
    Timed,
    Unsupported,
    WrongResult,
)
from vaultc.bench.harness.machine import base_environment
from vaultc.bench.records.model import Ceilings, Clocks, Device, Environment, MachineClass
from vaultc.bench.snippet.case import Backend

FLUSH_BYTES = 256 * 2**20
"""Written between samples on CUDA: more than the L2 cache of any GPU to date."""

BACKENDS = {
    "math": SDPBackend.MATH,
    "flash": SDPBackend.FLASH_ATTENTION,
    "efficient": SDPBackend.EFFICIENT_ATTENTION,
    "cudnn": SDPBackend.CUDNN_ATTENTION,
}
TOLERANCES = {torch.float64: 1e-9, torch.float32: 1e-4, torch.float16: 1e-2, torch.bfloat16: 3e-2}
_NO_KERNEL = re.compile(
    r"No available kernel|No viable backend|not compiled with|is not implemented for", re.IGNORECASE
)
_NO_MEMORY = re.compile(r"can't allocate memory|not enough memory|out of memory", re.IGNORECASE)


class TorchCpu(PlainMachine):
    """torch on the CPU: timed by the wall clock, for its kernels return when they are done."""

    def seed(self, seed: int) -> None:
        super().seed(seed)
        torch.manual_seed(seed)

    def backend(self, name: Backend) -> AbstractContextManager[object]:
        return sdpa_kernel(BACKENDS[name])

    def dtype(self, result: object) -> str | None:
        return next((str(item.dtype).removeprefix("torch.") for item in _tensors(result)), None)

    def backward(self, output: object, inputs: Sequence[object]) -> Callable[[], object]:
        if not isinstance(output, Tensor) or not all(isinstance(item, Tensor) for item in inputs):
            raise Unsupported("a backward pass needs a tensor as result and tensors as inputs")
        leaves = [item for item in inputs if isinstance(item, Tensor)]
        upstream = torch.randn_like(output)
        return lambda: torch.autograd.grad(output, leaves, upstream, retain_graph=True)

    def error(self, result: object, reference: object) -> tuple[float, float]:
        ours, theirs = _tensors(result), _tensors(reference)
        if not ours:
            return super().error(result, reference)
        shapes = [tuple(item.shape) for item in ours], [tuple(item.shape) for item in theirs]
        if shapes[0] != shapes[1]:
            raise WrongResult(f"shapes {shapes[0]} where the reference has {shapes[1]}")
        worst = 0.0
        for mine, other in zip(ours, theirs, strict=True):
            if not mine.numel():
                continue
            exact = other.detach().double()
            scale = exact.abs().max().item() or 1.0
            difference = (mine.detach().double() - exact).abs().max().item() / scale
            worst = max(worst, difference if difference == difference else float("inf"))
        return worst, max(TOLERANCES.get(item.dtype, 0.0) for item in ours)

    def poison(self, result: object) -> bool:
        tensors = [item.detach() for item in _tensors(result) if item.is_floating_point() and item.numel()]
        for tensor in tensors:
            tensor.fill_(float("nan"))
        return bool(tensors)

    def poisoned(self, result: object) -> bool:
        tensors = [item.detach() for item in _tensors(result) if item.is_floating_point() and item.numel()]
        return bool(tensors) and all(bool(tensor.isnan().all()) for tensor in tensors)

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
        return Ceilings(_copy_rate(self, 2**25), {"float32": _product_rate(self, 1536, torch.float32)})

    def machine_class(self) -> MachineClass:
        return replace(super().machine_class(), threads=torch.get_num_threads())


class TorchCuda(TorchCpu):
    """torch on the first visible GPU: timed by CUDA events, with the L2 cache flushed before each sample."""

    kind: Device = "cuda"
    precision = 0.5e-6
    batches = False

    def __init__(self) -> None:
        super().__init__()
        self._scratch = torch.empty(FLUSH_BYTES // 4, dtype=torch.int32, device="cuda")
        self._properties = torch.cuda.get_device_properties(0)
        self._gpu = nvml.open_gpu(_uuid(self._properties))

    def time(self, call: Callable[[], object]) -> Timed:
        start, end = _event(), _event()
        start.record()
        result = call()
        end.record()
        end.synchronize()
        returned = time.perf_counter()
        torch.cuda.synchronize()  # what is left now ran on another stream, and so escaped the events
        seconds = start.elapsed_time(end) / 1000
        return Timed(seconds, seconds + time.perf_counter() - returned, result)

    def flush(self) -> None:
        torch.cuda.synchronize()
        self._scratch.zero_()  # still running when the call is launched, which hides what launching costs the host

    def clocks(self) -> Clocks:
        return self._gpu.clocks() if self._gpu else Clocks()

    def throttled(self) -> str | None:
        return self._gpu.throttled() if self._gpu else None

    def peak(self, call: Callable[[], object]) -> Peak:
        self.release()
        torch.cuda.synchronize()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        result = call()
        torch.cuda.synchronize()
        del result
        return Peak(torch.cuda.max_memory_allocated() - before, torch.cuda.max_memory_reserved())

    def release(self) -> None:
        super().release()
        torch.cuda.empty_cache()

    def ceilings(self) -> Ceilings:
        """A copy of 2 GiB and products of width 8192 (float32: 4096), the best of a few."""
        copy = _copy_rate(self, 2**28)
        gemm = {
            "float32": _product_rate(self, 4096, torch.float32),
            "float16": _product_rate(self, 8192, torch.float16),
            "bfloat16": _product_rate(self, 8192, torch.bfloat16),
        }
        return Ceilings(copy, gemm)

    def environment(self) -> Environment:
        cudnn_version: Callable[[], int | None] = torch.backends.cudnn.version
        cudnn = cudnn_version()
        return replace(
            base_environment(),
            cuda=torch.version.cuda,
            cudnn=str(cudnn) if cudnn else None,
            driver=nvml.driver(self._gpu) if self._gpu else None,
        )

    def machine_class(self) -> MachineClass:
        properties = self._properties
        capability = f"{properties.major}.{properties.minor}"
        partition = re.search(r"MIG (\S+)", properties.name)
        name = properties.name.partition(" MIG")[0]
        return MachineClass("cuda", name, capability, partition=partition[1] if partition else None)


def open_machine(kind: Device) -> Machine:
    """torch's CPU or its first GPU. Raises ``Unsupported`` where torch sees no GPU."""
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or torch.get_num_threads()))
    if kind == "cpu":
        return TorchCpu()
    if not torch.cuda.is_available():
        raise Unsupported("torch sees no CUDA device here")
    return TorchCuda()


def _tensors(value: object) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, dict)):
        return [tensor for item in value for tensor in _tensors(item)]
    return []


def _copy_rate(machine: Machine, count: int) -> float:
    source = torch.randn(count, device=machine.kind)
    target = torch.empty_like(source)
    return 2 * source.nbytes / _best(machine, lambda: target.copy_(source))


def _product_rate(machine: Machine, width: int, dtype: torch.dtype) -> float:
    left, right = torch.randn(2, width, width, device=machine.kind).to(dtype).unbind()
    return 2 * width**3 / _best(machine, lambda: left @ right)


def _event() -> torch.cuda.Event:
    make: Callable[..., torch.cuda.Event] = torch.cuda.Event
    return make(enable_timing=True)


def _best(machine: Machine, call: Callable[[], object], warm_up: int = 2, times: int = 8) -> float:
    for _ in range(warm_up):
        call()
    return min(machine.time(call).seconds for _ in range(times))


def _uuid(properties: object) -> str:
    text = str(getattr(properties, "uuid", ""))
    return text if text.startswith(("GPU-", "MIG-")) else f"GPU-{text}"
