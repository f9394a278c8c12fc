"""The GPU's branches without one: a device of clocks, streams and an allocator that do what they are told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from vaultc.bench.harness.device import Broken, OutOfMemory, Unsupported
from vaultc.bench.harness.group import points_of
from vaultc.bench.harness.timing import BrokenAt
from vaultc.bench.records.model import Clocks, Point
from vaultc.bench.snippet.case import Budget, Case
from vaultc.bench.snippet.sweep import Sweep

torch = pytest.importorskip("torch", reason="missing tool: torch (pip install torch)")
cuda = pytest.importorskip("vaultc.bench.harness.torch_cuda")


@dataclass
class Fake:
    """A GPU with a current stream and one beside it; times in seconds, memory in bytes."""

    host: float = 0.0
    stream: float = 0.0
    """When what was put on the current stream is done; ``side``, on the other one."""
    side: float = 0.0
    held: int = 0
    peak: int = 0
    reserved: int = 0
    capturing: bool = False
    replays: int = 0
    flushes: int = 0
    fault: str = ""

    def launch(self, seconds: float, host: float = 1e-6) -> None:
        self.host += host
        self.stream = max(self.stream, self.host) + seconds

    def beside(self, seconds: float) -> None:
        self.side = max(self.side, self.host) + seconds

    def wait(self) -> None:
        if self.fault:
            raise RuntimeError(self.fault)
        self.host = max(self.host, self.stream, self.side)

    def take(self, size: int) -> None:
        self.held += size
        self.peak = max(self.peak, self.held)
        self.reserved = max(self.reserved, self.held)

    def give(self, size: int) -> None:
        self.held -= size


class Event:
    def __init__(self, fake: Fake) -> None:
        self._fake = fake
        self.at = 0.0

    def record(self) -> None:
        self.at = max(self._fake.stream, self._fake.host)

    def synchronize(self) -> None:
        self._fake.host = max(self._fake.host, self.at)

    def elapsed_time(self, end: Event) -> float:
        return 1000 * (end.at - self.at)


class Library:
    """The management library as the harness uses it."""

    def __init__(self) -> None:
        self.lowered: Iterator[str | None] = iter(())

    def clocks(self) -> Clocks:
        return Clocks(sm_mhz=1980.0, throttle=("sw_power_cap",))

    def power(self) -> float:
        return 650.0

    def neighbours(self) -> int:
        return 0

    def busy(self) -> float:
        return 0.0

    def throttled(self) -> str | None:
        return next(self.lowered, None)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    made = Fake()

    @contextmanager
    def capture(graph: object) -> Iterator[None]:
        made.capturing = True
        try:
            yield
        finally:
            made.capturing = False

    @contextmanager
    def on(stream: object) -> Iterator[None]:
        yield

    class Graph:
        def replay(self) -> None:
            made.replays += 1
            made.launch(0.001, host=5e-6)

    def reset() -> None:
        made.peak = made.held

    stream = SimpleNamespace(wait_stream=lambda other: None)
    properties = SimpleNamespace(name="NVIDIA H200", major=9, minor=0, uuid="GPU-0")
    replaced: Mapping[str, Any] = {
        "is_available": lambda: True,
        "get_device_properties": lambda index: properties,
        "synchronize": made.wait,
        "Event": lambda enable_timing: Event(made),
        "Stream": lambda: stream,
        "current_stream": lambda: stream,
        "stream": on,
        "CUDAGraph": Graph,
        "graph": capture,
        "memory_allocated": lambda: made.held,
        "max_memory_allocated": lambda: made.peak,
        "max_memory_reserved": lambda: made.reserved,
        "reset_peak_memory_stats": reset,
        "empty_cache": lambda: setattr(made, "reserved", made.held),
    }
    for name, value in replaced.items():
        monkeypatch.setattr(torch.cuda, name, value)
    monkeypatch.setattr(cuda, "time", SimpleNamespace(perf_counter=lambda: made.host))
    monkeypatch.setattr(cuda.nvml, "open_gpu", lambda uuid: None)
    return made


@pytest.fixture
def machine(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The real class, on tensors of the CPU."""
    monkeypatch.setattr(cuda.TorchCuda, "device", "cpu")
    opened = cuda.open_machine()
    opened._clock = lambda: fake.host

    def flush() -> None:
        fake.flushes += 1
        fake.wait()
        fake.launch(75e-6)

    def sentinel() -> float:
        return float(opened.time(lambda: fake.launch(1e-4)).seconds)

    opened.flush, opened.sentinel = flush, sentinel
    opened.reading = lambda: cuda_reading(fake)
    opened.pause = lambda seconds: setattr(fake, "host", fake.host + seconds)
    return opened


