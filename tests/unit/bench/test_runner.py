"""Real processes: whatever a snippet does, it leaves a record, nothing else of it is left, and the next one runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from vaultc.bench.harness.child import End, Planned, Request
from vaultc.bench.harness.process import Message, Outcome, only_one
from vaultc.bench.harness.runner import Step, judge, run_job
from vaultc.bench.records.codec import decode, encode
from vaultc.bench.records.jobs import Job, make_job, reader, with_files
from vaultc.bench.records.model import MEASURED, Disturbance, Point, Run, from_line, to_line
from vaultc.bench.records.precision import MOST_PROCESSES
from vaultc.errors import VaultcError

HEAD = "import os, signal, subprocess, sys, time\nfrom vaultc import bench\n"
GOOD = HEAD + (
    "def spin(n: int) -> bench.Case:\n"
    "    return bench.Case(lambda: sum(range(n)), reference=lambda: n * (n - 1) // 2)\n"
    "times = bench.measure(spin, n=[1000, 2000, 4000], seconds=0.01, cold=False)\n"
    "bench.claim('It counts.', holds=len(times) == 3, because='it does')\n"
)


def job(code: str, options: str = "") -> Job:
    made = make_job(f"python bench id=x {options}", code, lambda path: None)
    assert isinstance(made, Job)
    return made


def measure(code: str, options: str = "timeout=60", repeat: int = 1, memory: int | None = None) -> Run:
    run = run_job(job(code, options), "cpu", repeat=repeat, memory=memory)
    assert from_line(to_line(run)) == run
    return run


@pytest.fixture(autouse=True)
def nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """No process of a snippet outlives its run: each can be told by the temporary folder it was given."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    left = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(tmp_path).encode() in entry.read_bytes():
                left.append(entry.parent.name)
        except OSError:
            continue
    assert not left
    assert not list(tmp_path.glob("vaultc-bench-*/"))


def test_a_copy_of_the_process_says_nothing() -> None:
    """Both would go on to measure, and two processes would count as four."""
    run = measure(HEAD + "os.fork()\n" + GOOD.removeprefix(HEAD), repeat=2)
    assert [len(point.samples) for point in run.points] == [2, 2, 2]
    assert len(run.claims) == 1


def test_no_process_finds_what_another_wrote() -> None:
    """A snippet that rewrites its file, or keeps results in its folder, measures as on the first day."""
    run = measure(
        HEAD
        + "found = [*os.listdir('.')]\n"
        + "open('kept', 'w').write('42')\n"
        + "open(__file__, 'a').write('bench.claim(\"P = NP\", holds=True)')\n"
        + "def files() -> bench.Value: return bench.Value(len(found))\n"
        + "bench.measure(files)\n"
        + "bench.claim('It is alone.', holds=found == ['snippet.py'], because=found)\n",
        repeat=2,
    )
    assert [claim.line for claim in run.claims] == ["confirmed: It is alone. (['snippet.py'])"]
    assert run.points[0].samples == ((1.0,), (1.0,))


def test_a_snippet_is_measured_in_fresh_processes() -> None:
    steps: list[Step] = []
    run = run_job(job(GOOD), "cpu", repeat=3, progress=steps.append)
    assert run.status in MEASURED
    assert [point.params["n"] for point in run.points] == [1000, 2000, 4000]
    assert all(len(point.samples) == 3 and point.error == 0 for point in run.points)
    assert run.processes == 3
    assert [(claim.text, claim.verdict) for claim in run.claims] == [("It counts.", "confirmed")]
    assert list(dict.fromkeys(step.done for step in steps)) == list(range(5))
    assert any(step.text.endswith(": spin(n=4000)") for step in steps), "a step for each point"
    assert steps[-1].total == 5


