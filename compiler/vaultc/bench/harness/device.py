"""What the harness needs of a device, and the device that needs no torch. ``torch_cpu`` and ``torch_cuda`` have the others."""

from __future__ import annotations

import ctypes
import gc
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Protocol

from vaultc.bench.harness.counters import Reading, read
from vaultc.bench.harness.disturbance import GpuState
from vaultc.bench.records.model import Ceilings, Clocks, Device, Environment, MachineClass
from vaultc.bench.snippet.case import Backend


class OutOfMemory(Exception):  # noqa: N818 - it reads as what happened
    """The device had no room for what was asked."""


class Unsupported(Exception):  # noqa: N818 - it reads as what happened
    """This device, or this torch, cannot do what was asked; its text is one line."""


class Broken(Exception):  # noqa: N818 - it reads as what happened
    """The device takes no more work from this process; its text is one line."""


class WrongResult(Exception):  # noqa: N818 - it reads as what happened
    """The result cannot be compared with the reference, or differs from it; its text is one line."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One timed call."""

    seconds: float
    """The device's own account of the call."""
    settled: float
    """Seconds until the device had nothing left to do; longer when work escaped the account."""
    result: object
    host: float | None = None
    """Seconds until the call returned to the processor, where that is not the same."""


@dataclass(frozen=True, slots=True)
class Peak:
    """Peak memory of one call, in bytes over what its set-up held; ``reserved`` is the allocator's whole pool."""

    allocated: int | None = None
    reserved: int | None = None
    rss: int | None = None


class Machine(Protocol):
    """A device as the harness uses it. Tests put one with a clock of their own in its place."""

    kind: Device
    beat: Callable[[], None]
    """Called before every timed call: the process is alive."""
    precision: float
    """Seconds below which a single call cannot be told from none."""

    def seed(self, seed: int) -> None: ...
    def time(self, call: Callable[[], object]) -> Timed: ...
    def now(self) -> float:
        """The host's clock in seconds."""

    def flush(self) -> None:
        """Empties the caches, outside every timed window."""

    def pause(self, seconds: float) -> None: ...
    def reading(self) -> Reading:
        """What the kernel counts, now."""

    def sentinel(self) -> float:
        """Seconds of a fixed piece of work, the same every time: how fast the machine itself is now."""

    def gpu(self) -> GpuState | None:
        """Clocks, power and neighbours of the GPU, now."""

    def clocks(self) -> Clocks: ...
    def throttled(self) -> str | None:
        """Why the clocks are lowered right now, or ``None``."""

    def threads(self) -> int | None:
        """Threads that work is spread over now; ``None`` where that says nothing."""

    def settings(self) -> Mapping[str, object]:
        """What a set-up can change for every call of the process, by name."""

    def backend(self, name: Backend) -> AbstractContextManager[object]:
        """Within it only this attention kernel may run. Raises ``Unsupported``."""

    def cold_compiler(self) -> AbstractContextManager[object]:
        """Within it the compiler finds nothing that was compiled before."""

    def compiled(self) -> int | None:
        """Graphs that the compiler made in this process so far; ``None`` where nobody counts."""

    def dtype(self, result: object) -> str | None:
        """The number format in which a result of this kind is computed, such as ``float32``."""

    def backward(self, output: object, inputs: Sequence[object]) -> Callable[[], object]:
        """A callable that differentiates the output by the inputs, any number of times."""

    def graph(self, call: Callable[[], object]) -> Callable[[], object]:
        """The call as one recorded piece of work, launched at once. Raises ``Unsupported``."""

    def error(self, result: object, reference: object) -> tuple[float, float]:
        """Largest error of a row relative to the row's magnitude, and the tolerance that the result's number format
        suggests. Raises ``WrongResult`` where shapes or types keep them from being compared."""

    def tensors(self, value: object) -> Sequence[Any]:
        """The tensors of a result, through tuples, lists and tables."""

    def is_tensor(self, value: object) -> bool: ...
    def place(self, tensor: Any) -> int:
        """Where a tensor's memory begins: views of one memory share it."""

    def equal(self, one: Any, other: Any) -> bool:
        """Whether two tensors hold the same numbers, bit for bit."""

    def keep(self, tensor: Any) -> Any:
        """A copy that nobody else has."""

    def overwrite(self, tensor: Any, content: Any) -> None:
        """Gives a tensor of an audit, which nothing measures, the content of another."""

    def altered(self, tensor: Any) -> Any:
        """Numbers of the same shape and kind, all others than these."""

    def peak(self, call: Callable[[], object]) -> Peak: ...
    def translate(self, fault: BaseException) -> BaseException:
        """``OutOfMemory``, ``Unsupported`` or ``Broken`` where the fault means that, else the fault itself."""

    def settle(self) -> None:
        """Waits until the device has nothing left to do; what failed there is raised here."""

    def release(self) -> None:
        """Gives unused memory back."""

    def ceilings(self) -> Ceilings: ...
    def environment(self) -> Environment: ...
    def machine_class(self) -> MachineClass: ...