def cuda_reading(fake: Fake) -> Any:
    from vaultc.bench.harness.counters import Reading

    return Reading(fake.host)


def measured(machine: Any, call: Callable[[], object], **told: Any) -> dict[str, Point]:
    sweep = Sweep("f", lambda: Case(call, **told), ({},), False, Budget(seconds=0.05))
    return {point.metric: point for point in points_of(machine, sweep, [{}])}


def test_device_host_and_cold_time_are_three_numbers(machine: Any, fake: Fake) -> None:
    """2 ms of device work that costs the host 30 µs to launch, and half a millisecond more without a cache."""
    last = 0

    def call() -> None:
        nonlocal last
        cold, last = fake.flushes != last, fake.flushes
        fake.launch(0.0025 if cold else 0.002, host=30e-6)

    points = measured(machine, call)
    assert points["time"].samples[0][-1] == pytest.approx(0.002, rel=0.02)
    assert points["host time"].samples[0][-1] == pytest.approx(30e-6, rel=0.02)
    assert points.keys() == {"time", "host time"}, "a flush of 75 µs is no longer than the call notices"
    assert points["time"].flags == ()


def test_a_short_kernel_is_timed_cold_without_its_launch(machine: Any, fake: Fake) -> None:
    last = 0

    def call() -> None:
        nonlocal last
        cold, last = fake.flushes != last, fake.flushes
        fake.launch(20e-6 if cold else 10e-6, host=40e-6)

    points = measured(machine, call)
    assert points["time"].samples[0][0] == pytest.approx(40e-6, rel=0.3), (
        "one after another, launching is what it costs"
    )
    assert points["cold time"].samples[0][0] == pytest.approx(20e-6, rel=0.1), "hidden by the flush"
    assert points["host time"].samples[0][0] == pytest.approx(40e-6, rel=0.1)


def test_work_on_another_stream_is_seen(machine: Any, fake: Fake) -> None:
    def escaping() -> None:
        fake.launch(1e-5)
        fake.beside(0.002)

    assert "no-synchronisation" in measured(machine, escaping)["time"].flags


def test_little_work_on_another_stream_adds_up_and_is_seen(machine: Any, fake: Fake) -> None:
    def escaping() -> None:
        fake.launch(2e-5)
        fake.beside(5e-5)

    assert "no-synchronisation" in measured(machine, escaping)["time"].flags


def test_a_graph_is_a_time_of_its_own(machine: Any, fake: Fake) -> None:
    points = measured(machine, lambda: fake.launch(0.0012, host=50e-6), graph=True)
    assert points["graph time"].samples[0][0] == pytest.approx(0.001, rel=0.02)
    assert fake.replays > 5


def test_what_cannot_be_recorded_fails_alone(machine: Any, fake: Fake) -> None:
    def call() -> None:
        if fake.capturing:
            raise RuntimeError("operation not permitted when stream is capturing")
        fake.launch(0.001)

    points = measured(machine, call, graph=True)
    assert points["time"].measured
    assert points["graph time"].status == "skipped"
    assert "cannot be recorded" in points["graph time"].message


def test_peak_memory_counts_neither_workspaces_nor_the_flush(machine: Any, fake: Fake, monkeypatch: Any) -> None:
    loaded: list[bool] = []

    def load() -> None:
        if not loaded:
            loaded.append(True)
            fake.take(32 * 2**20)  # cuBLAS takes its workspace once, and keeps it

    monkeypatch.setattr(machine, "_load_libraries", load)
    fake.take(2**20)

    def call() -> None:
        load()
        fake.take(5 * 2**20)
        fake.give(5 * 2**20)

    peak = machine.peak(call)
    assert peak.allocated == 5 * 2**20
    assert peak.reserved == 38 * 2**20, "what the allocator held: set-up, workspace and call"
    assert machine._scratch is None