CRIMES = {
    "a slower clock": (
        "time.perf_counter = lambda: 0.0\n" + GOOD.removeprefix(HEAD),
        "error",
        "exchanged time.perf_counter",
    ),
    "verdicts of its own": (
        "from vaultc.bench.records import answer\nanswer.verdict = lambda holds: ('confirmed', '')\n"
        + GOOD.removeprefix(HEAD),
        "error",
        "exchanged vaultc.bench.records.answer.verdict",
    ),
    "a faster timer": (
        "from vaultc.bench.harness.device import PlainMachine as P, Timed\n"
        "P.time = lambda self, call: Timed(1e-9, 1e-9, call())\n" + GOOD.removeprefix(HEAD),
        "error",
        "exchanged vaultc.bench.harness.device.PlainMachine.time",
    ),
    "raises": ("def f(n): raise ValueError('no')\nbench.measure(f, n=[1])", "error", "line 3: ValueError: no"),
    "raises outside": ("raise KeyError('gone')", "error", "KeyError"),
    "exits": ("def f(n): sys.exit(3)\nbench.measure(f, n=[1])", "error", "exited before its end with 3"),
    "exits in peace": (
        "def f(n): return bench.Value(n)\nbench.measure(f, n=[1]); bench.claim('It holds.', holds=True); sys.exit(0)",
        "error",
        "exited before its end",
    ),
    "answers with a word": ("bench.claim('It holds.', holds='no')", "error", "takes True, False or bench.undecided"),
    "asks for a wrong name": (
        "def f(size): return bench.Value(size)\nbench.measure(f, size=[1]).where(siz=1)",
        "error",
        "did you mean size?",
    ),
    "leaves by force": ("def f(n): os._exit(0)\nbench.measure(f, n=[1])", "error", "left without finishing"),
    "leaves with a code": ("os._exit(7)", "error", "exit code 7"),
    "kills itself": ("os.kill(os.getpid(), signal.SIGKILL)", "error", "killed by SIGKILL"),
    "hangs": ("def f(n): time.sleep(600)\nbench.measure(f, n=[1])", "timeout", "over the limit of 3 s"),
    "hangs deafly": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "timeout",
        "over the limit of 3 s",
    ),
    "measures nothing": ("x = 1", "error", "measures nothing"),
    "is measured twice": (
        "def f(n): return bench.Value(n)\nbench.measure(f, n=[1]); bench.measure(f, n=[1])",
        "error",
        "measured twice",
    ),
    "sweeps what cannot be stored": (
        "def f(k): return bench.Value(1)\nbench.measure(f, k=['\\ud800'])",
        "error",
        "half a character",
    ),
    "says a number in letters": (
        "def f(n): return bench.Value('12')\nbench.measure(f, n=[1])",
        "error",
        "the value is a text",
    ),
    "claims without end": ("for i in range(200): bench.claim(str(i), holds=True)", "error", "over 100 claims"),
    "sweeps nothing": ("def f(n): return bench.Value(n)\nbench.measure(f, n=[])", "error", "needs one value"),
    "has no name": ("bench.measure(lambda n: bench.Value(n), n=[1])", "error", "name of its own"),
    "wants what is not there": ("import no_such_module", "error", "no_such_module"),
}


@pytest.mark.parametrize(("code", "status", "message"), CRIMES.values(), ids=CRIMES.keys())
def test_every_misdeed_leaves_a_record(code: str, status: str, message: str) -> None:
    run = measure(HEAD + code + "\n", "timeout=3" if status == "timeout" else "timeout=60")
    assert run.status == status
    assert message in run.message


def test_children_and_grandchildren_die_with_the_snippet() -> None:
    code = HEAD + (
        "def f(n):\n"
        "    for _ in range(5):\n"
        "        subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', os.environ['TMPDIR']],\n"
        "                         start_new_session=True)\n"
        "    return bench.Value(n)\n"
        "bench.measure(f, n=[1])\n"
    )
    assert measure(code).status in MEASURED  # that nothing is left is the fixture's to say


def test_a_snippet_that_forks_without_end_is_stopped() -> None:
    code = HEAD + "while True:\n    if os.fork() == 0: time.sleep(60)\n"
    run = measure(code, "timeout=10")
    assert run.status in ("error", "timeout", "oom")


