"""The environment variables of a measuring process: few, known, and written into the record where they move numbers."""

from __future__ import annotations

import os
import site
from collections.abc import Mapping
from pathlib import Path

from vaultc.bench.harness import machine
from vaultc.bench.records.model import Device
from vaultc.bench.snippet.sweep import DEVICE_VARIABLE

_FOUND_BY = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_HOME", "CUDA_PATH")
"""Variables by which the system's libraries and tools are found."""


def scrubbed(device: Device, home: Path) -> Mapping[str, str]:
    """Nothing of the caller's environment but what the device and the record need.

    ``home`` is made, and is this process's own: what one process compiled must not make the next one's compiling look
    quick.
    """
    home.mkdir(parents=True, exist_ok=True)
    package = str(Path(__file__).parents[3])
    kept = (*_FOUND_BY, *machine.KEPT_VARIABLES)
    found = {name: os.environ[name] for name in kept if name in os.environ}
    if site.ENABLE_USER_SITE:
        found["PYTHONUSERBASE"] = site.getuserbase()
    if device == "cpu":
        found["CUDA_VISIBLE_DEVICES"] = ""
    return found | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "XDG_CACHE_HOME": str(home),
        "TORCHINDUCTOR_CACHE_DIR": str(home / "inductor"),
        "TORCHINDUCTOR_COMPILE_THREADS": "1",  # compile workers that live on would disturb what is timed next
        "TRITON_CACHE_DIR": str(home / "triton"),
        "LC_ALL": "C.UTF-8",
        "OMP_NUM_THREADS": str(machine.threads()),
        "PYTHONPATH": os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")])),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONSAFEPATH": "1",
        DEVICE_VARIABLE: device,
    }
