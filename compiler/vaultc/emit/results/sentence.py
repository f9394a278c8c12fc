"""What was measured, in a sentence: for whoever reads the table and not the code."""

from collections.abc import Sequence

from vaultc.bench.records.model import COMPILE, Point
from vaultc.bench.records.results import peak_memory
from vaultc.bench.records.text import one_line
from vaultc.emit.results import words

MOST_NAMED = 6


def sentence(sweep: str, points: Sequence[Point]) -> str:
    """`attention was timed for n from 256 to 4096 (7 values) with kernel naive or flash, in 3 processes of 40 samples.`"""
    timed = any(point.unit == "s" for point in points)
    metrics = list(dict.fromkeys(point.metric for point in points if point.measured and point.metric != COMPILE))
    verb = "was timed" if timed else f"was asked for {_listed(metrics, 'and')}" if metrics else "was to be measured"
    names = dict.fromkeys(name for point in points for name in point.params)
    over = [_values(name, points) for name in names]
    where = f" for {_listed(over, 'and')}" if over else ""
    processes = max((len(point.samples) for point in points), default=0)
    most = max((len(process) for point in points for process in point.samples), default=0)
    samples = f" of up to {most} samples" if most > 1 else ""
    how = f", in {words.count(processes, 'process', 'processes')}{samples}" if processes else ""
    checked = sum(point.error is not None for point in points)
    check = f" {checked} of {len(points)} were checked against a reference first." if checked else ""
    return f"{one_line(sweep, 60)} {verb}{where}{how}.{check}{_memory(points)}{_causes(points)}"


def _memory(points: Sequence[Point]) -> str:
    """What a number of bytes stands for, which differs by device."""
    if any(point.allocated for point in points):
        meaning = "the most that the GPU's allocator had handed out during one call, over what its set-up held"
        reserved = "; reserved is all that the allocator held, set-up and spare room included"
    elif any(peak_memory(point) for point in points):
        meaning, reserved = (
            "by how much resident memory grew during one call, at its most, over what its set-up held",
            "",
        )
    else:
        return ""
    return f" Peak memory is {meaning}, in a process of its own{reserved}."


def _causes(points: Sequence[Point]) -> str:
    """Why a variant may be over ten times faster than another, as the snippet says."""
    causes = dict.fromkeys(point.cause for point in points if point.cause)
    return "".join(f" Large speed-ups have a cause, the snippet says: {one_line(cause, 200)}." for cause in causes)


def _values(name: str, points: Sequence[Point]) -> str:
    found = list(dict.fromkeys(point.params[name] for point in points if name in point.params))
    label = one_line(name, 40)
    numbers = [value for value in found if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(numbers) == len(found) and len(found) > 2:
        return f"{label} from {words.written(min(numbers))} to {words.written(max(numbers))} ({len(found)} values)"
    said = [words.written(value) for value in found[:MOST_NAMED]]
    more = [f"{len(found) - MOST_NAMED} more"] if len(found) > MOST_NAMED else []
    return f"{label} {_listed([*said, *more], 'or' if not more else 'and')}"


def _listed(phrases: Sequence[str], last: str) -> str:
    said = [one_line(phrase, 120) for phrase in phrases]
    return f" {last} ".join(filter(None, (", ".join(said[:-1]), said[-1]))) if said else ""
