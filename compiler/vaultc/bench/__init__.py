"""Measurements: what a snippet imports, and the machinery that runs it, stores its results and reads them.

A snippet needs the names below and nothing else; they need the standard library, and torch where the snippet uses it.
"""

from vaultc.bench.results import MEMORY, Estimate, Results
from vaultc.bench.snippet import both, by_device, claim, device, measure
from vaultc.bench.stats import Fit
from vaultc.bench.timing import BACKWARD, COMPILE, TIME, Case, Value

__all__ = [
    "BACKWARD",
    "COMPILE",
    "MEMORY",
    "TIME",
    "Case",
    "Estimate",
    "Fit",
    "Results",
    "Value",
    "both",
    "by_device",
    "claim",
    "device",
    "measure",
]
