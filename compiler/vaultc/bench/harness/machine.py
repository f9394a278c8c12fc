"""What the system says about itself: CPU class, versions, repository state."""

from __future__ import annotations

import math
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

from vaultc.bench.harness.counters import quota
from vaultc.bench.records import FOLDER
from vaultc.bench.records.model import Environment, MachineClass, Param

KEPT_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "PYTORCH_ALLOC_CONF",
    "PYTORCH_CUDA_ALLOC_CONF",
    "CUBLAS_WORKSPACE_CONFIG",
    "CUDA_VISIBLE_DEVICES",
    "CUDA_DEVICE_ORDER",
    "CUDA_DEVICE_MAX_CONNECTIONS",
    "CUDA_MODULE_LOADING",
    "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE",
    "CUDA_MPS_PIPE_DIRECTORY",
    "NVIDIA_VISIBLE_DEVICES",
    "CUDA_LAUNCH_BLOCKING",
    "NVIDIA_TF32_OVERRIDE",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
)
"""Variables that move numbers: handed to the snippet and written into the record."""


def cpu_class() -> MachineClass:
    """The CPU's model without clocks and core counts, the threads that a snippet may use, and the quota that holds them."""
    allowed = quota()
    return MachineClass("cpu", cpu_name(), threads=threads(), quota=allowed if allowed and allowed < cores() else None)


def cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads() -> int:
    """Usable cores, or fewer where a quota or ``OMP_NUM_THREADS`` says so: more threads than a quota feeds only wait."""
    allowed = quota()
    usable = min(cores(), max(1, math.floor(allowed))) if allowed else cores()
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(usable, int(asked)) if asked.isdecimal() and int(asked) else usable


@cache
def cache_bytes() -> int:
    """Size of the largest cache of the first core, 64 MiB where the system does not tell; a 16th of the memory at most."""
    sizes = []
    for path in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
        with suppress(OSError, ValueError):
            text = path.read_text(encoding="ascii").strip()
            sizes.append(int(text.rstrip("KM")) * {"K": 2**10, "M": 2**20}.get(text[-1:], 1))
    return min(max(sizes, default=64 * 2**20), (total_memory() or 2**33) // 16)


def cpu_name() -> str:
    """``AMD EPYC 9B14``: the model, cleaned of marks, clocks and core counts, which differ between equal machines."""
    name = _proc_field("model name") or _sysctl("machdep.cpu.brand_string") or platform.processor()
    name = re.sub(r"\((?:R|TM|C)\)|®|™", " ", name, flags=re.IGNORECASE)
    name = re.sub(r"@.*$|\b\d+(?:\.\d+)?\s*GHz\b|\b\d+-Core\b|\b(?:CPU|Processor)\b", " ", name, flags=re.IGNORECASE)
    return " ".join(name.split()) or platform.machine() or "unknown CPU"


def base_environment() -> Environment:
    """Python, the operating system and the installed packages that matter; a GPU adds what only it knows."""
    return Environment(
        python=platform.python_version(),
        os=f"{platform.system()} {platform.release()}",
        torch=_installed("torch"),
        triton=_installed("triton"),
    )


def details() -> Mapping[str, Param]:
    """What describes the machine without deciding its class."""
    found: dict[str, Param] = {"architecture": platform.machine(), "cores": os.cpu_count() or 0}
    memory = total_memory()
    if memory:
        found["memory"] = memory
    clock = _proc_field("cpu MHz")
    if clock:
        found["cpu_mhz"] = round(float(clock))
    if nice := os.nice(0):
        found["nice"] = nice
    if hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) in (os.SCHED_FIFO, os.SCHED_RR):
        found["scheduler"] = "real-time"
    found |= {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return found


def total_memory() -> int | None:
    """Bytes of memory that this machine, or the container around us, may use."""
    limits = []
    with suppress(ValueError, OSError, AttributeError):
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdecimal():
            limits.append(int(text))
    return min(limits, default=None)


def load() -> float | None:
    """Processes that wanted a core over the last minute: what else this machine was doing."""
    with suppress(OSError, AttributeError):
        return round(os.getloadavg()[0], 2)
    return None


def repository(folder: Path, *paths: str) -> tuple[str | None, bool | None]:
    """The commit of the git repository around a vault, and whether the vault differs from it; ``(None, None)`` without one.

    Results do not count, for each run adds to them. ``paths`` are files that must be in the repository: git calls a
    folder clean whatever files it ignores.
    """
    commit = _output("git", "-C", str(folder), "rev-parse", "HEAD")
    if commit is None:
        return None, None
    here = ("git", "-C", str(folder))
    changes = _output(*here, "status", "--porcelain", "--untracked-files=all", "--", ".", f":(exclude){FOLDER}")
    if changes is None:
        return commit, None
    known = not paths or _output(*here, "ls-files", "--error-unmatch", "--", *paths) is not None
    return commit, bool(changes) or not known


def _installed(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _proc_field(name: str) -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.split(":")[0].strip() == name), "")


def _sysctl(name: str) -> str:
    return (_output("sysctl", "-n", name) or "") if platform.system() == "Darwin" else ""


def _output(*command: str) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
