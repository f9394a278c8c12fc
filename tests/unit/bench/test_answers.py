"""What an estimate answers, and what may be claimed from it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.bench.canned import point, run
from vaultc import bench
from vaultc.bench.records.answer import Undecided, undecided
from vaultc.bench.records.attach import Attached, OnMachine
from vaultc.bench.records.estimate import Estimate
from vaultc.bench.records.jobs import Job
from vaultc.bench.records.model import GRAVE, Claim, Flag, Status
from vaultc.bench.records.results import Results, rehearsed
from vaultc.bench.snippet import sweep
from vaultc.model import Snippet
from vaultc.parse import parse
from vaultc.scan import source_file

SIZES = (256, 512, 1024, 2048, 4096, 8192)


class Listener:
    """A session that only listens to claims."""

    def __init__(self) -> None:
        self.claims: list[Claim] = []

    def measure(self, sweep: sweep.Sweep) -> Results:
        raise NotImplementedError

    def claim(self, claim: Claim) -> None:
        self.claims.append(claim)


@pytest.fixture
def said() -> Iterator[list[Claim]]:
    listener = Listener()
    sweep.use(listener)
    yield listener.claims
    sweep.use(None)


def law(exponent: float, status: Status = "ok", processes: int = 3) -> Results:
    """Times that grow by a power, in processes that differ by a per cent."""
    return Results(
        tuple(
            point(*(1e-6 * n**exponent * (1 + 0.01 * k) for k in range(processes)), status=status, n=n) for n in SIZES
        )
    )


def test_an_interval_answers_only_as_a_whole() -> None:
    estimate = Estimate.of([1.0, 1.1, 0.9])
    assert estimate.above(0.5) is True
    assert estimate.below(0.5) is False
    assert (estimate > 0.5) is True and (estimate < 0.5) is False
    assert (estimate <= 0.5) is False and (estimate >= 0.5) is True
    assert isinstance(estimate.above(1.0), Undecided)
    assert estimate.within(0.5, 2) is True and estimate.within(2, 3) is False
    assert isinstance(estimate.within(1, 2), Undecided)
    with pytest.raises(ValueError, match="NaN"):
        estimate.above(math.nan)


def test_estimates_compare_process_by_process() -> None:
    slow = Estimate.of([1.0, 1.5, 2.0], "s")  # what slowed both down cancels
    fast = Estimate.of([0.5, 0.74, 1.01], "s")
    assert (fast < slow) is True and (slow < fast) is False
    assert fast.below(slow) is True
    ratio = slow / fast
    assert ratio.unit == "×" and ratio.within(1.9, 2.1) is True
    assert (slow - fast).unit == "s" and (slow * 2).centre == pytest.approx(slow.centre * 2)
    assert (1 / fast).above(0.5) is True
    assert Estimate.of([16.0] * 3) == 16 and not isinstance(Estimate.of([16.0] * 3) == 16, Undecided)
    assert isinstance(slow == fast * 2, Undecided)


def test_slopes_differ_by_the_sum_of_their_intervals() -> None:
    square, line = law(2).slope("n"), law(1).slope("n")
    assert (square - line).within(0.9, 1.1) is True
    assert (square > line) is True


def test_nothing_but_an_answer_is_an_answer(said: list[Claim]) -> None:
    estimate = Estimate.of([1.0, 1.1, 0.9])
    wrong = {
        "bench.undecided": None, "ask the estimate": estimate, "NaN decides nothing": math.nan,
        "compare the number": 1, "write True or False": "no", r"bool\(": [True],
    }  # fmt: skip
    for advice, holds in wrong.items():
        with pytest.raises(TypeError, match=advice):
            bench.claim("x", holds=holds)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=advice):
            bench.both(True, holds)  # type: ignore[arg-type]
    assert not said


@pytest.mark.parametrize("ask", ["not answer", "answer and True", "1 if answer else 2", "bool(answer)"])
def test_what_is_undecided_has_no_truth(ask: str) -> None:
    with pytest.raises(TypeError, match="the numbers do not decide"):
        eval(ask, {"answer": undecided})
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Estimate.of([1.0, 2.0]))


def test_claims_know_four_words(said: list[Claim]) -> None:
    bench.claim("yes", holds=True, because="a\nb")
    bench.claim("no", holds=False, because=Estimate.of([16.0] * 3, "B"))
    bench.claim("open", holds=Estimate.of([1.0, 2.0, 3.0]).above(2))
    bench.claim("nothing", holds=Estimate().above(2))
    bench.claim("one", holds=Estimate.of([3.0]).above(2))
    bench.claim("all", holds=bench.both(True, undecided))
    bench.claim("no, whatever else", holds=bench.both(Estimate().above(2), False))
    assert [(claim.text, claim.verdict) for claim in said] == [
        ("yes", "confirmed"), ("no", "refuted"), ("open", "undecided"), ("nothing", "unmeasured"),
        ("one", "undecided"), ("all", "undecided"), ("no, whatever else", "refuted"),
    ]  # fmt: skip
    assert said[0].because == "a b" and said[1].because == "16 B"
    assert "one process" in said[4].doubt


@pytest.mark.parametrize("flag", sorted(GRAVE))
def test_a_grave_flag_withholds_the_verdict_and_says_why(flag: Flag, said: list[Claim]) -> None:
    from dataclasses import replace

    clean = point(1.0, 1.0, 1.0, n=1)
    results = Results((clean, replace(clean, params={"n": 2}, flags=(flag,))))
    bench.claim("fast", holds=results.value(n=2).below(2))
    bench.claim("as fast", holds=(results.value(n=1) / results.value(n=2)).within(0.9, 1.1))
    bench.claim("clean", holds=results.value(n=1).below(2))
    assert [claim.verdict for claim in said] == ["undecided", "undecided", "confirmed"]
    assert f"{flag.replace('-', ' ')} at f(n=2)" in said[0].doubt


@pytest.mark.parametrize("status", ["noisy", "throttled"])
def test_points_that_are_not_ok_withhold_it_too(status: Status, said: list[Claim]) -> None:
    bench.claim("square", holds=law(2, status).slope("n").within(1.9, 2.1))
    bench.claim("law", holds=law(2, status).fit("n").r2_exponential < law(2, status).fit("n").r2)
    bench.claim("square", holds=law(2).slope("n").within(1.9, 2.1))
    assert [claim.verdict for claim in said] == ["undecided", "undecided", "confirmed"]
    assert f"{status} at f(n=256) and 5 more" in said[0].doubt


def test_what_is_wrong_with_a_time_says_nothing_about_the_memory(said: list[Claim]) -> None:
    from dataclasses import replace

    made = replace(point(1.0, 1.0, 1.0, status="noisy"), rss=(64, 64, 64))
    bench.claim("small", holds=Results((made,)).value(bench.MEMORY).below(100))
    assert said[0].verdict == "confirmed"


def test_a_bare_number_carries_no_doubt_so_the_doubt_is_remembered(said: list[Claim]) -> None:
    noisy = law(2, "noisy")
    bench.claim("clean", holds=law(2).value(n=256).value < 10)
    bench.claim("by hand", holds=noisy.value(n=4096).value > noisy.value(n=256).value)
    assert [claim.verdict for claim in said] == ["confirmed", "undecided"]
    assert "bare numbers were taken of noisy at f(n=4096)" in said[1].doubt


@pytest.mark.parametrize(
    "take",
    [
        lambda found: min(found).middle,
        lambda found: found.points[0].samples[0][0],
        lambda found: found.value(n=256).centre,
        lambda found: found.value(n=256).low,
        lambda found: found.value(n=256).high,
        lambda found: found.value(n=256).processes[0],
        lambda found: found.fit("n").slopes[0],
        lambda found: Results().value("x").value,
        lambda found: Results((point(1.0),)).value("time").value,
    ],
)
def test_so_it_is_of_points_and_of_what_was_not_measured(take: object, said: list[Claim]) -> None:
    assert callable(take)
    bench.claim("x", holds=not take(law(2, "noisy")) < 0)
    assert said[0].verdict == "undecided"


def test_a_rehearsal_answers_every_question() -> None:
    found = rehearsed("f", [{"n": n, "kind": kind} for n in (1, 2, 4) for kind in "ab"])
    assert found.where(kind="a").fit("n").slope.value + 1 > 0
    assert found.value("any name", n=1, kind="a").value / found.value(n=2, kind="a").value > 0
    assert min(found).params["n"] == 1 and max(found).params["n"] == 4
    assert found.where(kind="a").fit("n", bench.MEMORY).at(8).value > 0
    assert found.where(n=1, kind="a").ratio(found.where(n=2, kind="b")).measured


@pytest.mark.parametrize("ask", ["where(nn=256)", "since(nn=256)", "value(nn=256)", "slope('nn')", "first_oom('nn')"])
def test_a_wrong_name_is_told_with_the_right_one(ask: str) -> None:
    with pytest.raises(ValueError, match="no parameter is called nn: did you mean n"):
        eval(f"found.{ask}", {"found": law(2)})


def test_an_unknown_metric_is_unmeasured_and_says_so() -> None:
    answer = law(2).value("tiem", n=256).above(0)
    assert isinstance(answer, Undecided) and not answer.measured
    assert answer.reasons == ("no metric is called tiem: there are time",)


def test_two_claims_of_one_text_both_show(tmp_path: Path) -> None:
    code = "from vaultc import bench\nbench.claim('a', holds=True)\nbench.claim('a', holds=False)\nbench.claim('a', holds=True)\n"
    note = parse(source_file("n.md", f"```python bench id=x\n{code}```\n".encode()))
    snippet: Snippet = note.snippets[0]
    from dataclasses import replace

    job = Job("x", code, "key")
    made = replace(run(), claims=(Claim("a", "confirmed"), Claim("a", "refuted")), claims_key=job.claims_key)
    on = OnMachine(made.machine, (made,), made, "ok")
    attached = Attached("n.md", snippet, job, (on,))
    assert [claim.verdict for claim in attached.claims(on)] == ["confirmed", "refuted", "unmeasured"]