def test_a_snippet_that_eats_memory_is_stopped_and_its_point_says_so() -> None:
    code = HEAD + (
        "def f(kind):\n"
        "    if kind == 'greedy':\n"
        "        kept = []\n"
        "        while True:\n"
        "            kept.append(bytearray(2**25)); time.sleep(0.02)\n"
        "    return bench.Value(1.0)\n"
        "bench.measure(f, kind=['modest', 'greedy', 'plain'])\n"
    )
    run = measure(code, memory=256 * 2**20)
    statuses = {point.params["kind"]: point.status for point in run.points}
    assert statuses == {"modest": "ok", "greedy": "oom", "plain": "ok"}
    assert run.status == "oom"
    assert run.isolation.memory_limit == 256 * 2**20


def test_one_point_that_hangs_does_not_take_the_others_along() -> None:
    code = HEAD + (
        "def f(n):\n    if n == 2: time.sleep(60)\n    return bench.Value(n)\nbench.measure(f, n=[1, 2, 3])\n"
    )
    run = measure(code, "timeout=8")
    assert {point.params["n"]: point.status for point in run.points} == {1: "ok", 2: "timeout", 3: "ok"}
    assert run.status == "timeout"


def test_a_megabyte_of_prints_is_bounded_and_harmless() -> None:
    run = measure("print('x' * 2**20)\nimport sys; sys.stderr.write('\\x1b[31m' + 'y' * 2**20)\n" + GOOD)
    assert run.status in MEASURED
    failing = measure("print('x' * 2**20)\nprint('the last words\\x1b[0m')\nraise SystemExit(1)")
    assert failing.status == "error"
    assert len(failing.log) <= 2048
    assert failing.log.endswith("the last words�[0m")


def test_too_many_results_are_refused() -> None:
    code = HEAD + ("def f(n): return bench.Value(1.0)\nbench.measure(f, n=['x' * 2**20 + str(i) for i in range(18)])\n")
    run = measure(code)
    assert run.status == "error"
    assert "told more than" in run.message


def test_the_surroundings_are_scrubbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    code = HEAD + (
        "def f(n):\n"
        "    return bench.Value(float('SECRET_TOKEN' in os.environ or os.environ['HOME'] == os.path.expanduser('~root')))\n"
        "bench.measure(f, n=[1])\n"
    )
    assert measure(code).points[0].samples == ((0.0,),)


def test_the_network_is_gone_where_the_record_says_so() -> None:
    code = HEAD + (
        "def f(n):\n"
        "    names = [line.split(':')[0].strip()\n"
        "             for line in open('/proc/self/net/dev').read().splitlines()[2:]]\n"
        "    return bench.Value(float(names != ['lo']))\n"
        "bench.measure(f, n=[1])\n"
    )
    run = measure(code)
    reachable = bool(run.points[0].samples[0][0])
    assert run.isolation.network_blocked is not reachable
    assert bool(run.isolation.notes) is reachable


def test_declared_files_are_there_and_only_they(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "words.txt").write_text("three short words", encoding="utf-8")
    code = (
        "from vaultc import bench\n"
        "def words(n): return bench.Value(len(open('data/words.txt').read().split()), 'words')\n"
        "bench.measure(words, n=[1])\n"
    )
    made = make_job("python bench id=x depends=data/words.txt", code, reader(tmp_path))
    assert isinstance(made, Job)
    run = run_job(with_files(made, tmp_path), "cpu", repeat=1)
    assert run.points[0].samples == ((3.0,),)


def test_peak_memory_is_that_of_a_fresh_process() -> None:
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("not on this machine: peak memory is read from /proc")
    code = HEAD + (
        "def fill(n: int) -> bench.Case:\n"
        "    spare = bytearray(64 * 2**20)\n"
        "    return bench.Case(lambda: len(bytearray(n * 2**20)) * spare[0])\n"
        "bench.measure(fill, n=[64, 16, 32], memory=True, seconds=0.01, cold=False)\n"
    )
    run = measure(code)
    for point in run.points:
        megabytes = point.rss[0] / 2**20
        assert float(point.params["n"]) - 1 < megabytes < float(point.params["n"]) + 4, "the set-up does not count"


