"""What statuses, flags and states are called on a page, and what they mean in a sentence."""

import math
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from vaultc.bench.records import stats
from vaultc.bench.records.attach import State
from vaultc.bench.records.model import GRAVE, Flag, Param, Point, Run, Status
from vaultc.bench.records.stats import Summary
from vaultc.bench.records.text import bounded, one_line, quantity
from vaultc.emit.markup import el

STATUS: Final[Mapping[Status, tuple[str, str]]] = {
    "ok": ("ok", "measured, and the spread is small"),
    "noisy": ("noisy", "the samples do not tell a process's own median to a tenth"),
    "disturbed": ("disturbed", "something else used the machine meanwhile"),
    "throttled": ("throttled", "the device had lowered its clocks"),
    "all_discarded": ("all samples discarded", "every sample was taken while the device had lowered its clocks"),
    "oom": ("out of memory", "there was no room for it"),
    "timeout": ("timed out", "the time limit was reached"),
    "error": ("failed", "the snippet did not come to its end"),
    "wrong_result": ("wrong result", "disagrees with the reference, and was not timed"),
    "skipped": ("skipped", "cannot be run on this machine"),
    "interrupted": ("interrupted", "stopped by hand; what was done is kept"),
}
FLAG: Final[Mapping[Flag, tuple[str, str]]] = {
    "no-synchronisation": ("not synchronised", "the call returned before the device had done its work"),
    "cached-output": ("cached output", "the same result came back without being computed again"),
    "above-peak": ("above peak", "faster than this machine was measured to be able to"),
    "large-speed-up": ("speed-up over ten", "over ten times faster than another variant at the same size"),
    "changing-result": ("changing result", "right at the first call, and another result later"),
    "disturbed": ("disturbed", "something else used the machine meanwhile"),
    "drift": ("drifting", "it became slower or faster while it was measured"),
    "unchecked": ("unchecked", "the reference could not be computed here"),
    "timer-resolution": ("near the clock's resolution", "too short for the clock"),
    "between-processes": ("processes disagree", "the processes differ by more than the samples inside them"),
}
STATE: Final[Mapping[State, tuple[str, str]]] = {
    "ok": ("current", "measured with this code"),
    "older-environment": ("older environment", "this machine has since measured with other versions"),
    "stale": ("stale", "measured with an earlier version of this code"),
    "unmeasured": ("not measured", "no finished run"),
    "bad": ("cannot be run", "the block is no valid benchmark"),
}
SCALED: Final = frozenset(("s", "B", "B/s", "FLOP/s", "FLOP", "W", "Hz"))
"""Units that are written with an SI prefix."""
_LONGEST: Final = 60


def badge(label: str, meaning: str, kind: str) -> Markup:
    """A short word in a frame; `kind` says what it is about: a state, a status, a flag or a verdict."""
    return el("span", label, class_="vc-badge", data_kind=kind, title=meaning)


def badges(run: Run, state: State) -> list[Markup]:
    """What keeps a run's numbers from being taken at face value; nothing where all is well."""
    found = []
    if state != "ok":
        found.append(badge(*STATE[state], state))
    if run.status != "ok":
        found.append(badge(*STATUS[run.status], run.status))
    flags = dict.fromkeys(flag for point in run.points for flag in point.flags if flag in GRAVE)
    said = STATUS[run.status][0]  # a flag by the name of the status says nothing more
    return found + [badge(*FLAG[flag], "doubt") for flag in flags if FLAG[flag][0] != said]


def measured(summary: Summary, unit: str) -> str:
    """`13.4 ± 0.2 ms` or `83 (71 to 104) ms`: the value and its 95 % interval, to the digits they carry."""
    unit = one_line(unit, 24)
    half = (summary.high - summary.low) / 2
    if 0 < half < math.inf and stats.significant_figures(summary.value, half, 9) <= 4:
        text = bounded(summary.value, summary.low, summary.high, unit)
    elif unit in SCALED or summary.figures < 4:
        text = quantity(summary.value, unit, summary.figures)
    else:  # counted, not timed: digits that are zero say nothing
        text = f"{stats.round_figures(summary.value, 4):.12g} {unit}".strip()
    return "−" + text[1:] if text.startswith("-") else text


def size(values: tuple[int, ...]) -> str:
    """Peak bytes of several processes, as a page shows them."""
    summary = stats.summarise([[float(value)] for value in values])
    if summary is None:
        return ""
    return quantity(summary.value, "B", min(3, summary.figures)) if summary.value > 0 else "0 B"


def written(value: Param) -> str:
    """A parameter's value as it is written."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return one_line(str(value), _LONGEST)


def setting(point: Point) -> str:
    """`n = 4096, fused`: sizes with their names, variants by themselves."""
    return label(point.params)


def label(params: Mapping[str, Param]) -> str:
    """Parameters in one phrase; texts speak for themselves, numbers and truth values need their names."""
    return ", ".join(
        written(value) if isinstance(value, str) else f"{one_line(name, _LONGEST)} = {written(value)}"
        for name, value in params.items()
    )


def date(started: str) -> str:
    """The day of a run."""
    return one_line(started[:10], 10)


def count(number: int, one: str, many: str = "") -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,}\u00a0{one if number == 1 else many or one + 's'}".replace(",", "\u202f")
