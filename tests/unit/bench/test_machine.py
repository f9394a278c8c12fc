"""What the machine says about itself: class, clocks, limits, each of which may be missing."""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from vaultc.bench.harness import machine, nvml
from vaultc.bench.harness.tree import Tree
from vaultc.bench.records.model import Clocks


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("AMD EPYC 9B14 96-Core Processor", "AMD EPYC 9B14"),
        ("Intel(R) Xeon(R) Platinum 8488C", "Intel Xeon Platinum 8488C"),
        ("Intel(R) Core(TM) i7-1065G7 CPU @ 1.30GHz", "Intel Core i7-1065G7"),
        ("Apple M2 Pro", "Apple M2 Pro"),
        ("", "riscv"),
    ],
)
def test_a_cpu_is_named_without_what_varies(monkeypatch: pytest.MonkeyPatch, told: str, name: str) -> None:
    monkeypatch.setattr(machine, "_proc_field", lambda field: told)
    monkeypatch.setattr(machine, "_sysctl", lambda field: "")
    monkeypatch.setattr(platform, "processor", lambda: "")
    monkeypatch.setattr(platform, "machine", lambda: "riscv")
    assert machine.cpu_name() == name


def test_threads_are_those_that_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for asked, threads in (("", usable), ("1", 1), ("100000", usable), ("many", usable), ("0", usable)):
        monkeypatch.setenv("OMP_NUM_THREADS", asked)
        assert machine.threads() == threads
    assert machine.cpu_class().threads == usable


def test_a_repository_tells_its_commit_and_whether_the_folder_differs(tmp_path: Path) -> None:
    assert machine.repository(tmp_path) == (None, None)
    vault = tmp_path / "vault"
    vault.mkdir()
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    (vault / "a.md").write_text("one", encoding="utf-8")
    (tmp_path / "other").write_text("one", encoding="utf-8")
    for arguments in (["init"], ["add", "."], [*identity, "commit", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)
    commit, dirty = machine.repository(vault)
    assert commit and len(commit) == 40
    assert dirty is False
    (tmp_path / "other").write_text("two", encoding="utf-8")
    assert machine.repository(vault) == (commit, False)
    (vault / "a.md").write_text("two", encoding="utf-8")
    assert machine.repository(vault) == (commit, True)


def test_resident_memory_is_watched_where_there_is_proc() -> None:
    used = Tree(os.getpid(), "").resident()
    if not Path("/proc/self/stat").exists():
        assert used is None
    else:
        assert used is not None
        assert used[0] > 2**20
        assert used[1] >= 1


class FakeLibrary:
    """NVIDIA's library, as far as it is asked: numbers by function and argument."""

    def __init__(self, numbers: Mapping[tuple[object, ...], int]) -> None:
        self._numbers = numbers

    def __getattr__(self, function: str) -> Any:
        if not any(key[0] == function for key in self._numbers):
            raise AttributeError(function)

        def call(handle: object, *arguments: Any) -> int:
            number = self._numbers.get((function, *arguments[:-1]))
            if number is None:
                return 3  # NVML_ERROR_NOT_SUPPORTED
            arguments[-1]._obj.value = number
            return 0

        return call


def gpu(sm: int, reasons: int) -> nvml.Gpu:
    numbers: dict[tuple[object, ...], int] = {
        ("nvmlDeviceGetClockInfo", 1): sm,
        ("nvmlDeviceGetClockInfo", 2): 3201,
        ("nvmlDeviceGetMaxClockInfo", 1): 1980,
        ("nvmlDeviceGetTemperature", 0): 61,
        ("nvmlDeviceGetCurrentClocksThrottleReasons",): reasons,
    }
    return nvml.Gpu(FakeLibrary(numbers), ctypes.c_void_p())


def test_clocks_are_read_and_what_is_not_told_stays_open() -> None:
    assert gpu(1980, 0x4).clocks() == Clocks(1980.0, 3201.0, 61.0, None, ("sw_power_cap",))
    assert nvml.Gpu(FakeLibrary({}), None).clocks() == Clocks()


@pytest.mark.parametrize(
    ("sm", "reasons", "throttled"),
    [
        (1980, 0, False),
        (1980, 0x40, False),
        (345, 0x1, False),
        (1500, 0x4, False),
        (1200, 0x40, True),
        (1200, 0, False),
        (1200, 0x2, False),
    ],
)
def test_a_sample_counts_unless_the_clock_is_well_below_its_best(sm: int, reasons: int, throttled: bool) -> None:
    said = gpu(sm, reasons).throttled()
    assert bool(said) is throttled
    if said:
        assert said == "SM clock 1200 of 1980 MHz: hw_thermal_slowdown"


def test_without_the_library_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert nvml.open_gpu("GPU-0") is None


def test_results_make_nothing_dirty_and_what_git_does_not_know_is_never_clean(tmp_path: Path) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    (tmp_path / "a.md").write_text("one", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("secret.md\n", encoding="utf-8")
    for arguments in (["init"], ["add", "."], [*identity, "commit", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "_results" / "x").mkdir(parents=True)
    (tmp_path / "_results" / "x" / "cpu.jsonl").write_text("{}", encoding="utf-8")
    assert machine.repository(tmp_path, "a.md")[1] is False
    (tmp_path / "secret.md").write_text("one", encoding="utf-8")
    assert machine.repository(tmp_path, "a.md")[1] is False
    assert machine.repository(tmp_path, "secret.md")[1] is True, "git ignores it, so no commit holds it"
    (tmp_path / "b.md").write_text("one", encoding="utf-8")
    assert machine.repository(tmp_path, "b.md")[1] is True
