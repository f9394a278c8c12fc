"""The search of a site, as a reader meets it: by keyboard, in two languages, on a telephone, and at five thousand notes."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import Watched, served, watched
from vaultc.emit.sections import Section
from vaultc.publish.search.index import FOLDER, Found, Places, Store, write

pytestmark = pytest.mark.browser

VAULT = Path(__file__).parents[2] / "vault"
EVIL = "</script><img src=x onerror=alert(1)>"
NOTES = {
    "evil.md": f"---\ntitle: '{EVIL}'\naliases: ['<b onclick=\"alert(2)\">Троян</b>']\ntags: ['x<y']\n---\nTrojan {EVIL} horse.\n",
    "Phrase.md": "The linear map of a scan.\n\n## Cost of a scan\n\nWords.\n",
    "vaultc.toml": f"site_name = '{EVIL}'\n",
}


def build(folder: Path) -> Path:
    """The site of some notes of the real vault, and of those above."""
    vault = folder / "vault"
    for name in ("attention", "memory"):
        shutil.copytree(VAULT / name, vault / name)
    shutil.copytree(VAULT / "sequence", vault / "sequence", ignore=lambda _, names: set(names) - {"Mamba.md"})
    for name, text in NOTES.items():
        (vault / name).write_text(text, encoding="utf-8")
    subprocess.run(
        [Path(sys.executable).with_name("vaultc"), "build", vault, "--site-dir", folder / "site"],
        env=os.environ | {"XDG_CACHE_HOME": str(folder / "cache")},
        check=True,
    )
    return folder / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("search"))


@pytest.fixture(scope="module")
def root(site: Path) -> Iterator[str]:
    with served(site.parent) as address:  # below a path, as a project's pages are
        yield f"{address}site/"


@pytest.fixture
def watch(browser: Browser, root: str) -> Iterator[Watched]:
    with watched(browser, root) as watch:
        yield watch


def ask(page: Page, query: str) -> Locator:
    """Search for something, and wait until the results say so; the names of the options."""
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    field.fill(query)
    expect(page.get_by_role("status")).not_to_be_empty()
    return page.get_by_role("option").locator("[data-part=name]")


def leave(page: Page) -> None:
    """Close the search; the browser does so a moment after the key."""
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Search")).to_be_hidden()


def group(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name).get_by_role("option")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("внимания квадратичного", "Квадратичное внимание → Quadratic attention"),
        ("мамба", "Мамба → Mamba"),
        ("quadratic", "Quadratic attention"),
        ("mamb", "Mamba"),
    ],
)
def test_a_note_is_found_by_any_of_its_names(watch: Watched, query: str, first: str) -> None:
    expect(ask(watch.open(""), query).first).to_have_text(first)


def test_forms_of_a_word_find_the_notes_that_are_about_it(watch: Watched) -> None:
    names = ask(watch.open("memory/External memory/"), "внимания")
    expect(names.filter(has_text="→ Quadratic attention")).to_have_count(1)
    expect(names.filter(has_text="→ Sparse attention")).to_have_count(1)
    page = watch.open("")
    for query in ("память", "памяти"):
        expect(ask(page, query).filter(has_text="→ LLM memory")).to_have_count(1)
        leave(page)


def test_notes_come_before_tags(watch: Watched) -> None:
    page = watch.open("")
    assert "attention" in ask(page, "attention").first.inner_text().lower()
    groups = page.get_by_role("listbox").get_by_role("group")
    expect(groups.first).to_have_accessible_name("Notes")
    expect(groups.last).to_have_accessible_name("Tags")
    expect(group(page, "Tags").first).to_contain_text("#attention")


def test_a_tag_and_a_phrase_narrow(watch: Watched) -> None:
    page = watch.open("")
    ask(page, "#x cost")
    expect(page.get_by_role("status")).to_have_text("Nothing found")
    page.get_by_role("combobox").fill("#attention/sparse ")
    expect(group(page, "Notes").filter(has_text="Sparse attention")).to_have_count(1)
    page.get_by_role("combobox").fill('"map of a scan"')
    expect(group(page, "Notes")).to_have_count(1)
    page.get_by_role("combobox").fill('"scan of a map"')
    expect(page.get_by_role("status")).to_have_text("Nothing found")


def test_a_section_is_found_by_its_heading(watch: Watched) -> None:
    page = watch.open("")
    ask(page, "cost scan")
    section = group(page, "Sections").filter(has_text="Phrase")
    expect(section.locator("[data-part=name]")).to_have_text("Cost of a scan")
    section.click()
    expect(page).to_have_url(f"{watch.root}Phrase/#cost-of-a-scan")


def test_the_keyboard_opens_walks_leaves_and_follows(watch: Watched) -> None:
    page = watch.open("Phrase/")
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Search")
    expect(dialog).to_be_visible()
    page.keyboard.type("attention")
    options = page.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    chosen = options.nth(1).get_attribute("id") or ""
    expect(page.get_by_role("combobox")).to_have_attribute("aria-activedescendant", chosen)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    for _ in range(6):  # the page behind is out of reach
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || document.activeElement.closest('dialog')")
    leave(page)
    button = page.get_by_role("button", name="Search")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox")).to_have_value("attention")
    leave(page)
    expect(button).to_be_focused()
    ask(page, "mamba")
    expect(options.first).to_contain_text("Mamba")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Mamba")


def test_a_word_of_the_text_leads_to_where_it_stands(watch: Watched) -> None:
    page = watch.open("")
    ask(page, "trojan")
    option = group(page, "Notes").first
    expect(option.locator("[data-part=quote] mark")).to_have_text("Trojan")
    assert (option.get_attribute("href") or "").endswith("evil/#:~:text=Trojan")


def test_names_are_text_whatever_they_say(watch: Watched) -> None:
    page = watch.open("")
    page.on("dialog", lambda dialog: watch.faults.append(dialog.message))
    expect(ask(page, "троян").first).to_have_text(f'<b onclick="alert(2)">Троян</b> → {EVIL}')
    assert page.locator("dialog img, dialog b").count() == 0


def test_nothing_of_it_needs_more_than_scripts_of_the_site(watch: Watched) -> None:
    def guarded(route: Route) -> None:
        answer = route.fetch()
        policy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
        route.fulfill(response=answer, headers={**answer.headers, "Content-Security-Policy": policy})

    watch.page.route("**/Phrase/", guarded)
    page = watch.open("Phrase/")
    expect(ask(page, "квадратичное").first).to_contain_text("Quadratic attention")
    expect(page.get_by_role("option").first).to_be_visible()


def test_nothing_is_loaded_before_somebody_reaches_for_it(watch: Watched) -> None:
    asked: list[str] = []
    watch.page.on("request", lambda request: asked.append(request.url))
    page = watch.open("")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "search" in url or "dialog" in url]


def test_it_fills_a_telephone_in_both_schemes(browser: Browser, root: str) -> None:
    for scheme in ("light", "dark"):
        with watched(browser, root, color_scheme=scheme) as watch:
            watch.page.set_viewport_size({"width": 390, "height": 844})
            page = watch.open("")
            page.get_by_role("button", name="Search").click()
            page.get_by_role("combobox").fill("attention")
            expect(group(page, "Notes").first).to_be_visible()
            box = page.get_by_role("dialog").bounding_box()
            assert box is not None and (box["x"], box["width"]) == (0, 390)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            row = group(page, "Notes").first.bounding_box()
            assert row is not None and row["height"] >= 40


def test_five_thousand_notes_cost_few_bytes_until_the_first_result(
    browser: Browser, site: Path, tmp_path: Path
) -> None:
    shutil.copytree(site, tmp_path / "site")
    shutil.rmtree(tmp_path / "site" / FOLDER)
    draw = random.Random(5)
    syllables = "ta re mi no su ла ко ве ди ро".split()
    some = ["".join(draw.choice(syllables) for _ in range(draw.choice((2, 3, 4)))) for _ in range(20_000)]
    weights = [1 / (rank + 3) for rank in range(len(some))]

    def text(words: int) -> str:
        return " ".join(draw.choices(some, weights, k=words))

    notes = [
        Found(f"folder {n % 50}/{text(3)} {n}/", f"Title {text(3)} {n}", (f"Имя {text(2)} {n}",), (text(1),), str(n))
        for n in range(5000)
    ]
    write(notes, [], lambda _: [Section("", "", text(350))], Places(tmp_path, {}, tmp_path / "site"), Store())
    with served(tmp_path / "site") as root, watched(browser, root) as watch:
        asked: list[str] = []
        page = watch.open("")
        page.wait_for_load_state("networkidle")
        page.on("request", lambda request: asked.append(unquote(request.url.removeprefix(root))))
        page.get_by_role("button", name="Search").click()
        page.get_by_role("combobox").fill(some[50])
        expect(page.get_by_role("option").first).to_be_visible()
    # The texts that the results are quoted from come when the results are there.
    needed = [tmp_path / "site" / name for name in asked if not name.startswith(f"{FOLDER}/text-")]
    assert len(needed) <= 8
    assert len([path for path in needed if path.match("words-*.js")]) == 1
    assert sum(len(gzip.compress(path.read_bytes())) for path in needed) <= 500_000
