"""The results on disk: ``<vault>/_results/<id>/<machine class>.jsonl``, one run a line, only ever added to.

Each line names the one that it was written after (``vaultc.bench.records.seal``). Two may name the same, so git merges
two branches' results by keeping both sides' lines, as a ``.gitattributes`` beside them says; a reader sorts them by time
and drops exact repetitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from vaultc.bench.records import FOLDER, seal, stats
from vaultc.bench.records.lock import lock_for, locked
from vaultc.bench.records.model import (
    Claim,
    Environment,
    Judgement,
    MachineClass,
    Point,
    Run,
    UnreadableLine,
    body_of,
    record_of,
    to_body,
)
from vaultc.disk import write
from vaultc.errors import VaultcError

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
    altered: tuple[UnreadableLine, ...] = ()
    """Lines that are not as they were written, or not where: nothing of them is shown as measured."""


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
    return _append(root, run, trim(run))


def judge(root: Path, run: Run, claims: tuple[Claim, ...], claims_key: str, moment: str) -> Path:
    """Adds to a run's file how its claims were decided again at that moment (UTC). Raises ``VaultcError`` as ``append``."""
    return _append(root, run, Judgement(run.digest, claims, claims_key, moment))


def _append(root: Path, run: Run, record: Run | Judgement) -> Path:
    path = path_of(root, run)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        attributes = root / FOLDER / ".gitattributes"
        if not attributes.exists():
            attributes.write_text(ATTRIBUTES, encoding="utf-8")
        with locked(lock_for(path), wait=True):
            before = path.read_bytes() if path.exists() else b""
            if before and not before.endswith(b"\n"):
                before += b"\n"
            line = seal.sealed(to_body(record), _last(before, seal.origin(run.id, path.stem)))
            if len(line.encode()) > MOST_LINE_BYTES:
                raise VaultcError(f"{run.id}: the record is over {MOST_LINE_BYTES // 1024} KiB: sweep fewer points")
            write(path, before + line.encode() + b"\n")
    except OSError as fault:
        raise VaultcError(f"{path}: the result cannot be written ({fault.strerror})") from fault
    return path


def trim(run: Run) -> Run:
    """The run as it is kept: samples to the digits they carry, no more of them than say something, a short log."""
    return replace(run, points=tuple(map(trim_point, run.points)), log=run.log[-MOST_LOG_CHARACTERS:])


def read(path: Path) -> Results:
    """One file. What cannot be read or was altered is told by line; raises ``VaultcError`` only where the file cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8", errors="replace")
    except OSError as fault:
        raise VaultcError(f"{path}: the results cannot be read ({fault.strerror})") from fault
    lines = {number: line for number, line in enumerate(text.split("\n"), 1) if line.strip()}
    bodies = {number: body_of(line, number) for number, line in lines.items()}
    known = {seal.origin(path.parent.name, path.stem)}
    known |= {str(body["digest"]) for body in bodies.values() if isinstance(body, dict) and "digest" in body}
    runs: dict[str, Run] = {}
    judgements: list[tuple[int, Judgement]] = []
    unreadable, altered = [], []
    for number, body in bodies.items():
        if isinstance(body, UnreadableLine):
            unreadable.append(body)
            continue
        record = record_of(body, number)
        wrong = seal.broken(body, known) or _misplaced(record, path)
        if wrong:
            altered.append(UnreadableLine(number, wrong))
        elif isinstance(record, UnreadableLine):
            unreadable.append(record)
        elif isinstance(record, Judgement):
            judgements.append((number, record))
        else:
            runs[record.digest] = record
    for number, judgement in sorted(judgements, key=lambda found: (found[1].judged, found[0])):
        judged = runs.get(judgement.judges)
        if judged is None:
            altered.append(UnreadableLine(number, "it judges a run that is not in this file"))
        else:
            runs[judgement.judges] = replace(
                judged, claims=judgement.claims, claims_key=judgement.claims_key, judged=judgement.judged
            )
    ordered = tuple(sorted(runs.values(), key=lambda run: run.started))
    return Results(path, ordered, tuple(unreadable), tuple(altered))


def _misplaced(record: Run | Judgement | UnreadableLine, path: Path) -> str:
    """What tells that a line was not written here and then; empty where nothing does."""
    if isinstance(record, UnreadableLine):
        return ""
    if seal.from_the_future(record.judged if isinstance(record, Judgement) else record.started):
        return "it is dated in the future"
    if isinstance(record, Run) and (record.id, record.machine.slug) != (path.parent.name, path.stem):
        return f"it is a run of {record.id} on {record.machine.label}"
    return ""


def _last(content: bytes, origin: str) -> str:
    """The digest of the last line that carries one."""
    for line in reversed(content.decode("utf-8", errors="replace").splitlines()):
        body = body_of(line, 0)
        if isinstance(body, dict) and isinstance(body.get("digest"), str):
            return str(body["digest"])
    return origin


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


def trim_point(point: Point) -> Point:
    """The point as it is kept; claims are decided on it, so that they can be decided again."""
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
