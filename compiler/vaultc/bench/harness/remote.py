"""A job measured in a process of its own, told about in JSON lines: what a worker of a cluster starts.

A worker measures in a thread, where no signal can be caught, and may die; this process ends with it, for the pipe from
the worker closes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from vaultc.bench.harness.process import BusyError
from vaultc.bench.harness.runner import Step, run_job
from vaultc.bench.records.codec import decode, encode
from vaultc.bench.records.jobs import Job
from vaultc.bench.records.model import Device, Run, to_body
from vaultc.errors import VaultcError

PAUSE = 2.0
"""Seconds between two looks whether a busy device is free."""


def measure(job: str, device: Device, options: Mapping[str, Any], tell: Callable[[Any], None]) -> str:
    """Measures an encoded job here and gives the run's line; ``tell`` gets each encoded step. Raises ``VaultcError``."""
    order = json.dumps({"job": json.loads(job), "device": device, "options": dict(options)})
    command = [sys.executable, "-m", "vaultc.bench.harness.remote"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdin and process.stdout
        process.stdin.write(order + "\n")
        process.stdin.flush()  # it stays open: its end is ours
        for line in process.stdout:
            message = json.loads(line)
            if "step" in message:
                tell(message["step"])
            elif "fault" in message:
                raise VaultcError(message["fault"])
            else:
                return json.dumps(message["run"], ensure_ascii=False)
        process.wait()
    raise VaultcError(f"the measuring process ended with exit code {process.returncode}")


def main() -> None:
    """One job from the first line of standard input; steps, then the run or a fault, on standard output."""
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_caller, daemon=True).start()
    try:
        run = _when_free(decode(Job, order["job"]), order["device"], order["options"])
    except VaultcError as fault:
        _say({"fault": str(fault)})
    else:
        _say({"run": to_body(run)})


def _when_free(job: Job, device: Device, options: Mapping[str, Any]) -> Run:
    while True:
        try:
            return run_job(job, device, progress=lambda step: _say({"step": encode(step)}), **options)
        except BusyError as fault:
            _say({"step": encode(Step(job.id, 0, 1, str(fault)))})
            time.sleep(PAUSE)


def _end_with_the_caller() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _say(message: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