def test_an_interruption_keeps_what_is_done_and_says_how_to_go_on() -> None:
    def interrupt(step: Step) -> None:
        if step.text.endswith("2 of 3"):
            os.kill(os.getpid(), signal.SIGINT)

    run = run_job(job(GOOD), "cpu", repeat=3, progress=interrupt)
    assert run.status == "interrupted"
    assert "--stale" in run.message
    assert all(len(point.samples) == 1 for point in run.points)


def test_one_at_a_time_on_a_device() -> None:
    with only_one("cpu"), pytest.raises(VaultcError, match="another benchmark is measuring on cpu"):
        run_job(job(GOOD), "cpu", repeat=1)
    assert measure(GOOD).points


def test_claims_are_judged_over_all_processes() -> None:
    code = HEAD + (
        "def seeds(n):\n"
        "    import random\n"
        "    return bench.Value(random.random(), '', 'share')\n"
        "found = bench.measure(seeds, n=[1])\n"
        "share = found.value('share', n=1)\n"
        "bench.claim('Processes differ.', holds=share.high > share.low, because=str(share))\n"
        "bench.claim('Undecided.', holds=found.value('none', n=1).above(1))\n"
        "bench.claim('False.', holds=share.below(-1))\n"
    )
    run = measure(code, repeat=3)
    assert [claim.verdict for claim in run.claims] == ["confirmed", "unmeasured", "refuted"]
    assert len({process[0] for process in run.points[0].samples}) == 3, "each process has a seed of its own"


