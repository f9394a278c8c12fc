"""Measurements: what a snippet imports, and the machinery that runs it, stores its results and reads them.

A snippet needs the names below and nothing else; they need the standard library, and torch where the snippet uses it.
"""

from vaultc.bench.records.answer import Answer, Undecided, both, undecided
from vaultc.bench.records.estimate import Estimate
from vaultc.bench.records.model import BACKWARD, COMPILE, TIME
from vaultc.bench.records.results import MEMORY, Fit, Results
from vaultc.bench.snippet.case import Case, Value
from vaultc.bench.snippet.sweep import by_device, claim, device, measure, rank, ranks

__all__ = [
    "BACKWARD",
    "COMPILE",
    "MEMORY",
    "TIME",
    "Answer",
    "Case",
    "Estimate",
    "Fit",
    "Results",
    "Undecided",
    "Value",
    "both",
    "by_device",
    "claim",
    "device",
    "measure",
    "rank",
    "ranks",
    "undecided",
]
