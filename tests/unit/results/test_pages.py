"""The pages about measurements, and what must not reach them."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tests.unit.results.site import CODE, CPU, GPU, fence, page, pages, point, rendered, run, vault
from vaultc.bench.records.model import Claim
from vaultc.emit import emit
from vaultc.emit.results.history import MOST_RUNS
from vaultc.emit.results.overview import MOST_CHOICES
from vaultc.session import Session

STYLE = Path(__file__).parents[3] / "site/client/src/style/results.css"


def test_every_benchmark_has_a_row_for_each_machine(tmp_path: Path) -> None:
    notes = {"n.md": "---\ntags: [x, y]\n---\n# One\n" + fence("b"), "deep/m.md": "# Two\n" + fence("c")}
    root = vault(tmp_path, notes, run(point(0.1, n=1)), run(point(0.1, n=1), machine=GPU))
    found = page(root, "measured/index.md").one("div", data_vaultc="measured")
    rows = found.one("tbody").all("tr")
    assert [row.all("td")[1].text for row in rows] == ["no machine yet", GPU.label, CPU.label]
    assert [row.one("th").one("a").attributes["href"] for row in rows] == [
        "../deep/m/#vaultc-results-c", "../n/#vaultc-results-b", "../n/#vaultc-results-b",
    ]  # fmt: skip
    names = {button.attributes["name"] for button in found.all("input")}
    assert names == {"status", "machine", "topic"}
    labels = [label.text for label in found.all("fieldset")[2].all("label")]
    topics = rows[1].attributes["data-topic"].split()
    assert labels[0] == "all" and [labels[1 + int(number)] for number in topics] == ["x", "y"]


def test_the_style_hides_what_a_filter_leaves_out() -> None:
    css = STYLE.read_text(encoding="utf-8")
    rules = re.findall(r'\[name="(\w+)"\]\[value="(\d+)"\]:checked\) tbody tr:not\(\[data-(\w+)~="(\d+)"\]\)', css)
    wanted = {(name, str(n), name, str(n)) for name in ("status", "machine", "topic") for n in range(MOST_CHOICES)}
    assert set(rules) == wanted


def test_the_ledger_has_every_claim_with_the_refuted_ones_first(tmp_path: Path) -> None:
    claims = Claim("It holds.", "confirmed", "a"), Claim("Never.", "refuted", "b"), Claim("Perhaps.", "unmeasured", "c")
    root = vault(tmp_path, {"n.md": fence("b"), "m.md": fence("c")}, run(point(0.1, n=1), claims=claims))
    rows = page(root, "measured/claims.md").one("tbody").all("tr")
    assert [(row.all("td")[0].text, row.all("td")[1].text) for row in rows] == [
        ("refuted", "Never. b"), ("unmeasured", "It holds."), ("unmeasured", "Perhaps. c"), ("confirmed", "It holds. a"),
    ]  # fmt: skip


def test_the_ledger_does_not_count_what_is_stale(tmp_path: Path) -> None:
    claims = Claim("It holds.", "confirmed", "a"), Claim("Never.", "refuted", "b")
    root = vault(tmp_path, {"n.md": fence("b", CODE + "# more\n")}, run(point(0.1, n=1), claims=claims))
    found = page(root, "measured/claims.md").one("div", data_vaultc="ledger")
    assert found.one("p").text == "2 stale"
    assert all(row.has(data_state="stale") for row in found.one("tbody").all("tr"))


def test_a_history_shows_the_runs_and_what_changed_between_them(tmp_path: Path) -> None:
    slow = run(point(0.100, 0.101, 0.102, n=1), day=1)
    fast = run(point(0.050, 0.0501, 0.0502, n=1), day=2)
    other = run(point(0.3, 0.3, 0.3, n=1), code=CODE + "# other\n", day=3)
    root = vault(tmp_path, {"n.md": fence("b")}, slow, fast, other)
    found = page(root, "measured/b.md").one("div", data_vaultc="history")
    rows = found.one("tbody").all("tr")
    assert [row.one("time").text for row in rows] == ["2026-01-03 00:00", "2026-01-02 00:00", "2026-01-01 00:00"]
    assert [row.all("td")[1].text for row in rows] == ["", "1 faster", ""]
    assert "earlier code" in rows[0].text and rows[0].has(data_state="stale")
    assert len(found.one("svg").all("g", class_="vc-dot")) >= 3
    assert found.one("code").text == "_results/b/cpu-made-up-cpu-2-threads.jsonl"


def test_a_long_history_is_cut_and_says_so(tmp_path: Path) -> None:
    runs = [
        replace(run(point(0.1, n=1)), started=f"2026-01-01T{n // 60:02}:{n % 60:02}:00Z") for n in range(MOST_RUNS + 5)
    ]
    found = page(vault(tmp_path, {"n.md": fence("b")}, *runs), "measured/b.md")
    assert len(found.one("tbody").all("tr")) == MOST_RUNS
    assert "5 older runs" in found.text.replace("\u00a0", " ")


def test_results_pages_and_home_are_linked(tmp_path: Path) -> None:
    made = pages(vault(tmp_path, {"n.md": fence("b")}, run(point(0.1, n=1))))
    assert "](measured/index.md)" in made["index.md"] and "](measured/claims.md)" in made["index.md"]
    anchors = {a.attributes["href"] for a in rendered(made["n.md"]).one("div", data_vaultc="results").all("a")}
    anchors = {address for address in anchors if not address.startswith("data:")}
    assert anchors == {"../measured/b/", "../measured/", "../measured/claims/"}


def test_pages_give_way_to_notes(tmp_path: Path) -> None:
    notes = {
        "n.md": fence("b"),
        "measured/index.md": "# Mine",
        "measured/claims.md": "# Mine, too",
        "measured/b.md": "# Also",
    }
    made = pages(vault(tmp_path, notes, run(point(0.1, n=1))))
    for name in ("measured/index.md", "measured/claims.md", "measured/b.md"):
        assert "Mine" in made[name] or "Also" in made[name]
    assert sum('data-vaultc="measured"' in text for text in made.values()) == 1
    assert sum('data-vaultc="history"' in text for text in made.values()) == 1


def test_a_vault_without_benchmarks_has_no_such_pages(tmp_path: Path) -> None:
    made = pages(vault(tmp_path, {"n.md": "# Text\n\n```python\nbench = 1\n```\n"}))
    assert not any("measured" in name or "claims" in name for name in made)
    assert not any('data-vaultc="results"' in text for text in made.values())


def test_the_benchmarks_of_unpublished_notes_leak_nowhere(tmp_path: Path) -> None:
    secret = "---\npublish: false\ntags: [hush]\n---\n# Secretive\n" + fence(
        "sly", CODE.replace("It holds.", "Concealed.")
    )
    draft = "---\ndraft: true\n---\n" + fence("sly2")
    hidden = replace(
        run(point(0.4242, where="cellar"), id="sly", claims=(Claim("Concealed.", "confirmed", "shh"),)), machine=GPU
    )
    root = vault(tmp_path, {"n.md": fence("b"), "s.md": secret, "d.md": draft}, run(point(0.1, n=1)), hidden)
    for name, text in pages(root).items():
        for word in ("sly", "Secretive", "Concealed", "cellar", "424", "hush", GPU.name):
            assert word not in text and word not in name, f"{word} in {name}"


def test_the_same_vault_gives_the_same_bytes(tmp_path: Path) -> None:
    points = tuple(point(0.1 * n, 0.11 * n, n=n, kind=kind) for n in (1, 2, 4, 8) for kind in ("a", "b"))
    root = vault(tmp_path, {"n.md": fence("b")}, run(*points), run(*points, machine=GPU, day=2))
    first = pages(root)
    assert emit(Session.open(root).vault, tmp_path / "objects").changed == 0
    assert pages(root) == first


def test_a_site_is_built_where_torch_cannot_be_imported(tmp_path: Path) -> None:
    root = vault(
        tmp_path, {"n.md": fence("b", "import torch\n" + CODE)}, run(point(0.1, n=1), code="import torch\n" + CODE)
    )
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "from vaultc.frontends.cli import main\n"
        f"main(['build', {str(root)!r}, '--site-dir', {str(tmp_path / 'site')!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "100 ms" in (tmp_path / "site/n/index.html").read_text(encoding="utf-8")