class PlainMachine:
    """Python alone: the wall clock, the resident set, plain numbers."""

    kind: Device = "cpu"
    precision = 50e-9

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._swept = b""
        self.beat: Callable[[], None] = lambda: None

    def seed(self, seed: int) -> None:
        import random

        random.seed(seed)

    def time(self, call: Callable[[], object]) -> Timed:
        self.beat()
        clock = self._clock
        start = clock()
        result = call()
        seconds = clock() - start
        return Timed(seconds, seconds, result)

    def now(self) -> float:
        return self._clock()

    def flush(self) -> None:
        """Reads through as much memory as the largest cache holds."""
        from vaultc.bench.harness.machine import cache_bytes

        if not self._swept:
            self._swept = b"x" * cache_bytes()
        self._swept.count(b"y")

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def reading(self) -> Reading:
        return read()

    def sentinel(self) -> float:
        return min(self._loop() for _ in range(3))  # the first finds caches that were swept

    def _loop(self) -> float:
        start = self._clock()
        for _ in range(5_000):
            pass
        return self._clock() - start

    def gpu(self) -> GpuState | None:
        return None

    def clocks(self) -> Clocks:
        return Clocks()

    def throttled(self) -> str | None:
        return None

    def threads(self) -> int | None:
        return None

    def settings(self) -> Mapping[str, object]:
        niceness = os.getpriority(os.PRIO_PROCESS, 0) if hasattr(os, "getpriority") else None
        cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
        return {"niceness": niceness, "cores": cores}

    def backend(self, name: Backend) -> AbstractContextManager[object]:
        raise Unsupported(f"the {name} attention backend needs torch")

    def cold_compiler(self) -> AbstractContextManager[object]:
        return nullcontext()

    def compiled(self) -> int | None:
        return None

    def dtype(self, result: object) -> str | None:
        return None

    def backward(self, output: object, inputs: Sequence[object]) -> Callable[[], object]:
        raise Unsupported("a backward pass needs torch")

    def graph(self, call: Callable[[], object]) -> Callable[[], object]:
        raise Unsupported("CUDA graphs need a GPU")

    def error(self, result: object, reference: object) -> tuple[float, float]:
        if type(result) is int and type(reference) is int:  # exact beyond what a float holds
            return (0.0 if result == reference else abs(result - reference) / (abs(reference) or 1)), 0.0
        ours, theirs = flat(result), flat(reference)
        if len(ours) != len(theirs):
            raise WrongResult(f"{len(ours)} numbers where the reference has {len(theirs)}")
        largest = max((abs(value) for value in theirs), default=0.0) or 1.0
        differences = [abs(a - b) / largest for a, b in zip(ours, theirs, strict=True)]
        return max((math.inf if math.isnan(value) else value for value in differences), default=0.0), 1e-9

    def tensors(self, value: object) -> Sequence[Any]:
        return ()

    def is_tensor(self, value: object) -> bool:
        return False

    def place(self, tensor: Any) -> int:
        return id(tensor)

    def equal(self, one: Any, other: Any) -> bool:
        return bool(one == other)

    def keep(self, tensor: Any) -> Any:
        raise Unsupported("there are no tensors without torch")

    def overwrite(self, tensor: Any, content: Any) -> None:
        raise Unsupported("there are no tensors without torch")

    altered = keep

    def peak(self, call: Callable[[], object]) -> Peak:
        self.release()
        before = reset_peak_rss()
        result = call()
        after = resident("VmHWM")
        del result
        return Peak(rss=None if before is None or after is None else max(0, after - before))

    def translate(self, fault: BaseException) -> BaseException:
        return OutOfMemory(str(fault)) if isinstance(fault, MemoryError) else fault

    def settle(self) -> None:
        """Nothing: a call has done its work when it returns."""

    def release(self) -> None:
        """Collects garbage, and makes the C library give back what it keeps for reuse: a call that finds room there
        would seem to need none."""
        gc.collect()
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)

    def ceilings(self) -> Ceilings:
        return Ceilings()

    def environment(self) -> Environment:
        from vaultc.bench.harness.machine import base_environment

        return base_environment()

    def machine_class(self) -> MachineClass:
        from vaultc.bench.harness.machine import cpu_class

        return cpu_class()


def open_machine(kind: Device, torch: bool = True) -> Machine:
    """The device of that kind, reached through torch unless the snippet has no use for it on a CPU.

    Raises ``Unsupported`` where there is no such device, or torch is not there to reach it.
    """
    if find_spec("torch") is None or (kind == "cpu" and not torch):
        if kind == "cuda":
            raise Unsupported("torch is not installed, and a GPU is reached only through it")
        return PlainMachine()
    from vaultc.bench.harness import torch_cpu

    if kind == "cpu":
        return torch_cpu.open_machine()
    from vaultc.bench.harness import torch_cuda

    return torch_cuda.open_machine()


def reaches_cuda() -> bool:
    """Whether torch is here and sees a GPU."""
    try:
        open_machine("cuda")
    except Exception:  # noqa: BLE001 - whatever keeps us from a GPU, there is the CPU
        return False
    return True


def flat(value: object) -> list[float]:
    """The numbers of nested sequences, in order. Raises ``WrongResult`` for anything else."""
    if isinstance(value, (int, float)):
        return [float(value)]
    if isinstance(value, Mapping):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return [number for item in value for number in flat(item)]
    raise WrongResult(f"{type(value).__name__} cannot be compared with a reference")


def resident(field: Literal["VmRSS", "VmHWM"]) -> int | None:
    """Bytes of this process's resident set now (``VmRSS``) or at its peak (``VmHWM``); ``None`` off Linux."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":")), None)


def reset_peak_rss() -> int | None:
    """Sets the peak back to the present, so that set-up does not count; returns the present resident set.

    Where the kernel refuses, the peak of the set-up stands, and growth is counted from there.
    """
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return resident("VmHWM")
    return resident("VmRSS")
