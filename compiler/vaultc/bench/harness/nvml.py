"""GPU clocks, temperature and throttle reasons, from NVIDIA's management library through ctypes.

Every reading is optional: without the library, or where a call is refused, the answer is ``None`` or nothing.
Names and numbers are those of NVIDIA's ``nvml.h``.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

from vaultc.bench.records.model import Clocks

_SM, _MEMORY = 1, 2
_MORE = 7
"""``NVML_ERROR_INSUFFICIENT_SIZE``: there are as many as it counted, and no room was given for them."""
_REASONS = {
    0x0000000000000002: "applications_clocks_setting",
    0x0000000000000004: "sw_power_cap",
    0x0000000000000008: "hw_slowdown",
    0x0000000000000010: "sync_boost",
    0x0000000000000020: "sw_thermal_slowdown",
    0x0000000000000040: "hw_thermal_slowdown",
    0x0000000000000080: "hw_power_brake_slowdown",
    0x0000000000000100: "display_clock_setting",
}
_CHOSEN = ("applications_clocks_setting", "sync_boost", "display_clock_setting")
"""Reasons that somebody set on purpose: a clock that is locked is steady, and that is what locking is for."""
LOWERED = 0.75
"""Share of the SM clock that it should have, below which a sample does not count (the threshold of nvbench)."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU as the management library sees it."""

    library: Any
    handle: Any
    highest: dict[str, float] = field(default_factory=dict)
    """The highest SM clock seen so far, under ``sm``: what a locked GPU can reach."""

    def clocks(self) -> Clocks:
        power = self._number("nvmlDeviceGetEnforcedPowerLimit")
        return Clocks(
            sm_mhz=self._number("nvmlDeviceGetClockInfo", _SM),
            memory_mhz=self._number("nvmlDeviceGetClockInfo", _MEMORY),
            temperature_c=self._number("nvmlDeviceGetTemperature", 0),
            power_limit_w=None if power is None else power / 1000,
            throttle=self.reasons(),
        )

    def reasons(self) -> tuple[str, ...]:
        """Why the clocks are lowered now; idling is not counted as a reason."""
        mask = ctypes.c_ulonglong()
        if self._call("nvmlDeviceGetCurrentClocksThrottleReasons", ctypes.byref(mask)) != 0:
            return ()
        return tuple(name for bit, name in _REASONS.items() if mask.value & bit)

    def throttled(self) -> str | None:
        """A sentence where the device lowered its SM clock below ``LOWERED`` of what it should have.

        That is its maximum, or, where somebody locked the clocks, the most that was seen under the lock.
        """
        reasons = self.reasons()
        now = self._number("nvmlDeviceGetClockInfo", _SM)
        most = self._number("nvmlDeviceGetMaxClockInfo", _SM)
        forced = [reason for reason in reasons if reason not in _CHOSEN]
        if now is not None:
            self.highest["sm"] = max(now, self.highest.get("sm", 0.0))
        if not forced or now is None or not most:
            return None
        if len(forced) < len(reasons):
            most = self.highest["sm"]
        if now >= LOWERED * most:
            return None
        return f"SM clock {now:.0f} of {most:.0f} MHz: {', '.join(forced)}"

    def power(self) -> float | None:
        """Watts that it draws now."""
        milliwatts = self._number("nvmlDeviceGetPowerUsage")
        return None if milliwatts is None else milliwatts / 1000

    def busy(self) -> float | None:
        """Share of the last moments in which a kernel ran, whosever."""
        rates = (ctypes.c_uint * 2)()  # of the multiprocessors, and of the memory
        return rates[0] / 100 if self._call("nvmlDeviceGetUtilizationRates", ctypes.byref(rates)) == 0 else None

    def neighbours(self) -> int | None:
        """Other processes that compute on it; the count has us in it where it has anybody."""
        count = ctypes.c_uint(0)
        answer = self._call("nvmlDeviceGetComputeRunningProcesses_v3", ctypes.byref(count), None)
        return max(0, count.value - 1) if answer in (0, _MORE) else None

    def _number(self, function: str, *arguments: int) -> float | None:
        value = ctypes.c_uint()
        return float(value.value) if self._call(function, *arguments, ctypes.byref(value)) == 0 else None

    def _call(self, function: str, *arguments: object) -> int:
        try:
            return int(getattr(self.library, function)(self.handle, *arguments))
        except AttributeError:
            return -1


def open_gpu(uuid: str) -> Gpu | None:
    """The GPU of that UUID (``GPU-…``), or ``None`` where the library is missing or does not know it."""
    try:
        library = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return None
    handle = ctypes.c_void_p()
    if library.nvmlInit_v2() != 0:
        return None
    if library.nvmlDeviceGetHandleByUUID(uuid.encode(), ctypes.byref(handle)) != 0:
        return None
    return Gpu(library, handle)


def driver(gpu: Gpu) -> str | None:
    """The driver's version."""
    text = ctypes.create_string_buffer(96)
    return text.value.decode(errors="replace") if gpu.library.nvmlSystemGetDriverVersion(text, 96) == 0 else None
