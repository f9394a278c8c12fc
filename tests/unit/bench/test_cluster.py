"""A real scheduler and two real workers: benchmarks go where their device is, and survive a worker's death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from vaultc.bench.harness.runner import Step
from vaultc.bench.records.jobs import Job, make_job
from vaultc.bench.records.model import Run
from vaultc.errors import VaultcError

pytest.importorskip("distributed", reason="the extra dask is not installed here")
from vaultc.bench.harness.cluster import run_jobs  # needs the extra

OPTIONS = {"repeat": 1}
VALUE = "from vaultc import bench\ndef f(n): return bench.Value(n)\nbench.measure(f, n=[1])\n"


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]


def dask(*arguments: str) -> subprocess.Popen[bytes]:
    code = "from distributed.cli import {0}; {0}.main()".format("dask_" + arguments[0])
    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "5"}
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", code, *arguments[1:]], env=environment,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    from distributed import Client

    file = tmp_path / "scheduler.json"
    started = [dask("scheduler", "--scheduler-file", str(file), "--port", "0", "--no-dashboard")]
    try:
        for name in "ab":
            started.append(
                dask("worker", "--scheduler-file", str(file), "--no-nanny", "--nthreads", "2", "--no-dashboard",
                     "--name", name, "--resources", "cpu=1", "--local-directory", str(tmp_path))
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            address = client.scheduler.address
        yield Cluster(address, started[1:])
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def job(name: str, code: str = VALUE) -> Job:
    made = make_job(f"python bench id={name} timeout=60", code, lambda path: None)
    assert isinstance(made, Job)
    return made


@pytest.mark.filterwarnings("ignore")
def test_benchmarks_go_to_workers_and_survive_the_death_of_one(cluster: Cluster, tmp_path: Path) -> None:
    steps: list[Step] = []
    names = ["one", "two", "three"]
    told = run_jobs([job(name) for name in names], "cpu", cluster.address, options=OPTIONS, progress=steps.append)
    found = {job.id: made for job, made in told}
    assert set(found) == set(names)
    for made in found.values():
        assert isinstance(made, Run) and made.status == "ok" and made.points[0].samples == ((1.0,),)
    assert {step.job for step in steps} == set(names), "each tells how far it is"

    slow = job("slow", VALUE.replace("return", "__import__('time').sleep(8); return"))
    killed: list[int] = []

    def kill(step: Step) -> None:
        """The worker that measures dies; which of the two it is, its child's parent tells."""
        if not killed and "timing" in step.text:
            for worker in cluster.workers:
                if children(worker.pid):
                    killed.append(worker.pid)
                    os.kill(worker.pid, signal.SIGKILL)

    ((_, made),) = run_jobs([slow], "cpu", cluster.address, options=OPTIONS, progress=kill)
    assert len(killed) == 1
    assert isinstance(made, Run) and made.status == "ok"


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split() + [
        child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


@pytest.mark.filterwarnings("ignore")
def test_a_benchmark_that_takes_workers_down_is_tried_twice(cluster: Cluster) -> None:
    slow = job("deadly", VALUE.replace("return", "__import__('time').sleep(8); return"))
    killed: list[int] = []

    def kill(step: Step) -> None:
        if "timing" in step.text:
            for worker in cluster.workers:
                if worker.pid not in killed and children(worker.pid):
                    killed.append(worker.pid)
                    os.kill(worker.pid, signal.SIGKILL)
                    if len(killed) == 2:
                        cluster.workers.append(
                            dask("worker", cluster.address, "--no-nanny", "--no-dashboard", "--resources", "cpu=1")
                        )

    try:
        ((_, made),) = run_jobs([slow], "cpu", cluster.address, options=OPTIONS, progress=kill)
    finally:
        for worker in cluster.workers[2:]:
            worker.kill()
            worker.wait()
    assert len(killed) == 2
    assert isinstance(made, VaultcError) and "2 workers died" in str(made)


@pytest.mark.filterwarnings("ignore")
def test_without_such_a_worker_nothing_waits(cluster: Cluster) -> None:
    with pytest.raises(VaultcError, match=r"none of the 2 workers .* declares GPU"):
        list(run_jobs([job("one")], "cuda", cluster.address, options=OPTIONS))


@pytest.mark.filterwarnings("ignore")
def test_without_a_scheduler_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VaultcError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        list(run_jobs([job("one")], "cpu", "tcp://127.0.0.1:1", options=OPTIONS))
