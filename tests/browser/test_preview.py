"""What a link shows of the page that it leads to, to pointers, keys and fingers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Watched, served, watched

pytestmark = pytest.mark.browser

NOTES = {
    "a.md": "# A\n\nTo [[b]], to [[b#Part|a part]] and to [[b#^here|a block]]. To [[secret|nothing]].\n\n#tag\n",
    "b.md": "# B <img src=x onerror=window.broken=1>\n\nFirst words, $x^2$, see [[c]].\n\n## Part\n\nOf a part.\n\nThe block ^here\n",
    "c.md": "Of C.\n",
    "secret.md": "---\npublish: false\n---\nHidden.\n",
}
CARD = '[data-vaultc="preview"]'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    for name, text in NOTES.items():
        (folder / "notes").mkdir(exist_ok=True)
        (folder / "notes" / name).write_text(text, encoding="utf-8")
    subprocess.run(
        [Path(sys.executable).with_name("vaultc"), "build", folder / "notes", "--site-dir", folder / "site"],
        env=os.environ | {"XDG_CACHE_HOME": str(folder / "cache")},
        check=True,
    )
    assert not [path for path in (folder / "site").rglob("*") if "secret" in path.name]
    with served(folder / "site") as address:
        yield address


@pytest.fixture
def watch(browser: Browser, root: str) -> Iterator[Watched]:
    with watched(browser, root) as watch:
        yield watch


def link(page: Page, name: str) -> Locator:
    return page.locator("article").get_by_role("link", name=name, exact=True).first


def test_a_pointer_opens_one_enters_it_and_goes_on(watch: Watched) -> None:
    page = watch.open("a/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "preview" in url]
    link(page, "b").hover()
    card = page.locator(CARD)
    expect(card).to_contain_text("B <img src=x onerror=window.broken=1>")
    expect(card).to_contain_text("First words")
    expect(card.locator(".katex").first).to_be_visible()
    card.get_by_role("link", name="c").hover()
    expect(card).to_have_count(2)
    expect(card.last).to_contain_text("Of C.")
    page.mouse.move(1, 1)
    expect(card).to_have_count(0)
    assert page.evaluate("window.broken") is None


@pytest.mark.parametrize(("name", "said"), [("a part", "Of a part."), ("a block", "The block")])
def test_a_part_shows_its_own_words(watch: Watched, name: str, said: str) -> None:
    page = watch.open("a/")
    link(page, name).hover()
    expect(page.locator(f"{CARD} [data-part=text]")).to_have_text(said if name == "a block" else "Of a part.The block")


def test_focus_opens_one_and_escape_closes_it(watch: Watched) -> None:
    page = watch.open("a/")
    link(page, "b").focus()
    page.keyboard.press("Tab")
    expect(page.locator(CARD)).to_contain_text("Of a part.")
    expect(link(page, "a part")).to_have_attribute("aria-describedby", "vaultc-preview-0")
    page.keyboard.press("Escape")
    expect(page.locator(CARD)).to_have_count(0)


def test_a_long_press_opens_one_and_a_tap_follows_the_link(browser: Browser, root: str) -> None:
    with watched(browser, root, has_touch=True, is_mobile=True) as watch:
        page = watch.open("a/")
        box = link(page, "b").bounding_box()
        assert box
        finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        touch = page.context.new_cdp_session(page)
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
        expect(page.locator(CARD)).to_contain_text("First words")
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        expect(page.locator(CARD)).to_have_count(1)
        assert page.url.endswith("/a/")
        link(page, "b").tap()
        page.wait_for_url("**/b/")


def test_a_page_without_words_has_none(watch: Watched) -> None:
    page = watch.open("a/")
    with page.expect_response("**/preview/tags/tag/index.json"):
        page.evaluate(
            "document.querySelector('article').insertAdjacentHTML('beforeend', '<p><a id=t href=../tags/tag/>t</a></p>')"
        )
        page.locator("#t").hover()
    expect(page.locator(CARD)).to_have_count(0)
