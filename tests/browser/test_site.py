"""A whole site, compiled from a vault without any configuration, as a reader meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched, served, watched
from tests.frontends.test_engines import needed

pytestmark = pytest.mark.browser

HOSTILE = "</title><script>window.broken = 1</script><img src=x onerror='window.broken = 2'>"

NOTES = {
    "attention/Sparse attention.md": """---
aliases: [Разреженное внимание]
tags: [attention/sparse]
---
# Sparse attention

Some pairs of tokens are scored, see [[Память]] and [[A note to come]].

$$ e^{i\\pi} + 1 = 0 $$

1. First

    1. Second

        1. Third

```mermaid
graph LR
  Query --> Key
```
""",
    "Память.md": "# Память\n\nМодели запоминают последовательности. Дальше: [[Разреженное внимание]].\n",
    "films.md": "# Films\n\n![A film](https://youtu.be/NnTvZWp5Q7o)\n",
    "measured.md": "# Measured\n\n```python bench id=b\nfrom vaultc import bench\nbench.claim('It holds.', holds=True)\n```\n",
    "hostile.md": f'---\ntitle: "{HOSTILE}"\ndescription: \'"><script>window.broken = 3</script>\'\n---\n[[Память]]\n',
}


def built(folder: Path, notes: Mapping[str, str], *options: str) -> Path:
    """The folder of the site of some notes, made in `folder`."""
    for name, text in notes.items():
        note = folder / "notes" / name
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(text, encoding="utf-8")
    subprocess.run(
        [Path(sys.executable).with_name("vaultc"), "build", folder / "notes", "--site-dir", folder / "site", *options],
        env=os.environ | {"XDG_CACHE_HOME": str(folder / "cache")},
        check=True,
    )
    return folder / "site"


@pytest.fixture(scope="module", params=["mkdocs", pytest.param("zensical", marks=needed)])
def engine(request: pytest.FixtureRequest) -> str:
    """The generator that made the site."""
    return str(request.param)


@pytest.fixture(scope="module")
def root(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(built(tmp_path_factory.mktemp("site"), NOTES, "--engine", engine)) as address:
        yield address


@pytest.fixture
def watch(browser: Browser, root: str) -> Iterator[Watched]:
    with watched(browser, root) as watch:
        yield watch


def test_every_page_keeps_to_its_host_and_runs_nothing_from_a_title(watch: Watched) -> None:
    for path in ("", "hostile/", "attention/", "tags/", "graph/", "attention/Sparse attention/", "Память/"):
        page = watch.open(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.broken") is None, path


KINDS = (
    "",
    "attention/Sparse attention/",
    "attention/",
    "tags/",
    "graph/",
    "about/recent/",
    "about/health/",
    "measured/",
)


def test_a_policy_holds_on_every_kind_of_page(watch: Watched) -> None:
    watch.page.add_init_script(
        "addEventListener('securitypolicyviolation', e => (window.refused ??= []).push(e.blockedURI))"
    )
    for path in KINDS:
        page = watch.open(path)
        page.wait_for_load_state("networkidle")
        policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content") or ""
        directives = dict(part.split(" ", 1) for part in policy.split("; "))
        assert directives["default-src"] == "'self'" and "script-src" not in directives, path
        assert page.evaluate("window.refused ?? []") == [], path
        inside = "[...document.scripts].filter(s => !s.src && s.type !== 'application/json').map(s => s.text)"
        assert page.evaluate(inside) == [], path
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    page.wait_for_function("window.refused?.length === 1")
    assert page.evaluate("window.ran") is None
    watch.faults.clear()  # the browser says what it refused


def test_formulas_and_diagrams_are_drawn_from_the_site_itself(watch: Watched) -> None:
    page = watch.open("attention/Sparse attention/")
    expect(page.locator(".arithmatex .katex-display")).to_be_visible()
    # The theme replaces the block by a closed shadow tree of the picture's size.
    expect(page.locator("div.mermaid")).to_be_visible()
    assert page.locator("pre.mermaid").count() == 0


def test_numbers_of_nested_lists_are_decimal(watch: Watched) -> None:
    lists = watch.open("attention/Sparse attention/").locator("article ol")
    styles = lists.evaluate_all("found => found.map((list) => getComputedStyle(list).listStyleType)")
    assert styles == ["decimal"] * 3


def test_a_film_is_fetched_when_it_is_asked_for(browser: Browser, root: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(root + "films/", wait_until="networkidle")
    card = page.locator("[data-vaultc=card]")
    expect(card).to_have_text("A film YouTube")
    assert all(url.startswith((root, "data:", "blob:")) for url in asked)
    card.click()
    expect(page.locator("iframe[title='A film YouTube']")).to_be_visible()
    assert page.url == root + "films/"
    assert asked[-1].startswith("https://www.youtube-nocookie.com/embed/NnTvZWp5Q7o?")
    page.close()


def test_folded_code_is_highlighted_and_can_be_copied(watch: Watched) -> None:
    watch.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = watch.open("measured/")
    page.locator("details.vaultc-code > summary").click()
    code = page.locator("details.vaultc-code pre")
    expect(code.locator("span.kn").first).to_have_text("from")
    code.hover()
    page.get_by_title("Copy to clipboard").click()
    copied = "from vaultc import bench\nbench.claim('It holds.', holds=True)"
    expect(page.get_by_text("Copied to clipboard")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").strip() == copied


def test_a_link_to_a_missing_note_is_marked(watch: Watched) -> None:
    mark = watch.open("attention/Sparse attention/").locator(".vaultc-unresolved")
    expect(mark).to_have_text("A note to come")
    before = mark.evaluate("element => getComputedStyle(element, '::before').content")
    assert before.startswith('"[["')


def test_the_first_page_shows_the_map_and_leads_to_it(browser: Browser, root: str) -> None:
    with watched(browser, root, java_script_enabled=False) as watch:
        page = watch.open("")
        picture = page.locator("[data-vaultc=front] svg")
        expect(picture).to_be_visible()
        drawn = picture.locator("circle").first.evaluate("element => getComputedStyle(element).fill")
        assert drawn not in ("none", "rgb(0, 0, 0)"), "the style has a colour for it"
        picture.click()
        expect(page).to_have_url(f"{watch.root}graph/")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_about_the_vault_need_no_script(browser: Browser, root: str, width: int) -> None:
    with watched(browser, root, java_script_enabled=False) as watch:
        watch.page.set_viewport_size({"width": width, "height": 844})
        for name, words in (
            ("recent", "Sparse attention"),
            ("wanted", "A note to come"),
            ("health", "Orphans"),
            ("glossary", "Разреженное внимание → Sparse attention"),
        ):
            page = watch.open("about/")
            page.locator("[data-vaultc=about-vault]").locator(f"a[href='{name}/']").click()
            expect(page.locator("[data-vaultc=about-vault]")).to_contain_text(words)
            box = page.locator("[data-vaultc=about-vault]").bounding_box()
            assert box is not None and box["x"] + box["width"] <= width
            shown = page.locator("[data-vaultc=about-vault]").get_by_text(HOSTILE)
            assert shown.count() == (name in ("recent", "health"))


def test_the_map_leads_to_the_notes(watch: Watched) -> None:
    page = watch.open("graph/")
    page.get_by_role("combobox", name="Find a note on the map").fill("Sparse")
    expect(page.locator("[role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{watch.root}attention/Sparse%20attention/")
    expect(page.locator("h1")).to_contain_text("Sparse attention")


def search(page: Page, engine: str) -> None:
    if engine == "mkdocs":
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("combobox")).to_be_focused()
    else:
        page.locator(".md-search__button").click()


@pytest.mark.parametrize(
    ("query", "found"), [("scoring", "Sparse attention"), ("последовательность", "Память"), ("памятью", "Память")]
)
def test_search_knows_the_forms_of_english_and_russian_words(
    watch: Watched, engine: str, query: str, found: str
) -> None:
    page = watch.open("")
    search(page, engine)
    page.keyboard.type(query)
    page.keyboard.press("End")  # Cyrillic arrives without the events of a key, which Zensical waits for
    expect(page.get_by_role("option").filter(has_text=found).first).to_be_visible()


def test_search_runs_nothing_from_a_title(watch: Watched, engine: str) -> None:
    page = watch.open("")
    search(page, engine)
    page.keyboard.type("onerror")
    page.keyboard.press("End")
    expect(page.get_by_role("option").first).to_contain_text("<script>")
    assert page.evaluate("window.broken") is None


def test_dark_is_chosen_and_kept(watch: Watched) -> None:
    page = watch.open("")
    page.get_by_title("Switch to light").click()
    page.get_by_title("Switch to dark").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    watch.open("graph/")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


def test_the_navigation_leads_home_on_a_telephone(browser: Browser, root: str) -> None:
    with watched(browser, root) as watch:
        watch.page.set_viewport_size({"width": 390, "height": 844})
        page = watch.open("attention/Sparse attention/")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator("label.md-header__button[for=__drawer]").click()
        entry = page.locator(".md-nav--primary").get_by_role("link", name="Память")
        entry.click()
        expect(page.locator("h1")).to_contain_text("Память")
