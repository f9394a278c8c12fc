"""Benchmarks on the workers of a Dask cluster: each on a machine that has what it asks for, one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from vaultc.bench.harness.remote import measure
from vaultc.bench.harness.runner import Step
from vaultc.bench.records.codec import decode, encode
from vaultc.bench.records.jobs import Job
from vaultc.bench.records.model import Device, Run, UnreadableLine, from_line
from vaultc.errors import VaultcError

RESOURCES: Mapping[Device, str] = {"cpu": "cpu", "cuda": "GPU"}
"""What a worker declares to be given benchmarks: ``dask worker … --resources "GPU=1"``. One of each is one at a time."""
TRIES = 2
"""Workers that a benchmark may take down before it is given up: the second may have died of something else."""


def run_jobs(
    jobs: Sequence[Job],
    device: Device,
    scheduler: str,
    *,
    options: Mapping[str, Any],
    progress: Callable[[Step], None] = lambda step: None,
) -> Iterator[tuple[Job, Run | VaultcError]]:
    """The run of each job, as they end, or why it has none. ``options`` are those of ``run_job``.

    Raises ``VaultcError`` without the extra ``dask``, without such a scheduler, and where no worker has the resource.
    """
    client = _client(scheduler)
    with client:
        resource = RESOURCES[device]
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
        if not any(worker.get("resources", {}).get(resource, 0) >= 1 for worker in workers):
            raise VaultcError(
                f"none of the {len(workers)} workers at {scheduler} declares {resource}: "
                f'start them with --resources "{resource}=1"'
            )
        topic = f"vaultc-{uuid4().hex}"
        client.subscribe_topic(topic, lambda event: progress(decode(Step, event[1])))
        yield from _gather(client, jobs, device, topic, resource, options)


def measure_here(job: str, device: Device, topic: str, options: Mapping[str, Any]) -> str:
    """What a worker does: measures a job, tells how far it is, and gives the run's line. Plain text both ways."""
    from distributed import Variable, get_worker

    made = decode(Job, json.loads(job))
    tries = Variable(f"{topic}-{made.id}")
    begun = tries.get() + 1
    if begun > TRIES:
        raise VaultcError(f"{made.id}: {TRIES} workers died while they measured it")
    tries.set(begun)
    worker = get_worker()
    return measure(job, device, options, lambda step: worker.log_event(topic, step))


def _gather(
    client: Any, jobs: Sequence[Job], device: Device, topic: str, resource: str, options: Mapping[str, Any]
) -> Iterator[tuple[Job, Run | VaultcError]]:
    from distributed import KilledWorker, Variable, as_completed

    tries = {job.id: Variable(f"{topic}-{job.id}", client=client) for job in jobs}
    for variable in tries.values():
        variable.set(0)
    waiting = {
        client.submit(
            measure_here, json.dumps(encode(job)), device, topic, dict(options),
            resources={resource: 1}, pure=False, key=f"{topic}-{job.id}",
        ): job
        for job in jobs
    }  # fmt: skip
    try:
        for future in as_completed(waiting, loop=client.loop):
            job = waiting[future]
            try:
                found = from_line(future.result())
            except VaultcError as fault:
                yield job, fault
            except KilledWorker:
                yield job, VaultcError(f"{job.id}: the workers died while they measured it")
            except Exception as fault:  # noqa: BLE001 - another machine's fault must not lose the runs of the rest
                yield job, VaultcError(f"{job.id}: {type(fault).__name__}: {fault}")
            else:
                if isinstance(found, UnreadableLine):
                    yield job, VaultcError(f"{job.id}: a worker of another version answered: {found.reason}")
                else:
                    yield job, found
    finally:
        client.cancel(list(waiting), force=True)
        for variable in tries.values():
            variable.delete()


def _client(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as fault:
        raise VaultcError("the executor dask needs an extra: pip install 'vaultc[dask]'") from fault
    try:
        return Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as fault:
        raise VaultcError(f"no Dask scheduler answers at {scheduler}: {fault}") from fault
