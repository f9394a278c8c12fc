"""`vaultc bench`: run, show and compare the measurements of a vault. Only `run` executes code from notes."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from vaultc.bench.harness import machine
from vaultc.bench.harness.runner import REPEAT, SPEND, device_here, machine_here, run_job
from vaultc.bench.harness.runner import judge as judge_run
from vaultc.bench.records import store
from vaultc.bench.records.attach import Attached, OnMachine, attach
from vaultc.bench.records.compare import MARGIN, Comparison
from vaultc.bench.records.compare import compare as compare_runs
from vaultc.bench.records.jobs import BadSnippet, Job, dump_jobs, with_files
from vaultc.bench.records.model import MEASURED, Device, MachineClass, Run
from vaultc.bench.records.store import append
from vaultc.bench.records.table import render
from vaultc.bench.records.text import quantity, table
from vaultc.errors import VaultcError
from vaultc.frontends.cli.output import emit, note, remind
from vaultc.frontends.cli.progress import Progress, tell
from vaultc.frontends.render import count
from vaultc.session import Session
from vaultc.text import safe

_vault = click.option(
    "--vault", type=click.Path(path_type=Path), default=Path(), help="The vault, or a place in it.  [default: here]"
)
_names = click.argument("names", nargs=-1)


@click.group()
def bench() -> None:
    """Run and show the measurements of a vault.

    A measurement is a fenced block of a note that opens with `python bench id=NAME`. Results are lines of JSON under
    `_results/` in the vault; pages and checks read them and never run anything.
    """


@bench.command("list")
@_names
@_vault
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
def list_(names: tuple[str, ...], vault: Path, format_: str) -> None:
    """List the benchmarks, and on which machines they have results."""
    session, found = _open(vault, names)
    if format_ == "json":
        rows = [_entry(item) for item in found]
        emit(
            json.dumps({"schema": 1, "root": session.project.root.as_posix(), "benchmarks": rows}, indent=2) + "\n",
            language="json",
        )
        return
    lines = [(item.id or "?", item.state, _where(item), item.note) for item in found]
    if lines:
        emit(_safe(table(("name", "state", "measured on", "note"), lines)))
    note(f"{count(len(found), 'benchmark')} in {session.project.root}")


@bench.command()
@_names
@_vault
@click.option("--device", type=click.Choice(("cpu", "cuda")), help="Where to measure.  [default: cuda if there is one]")
@click.option("--stale", is_flag=True, help="Only what has no current result on this machine.")
@click.option(
    "--executor", type=click.Choice(("local", "dask")), default="local", show_default=True, help="Who measures."
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="The Dask scheduler whose workers measure; they declare what they have: --resources GPU=1, or cpu=1.",
)
@click.option(
    "--repeat",
    type=click.IntRange(1, 100),
    metavar="N",
    help=f"Exactly N processes for each point.  [default: {REPEAT}, and more while a time is known to less than 5 %]",
)
@click.option(
    "--spend",
    type=click.FloatRange(min=0),
    default=SPEND,
    show_default=True,
    metavar="SECONDS",
    help="Time for a benchmark in which processes are added.",
)
@click.option("--memory", type=click.FloatRange(min=0, min_open=True), metavar="GIB", help="Limit of resident memory.")
def run(
    names: tuple[str, ...],
    vault: Path,
    device: Device | None,
    stale: bool,
    executor: str,
    scheduler: str | None,
    repeat: int | None,
    spend: float,
    memory: float | None,
) -> int:
    """Run the benchmarks NAMES, or all of them, and store what they measured.

    This executes code from the notes, in processes with limits on time and memory, without network where the system
    allows that, but with the rights of whoever calls it: read a snippet before you run it.
    """
    session, found = _open(vault, names)
    root = session.project.root
    if (executor == "dask") != bool(scheduler):
        raise click.UsageError("--executor dask and --scheduler ADDRESS belong together")
    where: Device = device or ("cpu" if scheduler else device_here())
    jobs = _runnable(found)
    if stale:
        here = None if scheduler else machine_here(where)
        jobs = [job for job, item in zip(jobs, found, strict=True) if not _is_current(item, where, here)]
    place = f"the workers of {scheduler}" if scheduler else where
    note(f"running the code of {count(len(jobs), 'benchmark')} from {root} on {place}")
    many = {"repeat": repeat} if repeat else {"spend": spend}
    options = {**many, "memory": int(memory * 2**30) if memory else None}
    ready = [_ready(job, root) for job in jobs]
    went_through = True
    for made in _remote(ready, where, scheduler, options) if scheduler else _local(ready, where, options):
        if isinstance(made, VaultcError):
            emit(_safe(f"error: {made}"))
            went_through = False
            continue
        emit(_safe(_summary(made)))
        if made.status != "interrupted" or any(point.measured for point in made.points):
            note(f"written to {append(root, made).relative_to(root).as_posix()}")
        if made.status == "interrupted":
            return 130
        went_through &= made.status in MEASURED
    return 0 if went_through else 1


@bench.command()
@_names
@_vault
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
def show(names: tuple[str, ...], vault: Path, format_: str) -> None:
    """Show the newest results of NAMES, or of all benchmarks, machine by machine."""
    from vaultc.bench.records.model import to_line

    _, found = _open(vault, names)
    shown = [(item, on) for item in found for on in item.machines]
    if format_ == "json":
        rows = [{"state": on.state, "note": item.note, "run": json.loads(to_line(on.run))} for item, on in shown]
        emit(json.dumps({"schema": 1, "results": rows}, ensure_ascii=False, indent=2) + "\n", language="json")
        return
    for _, on in shown:
        emit(_safe(f"{_summary(on.run, on.state)}\n"))
    for item in found:
        if not item.machines:
            emit(_safe(f"{item.id or item.note}: {item.state}"))


@bench.command()
@_names
@_vault
def judge(names: tuple[str, ...], vault: Path) -> int:
    """Decide the claims of NAMES, or of all benchmarks, again from what was measured.

    For claims that were worded anew: nothing is measured, but the code of the notes is run as `run` does, on any machine.
    Where a verdict or a sentence changed, a line is added to the results.
    """
    session, found = _open(vault, names)
    root = session.project.root
    open_claims = 0
    for item, job in zip(found, _runnable(found), strict=True):
        for on in item.machines:
            if on.state not in ("ok", "older-environment") or not on.run.points:
                note(f"{item.id} on {on.machine.label}: {on.state}, so there is nothing to judge by")
                continue
            claims = judge_run(with_files(job, root), on.run)
            changed = claims != on.run.claims or not item.judged(on)
            if changed:
                moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                store.judge(root, on.run, claims, job.claims_key, moment)
            lines = [f"{item.id} on {on.machine.label}: {'decided again' if changed else 'as before'}"]
            emit(_safe("\n".join([*lines, *(claim.line for claim in claims)])))
            open_claims += sum(claim.verdict in ("undecided", "unmeasured") for claim in claims)
    if open_claims:
        note(f"{count(open_claims, 'claim')} not decided")
    return 0


@bench.command()
@click.argument("name")
@click.argument("runs", nargs=-1)
@_vault
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
def compare(name: str, runs: tuple[str, ...], vault: Path, format_: str) -> None:
    """Compare two runs of NAME: the last two on one machine, or those that RUNS names.

    A run is named by its machine (`cpu-amd-epyc-2-threads`), by the beginning of its time (`2026-01-31T12`), or by both,
    as machine@time; the newest that fits is taken. SAME: shown to be within a tenth of each other. FASTER, SLOWER: shown
    to differ, over all points together. AMBIGUOUS: neither was shown.
    """
    _, (item,) = _open(vault, (name,))
    first, second = _pair(item, runs)
    earlier = [run for on in item.machines if on.machine == second.machine for run in on.runs]
    found = compare_runs(first, second, earlier)
    if format_ == "json":
        rows = [
            {
                "sweep": row.sweep,
                "params": dict(row.params),
                "metric": row.metric,
                "before": row.before,
                "after": row.after,
                "ratio": row.ratio.value,
                "interval": [end if math.isfinite(end) else None for end in (row.ratio.low, row.ratio.high)],
                "verdict": row.verdict,
                "doubts": list(row.doubts),
            }
            for row in found
        ]
        ends = [{"machine": end.machine.slug, "started": end.started} for end in (first, second)]
        emit(json.dumps({"schema": 1, "name": name, "runs": ends, "points": rows}, indent=2) + "\n", language="json")
        return
    emit(_safe(f"{first.started} on {first.machine.label}\n{second.started} on {second.machine.label}\n"))
    if first.code_key != second.code_key:
        note("the two runs are of different code")
    if not found:
        emit("no time that both measured\n")
        return
    lines = []
    for row in found:
        setting = ", ".join(f"{key}={value}" for key, value in row.params.items())
        interval = f"{row.ratio.low:.2f} to {row.ratio.high:.2f}"
        times = quantity(row.before, "s", 3), quantity(row.after, "s", 3)
        lines.append((f"{row.sweep}({setting})", row.metric, *times, f"{row.ratio.value:.2f}", interval, _verdict(row)))
    emit(_safe(table(("point", "metric", "before", "after", "after/before", "95 % interval", "verdict"), lines)))
    note(f"the interval holds how far runs lie apart on this machine; SAME is within {MARGIN:.0%}")


@bench.command()
@_names
@_vault
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of the terminal.")
def export(names: tuple[str, ...], vault: Path, output: Path | None) -> None:
    """Write the jobs NAMES, or all, to one file for a machine that has only Python and torch.

    There, with the folder `compiler/` (or the installed package) copied: `python -m vaultc.bench FILE --device cuda`.
    """
    session, found = _open(vault, names)
    root = session.project.root
    jobs = [_ready(job, root) for job in _runnable(found)]
    emit(dump_jobs(jobs), output, "json")
    note(f"{count(len(jobs), 'job')} exported")


def _verdict(row: Comparison) -> str:
    return f"{row.verdict}: {', '.join(row.doubts)}" if row.doubts else row.verdict


def _local(jobs: Iterable[Job], device: Device, options: Mapping[str, Any]) -> Iterator[Run]:
    for job in jobs:
        with Progress(job.id) as progress:
            made = run_job(job, device, progress=progress, **options)
        yield made


def _remote(
    jobs: Sequence[Job], device: Device, scheduler: str, options: Mapping[str, Any]
) -> Iterator[Run | VaultcError]:
    from vaultc.bench.harness.cluster import run_jobs

    for _, made in run_jobs(jobs, device, scheduler, options=options, progress=tell):
        yield made


def _open(place: Path, names: Sequence[str]) -> tuple[Session, list[Attached]]:
    """The vault and its benchmarks, all or those named. Raises VaultcError for a name that none has."""
    session = Session.open(place)
    remind(session.project)
    known = attach(session.vault.notes.values(), session.project.root)
    missing = sorted(set(names) - {item.id for item in known})
    for item in known:
        if isinstance(item.job, BadSnippet) and item.named in missing:
            raise VaultcError(f"{item.note}: {item.job.message}; {item.job.help}")
    if missing:
        there = ", ".join(sorted(item.id for item in known if item.id)) or "none"
        raise VaultcError(f"no benchmark {', '.join(missing)} in {session.project.root}; it has {there}")
    return session, [item for item in known if not names or item.id in names]


def _ready(job: Job, root: Path) -> Job:
    """The job with its files and the state of the repository."""
    return with_files(job, root, *machine.repository(root, job.note, *job.depends))


def _runnable(found: Iterable[Attached]) -> list[Job]:
    """The jobs. Raises VaultcError where a benchmark cannot be run as it is written."""
    jobs = []
    for item in found:
        if isinstance(item.job, BadSnippet):
            raise VaultcError(f"{item.note}: {item.job.message}; {item.job.help}")
        jobs.append(item.job)
    return jobs


def _is_current(item: Attached, device: Device, here: MachineClass | None) -> bool:
    """Whether there is a current result of this machine; for a cluster, of any machine with such a device."""
    fitting = [on for on in item.machines if (on.machine == here if here else on.machine.device == device)]
    return any(on.state in ("ok", "older-environment") and on.run.status in MEASURED for on in fitting)


def _pair(item: Attached, names: Sequence[str]) -> tuple[Run, Run]:
    runs = sorted((run for on in item.machines for run in on.runs if run.points), key=lambda run: run.started)
    if len(names) == 2:
        return _named(runs, names[0]), _named(runs, names[1])
    if names:
        raise VaultcError("name two runs to compare, or none")
    for machine_runs in ([run for run in on.runs if run.points] for on in item.machines):
        if len(machine_runs) > 1:
            return machine_runs[-2], machine_runs[-1]
    newest: list[Run] = [on.run for on in item.machines if on.run.points]
    if len(newest) < 2:
        raise VaultcError(f"{item.id} has {count(len(runs), 'run')}: two are needed")
    return newest[0], newest[1]


def _named(runs: Sequence[Run], name: str) -> Run:
    slug, at, started = name.partition("@")
    if not at and name[:2].isdigit():
        slug, started = "", name
    fitting = [run for run in runs if slug in ("", run.machine.slug) and run.started.startswith(started)]
    if not fitting:
        there = ", ".join(f"{run.machine.slug}@{run.started}" for run in runs) or "none"
        raise VaultcError(f"no run is named {name}; there are {there}")
    return fitting[-1]


def _summary(made: Run, state: str = "") -> str:
    status = made.status + (f" ({made.message})" if made.message else "")
    versions = [f"Python {made.environment.python}"]
    versions += [f"torch {made.environment.torch}"] if made.environment.torch else []
    commit = f"commit {made.commit[:10]}{' with changes' if made.dirty else ''}" if made.commit else ""
    about = [
        made.started,
        f"{made.duration:g} s",
        "1 process" if made.processes == 1 else f"{made.processes} processes",
        *versions,
        commit,
    ]
    lines = [f"{made.id} on {made.machine.label}: {status}" + (f" · {state}" if state not in ("", "ok") else "")]
    lines += [" · ".join(filter(None, about)), render(made.points)]
    lines += [claim.line for claim in made.claims]
    lines += [made.log] if made.log else []
    return "\n".join(lines)


def _entry(item: Attached) -> dict[str, object]:
    machines = [{"machine": on.machine.slug, "state": on.state, "status": on.run.status} for on in item.machines]
    fault = item.job.message if isinstance(item.job, BadSnippet) else None
    return {"name": item.id, "note": item.note, "state": item.state, "fault": fault, "machines": machines}


def _where(item: Attached) -> str:
    if isinstance(item.job, BadSnippet):
        return item.job.message
    return "; ".join(map(_on, item.machines)) or "—"


def _on(on: OnMachine) -> str:
    details: list[str] = [on.run.status, on.run.started[:10]]
    if on.state != "ok":
        details.insert(0, on.state)
    return f"{on.machine.label}: {', '.join(details)}"


def _safe(text: str) -> str:
    """Lines of which none speaks to the terminal."""
    return "".join(safe(line) + "\n" for line in text.splitlines())