@pytest.mark.parametrize(
    ("disturbed", "spend", "taken", "samples", "flagged"),
    [
        ([False, True, False, False], 60.0, 1, [0.0, 2.0, 3.0], False),
        ([False, True, False, False], 0.0, 0, [0.0, 1.0, 2.0], True),
        ([True] * 9, 60.0, 3, [3.0, 4.0, 5.0], True),
    ],
)
def test_a_process_that_was_kept_waiting_is_taken_again_while_there_is_time(
    disturbed: list[bool],
    spend: float,
    taken: int,
    samples: list[float],
    flagged: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Processes that say what they are told: the timing ones count themselves, and are disturbed or not."""
    timed = iter(enumerate(disturbed))

    def watched(command: list[str], **_: object) -> Outcome:
        request = decode(Request, json.loads(Path(command[-1]).read_text(encoding="utf-8")))
        said = [Message("end", encode(End("ok")))]
        if request.phase == "plan":
            said.insert(0, Message("planned", encode(Planned("f", {"n": 1}, memory=True))))
        elif request.phase == "probe":
            said.insert(0, Message("point", encode(Point("f", {"n": 1}, "time", "s", "ok", rss=(64,)))))
        elif request.phase == "time":
            number, waited = next(timed)
            point = Point("f", {"n": 1}, "time", "s", "ok", ((float(number),),))
            if waited:
                point = replace(point, status="disturbed", flags=("disturbed",))
            told = Disturbance(reasons=("it waited",) if waited else ())
            said[:0] = [Message("point", encode(point)), Message("disturbance", encode(told))]
        return Outcome("ended", "", tuple(said), "")

    monkeypatch.setattr("vaultc.bench.harness.runner.watch", watched)
    monkeypatch.setattr("vaultc.bench.harness.runner.narrow_enough", lambda points: True)
    run = run_job(job(GOOD), "cpu", repeat=3, spend=spend)
    (point,) = run.points
    assert [process[0] for process in point.samples] == samples
    assert point.rss == (64, 64, 64), "what the probes found stays"
    assert run.processes == len(run.disturbance) == 3
    assert ("disturbed" in point.flags) == flagged
    assert run.details.get("turns taken again", 0) == taken


def test_claims_are_decided_again_from_what_was_stored() -> None:
    code = HEAD + (
        "def count(n): return bench.Value(n)\n"
        "found = bench.measure(count, n=[1, 2, 4])\n"
        "bench.claim('It counts.', holds=found.slope('n').within(0.9, 1.1))\n"
    )
    run = measure(code, repeat=3)
    assert judge(job(code), run) == run.claims
    anew = code.replace("It counts.", "It counts anew.").replace("within(0.9, 1.1)", "above(9)")
    assert job(anew).code_key == run.code_key and job(anew).claims_key != run.claims_key
    (claim,) = judge(job(anew), run)
    assert (claim.text, claim.verdict) == ("It counts anew.", "refuted")
    elsewhere = replace(run, machine=replace(run.machine, device="cuda"))
    (claim,) = judge(job(anew + "bench.claim(bench.device(), holds=True)\n"), elsewhere)[1:]
    assert claim.text == "cuda", "the snippet asks for the device that measured"


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ("bench.claim('x', holds='no')", "takes True, False or bench.undecided"),
        ("sys.exit(0)", "exited before its end"),
        ("getattr(bench, 'mea' 'sure')(spin, n=[7])", "measured twice"),
        (
            "other = lambda n: n\nother.__name__ = 'other'\ngetattr(bench, 'mea' 'sure')(other, n=[7])",
            "was not planned",
        ),
    ],
)
def test_what_cannot_be_decided_again_says_why(after: str, message: str) -> None:
    run = measure(GOOD)
    with pytest.raises(VaultcError, match=message):
        judge(job(f"{GOOD}{after}\n"), run)


def test_modules_of_the_vault_are_there(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("ANSWER = 42.0\n", encoding="utf-8")
    code = "from vaultc import bench\nimport helper\ndef f(n): return bench.Value(helper.ANSWER)\nbench.measure(f, n=[1])\n"
    made = make_job("python bench id=x", code, reader(tmp_path))
    assert isinstance(made, Job)
    assert run_job(with_files(made, tmp_path), "cpu", repeat=1).points[0].samples == ((42.0,),)


def test_processes_are_added_until_the_interval_is_narrow_or_the_time_is_spent() -> None:
    def times(spread: str) -> str:
        return HEAD + (
            "import random\n"
            f"def f(n): return bench.Value(1 + {spread} * random.random(), 's', 'time')\n"
            "bench.measure(f, n=[1])\n"
        )

    wide, narrow = (
        run_job(job(times(spread), "timeout=60"), "cpu", repeat=2, spend=spend)
        for spread, spend in (("1", 3600), ("0.0001", 3600))
    )
    assert wide.processes == MOST_PROCESSES and narrow.processes == 2
    assert run_job(job(times("1"), "timeout=60"), "cpu", repeat=2, spend=0).processes == 2


def test_a_slow_or_crashing_variant_takes_nobody_along() -> None:
    """Of three variants that are sampled in turn one is over the limit and one kills the process at its tenth call."""
    code = HEAD + (
        "calls = 0\n"
        "def slow(): time.sleep(30)\n"
        "def crash():\n"
        "    global calls; calls += 1\n"
        "    if calls == 10: os.kill(os.getpid(), signal.SIGSEGV)\n"
        "def f(kind):\n"
        "    return bench.Case({'fast': lambda: sum(range(100)), 'slow': slow, 'crash': crash}[kind])\n"
        "def g(n):\n"
        "    return bench.Case(lambda: sum(range(n)))\n"
        "bench.measure(g, n=[10], seconds=0.01, cold=False)\n"
        "bench.measure(f, kind=['fast', 'crash', 'slow'], seconds=0.01, cold=False)\n"
    )
    run = measure(code, "timeout=6", repeat=2)
    found = {point.params.get("kind", "g"): point for point in run.points}
    assert {kind: point.status in MEASURED for kind, point in found.items()} == {
        "g": True,
        "fast": True,
        "crash": False,
        "slow": False,
    }
    assert found["slow"].status == "timeout"
    assert "SIGSEGV" in found["crash"].message
    assert len(found["fast"].samples) == len(found["g"].samples) == 2, "measured once in each turn, not again"


def test_many_slow_calls_are_no_hang() -> None:
    """The limit is for one step; a point of many slow calls makes progress with each."""
    code = HEAD + (
        "def f(kind): return bench.Case(lambda: time.sleep(1.2))\n"
        "bench.measure(f, kind=['slow'], seconds=0.01, cold=False)\n"
    )
    assert measure(code, "timeout=5").points[0].status in MEASURED


def test_shared_memory_is_counted_once() -> None:
    code = HEAD + (
        "def f(n):\n"
        "    block = bytearray(os.urandom(2**20)) * 120\n"
        "    children = []\n"
        "    for _ in range(6):\n"
        "        pid = os.fork()\n"
        "        if not pid:\n"
        "            sum(block[::4096]); time.sleep(3); os._exit(0)\n"
        "        children.append(pid)\n"
        "    for pid in children: os.waitpid(pid, 0)\n"
        "    return bench.Value(n)\n"
        "bench.measure(f, n=[1])\n"
    )
    assert measure(code, memory=400 * 2**20).points[0].status == "ok"


def test_memory_that_was_used_and_freed_before_is_counted() -> None:
    """The set-up leaves free memory in the heap, where the call would find room without the system's notice."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("not on this machine: peak memory is read from /proc")
    code = HEAD + (
        "def fill(n: int) -> bench.Case:\n"
        "    spare = [bytearray(100_000) for _ in range(700)]\n"
        "    del spare\n"
        "    return bench.Case(lambda: sum(map(len, [bytearray(100_000) for _ in range(600)])))\n"
        "bench.measure(fill, n=[1], memory=True, seconds=0.01, cold=False)\n"
    )
    (point,) = measure(code).points
    assert 55 < point.rss[0] / 2**20 < 70


def test_threads_are_those_that_torch_used() -> None:
    pytest.importorskip("torch", reason="missing tool: torch (pip install torch)")
    code = HEAD + (
        "import torch\n"
        "torch.set_num_threads(1)\n"
        "def f(n): return bench.Case(lambda: torch.zeros(n))\n"
        "bench.measure(f, n=[1], seconds=0.01, cold=False)\n"
    )
    run = measure(code)
    assert (run.machine.threads, run.points[0].threads) == (1, 1)


ORPHANS = """
import os, sys
from vaultc.bench.harness.runner import run_job
from vaultc.bench.records.jobs import make_job
from vaultc.bench.records.model import to_line
code = '''
import os, time
from vaultc import bench
def first(n): return bench.Value(n)
def orphans(n):
    for _ in range(8):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execve(__import__("sys").executable, ["python", "-c", "import time; time.sleep(300)", "ORPHAN"], {})
            os._exit(0)
        os.wait()
    time.sleep(60)
    return bench.Value(n)
bench.measure(first, n=[1])
bench.measure(orphans, n=[1])
'''.replace("ORPHAN", sys.argv[1])
job = make_job("python bench id=x", code, lambda path: None)
print(to_line(run_job(job, "cpu", repeat=1)))
"""


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_the_whole_tree_and_keeps_what_is_done(order: signal.Signals, tmp_path: Path) -> None:
    """Orphans without parent, session and environment: only the system, which gave them to us, knows whose they were."""
    name = f"orphan-of-{tmp_path.name}-{order}"
    runner = subprocess.Popen(  # what `nohup`, say, has switched off would stay so in whatever it starts
        ["env", f"--default-signal={order.name.removeprefix('SIG')}", sys.executable, "-c", ORPHANS, name],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(300):
        if len(named(name)) >= 9:  # the runner, and the eight
            break
        time.sleep(0.1)
    runner.send_signal(order)
    runner.send_signal(order)
    line, _ = runner.communicate(timeout=60)
    assert named(name) == []
    run = from_line(line)
    assert isinstance(run, Run)
    assert (run.status, "--stale" in run.message) == ("interrupted", True)
    assert [point.measured for point in run.points] == [True, False]


def named(name: str) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if name.encode() in entry.read_bytes():
                found.append(entry.parent.name)
    return found
