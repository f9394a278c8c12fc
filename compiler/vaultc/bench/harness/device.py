"""What the harness needs of a device, and the device that needs no torch. ``torch_device`` has the others."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol

from vaultc.bench.records.model import Ceilings, Clocks, Device, Environment, MachineClass
from vaultc.bench.snippet.case import Backend


class OutOfMemory(Exception):  # noqa: N818 - it reads as what happened
    """The device had no room for what was asked."""


class Unsupported(Exception):  # noqa: N818 - it reads as what happened
    """This device, or this torch, cannot do what was asked; its text is one line."""


class WrongResult(Exception):  # noqa: N818 - it reads as what happened
    """The result cannot be compared with the reference, or differs from it; its text is one line."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One timed call."""

    seconds: float
    """The device's own account of the call."""
    settled: float
    """Seconds until the device had nothing left to do; much longer when work escaped the account."""
    result: object


@dataclass(frozen=True, slots=True)
class Peak:
    """Peak memory of one call, in bytes over what its set-up held; ``reserved`` is the allocator's whole pool."""

    allocated: int | None = None
    reserved: int | None = None
    rss: int | None = None


class Machine(Protocol):
    """A device as the harness uses it. Tests put one with a clock of their own in its place."""

    kind: Device
    precision: float
    """Seconds below which a single call cannot be told from none."""
    batches: bool
    """Whether very short calls may be timed several at once (not where the cache is flushed between calls)."""

    def seed(self, seed: int) -> None: ...
    def time(self, call: Callable[[], object]) -> Timed: ...
    def flush(self) -> None:
        """Pushes the working set out of the cache, outside every timed window."""

    def pause(self, seconds: float) -> None: ...
    def clocks(self) -> Clocks: ...
    def throttled(self) -> str | None:
        """Why the clocks are lowered right now, or ``None``."""

    def backend(self, name: Backend) -> AbstractContextManager[object]:
        """Within it only this attention kernel may run. Raises ``Unsupported``."""

    def dtype(self, result: object) -> str | None:
        """The number format of a result, such as ``float32``."""

    def backward(self, output: object, inputs: Sequence[object]) -> Callable[[], object]:
        """A callable that differentiates the output by the inputs, any number of times."""

    def error(self, result: object, reference: object) -> tuple[float, float]:
        """Largest difference relative to the reference's largest magnitude, and the tolerance that the result's
        precision suggests. Raises ``WrongResult`` where shapes or types keep them from being compared."""

    def poison(self, result: object) -> bool:
        """Overwrites a result with values that no computation gives; whether it could."""

    def poisoned(self, result: object) -> bool: ...
    def peak(self, call: Callable[[], object]) -> Peak: ...
    def translate(self, fault: BaseException) -> BaseException:
        """``OutOfMemory`` or ``Unsupported`` where the fault means that, else the fault itself."""

    def release(self) -> None:
        """Gives unused memory back."""

    def ceilings(self) -> Ceilings: ...
    def environment(self) -> Environment: ...
    def machine_class(self) -> MachineClass: ...


class PlainMachine:
    """Python alone: the wall clock, the resident set, plain numbers."""

    kind: Device = "cpu"
    precision = 50e-9
    batches = True

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock

    def seed(self, seed: int) -> None:
        import random

        random.seed(seed)

    def time(self, call: Callable[[], object]) -> Timed:
        clock = self._clock
        start = clock()
        result = call()
        seconds = clock() - start
        return Timed(seconds, seconds, result)

    def flush(self) -> None:
        """Nothing: a CPU's caches stay as warm as the caller leaves them."""

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def clocks(self) -> Clocks:
        return Clocks()

    def throttled(self) -> str | None:
        return None

    def backend(self, name: Backend) -> AbstractContextManager[object]:
        raise Unsupported(f"the {name} attention backend needs torch")

    def dtype(self, result: object) -> str | None:
        return None

    def backward(self, output: object, inputs: Sequence[object]) -> Callable[[], object]:
        raise Unsupported("a backward pass needs torch")

    def error(self, result: object, reference: object) -> tuple[float, float]:
        ours, theirs = flat(result), flat(reference)
        if len(ours) != len(theirs):
            raise WrongResult(f"{len(ours)} numbers where the reference has {len(theirs)}")
        largest = max((abs(value) for value in theirs), default=0.0) or 1.0
        differences = [abs(a - b) / largest for a, b in zip(ours, theirs, strict=True)]
        return max((math.inf if math.isnan(value) else value for value in differences), default=0.0), 1e-9

    def poison(self, result: object) -> bool:
        return False

    def poisoned(self, result: object) -> bool:
        return False

    def peak(self, call: Callable[[], object]) -> Peak:
        gc.collect()
        before = reset_peak_rss()
        result = call()
        after = resident("VmHWM")
        del result
        return Peak(rss=None if before is None or after is None else max(0, after - before))

    def translate(self, fault: BaseException) -> BaseException:
        return OutOfMemory(str(fault)) if isinstance(fault, MemoryError) else fault

    def release(self) -> None:
        gc.collect()

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
    from vaultc.bench.harness.torch_device import open_machine as open_with_torch

    return open_with_torch(kind)


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
