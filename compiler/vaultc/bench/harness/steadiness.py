"""When a call has become warm, and whether it stayed the same while it was sampled."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import median

BETTER = 0.02
"""A call that is faster than the fastest before by less than this is as fast."""
PATIENCE, SETTLED, ENOUGH = 3, 0.01, 1000
"""Calls and seconds that must pass without a faster call; after so many calls the seconds do not matter."""
LEAST_TREND = 16
"""Samples below which a trend cannot be told from chance."""
TREND, TREND_SCORE = 0.05, 3.3
"""Difference between the halves, and its score against chance (one in a thousand), from which samples drift."""


def warm_up(once: Callable[[], float], most: float) -> float:
    """Calls until no call is faster than those before, for ``most`` seconds at the longest. Gives the fastest.

    ``once`` makes a call and gives its seconds. Three calls, and 10 ms, must pass without a better one.
    """
    best = spent = once()
    idle, idle_seconds = 0, 0.0
    while spent < most or idle == 0:
        seconds = once()
        spent += seconds
        faster = seconds < (1 - BETTER) * best
        idle, idle_seconds = (0, 0.0) if faster else (idle + 1, idle_seconds + seconds)
        best = min(best, seconds)
        if idle >= PATIENCE and (idle_seconds >= SETTLED or idle >= ENOUGH):
            break
    return best


def drifts(samples: Sequence[float]) -> bool:
    """Whether the later half of the samples is another than the earlier: by a twentieth, and by no chance.

    The score is that of the rank-sum test (Mann and Whitney), in its normal approximation.
    """
    if len(samples) < LEAST_TREND:
        return False
    half = len(samples) // 2
    early, late = samples[:half], samples[-half:]
    if abs(median(late) - median(early)) <= TREND * median(early):
        return False
    wins = sum((after > before) + (after == before) / 2 for before in early for after in late)
    spread = math.sqrt(half * half * (2 * half + 1) / 12)
    return abs(wins - half * half / 2) / spread > TREND_SCORE