def test_libraries_are_loaded_by_a_product_and_its_gradient(machine: Any) -> None:
    machine._load_libraries()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", OutOfMemory),
        ("CUDA out of memory. Tried to allocate 2 GiB", OutOfMemory),
        ("CUDA error: an illegal memory access was encountered", Broken),
        ("CUDA error: device-side assert triggered", Broken),
        ("No available kernel. Aborting execution.", Unsupported),
        ("shapes cannot be multiplied", RuntimeError),
    ],
)
def test_errors_are_what_they_mean(machine: Any, text: str, meant: type[BaseException]) -> None:
    assert type(machine.translate(RuntimeError(text))) is meant


def test_after_a_sticky_error_nothing_more_is_asked_of_the_device(machine: Any, fake: Fake, monkeypatch: Any) -> None:
    emptied: list[bool] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append(True))

    def make() -> Case:
        fake.fault = "CUDA error: an illegal memory access was encountered"
        return Case(lambda: None)

    with pytest.raises(BrokenAt) as told:
        points_of(machine, Sweep("f", make, ({},), False, Budget()), [{}])
    assert told.value.point.status == "error", "found when the set-up is waited for, and blamed on it"
    assert "illegal memory access" in told.value.point.message
    assert not emptied


def test_clocks_are_read_between_turns_and_lowered_ones_discard(machine: Any, fake: Fake) -> None:
    library = Library()
    library.lowered = iter(["SM clock 900 of 1980 MHz: hw_thermal_slowdown"] * 2)
    machine._gpu = library
    points = measured(machine, lambda: fake.launch(0.001))
    assert points["time"].discarded == 2
    state = machine.gpu()
    assert (state.sm_mhz, state.power_w, state.throttle) == (1980.0, 650.0, ("sw_power_cap",))


def test_the_number_format_of_products_is_told(machine: Any) -> None:
    assert machine.dtype(torch.zeros(1)) == "float32"
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        assert machine.dtype(torch.zeros(1)) == "tf32"
        assert machine.error(torch.ones(1) + 1e-3, torch.ones(1))[1] == 1e-2
    finally:
        torch.set_float32_matmul_precision(before)


def test_a_slice_of_a_gpu_is_a_class_of_its_own(machine: Any) -> None:
    machine._properties = SimpleNamespace(name="NVIDIA H200 MIG 1g.18gb", major=9, minor=0, uuid="MIG-1")
    found = machine.machine_class()
    assert (found.name, found.capability, found.partition) == ("NVIDIA H200", "9.0", "1g.18gb")


def test_without_a_gpu_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(Unsupported, match="no CUDA device"):
        cuda.open_machine()


def test_ceilings_are_given_for_what_the_gpu_can(machine: Any, fake: Fake, monkeypatch: Any) -> None:
    def rate(machine: Any, width: int, dtype: Any) -> float:
        if dtype is torch.float64:
            raise RuntimeError("not implemented for 'Double'")
        return 2.0 if torch.get_float32_matmul_precision() == "high" else 1.0

    monkeypatch.setattr(cuda, "product_rate", rate)
    monkeypatch.setattr(cuda, "copy_rate", lambda machine, count: 3.0)
    found = machine.ceilings()
    assert found.gemm == {"float32": 1.0, "float16": 1.0, "bfloat16": 1.0, "tf32": 2.0}
    assert found.copy == 3.0
    assert torch.get_float32_matmul_precision() == "highest"


def test_the_flush_is_taken_when_it_is_needed(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda.TorchCuda, "device", "cpu")
    monkeypatch.setattr(cuda, "FLUSH_BYTES", 4096)
    opened: Any = cuda.open_machine()
    assert vars(opened)["_scratch"] is None
    opened.flush()
    assert vars(opened)["_scratch"].nbytes == 4096
    assert time.perf_counter() > 0, "the real clock is as it was"
