"""Many spans, and whether a place lies in one of them, in logarithmic time."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from vaultc.text import Span


class Ranges:
    """A set of spans, in any order, nested or not."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [span.start for span in ordered]
        self._ends = list(accumulate((span.end for span in ordered), max))

    def __contains__(self, at: int) -> bool:
        return self.end(at) is not None

    def end(self, at: int) -> int | None:
        """The last end of the spans that reach over `at`, or None."""
        before = bisect_right(self._starts, at) - 1
        return self._ends[before] if before >= 0 and self._ends[before] > at else None
