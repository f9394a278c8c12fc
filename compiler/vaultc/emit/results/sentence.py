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
    memory = ", with the peak memory of one call" if any(peak_memory(point) for point in points) else ""
    names = dict.fromkeys(name for point in points for name in point.params)
    over = [_values(name, points) for name in names]
    where = f" for {_listed(over, 'and')}" if over else ""
    processes = max((len(point.samples) for point in points), default=0)
    most = max((len(process) for point in points for process in point.samples), default=0)
    samples = f" of up to {most} samples" if most > 1 else ""
    how = f", in {words.count(processes, 'process', 'processes')}{samples}" if processes else ""
    checked = sum(point.error is not None for point in points)
    check = f" {checked} of {len(points)} were checked against a reference first." if checked else ""
    return f"{one_line(sweep, 60)} {verb}{where}{how}{memory}.{check}"


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
