"""Results on disk: nothing is lost, nothing is read that was not written, and what is old is called so."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.bench.canned import CPU, ENVIRONMENT, GPU, aged, run
from vaultc.bench.records.model import Claim, Environment, MachineClass, Point
from vaultc.bench.records.stats import summarise
from vaultc.bench.records.store import (
    MOST_SAMPLES,
    append,
    by_machine,
    current,
    judge,
    newest_environments,
    path_of,
    read,
    read_all,
    trim,
)
from vaultc.errors import VaultcError


def test_runs_are_added_one_a_line(tmp_path: Path) -> None:
    first, second = run(day=1), run(day=2)
    path = append(tmp_path, first)
    before = path.read_bytes()
    assert append(tmp_path, second) == path == tmp_path / "_results/x/cpu-made-up-cpu-2-threads.jsonl"
    assert path.read_bytes().startswith(before)
    assert read(path).runs == (first, second)
    assert [found.name for found in path.parent.iterdir()] == [path.name], "no temporary file is left"


def test_machines_have_files_of_their_own(tmp_path: Path) -> None:
    append(tmp_path, run())
    append(tmp_path, run(machine=GPU))
    files = read_all(tmp_path)["x"]
    assert set(by_machine(files)) == {CPU, GPU}
    assert all(len(file.runs) == 1 for file in files)


def test_clocks_and_memory_make_no_other_machine(tmp_path: Path) -> None:
    first = replace(run(), details={"cpu_mhz": 2250})
    second = replace(run(day=2), details={"cpu_mhz": 2252})
    append(tmp_path, first)
    append(tmp_path, second)
    assert by_machine(read_all(tmp_path)["x"]) == {CPU: (first, second)}


def test_a_torn_line_is_reported_and_stays(tmp_path: Path) -> None:
    path = append(tmp_path, run(day=1))
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + whole[:50], encoding="utf-8")
    append(tmp_path, run(day=2))
    results = read(path)
    assert [found.started[8:10] for found in results.runs] == ["01", "02"]
    assert [line.number for line in results.unreadable] == [2]
    assert whole[:50] in path.read_text(encoding="utf-8")


def test_bytes_that_are_no_text_harm_only_their_line(tmp_path: Path) -> None:
    path = append(tmp_path, run())
    path.write_bytes(b"\xff\xfe\0\n\n" + path.read_bytes())
    results = read(path)
    assert len(results.runs) == 1
    assert [line.number for line in results.unreadable] == [1]


def test_branches_merge_without_losing_a_line(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    path = append(tmp_path, run(day=1))
    git("add", ".")
    git("commit", "-m", "first")
    git("checkout", "-b", "other")
    append(tmp_path, run(day=3))
    git("commit", "-am", "third")
    git("checkout", "main")
    append(tmp_path, run(day=2))
    git("commit", "-am", "second")
    git("merge", "other")
    assert [found.started[8:10] for found in read(path).runs] == ["01", "02", "03"]


def test_the_same_line_twice_is_one_run(tmp_path: Path) -> None:
    path = append(tmp_path, run())
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")
    assert len(read(path).runs) == 1


def _append_several(root: Path, days: range) -> None:
    for day in days:
        append(root, run(day=day))


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_append_several, args=(tmp_path, days))
        for days in (range(1, 9), range(9, 17), range(17, 25))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(read(path_of(tmp_path, run())).runs) == 24


def test_samples_keep_what_they_carry_and_no_more() -> None:
    noisy = Point("f", {"n": 1}, "time", "s", "ok", (tuple(0.1 + index / 30_000 for index in range(1000)),))
    (kept,) = trim(run(noisy)).points
    before, after = summarise(noisy.samples), summarise(kept.samples)
    assert before is not None and after is not None
    assert len(kept.samples[0]) == MOST_SAMPLES
    assert after.value == pytest.approx(before.value, rel=0.01)
    assert after.q25 == pytest.approx(before.q25, rel=0.01)
    assert all(len(repr(sample)) <= 8 for sample in kept.samples[0])


def test_a_value_that_is_no_time_keeps_its_digits() -> None:
    value = Point("f", {"n": 1}, "size", "B", "ok", ((123456789.0,),))
    assert trim(run(value)).points == (value,)


def test_a_record_without_bound_is_refused(tmp_path: Path) -> None:
    huge = replace(run(), message="x" * 2**20)
    with pytest.raises(VaultcError, match="sweep fewer points"):
        append(tmp_path, huge)
    assert not list(tmp_path.rglob("*.jsonl"))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "_results").write_text("a file", encoding="utf-8")
    with pytest.raises(VaultcError, match="cannot be written"):
        append(tmp_path, run())


def test_links_out_of_the_vault_are_not_followed(tmp_path: Path) -> None:
    outside, vault = tmp_path / "outside", tmp_path / "vault"
    append(outside, run())
    (vault / "_results").mkdir(parents=True)
    (vault / "_results" / "x").symlink_to(outside / "_results" / "x")
    assert read_all(vault) == {}
    assert read_all(tmp_path / "nowhere") == {}


def test_the_newest_run_of_this_code_speaks() -> None:
    runs = [run(day=1), run(day=2), run(day=3, key="other")]
    found = current(runs, "key")
    assert found is not None
    assert (found.run, found.freshness) == (runs[1], "ok")


def test_another_code_is_stale() -> None:
    found = current([run(day=1, key="old"), run(day=2, key="older")], "key")
    assert found is not None
    assert (found.run.code_key, found.freshness) == ("older", "stale")


def test_a_failed_run_of_this_code_speaks_for_it() -> None:
    found = current([run(day=1), run(day=2, status="error")], "key")
    assert found is not None
    assert (found.run.status, found.freshness) == ("error", "ok")


@pytest.mark.parametrize("status", ["interrupted", "skipped"])
def test_a_run_that_did_not_happen_replaces_none_that_did(status: str) -> None:
    unfinished = replace(run(day=2), status=status)  # type: ignore[arg-type]
    found = current([run(day=1), unfinished], "key")
    assert found is not None and found.run.status == "ok"
    alone = current([unfinished], "key")
    assert alone is not None
    assert (alone.run, alone.freshness) == (unfinished, "unmeasured")
    assert current([], "key") is None


def test_an_older_environment_is_no_staleness() -> None:
    old = aged(run(day=1))
    assert newest_environments([old, run(day=2, id="y"), run(day=1, machine=GPU)]) == {
        CPU: ENVIRONMENT,
        GPU: ENVIRONMENT,
    }
    found = current([old], "key", ENVIRONMENT)
    assert found is not None and found.freshness == "older-environment"
    found = current([run()], "key", ENVIRONMENT)
    assert found is not None and found.freshness == "ok"


def test_slugs_stay_inside_the_folder(tmp_path: Path) -> None:
    strange = replace(run(), machine=MachineClass("cpu", "../../etc/ЦП"), environment=Environment("3", "x"))
    path = append(tmp_path, strange)
    assert path.parent == tmp_path / "_results" / "x"
    assert read(path).runs == (strange,)


def altered(path: Path) -> list[tuple[int, str]]:
    results = read(path)
    return [(line.number, line.reason) for line in results.altered]


def test_a_line_that_was_edited_is_told_and_not_read(tmp_path: Path) -> None:
    append(tmp_path, run(day=1))
    path = append(tmp_path, replace(run(day=2), claims=(Claim("P is not NP", "refuted"),)))
    append(tmp_path, run(day=3))
    assert len(read(path).runs) == 3 and not altered(path)
    whole = path.read_text(encoding="utf-8")
    for before, after in (("0.1", "0.0001"), ("refuted", "confirmed"), ("Made-up CPU", "NVIDIA H200")):
        lines = whole.splitlines(keepends=True)
        lines[1] = lines[1].replace(before, after)
        path.write_text("".join(lines), encoding="utf-8")
        assert altered(path) == [(2, "it was changed after it was written")]
        assert [found.started[8:10] for found in read(path).runs] == ["01", "03"]
    path.write_text(whole.replace('"digest"', '"dig"', 1), encoding="utf-8")
    assert altered(path)[0] == (1, "it carries no digest")


def test_spaces_and_the_order_of_keys_are_no_content(tmp_path: Path) -> None:
    path = append(tmp_path, run())
    body = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(dict(reversed(body.items()))) + "\n", encoding="utf-8")
    assert not altered(path) and read(path).runs == (run(),)


def test_a_line_taken_out_is_missed(tmp_path: Path) -> None:
    for day in (1, 2, 3):
        path = append(tmp_path, run(day=day))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(lines[0] + lines[2], encoding="utf-8")
    assert altered(path) == [(2, "the line before it is gone, or it belongs to another file")]


def test_a_line_in_another_machines_file_is_no_result_of_it(tmp_path: Path) -> None:
    source = append(tmp_path, run(machine=GPU))
    target = append(tmp_path, run())
    target.write_text(source.read_text(encoding="utf-8") + target.read_text(encoding="utf-8"), encoding="utf-8")
    assert altered(target)[0][0] == 1
    assert [found.machine for found in read(target).runs] == [CPU]


def test_a_line_from_the_future_is_none(tmp_path: Path) -> None:
    path = append(tmp_path, replace(run(), started="2999-01-01T00:00:00Z"))
    assert altered(path) == [(1, "it is dated in the future")] and not read(path).runs


def test_claims_that_were_decided_again_stand_beside_the_points(tmp_path: Path) -> None:
    path = append(tmp_path, replace(run(), claims=(Claim("old", "confirmed"),), claims_key="old"))
    (made,) = read(path).runs
    judge(tmp_path, made, (Claim("new", "refuted"),), "new", "2026-02-01T00:00:00Z")
    (found,) = read(path).runs
    assert (found.claims, found.claims_key, found.judged) == (
        (Claim("new", "refuted"),), "new", "2026-02-01T00:00:00Z",
    )  # fmt: skip
    assert found.points == made.points and not altered(path)
    path.write_text(path.read_text(encoding="utf-8").replace('"refuted"', '"confirmed"'), encoding="utf-8")
    assert [number for number, _ in altered(path)] == [2]
    assert read(path).runs[0].claims == (Claim("old", "confirmed"),)
