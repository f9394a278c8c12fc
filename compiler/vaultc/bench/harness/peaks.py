"""What GPUs can do at most by their makers' account: the bound above which a rate is not believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peaks:
    """Of one GPU: FLOP (or integer operations) per second by number format, dense, and bytes per second of its memory."""

    rates: Mapping[str, float]
    memory: float


def _rates(fp64: float, fp32: float, tf32: float, half: float, eighth: float, fp8: bool = True) -> Mapping[str, float]:
    teras = {"float64": fp64, "float32": fp32, "tf32": tf32, "float16": half, "bfloat16": half, "int8": eighth}
    teras |= {"float8_e4m3fn": eighth, "float8_e5m2": eighth} if fp8 else {}
    return {name: 1e12 * tera for name, tera in teras.items()}


_PEAKS = {
    "NVIDIA H200 NVL": Peaks(_rates(60, 60, 417.5, 835.5, 1670.5), 4.8e12),
    "NVIDIA H200": Peaks(_rates(67, 67, 494.5, 989.5, 1979), 4.8e12),
    "NVIDIA H100 NVL": Peaks(_rates(60, 60, 417.5, 835.5, 1670.5), 3.9e12),
    "NVIDIA H100 PCIe": Peaks(_rates(51, 51, 378, 756.5, 1513), 2.0e12),
    "NVIDIA H100": Peaks(_rates(67, 67, 494.5, 989.5, 1979), 3.35e12),
    "NVIDIA A100": Peaks(_rates(19.5, 19.5, 156, 312, 624, fp8=False), 2.039e12),
}
"""By the beginning of the name that the driver gives, longer names first.

From NVIDIA's data sheets "H100 Tensor Core GPU" (SXM5, PCIe, NVL), "H200 Tensor Core GPU" (SXM, NVL) and "A100 Tensor Core
GPU" (80 GB SXM, the fastest of them); those of the H100 NVL were found in no second source. Where a sheet states rates with
sparsity, these are half of them; float64 is the tensor cores' rate.
"""


def peaks_of(name: str) -> Peaks | None:
    """The peaks of a GPU by its name; ``None`` for one that is not in the table."""
    return next((peaks for start, peaks in _PEAKS.items() if name.startswith(start)), None)
