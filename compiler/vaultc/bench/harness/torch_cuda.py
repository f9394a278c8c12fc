"""torch on the first visible GPU: timed by CUDA events, watched by the management library."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import torch

from vaultc.bench.harness import nvml
from vaultc.bench.harness.device import Broken, Machine, Peak, Timed, Unsupported
from vaultc.bench.harness.disturbance import GpuState
from vaultc.bench.harness.machine import base_environment
from vaultc.bench.harness.torch_cpu import TorchCpu, copy_rate, product_rate
from vaultc.bench.records.model import Ceilings, Clocks, Device, Environment, MachineClass

FLUSH_BYTES = 256 * 2**20
"""Written before a sample with cold caches: more than the L2 cache of any GPU to date."""
_STICKY = re.compile(
    r"illegal memory access|device-side assert|unspecified launch failure|misaligned address|illegal instruction"
    r"|uncorrectable ECC|hardware stack error|invalid program counter",
    re.IGNORECASE,
)
"""Errors after which CUDA refuses everything else in the process, whoever asks."""
_WIDTHS = {torch.float64: 4096, torch.float32: 4096, torch.float16: 8192, torch.bfloat16: 8192}


class TorchCuda(TorchCpu):
    """One GPU. Events count what runs on the current stream; what runs beside it is seen by waiting for the whole device."""

    kind: Device = "cuda"
    device = "cuda"
    precision = 0.5e-6

    def __init__(self) -> None:
        super().__init__()
        self._properties = torch.cuda.get_device_properties(0)
        self._gpu = nvml.open_gpu(_uuid(self._properties))
        self._busy_before = self._gpu.busy() if self._gpu else None  # while there is no work of our own
        self._scratch: torch.Tensor | None = None
        self._fixed: torch.Tensor | None = None
        self._broken = False

    def time(self, call: Callable[[], object]) -> Timed:
        self.beat()
        start, end = _event(), _event()
        began = time.perf_counter()
        start.record()
        result = call()
        end.record()
        host = time.perf_counter() - began
        end.synchronize()
        returned = time.perf_counter()
        torch.cuda.synchronize()  # what is left now ran on another stream, and so escaped the events
        seconds = start.elapsed_time(end) / 1000
        return Timed(seconds, seconds + time.perf_counter() - returned, result, host)

    def flush(self) -> None:
        """Empties the L2 cache. It still runs when the call is launched, so that launching costs no device time: that
        is what ``host time`` is for."""
        if self._scratch is None:  # not before: a process that reads memory must not hold it
            self._scratch = torch.empty(FLUSH_BYTES // 4, dtype=torch.int32, device=self.device)
        torch.cuda.synchronize()
        self._scratch.zero_()

    def sentinel(self) -> float:
        if self._fixed is None:
            self._fixed = torch.randn(1024, 1024, device=self.device)
        fixed = self._fixed
        return self.time(lambda: fixed @ fixed).seconds

    def gpu(self) -> GpuState | None:
        if self._gpu is None:
            return None
        clocks = self._gpu.clocks()
        return GpuState(clocks.sm_mhz, self._gpu.power(), clocks.throttle, self._gpu.neighbours(), self._busy_before)

    def clocks(self) -> Clocks:
        return self._gpu.clocks() if self._gpu else Clocks()

    def throttled(self) -> str | None:
        return self._gpu.throttled() if self._gpu else None

    def threads(self) -> int | None:
        return None

    def dtype(self, result: object) -> str | None:
        name = super().dtype(result)
        return "tf32" if name == "float32" and torch.get_float32_matmul_precision() != "highest" else name

    def graph(self, call: Callable[[], object]) -> Callable[[], object]:
        try:
            make: Callable[[], torch.cuda.Stream] = torch.cuda.Stream
            side = make()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):  # capture wants everything loaded and allocated before
                for _ in range(3):
                    call()
            torch.cuda.current_stream().wait_stream(side)
            recorded = torch.cuda.CUDAGraph()
            with torch.cuda.graph(recorded):
                result = call()
        except RuntimeError as fault:
            meant = self.translate(fault)
            if meant is not fault:
                raise meant from fault
            raise Unsupported(f"it cannot be recorded as a CUDA graph: {fault}") from fault

        def replay() -> object:
            recorded.replay()
            return result

        return replay

    def peak(self, call: Callable[[], object]) -> Peak:
        self._load_libraries()
        self.release()
        torch.cuda.synchronize()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        result = call()
        torch.cuda.synchronize()
        del result
        return Peak(torch.cuda.max_memory_allocated() - before, torch.cuda.max_memory_reserved())

    def translate(self, fault: BaseException) -> BaseException:
        if isinstance(fault, RuntimeError) and _STICKY.search(str(fault)):
            self._broken = True
            return Broken(str(fault))
        return super().translate(fault)

    def settle(self) -> None:
        torch.cuda.synchronize()

    def release(self) -> None:
        super().release()
        if not self._broken:
            torch.cuda.empty_cache()

    def ceilings(self) -> Ceilings:
        """A copy of 2 GiB and square products, the best of a few; what this GPU or torch cannot do is left out."""
        gemm = {}
        for dtype, width in _WIDTHS.items():
            with suppress(RuntimeError):
                gemm[str(dtype).removeprefix("torch.")] = product_rate(self, width, dtype)
        before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("high")
        with suppress(RuntimeError):
            gemm["tf32"] = product_rate(self, 8192, torch.float32)
        torch.set_float32_matmul_precision(before)
        return Ceilings(copy_rate(self, 2**28), gemm)

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

    def _load_libraries(self) -> None:
        """Makes cuBLAS take its workspace, here and in the thread of backward passes: it stays, and is not the call's."""
        for dtype in (torch.float32, torch.float16, torch.bfloat16):
            with suppress(RuntimeError):
                small = torch.randn(64, 64, device=self.device).to(dtype).requires_grad_()
                torch.autograd.grad((small @ small).float().sum(), small)


def open_machine() -> Machine:
    """The first visible GPU. Raises ``Unsupported`` where torch sees none."""
    if not torch.cuda.is_available():
        raise Unsupported("torch sees no CUDA device here")
    return TorchCuda()


def _event() -> torch.cuda.Event:
    make: Callable[..., torch.cuda.Event] = torch.cuda.Event
    return make(enable_timing=True)


def _uuid(properties: object) -> str:
    text = str(getattr(properties, "uuid", ""))
    return text if text.startswith(("GPU-", "MIG-")) else f"GPU-{text}"
