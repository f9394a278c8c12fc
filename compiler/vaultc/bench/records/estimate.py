"""A number with what is known of its error, and arithmetic that keeps both."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vaultc.bench.records import stats
from vaultc.bench.records.answer import Answer, Undecided, take
from vaultc.bench.records.text import bounded, quantity

ONE_PROCESS = "one process says nothing about the next"
_UNMEASURED = "what was not measured"


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """A number with its 95 % interval, or nothing where it was not measured. As text: ``1.98 ± 0.04``.

    Sums, products and quotients of estimates are taken process by process, so that what disturbed both cancels; with
    plain numbers they scale. ``<``, ``>``, ``above``, ``below`` and ``within`` answer yes or no only when the whole
    interval does and nothing casts doubt on it.
    """

    _centre: float = math.nan
    _low: float = math.nan
    _high: float = math.nan
    unit: str = ""
    _processes: tuple[float, ...] = ()
    doubts: tuple[str, ...] = ()
    """Why it decides nothing, one phrase each."""

    @classmethod
    def of(cls, values: Sequence[float], unit: str = "", doubts: tuple[str, ...] = ()) -> Estimate:
        """The mean over processes; nothing where none has a finite number."""
        finite = tuple(value for value in values if math.isfinite(value))
        if not finite:
            return cls(unit=unit, doubts=doubts)
        middle = stats.interval(finite)
        return cls(middle.value, middle.low, middle.high, unit, finite, doubts)

    @property
    def measured(self) -> bool:
        """Whether there is a number."""
        return not math.isnan(self._centre)

    @property
    def value(self) -> float:
        """The bare number; NaN where nothing was measured. What is computed from it has no interval: of a number that
        would decide nothing this is remembered, and claims on plain truth values then stay undecided."""
        self._bare()
        return self._centre

    centre = value

    @property
    def low(self) -> float:
        """The lower bound, as a bare number."""
        self._bare()
        return self._low

    @property
    def high(self) -> float:
        """The upper bound, as a bare number."""
        self._bare()
        return self._high

    @property
    def processes(self) -> tuple[float, ...]:
        """One bare number for each process, where the number is made of such."""
        self._bare()
        return self._processes

    def _bare(self) -> None:
        unbounded = (ONE_PROCESS,) if math.isinf(self._high) else ()
        take(self.doubts or (unbounded if self.measured else (_UNMEASURED,)))

    def above(self, bound: float | Estimate) -> Answer:
        """Whether it is larger than the bound."""
        if isinstance(bound, Estimate):
            return Estimate.above(*self._against(bound))
        return self.within(math.nextafter(bound, math.inf), math.inf)

    def below(self, bound: float | Estimate) -> Answer:
        """Whether it is smaller than the bound."""
        if isinstance(bound, Estimate):
            return Estimate.below(*self._against(bound))
        return self.within(-math.inf, math.nextafter(bound, -math.inf))

    def within(self, low: float, high: float) -> Answer:
        """True where the interval lies inside the bounds, False where it lies outside, else undecided."""
        if math.isnan(low) or math.isnan(high):
            raise ValueError("a bound is NaN: every comparison with it would be false")
        if not self.measured:
            return Undecided(self.doubts, measured=False)
        if self.doubts:
            return Undecided(self.doubts)
        if low <= self._low and self._high <= high:
            return True
        if self._high < low or high < self._low:
            return False
        return Undecided((ONE_PROCESS,) if math.isinf(self._high) else ())

    def _against(self, other: Estimate) -> tuple[Estimate, float]:
        """What to compare, and with which bound: the quotient with 1 where all is positive, else the difference with 0."""
        if min((*self._processes, *other._processes), default=0.0) > 0:
            return self / other, 1.0
        return self - other, 0.0

    def __lt__(self, other: float | Estimate) -> Answer:
        return self.below(other)

    def __gt__(self, other: float | Estimate) -> Answer:
        return self.above(other)

    def __le__(self, other: float | Estimate) -> Answer:
        return _opposite(self.above(other))

    def __ge__(self, other: float | Estimate) -> Answer:
        return _opposite(self.below(other))

    def __eq__(self, other: object) -> Answer:  # type: ignore[override]  # three answers
        if not isinstance(other, (int, float, Estimate)):
            return False
        return (self - other).within(0.0, 0.0)

    def __ne__(self, other: object) -> Answer:  # type: ignore[override]
        return _opposite(self == other)

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError("an estimate is neither true nor false: ask it with .above(…), .below(…), .within(…) or <")

    def __add__(self, other: float | Estimate) -> Estimate:
        return self._with(other, operator.add, self.unit)

    __radd__ = __add__

    def __sub__(self, other: float | Estimate) -> Estimate:
        return self._with(other, operator.sub, self.unit)

    def __rsub__(self, other: float) -> Estimate:
        return -self + other

    def __mul__(self, other: float | Estimate) -> Estimate:
        return self._with(other, operator.mul, "" if isinstance(other, Estimate) else self.unit)

    __rmul__ = __mul__

    def __truediv__(self, other: float | Estimate) -> Estimate:
        same = isinstance(other, Estimate) and self.unit == other.unit
        return self._with(other, _quotient, "×" if same else self.unit if not isinstance(other, Estimate) else "")

    def __rtruediv__(self, other: float) -> Estimate:
        return self._with(other, lambda mine, theirs: _quotient(theirs, mine), "")

    def __neg__(self) -> Estimate:
        return self * -1.0

    def __abs__(self) -> Estimate:
        return -self if self._centre < 0 else self

    def _with(self, other: float | Estimate, combine: Callable[[float, float], float], unit: str) -> Estimate:
        plain = not isinstance(other, Estimate)
        if not isinstance(other, Estimate):
            other = Estimate(other, other, other, _processes=(other,) * len(self._processes))
        doubts = tuple(dict.fromkeys((*self.doubts, *other.doubts)))
        if not self.measured or not other.measured:
            return Estimate(unit=unit, doubts=doubts)
        if self._processes and other._processes:
            pairs = zip(self._processes, other._processes, strict=False)
            return Estimate.of([combine(mine, theirs) for mine, theirs in pairs], unit, doubts)
        centre, low, high = combine(self._centre, other._centre), -math.inf, math.inf
        if combine in (operator.add, operator.sub) or (plain and combine is operator.mul):
            ends = [combine(a, b) for a in (self._low, self._high) for b in (other._low, other._high)]
            low, high = min(ends), max(ends)  # wider than need be: nothing tells how the two hang together
        return Estimate(centre, low, high, unit, (), doubts)

    def __str__(self) -> str:
        if not self.measured:
            return "not measured"
        if math.isinf(self._high) or math.isinf(self._low):
            return f"about {quantity(self._centre, self.unit, 2)}"
        return bounded(self._centre, self._low, self._high, self.unit)

    def __format__(self, spec: str) -> str:
        """With a format of numbers, the number alone; without one, the text with its interval."""
        if not spec:
            return str(self)
        return format(self._centre, spec) if self.measured else "not measured"


def _opposite(answer: Answer) -> Answer:
    return answer if isinstance(answer, Undecided) else not answer


def _quotient(first: float, second: float) -> float:
    return first / second if second else math.nan
