"""Answers that numbers give: yes, no, or that they do not decide, with the reason."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from vaultc.bench.records.model import Verdict


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither yes nor no. It has no truth value, for whoever asks for one would get a verdict that nothing bears out."""

    reasons: tuple[str, ...] = ()
    """Why, one phrase each; empty where an interval holds both answers."""
    measured: bool = True
    """False where there is no number at all."""

    def __bool__(self) -> bool:
        raise TypeError(
            "the numbers do not decide this, so `if`, `and`, `or` and `not` cannot ask it: hand it to claim(holds=…), "
            "combine it with bench.both(…), and say the opposite by asking the opposite: .above instead of not .below"
        )


Answer: TypeAlias = bool | Undecided

undecided = Undecided()
"""What a claim's ``holds`` is where the snippet itself knows that its numbers cannot decide."""

_taken: dict[str, None] = {}


def take(reasons: Iterable[str]) -> None:
    """Remembers that a bare number was taken of something in doubt: what is made of it shows the doubt no more."""
    _taken.update(dict.fromkeys(reasons))


def forget() -> None:
    """Begins a snippet: nothing was taken yet."""
    _taken.clear()


def both(*findings: Answer) -> Answer:
    """Whether all hold: ``False`` as soon as one does not, undecided where one is undecided and none is false."""
    for finding in findings:
        _checked(finding, "both()")
    if any(finding is False for finding in findings):
        return False
    left = [finding for finding in findings if isinstance(finding, Undecided)]
    if not left:
        return True
    reasons = dict.fromkeys(reason for finding in left for reason in finding.reasons)
    return Undecided(tuple(reasons), all(finding.measured for finding in left))


def verdict(holds: object) -> tuple[Verdict, str]:
    """The word for an answer, and why it is neither yes nor no. Raises ``TypeError`` for anything that is no answer."""
    answer = _checked(holds, "holds=")
    if isinstance(answer, Undecided):
        return ("undecided" if answer.measured else "unmeasured"), "; ".join(answer.reasons)
    if _taken:
        return "undecided", f"bare numbers were taken of {'; '.join(_taken)}"
    return ("confirmed" if answer else "refuted"), ""


def _checked(finding: object, place: str) -> Answer:
    if isinstance(finding, (bool, Undecided)):
        return finding
    return _refuse(finding, place)


def _refuse(finding: object, place: str) -> Answer:
    kind = type(finding).__name__
    if finding is None:
        advice = "write bench.undecided where nothing decides"
    elif hasattr(finding, "within"):
        advice = "ask the estimate: .above(…), .below(…), .within(…), or compare it with <"
    elif isinstance(finding, float) and math.isnan(finding):
        advice = "NaN decides nothing: compare estimates, which know when they were not measured"
    elif isinstance(finding, (int, float)):
        advice = "compare the number with a bound"
    elif isinstance(finding, str):
        advice = "write True or False; words go into because="
    else:
        advice = "make it bool(…)"
    raise TypeError(f"{place} takes True, False or bench.undecided, not {kind}: {advice}")
