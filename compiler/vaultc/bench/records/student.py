"""Student's t distribution, which the standard library lacks."""

from __future__ import annotations

import math
from functools import lru_cache

LEVEL = 0.95
"""Share of the intervals that are to hold the true value."""
_STEPS = 100


def outside(t: float, freedom: float) -> float:
    """The probability of a value farther from 0 than ``t``, on both sides together."""
    return max(0.0, 1.0 - _inside(math.atan(abs(t) / math.sqrt(freedom)), freedom))


def quantile(freedom: float, level: float = LEVEL) -> float:
    """The ``t`` that this share of all values does not pass on either side.

    Freedom is rounded down to a tenth, so that a page asks for few different ones; below 1 it counts as 1.
    """
    return _quantile(max(10, math.floor(freedom * 10)) / 10, level)


@lru_cache(maxsize=4096)
def _quantile(freedom: float, level: float) -> float:
    low, high = 0.0, math.pi / 2
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, freedom) < level else (low, middle)
    return math.sqrt(freedom) * math.tan((low + high) / 2)


def _inside(angle: float, freedom: float) -> float:
    """The probability of less than ``sqrt(freedom) * tan(angle)``: with that substitution the density is a power of a cosine.

    Integrated by Simpson's rule, whose error is below 1e-6 from 1 to 10,000 degrees of freedom.
    """
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) * 2 / math.sqrt(math.pi)
    step = angle / _STEPS
    heights = [math.pow(abs(math.cos(at * step)), freedom - 1) for at in range(_STEPS + 1)]
    total = heights[0] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2]) + heights[-1]
    return scale * total * step / 3
