"""The first page: what stands before its text, whoever wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.results.site import CODE, GPU, Element, fence, page, pages, point, run, vault
from vaultc.bench.records.model import Claim

EVIL = "<script>alert(1)</script>\"'&`*_[x](y){{ }}$a$"


def front(root: Path, name: str = "index.md") -> Element:
    return page(root, name).one("div", data_vaultc="front")


def claim(text: str, verdict: str, because: str = "") -> Claim:
    return Claim(text, verdict, because)  # type: ignore[arg-type]


def test_tiles_have_a_cost_and_a_verdict_of_the_notes_they_link_to(tmp_path: Path) -> None:
    tiles = ["[[one|First]] N²d", "[[Plain]]: Nwd, [[one]]", "[[Plain]]", "[[secret]] x", "[[gone]] y", "no link"]
    notes = {
        "index.md": f"---\nsummary: The sentence.\ntiles: {tiles!r}\n---\n# Home\n\nText.\n".replace("'", '"'),
        "one.md": "# One\n\n" + fence("b"),
        "Plain.md": "text",
        "secret.md": "---\ndraft: true\n---\n# Secret\n",
    }
    made = run(point(0.1, n=1), claims=(claim("It holds.", "refuted", "slope 1.5"),))
    found = front(vault(tmp_path, notes, made))
    shown = [item.text for item in found.one("ul", class_="vc-tiles").all("li")]
    assert shown == ["First N²d refuted It holds.", "Plain Nwd refuted It holds.", "Plain"]
    assert [a.attributes["href"] for a in found.all("li")[0].all("a")] == ["one/", "one/#vaultc-results-b"]
    whole = page(tmp_path / "vault", "index.md").text
    assert whole.index("The sentence.") < whole.index("First") < whole.index("Text.")


def test_surprising_are_refuted_claims_of_central_notes_with_their_numbers(tmp_path: Path) -> None:
    notes = {
        f"{name}.md": f"# {name}\n\n" + fence(name) + links
        for name, links in (("a", ""), ("b", "[[a]] [[c]]"), ("c", ""), ("d", "[[c]]"))
    }
    runs = (
        run(
            point(0.1, n=1), id="a", claims=(claim("A holds.", "confirmed", "2"), claim("A is.", "refuted", "slope 3"))
        ),
        run(point(0.1, n=1), id="b", claims=(claim("B.", "undecided", "1 ± 9"),)),
        run(point(0.1, n=1), id="c", claims=(claim("C.", "confirmed", "7"),)),
        run(point(0.1, n=1), id="d", code=CODE + "# older\n", claims=(claim("Old.", "refuted", "0"),)),
    )
    root = vault(tmp_path, notes, *runs)
    said = [item.text for item in front(root).one("section", class_="vc-surprising").all("li")]
    assert said == ["refuted A is. slope 3 a", "confirmed C. 7 c"], "what earlier code claimed in other words is gone"
    (root / "index.md").write_text('---\nverdicts: ["[[a]] holds", "[[c]]"]\n---\n# Home\n', encoding="utf-8")
    said = [item.text for item in front(root).one("section", class_="vc-surprising").all("li")]
    assert said == ["confirmed A holds. 2 a", "confirmed C. 7 c"]


def test_what_is_stale_says_so_and_gives_way(tmp_path: Path) -> None:
    older = run(point(0.1, n=1), code=CODE + "# older\n", claims=(claim("It holds.", "refuted", "slope 3"),))
    root = vault(tmp_path, {"n.md": fence("b")}, older)
    assert front(root).one("section", class_="vc-surprising").one("li").text == "refuted stale It holds. slope 3 n"
    fresh = run(point(0.1, n=1), machine=GPU, claims=(claim("It holds.", "confirmed", "slope 2"),))
    root = vault(tmp_path, {}, fresh)
    assert front(root).one("section", class_="vc-surprising").one("li").text == "confirmed It holds. slope 2 n"


def test_of_several_machines_the_one_that_decides_speaks(tmp_path: Path) -> None:
    runs = (
        run(point(0.1, n=1), claims=(claim("It holds.", "confirmed", "on this"),)),
        run(point(0.1, n=1), machine=GPU, claims=(claim("It holds.", "undecided", "on that"),)),
    )
    found = front(vault(tmp_path, {"n.md": fence("b")}, *runs)).one("section", class_="vc-surprising")
    assert found.one("li").text == "confirmed It holds. on this n"


def test_the_map_is_a_picture_that_leads_to_it(tmp_path: Path) -> None:
    notes = {f"{folder}/{n}.md": f"[[{(n + 1) % 4}]]" for folder in ("memory", "attention") for n in range(4)}
    notes |= {f"x{n}.md": "text" for n in range(500)}
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault/vaultc.toml").write_text('map_hidden = ["memory"]', encoding="utf-8")
    link = front(vault(tmp_path, notes)).one("a", class_="vc-map-link")
    assert link.attributes["href"] == "graph/" and link.text.endswith("Topic map of 504 notes")
    svg = link.one("svg")
    assert len(svg.all("circle")) <= 420, "a picture of 5,000 notes is no larger than one of 400"
    _, _, width, height = map(float, svg.attributes["viewbox"].split())
    for circle in svg.all("circle"):
        assert 0 <= float(circle.attributes["cx"]) <= width and 0 <= float(circle.attributes["cy"]) <= height
    assert [name.text for name in svg.all("text")] == ["Attention"], "what the map leaves out is not named"


def test_what_changed_lately_is_listed_without_drafts(tmp_path: Path) -> None:
    notes = {f"{n}.md": f"---\nupdated: 2026-01-{n:02}\n---\n" for n in range(1, 9)}
    notes["draft.md"] = "---\nupdated: 2026-02-01\ndraft: true\n---\n# Hush\n"
    notes["rules/9.md"] = "---\nupdated: 2026-03-01\n---\n"
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault/vaultc.toml").write_text('map_hidden = ["rules"]', encoding="utf-8")
    found = front(vault(tmp_path, notes)).one("section", class_="vc-changed")
    assert [item.text for item in found.all("li")] == [f"{n} 2026-01-{n:02}" for n in (8, 7, 6, 5, 4)]


def test_nothing_in_a_title_is_markup(tmp_path: Path) -> None:
    notes = {
        "index.md": f"---\ntiles: ['[[n]] {EVIL.replace(chr(39), '')}']\n---\n# Home\n",
        "n.md": f"---\ntitle: {EVIL!r}\n---\n" + fence("b"),
        "deep-folder/<i>/x.md": "text",
    }
    made = run(point(0.1, n=1), claims=(claim(EVIL, "refuted", EVIL),))
    root = vault(tmp_path, notes, made)
    for name in pages(root):
        if name.endswith(".md"):
            found = page(root, name)
            assert not found.all("script") and not found.all("i"), name
    assert EVIL in front(root).one("section", class_="vc-surprising").text


@pytest.mark.parametrize("name", ["Home", "Start here", "start-here", "README", "index"])
def test_a_note_that_people_call_so_is_the_first_page(tmp_path: Path, name: str) -> None:
    made = pages(vault(tmp_path, {f"{name}.md": "# Mine\n\n[[a]]\n", "a.md": f"[[{name}]]"}))
    home = "README.md" if name == "README" else "index.md"
    assert "# Mine" in made[home] and "](a.md)" in made[home] and f"]({home})" in made["a.md"]
    assert sum("Mine {#mine}" in text for text in made.values()) == 1


def test_folders_are_told_in_words(tmp_path: Path) -> None:
    notes = {f"long-sequences/n{n}.md": f"---\nsummary: S{n}\ntags: [x/memory]\n---\n[[n1]]" for n in range(15)}
    notes["long-sequences/deep/y.md"] = "text"
    found = page(vault(tmp_path, notes), "long-sequences/index.md")
    assert re.match("Long sequences", found.one("h1").text)
    assert found.one("div", data_vaultc="summary").text == "16 notes in 1 folder, about memory."
    begin = found.one("div", data_vaultc="begin")
    assert [head.text for head in begin.all("h2")] == ["Most linked", "Changed lately"]
    assert begin.all("section")[0].one("li").text == "n1"
