"""Under a benchmark: what was measured is shown for what it is, and nothing passes for more than that."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.unit.results.site import (
    CODE,
    CPU,
    ENVIRONMENT,
    GPU,
    fence,
    page,
    pages,
    point,
    rendered,
    results,
    run,
    vault,
)
from vaultc.bench.records import seal, store
from vaultc.bench.records.model import GRAVE, Claim, Isolation, Status, body_of
from vaultc.emit.results.tables import MOST_ROWS
from vaultc.emit.results.words import FLAG, STATUS

WITHOUT_NUMBERS: tuple[Status, ...] = ("all_discarded", "oom", "timeout", "error", "wrong_result", "skipped")


@pytest.mark.parametrize("status", WITHOUT_NUMBERS)
def test_a_point_without_a_number_is_a_row_that_says_why(tmp_path: Path, status: Status) -> None:
    failed = point(status=status, message="because of the moon", n=2)
    found = results(vault(tmp_path, {"n.md": fence("b")}, run(point(0.1, 0.1, 0.1, n=1), failed)))
    rows = (
        found.one("table").one("tbody").all("tr") if len(found.all("tbody")) == 1 else found.one("table").all("tr")[1:]
    )
    assert len(rows) == 2
    assert STATUS[status][0] in rows[1].text
    assert "because of the moon" in found.one("ul", class_="vc-notes").text


@pytest.mark.parametrize("status", ["noisy", "throttled"])
def test_a_number_with_a_blemish_is_shown_with_it(tmp_path: Path, status: Status) -> None:
    made = run(point(0.1, 0.2, 0.3, status=status, n=1), status=status)
    found = results(vault(tmp_path, {"n.md": fence("b")}, made))
    assert found.one("span", class_="vc-value", data_status=status).text == "180 (46 to 720) ms"
    assert found.one("span", class_="vc-badge", data_kind=status).text == status
    assert STATUS[status][0] in found.one("ul", class_="vc-notes").text


@pytest.mark.parametrize("flag", FLAG)
def test_a_flagged_number_is_shown_with_its_flag(tmp_path: Path, flag: str) -> None:
    known = next(name for name in FLAG if name == flag)
    found = results(vault(tmp_path, {"n.md": fence("b")}, run(point(0.1, 0.1, n=1, flags=(known,)))))
    assert "100" in found.one("span", class_="vc-value").text
    assert FLAG[known][1] in found.one("ul", class_="vc-notes").text
    badges = [badge.text for badge in found.all("span", class_="vc-badge", data_kind="doubt")]
    assert badges == ([FLAG[known][0]] if known in GRAVE else [])


def test_numbers_have_the_digits_that_they_carry_and_their_spread(tmp_path: Path) -> None:
    points = (
        point(0.012341, 0.012345, 0.0128, n=1),
        point(0.5, n=2),
        point(8.03, 8.03, unit="B/param", metric="size", n=3),
    )
    found = results(vault(tmp_path, {"n.md": fence("b")}, run(*points)))
    assert [value.text for value in found.all("span", class_="vc-value")] == ["12.5 ± 0.7 ms", "500 ms", "8.03"]
    assert "size, B/param" in [head.text for head in found.all("th", scope="col")]
    assert "mean of 3 processes, with its 95 % interval" in found.one("caption").text


def test_one_changed_character_makes_the_table_stale(tmp_path: Path) -> None:
    root = vault(tmp_path, {"n.md": fence("b")}, run(point(0.1, 0.1, n=1)))
    fresh = results(root)
    assert fresh.has(data_state="ok") and not fresh.all("span", class_="vc-badge", data_kind="stale")
    (root / "n.md").write_text(fence("b", CODE.replace("# body", "# bodY")), encoding="utf-8")
    changed = results(root)
    assert changed.has(data_state="stale")
    assert changed.one("section", class_="vc-run").has(data_state="stale")
    assert changed.one("span", class_="vc-badge", data_kind="stale").text == "stale"
    assert "vaultc bench run b" in changed.text
    assert changed.one("span", class_="vc-value").text == "100 ms", "an old number stays to be seen"
    (root / "n.md").write_text("Other words around it.\n\n" + fence("b"), encoding="utf-8")
    assert results(root).has(data_state="ok")


def test_an_older_environment_has_a_badge_of_its_own(tmp_path: Path) -> None:
    old = replace(ENVIRONMENT, torch="2.5.0")
    notes = {"n.md": fence("b"), "other.md": fence("c")}
    root = vault(tmp_path, notes, run(point(0.1, n=1), environment=old), run(point(0.1, n=1), id="c", day=2))
    found = results(root)
    assert [badge.text for badge in found.all("p", class_="vc-head")[0].all("span", class_="vc-badge")] == [
        "older environment"
    ]
    assert "torch 2.5.0" in found.one("summary").text


def test_machine_classes_have_tables_of_their_own(tmp_path: Path) -> None:
    runs = run(point(0.1, n=1)), run(point(0.002, n=1), machine=GPU)
    found = results(vault(tmp_path, {"n.md": fence("b")}, *runs))
    columns = found.one("div", class_="vc-machines").all("section")
    assert [column.one("strong").text for column in columns] == [GPU.label, CPU.label]
    numbers = found.all("section", class_="vc-run")[2:]
    assert [section.one("strong").text for section in numbers] == [GPU.label, CPU.label]
    assert [section.one("span", class_="vc-value").text for section in numbers] == ["2 ms", "100 ms"]


def test_the_verdicts_of_machines_stand_side_by_side(tmp_path: Path) -> None:
    twice = (Claim("It holds.", "confirmed", "a"), Claim("It holds.", "undecided", "b", "noisy"))
    runs = (
        run(point(0.1, n=1), claims=twice),
        run(point(0.002, n=1), machine=GPU, claims=(Claim("It holds.", "refuted", "c"),)),
    )
    table = results(vault(tmp_path, {"n.md": fence("b")}, *runs)).one("table", class_="vc-verdicts")
    assert [head.text for head in table.one("thead").all("th")] == ["Claim", GPU.label, CPU.label]
    rows = [[cell.text for cell in row.all("td")] for row in table.one("tbody").all("tr")]
    assert rows == [
        [f"refuted {GPU.label} c", f"confirmed {CPU.label} a"],
        ["—", f"open {CPU.label} b noisy"],
    ]


def test_verdicts_and_plots_come_first_and_the_code_last(tmp_path: Path) -> None:
    points = tuple(point(0.1 * n, n=n) for n in (1, 2, 3))
    claim = Claim("It holds.", "confirmed", "slope 1.98 ± 0.04")
    made = page(vault(tmp_path, {"n.md": "# One\n\nBefore.\n\n" + fence("b")}, run(*points, claims=(claim,))))
    order = [
        made.one("ul", class_="vc-claims"), made.all("svg")[0], made.one("table"), made.one("details", class_="vaultc-code"),
    ]  # fmt: skip
    assert sorted(order, key=[*made].index) == order
    code = order[-1]
    assert "open" not in code.attributes
    assert code.one("summary").text.replace("\u00a0", " ") == "4 lines of Python"
    assert code.one("pre").one("code").text.startswith("from vaultc import bench")
    assert not made.one("div", data_vaultc="results").all("pre"), "the author's code is no addition of ours"


def test_what_figures_do_not_decide_is_open(tmp_path: Path) -> None:
    claims = Claim("It holds.", "undecided", "slope 2 ± 1", "one process"), Claim("Later.", "unmeasured")
    root = vault(tmp_path, {"n.md": fence("b")}, run(point(0.1, n=1), claims=claims))
    made = pages(root)
    listed = rendered(made["n.md"]).one("ul", class_="vc-claims").all("li")
    assert [item.text for item in listed] == ["open It holds. slope 2 ± 1 one process", "unmeasured Later."]
    ledger = rendered(made["measured/claims.md"]).one("div", data_vaultc="ledger")
    assert ledger.one("p").text == "1 open, 1 unmeasured"
    assert [label.text for label in ledger.all("fieldset")[0].all("label")] == ["all", "open", "unmeasured"]
    assert "1 open, 1 unmeasured" in rendered(made["measured/index.md"]).one("tbody").text


def test_a_status_and_a_flag_of_one_name_are_one_badge(tmp_path: Path) -> None:
    made = run(point(0.1, 0.1, n=1, status="disturbed", flags=("disturbed",)), status="disturbed")
    found = results(vault(tmp_path, {"n.md": fence("b")}, made))
    assert [badge.text for badge in found.one("p", class_="vc-head").all("span", class_="vc-badge")] == ["disturbed"]
    assert found.one("td").one("sup").has(data_doubt="") and len(found.one("ul", class_="vc-notes").all("li")) == 1


def test_several_runs_are_drawn_by_their_time(tmp_path: Path) -> None:
    runs = [run(*(point(0.1 * n, n=n) for n in (1, 2)), day=day) for day in (1, 2, 11)]
    root = vault(tmp_path, {"n.md": fence("b")}, *runs)
    (over,) = [
        d for d in results(root).all("details") if d.one("summary").text.replace("\u00a0", " ") == "3 runs over time"
    ]
    assert "open" not in over.attributes
    svg = over.one("svg")
    assert "time of the run, UTC" in [label.text for label in svg.all("text", class_="vc-label")]
    xs = [float(dot.one("circle").attributes["cx"]) for dot in svg.all("g", class_="vc-dot") if dot.all("title")]
    assert (xs[2] - xs[1]) / (xs[1] - xs[0]) == pytest.approx(9, abs=0.2)
    once = results(vault(tmp_path / "once", {"n.md": fence("b")}, runs[0]))
    assert not [d for d in once.all("details") if "over time" in d.one("summary").text]


def test_a_claim_is_shown_with_its_verdict_and_reason(tmp_path: Path) -> None:
    def shown(claim: Claim) -> tuple[str, str, str]:
        root = vault(tmp_path / claim.verdict, {"n.md": fence("b")}, run(point(0.1, n=1), claims=(claim,)))
        made = pages(root)
        return (
            rendered(made["n.md"]).one("ul", class_="vc-claims").text,
            made["measured/claims.md"],
            made["measured/index.md"],
        )

    (tmp_path / "confirmed").mkdir()
    (tmp_path / "refuted").mkdir()
    block, ledger, overview = shown(Claim("It holds.", "confirmed", "slope 1.98 ± 0.04"))
    assert block == "confirmed It holds. slope 1.98 ± 0.04"
    assert "1 confirmed" in ledger and "slope 1.98 ± 0.04" in ledger and "1 confirmed" in overview
    block, ledger, overview = shown(Claim("It holds.", "refuted", "slope 3.1 ± 0.1"))
    assert block == "refuted It holds. slope 3.1 ± 0.1"
    assert "1 refuted" in ledger and "confirmed" not in ledger and "1 refuted" in overview


def test_what_was_never_run_says_so_and_how_to_run_it(tmp_path: Path) -> None:
    root = vault(tmp_path, {"n.md": fence("b")})
    found = results(root)
    assert found.has(data_state="unmeasured") and "not measured" in found.text
    assert found.one("code").text == "vaultc bench run b"
    assert found.one("ul", class_="vc-claims").text == "unmeasured It holds."
    assert not found.all("table") and "measured/b.md" not in pages(root)


@pytest.mark.parametrize("status", ["skipped", "interrupted"])
def test_a_run_that_came_to_nothing_is_no_measurement(tmp_path: Path, status: Status) -> None:
    root = vault(tmp_path, {"n.md": fence("b")}, run(status=status, message="torch sees no CUDA device here"))
    found = results(root)
    assert found.has(data_state="unmeasured")
    assert "torch sees no CUDA device here" in found.text and "vaultc bench run b" in found.text


def test_a_bad_benchmark_says_what_is_wrong(tmp_path: Path) -> None:
    found = results(vault(tmp_path, {"n.md": "```python bench id=Not!\nx = 1\n```\n"}))
    assert found.has(data_state="bad")
    assert "is not usable as a file name" in found.text


def test_one_id_for_two_benchmarks_shows_the_numbers_of_neither(tmp_path: Path) -> None:
    root = vault(tmp_path, {"n.md": fence("b"), "m.md": fence("b", CODE + "x = 1\n")}, run(point(0.1, n=1)))
    for name in ("n.md", "m.md"):
        found = page(root, name).one("div", data_vaultc="results")
        assert found.has(data_state="bad") and not found.all("table")


def test_a_failed_run_shows_the_end_of_what_it_printed(tmp_path: Path) -> None:
    made = run(status="timeout", message="no answer for 120 s", log="first\n\n/// end\n```\nlast")
    found = results(vault(tmp_path, {"n.md": fence("b") + "\nAfter.\n"}, made))
    assert "timed out" in found.text.lower() and "no answer for 120 s" in found.text
    assert found.one("pre").children == ["first\n\n/// end\n```\nlast"]


def test_provenance_tells_what_was_and_was_not_done(tmp_path: Path) -> None:
    made = replace(
        run(point(0.1, 0.1, n=1), machine=GPU), commit="0123456789abcdef", dirty=True, processes=3,
        isolation=Isolation(False, 2**30, 60.0, ("no namespaces for users",)),
    )  # fmt: skip
    found = results(vault(tmp_path, {"n.md": fence("b")}, made)).one("details")
    line = found.one("summary").text
    for words in (
        "2026-01-01",
        "0123456789 with changes",
        "torch 2.13.0",
        "3 processes",
        "2 samples",
        "network not blocked",
    ):
        assert words in line.replace("\u00a0", " ")
    assert "no namespaces for users" in found.text and "no reference was given" in found.text


def test_lines_that_cannot_be_read_are_reported(tmp_path: Path) -> None:
    root = vault(tmp_path, {"n.md": fence("b")}, run(point(0.1, n=1)))
    path = next((root / "_results").rglob("*.jsonl"))
    path.write_text('{"schema":1,"id":"b"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    found = results(root)
    assert "line 1: not JSON" in found.text and found.one("span", class_="vc-value").text == "100 ms"


@pytest.mark.parametrize("nest", ["- item\n\n{}", "1. item\n\n{}\n2. next\n", "> quoted\n>\n{}"])
def test_results_stay_in_the_list_or_quote_of_their_benchmark(tmp_path: Path, nest: str) -> None:
    lead = "> " if nest.startswith(">") else "    "
    block = "".join(f"{lead}{line}\n" for line in fence("b").splitlines())
    found = page(vault(tmp_path, {"n.md": nest.format(block) + "\nAfter.\n"}, run(point(0.1, n=1), point(0.2, n=2))))
    container = found.one("blockquote") if nest.startswith(">") else found.all("li")[0]
    assert len(container.one("div", data_vaultc="results").one("table").all("td")) == 2


def test_data_is_never_markup(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\"'&`*_[x](y){{ }}$a$"
    claim = Claim(evil, "confirmed", evil)
    points = (
        replace(point(0.1, 0.2, metric=evil, unit=evil), params={evil: 1, "kind": evil}),
        replace(point(0.3, 0.4, metric=evil, unit=evil), params={evil: 2, "kind": evil}),
        replace(point(status="error", message=evil), params={evil: 3, "kind": evil}),
    )
    made = replace(
        run(*points, machine=replace(CPU, name=evil), claims=(claim,), status="error", message=evil, log=evil),
        commit=evil, environment=replace(ENVIRONMENT, torch=evil), details={evil: evil},
    )  # fmt: skip
    root = vault(tmp_path, {"n.md": f"---\ntitle: {evil!r}\ntags: [a]\n---\n" + fence("b") + "\nAfter.\n"}, made)
    for name, text in pages(root).items():
        if name.endswith(".md"):
            assert not rendered(text).all("script"), name
    found = results(root)
    assert evil in found.one("ul", class_="vc-claims").text
    assert evil in found.one("pre").text
    assert len(found.all("tr")) == 4


def test_numbers_that_no_plot_can_hold_do_not_stop_a_build(tmp_path: Path) -> None:
    root = vault(
        tmp_path, {"n.md": fence("b")}, run(point(0.1, n=1), point(0.2, n=2), point(0.0, n=3), point(-5.0, n=4))
    )
    path = next((root / "_results").rglob("*.jsonl"))
    text = path.read_text(encoding="utf-8")
    for old, new in (("[[0.1]]", "[[NaN]]"), ("[[0.2]]", "[[1e999]]"), ('{"n":2}', '{"n":' + "9" * 400 + "}")):
        assert old in text
        text = text.replace(old, new)
    body = body_of(text, 1)
    assert isinstance(body, dict)
    path.write_text(json.dumps({**body, "digest": seal.digest(body)}), encoding="utf-8")
    assert len(results(root).all("tr")) == 5


def test_a_line_that_was_edited_is_not_shown_as_measured(tmp_path: Path) -> None:
    root = vault(tmp_path, {"n.md": fence("b")}, run(point(0.1, 0.1, 0.1)), run(point(0.5, 0.5, 0.5), day=2))
    path = next((root / "_results").rglob("*.jsonl"))
    path.write_text(path.read_text(encoding="utf-8").replace("0.5", "0.0005"), encoding="utf-8")
    found = results(root)
    assert [value.text for value in found.all("span", class_="vc-value")] == ["100 ms"]
    assert "line 2: it was changed after it was written" in found.text


def test_claims_of_another_wording_are_open(tmp_path: Path) -> None:
    code = "from vaultc import bench\nfound = bench.measure(print, n=[1])\nbench.claim({!r}, holds=True)\n"
    made = run(point(0.1, 0.1, 0.1), code=code.format("old"), claims=(Claim("old", "confirmed"),))
    found = results(vault(tmp_path, {"n.md": fence("b", code.format("new"))}, made))
    assert found.attributes["data-state"] == "ok"
    assert [item.attributes["data-verdict"] for item in found.all("li") if "data-verdict" in item.attributes] == [
        "undecided"
    ]
    assert "vaultc bench judge b" in found.text


def test_a_page_is_of_bounded_size(tmp_path: Path) -> None:
    many = tuple(point(0.1, n=index) for index in range(MOST_ROWS + 100))
    found = results(vault(tmp_path, {"n.md": fence("b")}, run(*many)))
    assert len(found.all("tr")) == MOST_ROWS + 1
    assert "100 more settings" in found.text


def test_the_results_of_a_benchmark_that_is_gone_are_shown_nowhere(tmp_path: Path) -> None:
    root = vault(tmp_path, {"n.md": "No code here."}, run(point(0.1, n=1)))
    made = pages(root)
    assert not any(name.startswith("measured") for name in made)
    assert store.read_all(root), "and stay where they are"


def test_a_sentence_says_what_was_measured(tmp_path: Path) -> None:
    points = [point(0.1, 0.1, 0.1, n=n, kernel=kernel) for n in (1, 2, 4) for kernel in ("naive", "flash")]
    found = results(vault(tmp_path, {"n.md": fence("b")}, run(*points)))
    said = "work was timed for n from 1 to 4 (3 values) and kernel naive or flash, in 3 processes."
    assert found.one("p", class_="vc-what").text.replace("\u00a0", " ") == said
    numbers = [replace(point(16.0, 16.0, unit="B", metric="size", kind="a"), sweep="kept")]
    found = results(vault(tmp_path / "b", {"n.md": fence("b")}, run(*numbers)))
    assert found.one("p", class_="vc-what").text.startswith("kept was asked for size for kind a, in")


def test_what_a_number_of_bytes_stands_for_is_said_beside_it(tmp_path: Path) -> None:
    on_cpu = point(0.1, 0.1, 0.1, rss=(1000, 1000, 1000))
    on_gpu = replace(point(0.1, 0.1, 0.1), allocated=(1000,) * 3, reserved=(2000,) * 3)
    for made, machine, said in (
        (on_cpu, CPU, "Peak memory is by how much resident memory grew during one call"),
        (on_gpu, GPU, "the GPU's allocator had handed out during one call, over what its set-up held"),
    ):
        found = results(vault(tmp_path / machine.device, {"n.md": fence("b")}, run(made, machine=machine)))
        text = found.one("p", class_="vc-what").text
        assert said in text and "in a process of its own" in text
        assert ("reserved is all that the allocator held" in text) == (machine is GPU)


def test_the_cause_of_a_large_speed_up_is_said_beside_it(tmp_path: Path) -> None:
    points = point(1.0, 1.0, kind="loop"), replace(point(0.01, 0.01, kind="chunks"), cause="a call for <every> token")
    text = results(vault(tmp_path, {"n.md": fence("b")}, run(*points))).one("p", class_="vc-what").text
    assert text.endswith("Large speed-ups have a cause, the snippet says: a call for <every> token.")


def test_speed_ups_are_over_the_first_variant_process_by_process(tmp_path: Path) -> None:
    shared = (1.0, 1.5, 2.0)  # what slows a process down cancels
    points = [
        point(*(n * s / f for s in shared), n=n, kernel=k) for n in (1, 2) for k, f in (("naive", 1), ("flash", 4))
    ]
    found = results(vault(tmp_path, {"n.md": fence("b")}, run(*points, point(status="oom", n=4, kernel="naive"))))
    head = [cell.text for cell in found.one("thead").all("th")]
    column = head.index("speed-up over naive")
    rows = [row.all("td")[column - 2].text for row in found.one("table").all("tr")[1:]]
    assert rows == ["1", "4×", "1", "4×", "—"]


def test_numbers_can_be_taken_along(tmp_path: Path) -> None:
    points = (point(0.1, 0.1, 0.1, n=1, kind="=1+1"), point(status="oom", n=2, kind="a,b"))
    link = results(vault(tmp_path, {"n.md": fence("b")}, run(*points))).one(
        "a", download="b-cpu-made-up-cpu-2-threads.csv"
    )
    text = unquote(link.attributes["href"].partition(",")[2])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["n"], row["kind"], row["value"], row["status"]) for row in rows] == [
        ("1", "'=1+1", "0.1", "ok"), ("2", "a,b", "", "oom"),
    ]  # fmt: skip


def test_machines_are_laid_over_each_other_only_when_asked(tmp_path: Path) -> None:
    runs = [run(*(point(0.1 * n, n=n) for n in (1, 2, 3)), machine=machine) for machine in (CPU, GPU)]
    found = results(vault(tmp_path, {"n.md": fence("b")}, *runs))
    (together,) = found.all("details", class_="vc-overlay")
    assert "open" not in together.attributes and together.one("summary").text == "2 machines on one plot"
    assert len(together.all("svg")) == 1
