"""Points of processes become points of a run: pooled, judged, doubted; and two runs are compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.bench.canned import point, run
from vaultc.bench.harness.merge import merge, overall, suspect
from vaultc.bench.records.answer import Undecided
from vaultc.bench.records.compare import compare
from vaultc.bench.records.model import Ceilings, MachineClass, Point, Status
from vaultc.bench.records.results import MEMORY, Results, rates

NO_CEILINGS = Ceilings()


def test_processes_are_pooled_and_stay_apart() -> None:
    probe = replace(point(), rss=(1000,))
    (pooled,) = merge([probe, point(0.1), replace(probe, rss=(1200,)), point(0.2)])
    assert pooled.samples == ((0.1,), (0.2,))
    assert pooled.rss == (1000, 1200)


def test_noise_inside_processes_makes_a_point_noisy() -> None:
    wild = Point("f", {"n": 1}, "time", "s", "ok", ((1.0, 2.0, 3.0, 4.0),))
    calm = Point("f", {"n": 1}, "time", "s", "ok", ((1.0, 1.01, 1.02, 1.03),))
    assert merge([wild, wild, wild])[0].status == "noisy"
    assert merge([calm, calm, calm])[0].status == "ok"


def test_a_large_speed_up_with_a_cause_is_no_doubt() -> None:
    slow, fast = point(1.0, kind="loop"), point(0.05, kind="chunks")
    assert "large-speed-up" in suspect([slow, fast], NO_CEILINGS)[1].flags
    told = replace(fast, cause="the loop starts a kernel for every token")
    assert suspect([slow, told], NO_CEILINGS)[1].flags == ()


@pytest.mark.parametrize("status", ["disturbed", "throttled"])
def test_times_of_a_disturbed_machine_accuse_no_variant(status: Status) -> None:
    slow, fast = point(1.0, kind="loop"), point(0.05, kind="chunks")
    for pair in ([replace(slow, status=status), fast], [slow, replace(fast, status=status)]):
        assert [found.flags for found in suspect(pair, NO_CEILINGS)] == [(), ()]


@pytest.mark.parametrize(
    ("told", "samples", "status"),
    [
        ("many that scatter tell their median", [1 + 0.6 * (index % 7) / 7 for index in range(40)], "ok"),
        ("as few do not", [1 + 0.6 * (index % 7) / 7 for index in range(5)], "noisy"),
        ("one in ten is no matter", [2.0 if index % 10 == 0 else 1.0 for index in range(40)], "ok"),
        ("two paces have no median", [1.0 if index % 2 else 1.3 for index in range(40)], "noisy"),
    ],
)
def test_noisy_is_a_process_that_does_not_know_its_own_median(told: str, samples: list[float], status: str) -> None:
    process = Point("f", {"n": 1}, "time", "s", "ok", (tuple(samples),))
    assert merge([process] * 3)[0].status == status, told


def test_processes_that_disagree_are_flagged() -> None:
    (pooled,) = merge([point(0.217), point(0.328), point(0.258)])
    assert (pooled.status, pooled.flags) == ("ok", ("between-processes",))


def test_a_failure_in_one_process_is_the_points_status() -> None:
    failure = replace(point(status="oom"), message="no room")
    (pooled,) = merge([point(0.1), failure])
    assert (pooled.status, pooled.message, pooled.samples) == ("oom", "no room", ((0.1,),))


def test_a_point_that_was_only_probed_is_not_called_measured() -> None:
    (pooled,) = merge([replace(point(), rss=(1000,))])
    assert pooled.status == "skipped"


def test_rates_above_the_machines_own_are_flagged() -> None:
    ceilings = Ceilings(copy=1e10, gemm={"float32": 1e12})
    fast = replace(point(1e-3), flops=1.3e9, dtype="float32")
    fair = replace(point(1e-3), flops=1.1e9, dtype="float32")
    wide = replace(point(1e-3), bytes=300e6 * 1.0)
    cached = replace(point(1e-3), bytes=50e6)
    flags = [found.flags for found in suspect([fast, fair, wide, cached], ceilings)]
    assert flags == [("above-peak",), (), ("above-peak",), ()]
    emptied = replace(cached, metric="cold time")
    assert suspect([emptied], ceilings)[0].flags == ("above-peak",)
    assert suspect([fast], NO_CEILINGS)[0].flags == ()


@pytest.mark.parametrize(
    ("dtype", "tera", "flagged"),
    [
        ("bfloat16", 980, False),
        ("bfloat16", 1000, True),
        ("float8_e4m3fn", 1900, False),
        ("float8_e4m3fn", 2000, True),
        ("float64", 70, True),
        ("int8", 2000, True),
        ("tf32", 480, False),
        ("tf32", 500, True),
        ("float4_e2m1fn_x2", 1900, False),
        ("float4_e2m1fn_x2", 2000, True),
    ],
)
def test_a_known_gpu_is_held_to_its_data_sheet(dtype: str, tera: float, flagged: bool) -> None:
    """A number format that the sheet does not have is held to the fastest that it has."""
    told = replace(point(1e-3), flops=tera * 1e9, dtype=dtype)
    (found,) = suspect([told], NO_CEILINGS, MachineClass("cuda", "NVIDIA H200", "9.0"))
    assert ("above-peak" in found.flags) is flagged


def test_a_metric_that_fails_alone_leaves_the_others() -> None:
    forward, backward = point(0.1), replace(point(metric="backward time", status="oom"), message="no room")
    pooled = merge([forward, backward])
    assert [(each.metric, each.status) for each in pooled] == [("time", "ok"), ("backward time", "oom")]


def test_a_speed_up_over_ten_is_flagged_among_variants_of_one_size() -> None:
    points = [point(1.0, n=8, kind="a"), point(0.05, n=8, kind="b"), point(0.01, n=1, kind="a")]
    flags = [found.flags for found in suspect(points, NO_CEILINGS)]
    assert flags == [(), ("large-speed-up",), ()]


def test_the_gravest_status_is_the_runs() -> None:
    noisy, wrong = point(0.1, status="noisy"), point(status="wrong_result", n=2)
    assert overall([point(0.1), noisy], None)[0] == "noisy"
    assert overall([noisy, wrong], None) == ("wrong_result", "f(n=2)")
    assert overall([point(0.1)], None) == ("ok", "")


def test_expected_out_of_memory_is_a_result() -> None:
    points = [point(0.1), point(status="oom", n=2)]
    assert overall(points, "oom")[0] == "ok"
    assert overall(points, None)[0] == "oom"


def test_one_point_that_cannot_run_here_does_not_spoil_the_run() -> None:
    skipped = replace(point(status="skipped"), message="no such kernel")
    assert overall([point(0.1), skipped], None)[0] == "ok"
    assert overall([skipped], None) == ("skipped", "no such kernel")


def test_results_answer_questions() -> None:
    points = tuple(
        replace(point(n**2 * 1e-9, n**2 * 1.02e-9, n=n, kind=kind), rss=(n * 100, n * 100))
        for n in (256, 512, 1024)
        for kind in ("a", "b")
    )
    results = Results((*points, point(status="oom", n=2048, kind="a"), point(status="oom", n=4096, kind="a")))
    mine = results.where(kind="a")
    assert mine.slope("n").within(1.9, 2.1) is True
    assert mine.slope("n", MEMORY).within(0.9, 1.1) is True
    assert mine.first_oom("n") == 2048
    assert results.where(kind="b").first_oom("n") is None
    assert results.since(n=512).where(kind="b").slope("n").measured is False, "two sizes are no law"
    assert [at.params["n"] for at in mine.since(n=512)] == [512, 1024, 2048, 4096]
    assert [at.params["n"] for at in mine.since(n=513)] == [1024, 2048, 4096]
    value = mine.value(n=512)
    assert value.value == pytest.approx(512**2 * 1.01e-9, rel=1e-4)
    assert (value.above(1e-9), value.below(1e-9), value.within(value.low, 1.0)) == (True, False, True)
    assert isinstance(value.above((value.low + value.high) / 2), Undecided), (
        "an interval across the bound decides nothing"
    )
    assert mine.value(n=2048).above(0.0) == Undecided(measured=False)
    assert str(mine.value(n=2048)) == "not measured"
    assert results.where(kind="a", n=256).ratio(results.where(kind="b", n=256)).value == pytest.approx(1.0)
    with pytest.raises(ValueError, match="2 points fit"):
        results.value(n=256)


def test_rates_come_from_declared_work() -> None:
    found = rates(replace(point(0.5, 0.25), flops=1e9))
    assert (found["FLOP/s"].least, found["FLOP/s"].most) == (2e9, 4e9)
    assert rates(point(0.5)) == {}


def test_two_runs_are_compared_point_by_point() -> None:
    before = run(point(1.0, 1.01, 0.99, n=1), point(1.0, 1.01, 0.99, n=2), point(1.0, n=3), point(1.0, n=4))
    after = run(point(0.5, 0.51, 0.49, n=1), point(0.9, 1.3, 1.0, n=2), point(0.1, n=3), point(status="oom", n=4))
    assert [(found.params["n"], found.verdict) for found in compare(before, after)] == [
        (1, "FASTER"),
        (2, "AMBIGUOUS"),
        (3, "AMBIGUOUS"),
    ]
    assert [found.verdict for found in compare(before, before)][:2] == ["SAME", "SAME"]


def test_a_speed_up_that_declared_work_explains_is_not_flagged() -> None:
    slow, fast = point(1.0, kind="naive", n=1), point(0.01, kind="sparse", n=1)
    flagged = suspect([slow, fast], Ceilings())
    assert [made.flags for made in flagged] == [(), ("large-speed-up",)]
    less = suspect([replace(slow, flops=1e6), replace(fast, flops=2e4)], Ceilings())
    assert [made.flags for made in less] == [(), ()]


def test_points_in_doubt_are_neither_faster_nor_slower() -> None:
    before, after = run(point(1.0, 1.01, 0.99)), run(point(0.5, 0.51, 0.49, status="noisy"))
    (found,) = compare(before, after)
    assert (found.verdict, found.doubts) == ("AMBIGUOUS", ("noisy",))


def test_earlier_runs_tell_how_far_runs_lie_apart() -> None:
    before, after = run(point(1.0, 1.001, 0.999)), run(point(1.12, 1.121, 1.119))
    quiet = [run(point(1.0 + 0.001 * k, 1.001, 0.999), day=k + 2) for k in range(20)]
    wild = [run(point(1.3**k, 1.3**k * 1.001, 1.3**k * 0.999), day=k + 2) for k in range(6)]
    verdicts = [compare(before, after, earlier)[0].verdict for earlier in ([], quiet, wild)]
    assert verdicts == ["SLOWER", "SLOWER", "AMBIGUOUS"]
    widths = [compare(before, after, earlier)[0].ratio.half_width for earlier in (quiet, [], wild)]
    assert widths == sorted(widths)
