"""``python -m vaultc.bench JOBS``: measures exported jobs on a machine that has only this folder, Python and torch.

The result files lie under ``--out`` as they do in a vault: copy them over ``vault/_results/``, or append theirs to
the lines that are there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from vaultc.bench.harness.runner import REPEAT, SPEND, Step, device_here, run_job
from vaultc.bench.records import FOLDER
from vaultc.bench.records.jobs import Job, load_jobs
from vaultc.bench.records.model import MEASURED, Device, Run
from vaultc.bench.records.store import append
from vaultc.bench.records.table import render
from vaultc.disk import read
from vaultc.errors import VaultcError
from vaultc.text import safe

# Bytes of a file of jobs: those of the files that snippets declare are in it.
_MOST = 1 << 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when every job went through, 1 when one did not, 2 where nothing could be run, 130 on Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m vaultc.bench", description="Measure exported benchmark jobs.")
    parser.add_argument("jobs", type=Path, help="file written by `vaultc bench export`")
    parser.add_argument("names", nargs="*", help="only these ids")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="by default the GPU where there is one")
    parser.add_argument("--out", type=Path, default=Path(), help=f"folder that gets {FOLDER}/ (default: here)")
    parser.add_argument(
        "--repeat",
        type=int,
        metavar="N",
        help=f"processes a point (default: {REPEAT}, and more while a time is unsure)",
    )
    parser.add_argument("--memory", type=float, metavar="GIB", help="limit of resident memory")
    options = parser.parse_args(arguments)
    if options.repeat is not None and options.repeat < 1:
        parser.error("--repeat needs at least 1")
    try:
        jobs = _chosen(load_jobs(_read(options.jobs)), options.names)
        device: Device = options.device or device_here()
        memory = int(options.memory * 2**30) if options.memory else None
        runs = []
        for job in jobs:
            run = run_job(
                job,
                device,
                repeat=options.repeat or REPEAT,
                spend=0 if options.repeat else SPEND,
                memory=memory,
                progress=_progress,
            )
            kept = run.status != "interrupted" or any(point.measured for point in run.points)
            _report(run, append(options.out, run) if kept else None)
            if run.status == "interrupted":
                return 130
            runs.append(run)
    except VaultcError as fault:
        print(safe(f"error: {fault}"), file=sys.stderr)  # noqa: T201 - this is a command
        return 2
    return 0 if all(run.status in MEASURED for run in runs) else 1


def _chosen(jobs: Sequence[Job], names: Sequence[str]) -> list[Job]:
    known = {job.id for job in jobs}
    missing = [name for name in names if name not in known]
    if missing:
        raise VaultcError(f"no job {', '.join(missing)} in the file; it has {', '.join(sorted(known)) or 'none'}")
    return [job for job in jobs if not names or job.id in names]


def _read(path: Path) -> str:
    try:
        return read(path, _MOST, follow=True).decode()
    except (OSError, UnicodeDecodeError) as fault:
        raise VaultcError(f"{path}: cannot be read ({getattr(fault, 'strerror', None) or 'not UTF-8'})") from fault


def _progress(step: Step) -> None:
    print(safe(f"{step.job} [{step.done}/{step.total}] {step.text}"), file=sys.stderr)  # noqa: T201 - this is a command


def _report(run: Run, path: Path | None) -> None:
    lines = [f"{run.id}: {run.status}" + (f" ({run.message})" if run.message else ""), render(run.points)]
    lines += [claim.line for claim in run.claims]
    lines += [f"written to {path}"] if path else []
    print("\n".join([*map(safe, "\n".join(lines).splitlines()), ""]), flush=True)  # noqa: T201 - this is a command


if __name__ == "__main__":
    sys.exit(main())
