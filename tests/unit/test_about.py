"""The pages about a vault: each tells something, is of bounded size, and can be left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.results.site import CODE, fence, page, pages, point, rendered, run, vault
from vaultc.config import PAGES, locate
from vaultc.emit import emit
from vaultc.emit.about import MOST_LISTED, MOST_RECENT, MOST_WANTED
from vaultc.emit.pages import MOST_TERMS
from vaultc.emit.tags import MOST_ROWS
from vaultc.errors import VaultcError
from vaultc.session import Session

DRAFT = "---\ndraft: true\naliases: [Hush]\ntags: [secret]\n---\n# Secretive\n\n[[Unnamed place]] [[a]]\n"
NOTES = {
    "index.md": "# Home\n\n[[a]] [[b]] [[Gone]] [[Gone]] [[Lost]]\n",
    "a.md": "---\naliases: [Alpha, альфа, a-lpha]\ntags: [x/y, x]\n---\n# A\n\n[[b]] [[Gone]]\n",
    "b.md": "# B\n\nNothing more.\n",
    "alone.md": "---\ntitle: <i>Alone</i>\naliases: ['<b>&']\n---\n[[a]]\n",
    "draft.md": DRAFT,
}


def test_wanted_are_the_names_that_most_links_use(tmp_path: Path) -> None:
    found = page(vault(tmp_path, NOTES), "about/wanted.md")
    rows = [[cell.text for cell in row.all() if cell.name in ("th", "td")] for row in found.one("tbody").all("tr")]
    assert rows == [["Gone", "3", "A , Home"], ["Lost", "1", "Home"]]
    assert found.one("div", data_vaultc="summary").text == "2 names that links use and no note has."
    assert [a.attributes["href"] for a in found.one("tbody").all("a")] == ["../../a/", "../..", "../.."]


def test_health_names_what_a_maintainer_would_look_at(tmp_path: Path) -> None:
    stale = run(point(0.1, n=1), code=CODE + "# older\n")
    loud = run(point(0.1, n=1), id="c", status="disturbed")
    fine = run(point(0.1, n=1), id="d")
    notes = {**NOTES, "m.md": "[[a]] [[m]]\n\n" + "\n".join(fence(name) for name in "bcd")}
    found = page(vault(tmp_path, notes, stale, loud, fine), "about/health.md")
    assert found.one("div", data_vaultc="summary").text == "2 orphans, 1 dead end, 2 results to measure again."
    sections = {each.one("h2").text: [row.text for row in each.all("li")] for each in found.all("section")}
    assert sections["Orphans"] == ["<i>Alone</i>", "m"]
    assert sections["Dead ends"] == ["B"]
    assert sections["Hubs"] == ["A 3", "B 2"]
    assert [row.split()[:2] for row in sections["Results to measure again"]] == [["b", "stale"], ["c", "disturbed"]]


def test_the_glossary_leads_from_other_names_to_notes(tmp_path: Path) -> None:
    found = page(vault(tmp_path, NOTES), "about/glossary.md")
    sections = {each.one("h2").text: [row.text for row in each.all("li")] for each in found.all("section")}
    assert sections == {"0-9": ["<b>& → <i>Alone</i>"], "A": ["a-lpha → A", "Alpha → A"], "А": ["альфа → A"]}


def test_what_was_not_published_is_on_none_of_them(tmp_path: Path) -> None:
    made = pages(vault(tmp_path, NOTES))
    for name in made:
        for word in ("Secretive", "Hush", "Unnamed", "secret"):
            assert word not in made[name] and word not in name, (word, name)


def test_they_are_no_notes_for_search_and_are_linked(tmp_path: Path) -> None:
    made = pages(vault(tmp_path, NOTES))
    about = [name for name in made if name.startswith("about/")]
    assert sorted(about) == [f"about/{name}.md" for name in ("glossary", "health", "index", "recent", "wanted")]
    assert all('search: {"exclude": true}' in made[name] for name in about)
    links = {a.attributes["href"] for a in page(tmp_path / "vault", "about/index.md").all("a")} - {"#vaultc-page"}
    assert {"recent/", "wanted/", "health/", "glossary/", "../tags/", "../graph/"} == links


@pytest.mark.parametrize("hidden", PAGES)
def test_each_is_off_by_configuration(tmp_path: Path, hidden: str) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault/vaultc.toml").write_text(f'pages_hidden = ["{hidden}"]', encoding="utf-8")
    made = pages(vault(tmp_path, NOTES))
    shown = {
        "home": any('data-vaultc="front"' in text for text in made.values()),
        "tags": any(name.startswith("tags/") for name in made),
        **{name: f"about/{name}.md" in made for name in ("recent", "wanted", "health", "glossary")},
    }
    assert shown == {name: name != hidden for name in PAGES}
    for name, text in made.items():
        assert hidden == "home" or f"{hidden}/" not in text or "index" in hidden, name


def test_all_of_them_off_leave_nothing(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault/vaultc.toml").write_text(f"pages_hidden = {list(PAGES)}", encoding="utf-8")
    made = pages(vault(tmp_path, {**NOTES, "tags/own.md": "mine"}))
    assert not any(name.startswith("about") for name in made)


def test_a_page_that_is_not_known_is_an_error_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "vaultc.toml").write_text('pages_hidden = ["recents"]', encoding="utf-8")
    with pytest.raises(VaultcError, match=r"`pages_hidden` knows home, tags, recent, .* not `recents`"):
        locate(tmp_path)


def test_they_give_way_to_notes(tmp_path: Path) -> None:
    made = pages(vault(tmp_path, {**NOTES, "about/index.md": "# Mine", "about/health.md": "# Also mine"}))
    assert "# Mine" in made["about/index.md"] and "# Also mine" in made["about/health.md"]
    assert sum('data-vaultc="about-vault"' in text for text in made.values()) == 5


def test_an_edit_that_does_not_touch_them_leaves_them(tmp_path: Path) -> None:
    root = vault(tmp_path, NOTES)
    session = Session.open(root)
    first = session.emit()
    (root / "b.md").write_text("# B\n\nSomething else, and longer.\n", encoding="utf-8")
    session.refresh()
    after = session.emit()
    changed = {name for name in first.digests if after.digests[name] != first.digests[name]}
    assert changed == {"b.md"}
    fresh = emit(Session.open(root).vault, tmp_path / "fresh")
    assert fresh.digests == after.digests


def test_none_is_large_in_a_large_vault(tmp_path: Path) -> None:
    count = 1500
    notes = {
        f"n{n}.md": f"---\naliases: [alias {n}, {chr(0x410 + n % 30)}{n}]\ntags: [all, t{n}/u]\nsummary: {'s' * 80}\n---\n"
        f"[[gone {n}]] [[gone {n % 7}]]\n"
        for n in range(count)
    }
    made = pages(vault(tmp_path, notes))
    assert max(len(text) for name, text in made.items() if name.endswith(".md")) < 200_000
    wanted = rendered(made["about/wanted.md"])
    assert len(wanted.one("tbody").all("tr")) == MOST_WANTED and "and 1 300 more" in wanted.text
    assert len(rendered(made["about/recent.md"]).all("li")) == MOST_RECENT
    assert max(len(each.all("li")) for each in rendered(made["about/health.md"]).all("section")) == MOST_LISTED
    letters = rendered(made["about/glossary.md"]).all("li")
    assert len(letters) == 31 and letters[0].text == "A 1500"
    assert len(rendered(made["about/glossary/A.md"]).all("li")) == MOST_TERMS
    assert len(rendered(made["tags/all.md"]).all("li")) == MOST_ROWS // 2
    assert len(rendered(made["tags/index.md"]).all("li")) == MOST_ROWS
