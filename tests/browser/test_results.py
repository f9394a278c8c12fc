"""Measurements in a real browser without a script: filters, narrow screens, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import markdown
import pytest
from playwright.sync_api import Browser, Page

from tests.unit.results.site import CPU, GPU, fence, pages, point, run, vault
from vaultc.bench.records.model import Claim
from vaultc.publish.dialect import EXTENSIONS

pytestmark = pytest.mark.browser

STYLES = Path(__file__).parents[2] / "site/client/src/style"


@contextmanager
def shown(browser: Browser, text: str, scheme: str = "default", width: int = 1000) -> Iterator[Page]:
    """An object file as a page with our styles and without any script."""
    body = markdown.markdown(text.partition("\n---\n")[2], extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)
    css = "".join((STYLES / f"{name}.css").read_text(encoding="utf-8") for name in ("tokens", "notes", "results"))
    html = (
        f'<!doctype html><html><style>{css}</style><body data-md-color-scheme="{scheme}"><div class="md-typeset">{body}'
    )
    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 800})
    try:
        page = context.new_page()
        page.set_content(html)
        yield page
    finally:
        context.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    points = [point(1e-6 * n**2, n=n, kind=kind) for n in (256, 512, 1024, 2048) for kind in ("naive", "fused")]
    points.append(point(status="oom", message="no room", n=4096, kind="naive"))
    notes = {"n.md": "---\ntags: [x]\n---\n" + fence("b"), "m.md": "---\ntags: [y]\n---\n" + fence("c")}
    claims = (Claim("It holds.", "confirmed", "slope 2"), Claim("Never.", "refuted", "slope 2"))
    folder = tmp_path_factory.mktemp("results")
    return pages(vault(folder, notes, run(*points, claims=claims), run(*points, machine=GPU, claims=claims)))


def rows(page: Page) -> list[str]:
    """The machines of the rows that are to be seen."""
    return [row.locator("td").nth(1).inner_text() for row in page.locator("tbody tr").all() if row.is_visible()]


def test_filters_work_without_a_script_and_together(browser: Browser, made: dict[str, str]) -> None:
    with shown(browser, made["measured/index.md"]) as page:
        assert rows(page) == ["no machine yet", GPU.label, CPU.label]
        page.get_by_text("not measured", exact=True).first.click()
        assert rows(page) == ["no machine yet"]
        page.get_by_role("group", name="Status").get_by_text("all").click()
        page.get_by_role("group", name="Topic").get_by_text("x").click()
        assert rows(page) == [GPU.label, CPU.label]
        page.get_by_role("group", name="Machine").get_by_text(GPU.label).click()
        assert rows(page) == [GPU.label]


def test_filters_are_reached_by_the_keyboard(browser: Browser, made: dict[str, str]) -> None:
    with shown(browser, made["measured/index.md"]) as page:
        page.get_by_role("group", name="Topic").get_by_role("radio", name="all").focus()
        page.keyboard.press("ArrowRight")
        assert rows(page) == [GPU.label, CPU.label]


@pytest.mark.parametrize("name", ["n.md", "measured/index.md", "measured/claims.md", "measured/b.md"])
def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, made: dict[str, str], name: str) -> None:
    with shown(browser, made[name], width=360) as page:
        box = page.locator(".md-typeset").bounding_box()
        assert box is not None and box["width"] <= 360
        for part in page.locator("svg, figcaption, details, fieldset, .vc-scroll").all():
            found = part.bounding_box()
            assert found is None or found["x"] + found["width"] <= 361


def test_provenance_unfolds_without_a_script(browser: Browser, made: dict[str, str]) -> None:
    with shown(browser, made["n.md"]) as page:
        detail = page.get_by_text("no reference was given").first
        assert not detail.is_visible()
        page.locator(".vc-run > details > summary").first.click()
        assert detail.is_visible()


def test_plots_take_the_colours_of_the_scheme(browser: Browser, made: dict[str, str]) -> None:
    pictures = []
    for scheme in ("default", "slate"):
        with shown(browser, made["n.md"], scheme) as page:
            assert page.get_by_role("img").first.is_visible()
            pictures.append(page.locator("svg").first.screenshot())
    assert pictures[0] != pictures[1]


def test_the_first_verdict_is_on_the_first_screen_of_a_phone_and_the_code_unfolds(
    browser: Browser, made: dict[str, str]
) -> None:
    with shown(browser, made["n.md"], width=390) as page:
        block = page.locator("[data-vaultc=results]").bounding_box()
        verdict = page.locator(".vc-verdicts .vc-badge").first.bounding_box()
        assert block and verdict and 0 < verdict["y"] - block["y"] < 844 - verdict["height"]
        assert page.locator(".vc-where").first.is_visible(), "where columns are rows, each says its machine"
        code = page.locator("details.vaultc-code pre")
        assert not code.is_visible()
        page.get_by_text("lines of Python").click()
        assert code.is_visible() and "bench.claim" in code.inner_text()


def test_machines_are_columns(browser: Browser, made: dict[str, str]) -> None:
    with shown(browser, made["n.md"]) as page:
        columns = [each.bounding_box() for each in page.locator(".vc-machines > .vc-run").all()]
        assert len(columns) == 2 and columns[0] and columns[1]
        assert columns[0]["y"] == columns[1]["y"] and columns[0]["x"] + columns[0]["width"] < columns[1]["x"]
        assert not page.locator(".vc-where").first.is_visible()
