"""The results on disk: ``<vault>/_results/<id>/<machine class>.jsonl``, one run a line, only ever added to.

Lines do not depend on each other, so git merges two branches' results by keeping both sides' lines, as a
``.gitattributes`` beside them says; a reader sorts them by time and drops exact repetitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from vaultc.bench.records import stats
from vaultc.bench.records.lock import lock_for, locked
from vaultc.bench.records.model import Environment, MachineClass, Point, Run, UnreadableLine, from_line, to_line
from vaultc.disk import write
from vaultc.errors import VaultcError

FOLDER = "_results"
ATTRIBUTES = "*.jsonl merge=union\n"
"""Tells git to keep both sides' lines; written beside the first result."""
MOST_SAMPLES = 40
"""Samples of one process at one point that are kept."""
MOST_LINE_BYTES = 512 * 1024
MOST_LOG_CHARACTERS = 2000

Freshness: TypeAlias = Literal["ok", "stale", "older-environment", "unmeasured"]


@dataclass(frozen=True, slots=True)
class Results:
    """What one file holds: the runs from the oldest to the newest, and the lines that could not be read."""

    path: Path
    runs: tuple[Run, ...]
    unreadable: tuple[UnreadableLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Current:
    """The run that speaks for a snippet on one machine class, and how far it still does."""

    run: Run
    freshness: Freshness


def path_of(root: Path, run: Run) -> Path:
    """Where a run's line goes in a vault."""
    return root / FOLDER / run.id / f"{run.machine.slug}.jsonl"


def append(root: Path, run: Run) -> Path:
    """Adds a run to its file and returns the file's path.

    The file is replaced as a whole, so a reader sees it with the line or without it, and a line that an earlier
    accident tore stays apart. Raises ``VaultcError`` where it cannot be written or the run is too large to keep.
    """
    path = path_of(root, run)
    line = to_line(trim(run))
    if len(line.encode()) > MOST_LINE_BYTES:
        raise VaultcError(f"{run.id}: the record is over {MOST_LINE_BYTES // 1024} KiB: sweep fewer points")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        attributes = root / FOLDER / ".gitattributes"
        if not attributes.exists():
            attributes.write_text(ATTRIBUTES, encoding="utf-8")
        with locked(lock_for(path), wait=True):
            before = path.read_bytes() if path.exists() else b""
            if before and not before.endswith(b"\n"):
                before += b"\n"
            write(path, before + line.encode() + b"\n")
    except OSError as fault:
        raise VaultcError(f"{path}: the result cannot be written ({fault.strerror})") from fault
    return path


def trim(run: Run) -> Run:
    """The run as it is kept: samples to the digits they carry, no more of them than say something, a short log."""
    return replace(run, points=tuple(map(_trim_point, run.points)), log=run.log[-MOST_LOG_CHARACTERS:])


def read(path: Path) -> Results:
    """One file. What cannot be read is told by line; raises ``VaultcError`` only where the file itself cannot."""
    try:
        text = path.read_bytes().decode("utf-8", errors="replace")
    except OSError as fault:
        raise VaultcError(f"{path}: the results cannot be read ({fault.strerror})") from fault
    runs: dict[str, Run] = {}
    unreadable = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        found = from_line(line, number)
        if isinstance(found, UnreadableLine):
            unreadable.append(found)
        else:
            runs[line.strip()] = found
    return Results(path, tuple(sorted(runs.values(), key=lambda run: run.started)), tuple(unreadable))


def read_all(root: Path) -> dict[str, tuple[Results, ...]]:
    """Every results file of a vault, by snippet id; symbolic links are not followed."""
    folder = root / FOLDER
    found: dict[str, list[Results]] = {}
    if folder.is_symlink() or not folder.is_dir():
        return {}
    for path in sorted(folder.glob("*/*.jsonl")):
        if path.is_file() and not path.is_symlink() and not path.parent.is_symlink():
            found.setdefault(path.parent.name, []).append(read(path))
    return {name: tuple(files) for name, files in found.items()}


def by_machine(files: Iterable[Results]) -> dict[MachineClass, tuple[Run, ...]]:
    """The runs of one snippet by machine class, oldest first. The class is the record's, not the file name's."""
    found: dict[MachineClass, list[Run]] = {}
    for file in files:
        for run in file.runs:
            found.setdefault(run.machine, []).append(run)
    return {machine: tuple(sorted(runs, key=lambda run: run.started)) for machine, runs in found.items()}


def current(runs: Sequence[Run], code_key: str, environment: Environment | None = None) -> Current | None:
    """The run that speaks for a snippet on one machine class; ``None`` where there is none at all.

    The newest run of this code does, unless it was interrupted or skipped while an older one went through; without
    a run of this code, the newest of an older one does, as ``stale``. An interrupted or skipped run that is all
    there is counts as ``unmeasured``. ``environment`` is the newest known on that machine class: a run of another one
    is ``older-environment``.
    """
    finished = [run for run in runs if run.status not in ("interrupted", "skipped")]
    mine = [run for run in finished if run.code_key == code_key]
    if mine:
        older = environment is not None and mine[-1].environment != environment
        return Current(mine[-1], "older-environment" if older else "ok")
    if finished:
        return Current(finished[-1], "stale")
    return Current(runs[-1], "unmeasured") if runs else None


def newest_environments(runs: Iterable[Run]) -> Mapping[MachineClass, Environment]:
    """For each machine class the environment of its newest run, over all snippets."""
    newest: dict[MachineClass, Run] = {}
    for run in runs:
        if run.machine not in newest or newest[run.machine].started < run.started:
            newest[run.machine] = run
    return {machine: run.environment for machine, run in newest.items()}


def _trim_point(point: Point) -> Point:
    summary = stats.summarise(point.samples)
    if summary is None or point.unit != "s":
        return point
    return replace(point, samples=tuple(tuple(map(_carried, _thin(process))) for process in point.samples))


def _carried(sample: float) -> float:
    return stats.round_figures(sample, 5)


def _thin(samples: Sequence[float]) -> Sequence[float]:
    """At most ``MOST_SAMPLES``, taken evenly from the sorted ones, so that quantiles stay where they are."""
    if len(samples) <= MOST_SAMPLES:
        return samples
    ordered = sorted(samples)
    step = (len(ordered) - 1) / (MOST_SAMPLES - 1)
    return [ordered[round(index * step)] for index in range(MOST_SAMPLES)]
