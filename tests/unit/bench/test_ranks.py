"""Snippets in several processes: gloo inside one machine, on a network that is cut off."""

from __future__ import annotations

import pytest

from tests.unit.bench.test_runner import job, measure
from vaultc.bench.harness.runner import judge
from vaultc.bench.records.jobs import BadSnippet, make_job

REDUCE = """
import torch
import torch.distributed as dist
from vaultc import bench

dist.init_process_group("gloo")

def reduced(n: int) -> bench.Case:
    mine = torch.full((n,), float(bench.rank() + 1))
    def run():
        shared = mine.clone()
        dist.all_reduce(shared)
        return shared
    return bench.Case(run, reference=lambda: torch.full((n,), 3.0))

def size(kind: str) -> bench.Value:
    return bench.Value(bench.ranks())

found = bench.measure(reduced, n=[4, 8], seconds=0.01)
bench.claim("There are two.", holds=bench.measure(size, kind=["a"]).value().within(2, 2))
"""


@pytest.mark.filterwarnings("ignore")
def test_ranks_do_what_the_first_does() -> None:
    pytest.importorskip("torch", reason="torch is not installed here")
    run = measure(REDUCE, "timeout=60 processes=2")
    assert run.status in ("ok", "noisy", "disturbed"), run.message + run.log
    times = [point for point in run.points if point.metric == "time"]
    assert [(point.params["n"], point.error) for point in times] == [(4, 0.0), (8, 0.0)]
    assert run.points[-1].samples == ((2.0,),)
    assert judge(job(REDUCE, "timeout=60 processes=2"), run) == run.claims


def test_processes_are_a_number() -> None:
    for text in ("0", "17", "two", "-1", "1.5"):
        made = make_job(f"python bench id=x processes={text}", "x = 1\n", lambda path: None)
        assert isinstance(made, BadSnippet) and "is no number of processes" in made.message
    one, two = (job("x = 1\n", f"processes={count}") for count in (1, 2))
    assert one.code_key != two.code_key
