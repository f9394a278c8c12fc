"""What the function of a sweep returns: a call to be timed, or a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Backend: TypeAlias = Literal["math", "flash", "efficient", "cudnn"]
"""An attention kernel of torch."""


@dataclass(frozen=True, slots=True)
class Case:
    """What to measure at one setting of the parameters. Whatever was built before it is set-up, and is not timed."""

    run: Callable[[], object]
    """The call that is timed; it returns its result."""
    reference: Callable[[], object] | None = None
    """The same result, computed in higher precision: compared before anything is timed. ``None``: nothing to compare."""
    tolerance: float | None = None
    """Largest allowed error relative to the reference's largest magnitude; by default what the dtype carries."""
    flops: float | None = None
    """FLOP of one call, counted by hand, for TFLOP/s."""
    bytes: float | None = None
    """Bytes that one call must move, for GB/s."""
    backend: Backend | None = None
    """The only attention kernel that may run in it."""
    backward: Sequence[object] = ()
    """Tensors by which the result is differentiated: the backward pass is timed apart."""
    backward_flops: float | None = None
    """FLOP of one backward pass, counted by hand."""
    compiled: bool = False
    """The first call compiles: it is reported apart, as ``compile time``, with a compiler that remembers nothing."""
    dtype: str | None = None
    """The number format of the arithmetic where the result's is another, such as ``float8_e4m3fn`` or ``tf32``: the
    peak that rates are judged by."""
    graph: bool = False
    """On CUDA, also time the call as a recorded graph, which is launched at once."""
    cause: str = ""
    """Why this variant may be over ten times faster than another one, in words that stand beside the number. Where it
    does less work, declare ``flops`` or ``bytes`` of both instead."""

    def __post_init__(self) -> None:
        if self.tolerance is not None and not 0 <= self.tolerance < 1:
            raise ValueError(f"tolerance={self.tolerance} compares nothing: it is a share of the reference, below 1")


@dataclass(frozen=True, slots=True)
class Value:
    """A number that is no time: recall, perplexity, bytes per parameter, an error."""

    number: float
    unit: str = ""
    name: str = "value"


@dataclass(frozen=True, slots=True)
class Budget:
    """How long one point is sampled in one process."""

    seconds: float = 0.5
    """Spent on samples with hot caches; short calls are repeated inside a sample until they fill it."""
    cold: bool = True
    """Whether short calls are also sampled with empty caches, for about as long again."""
    least: int = 5
    """Samples taken however long they last."""
    most: int = 40
