"""The topic map under a real pointer, finger and keyboard, on a page made for it."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched, served, watched
from vaultc.publish import web

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.title='broken in'\">"

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Map</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="../assets/vaultc/style.css">
<style>html {{ font-size: 20px }} body {{ margin: 0 }}</style></head>
<body data-md-color-scheme="default"><div class="md-typeset"><div data-vaultc="topic-map" data-graph="{graph}"><ul><li><a href="../hub/">Hub</a></li></ul></div></div>
<script type="module" src="../assets/vaultc/vaultc.js"></script></body></html>
"""


def node(name: str, x: float, y: float, **other: Any) -> dict[str, Any]:
    missing = other.get("exists") is False
    defaults = {
        "id": name if missing else f"{name}.md",
        "title": name.rpartition("/")[2],
        "exists": True,
        "tags": [],
        "community": 0,
        "pagerank": 0.1,
        "x": x,
        "y": y,
        "url": None if missing else f"{name}/",
    }
    return defaults | other


GRAPH: dict[str, Any] = {
    "schema": 2,
    "root": ".",
    "nodes": [
        node("hub", 0, 0, title="Hub", pagerank=0.5, tags=["system/attention"]),
        node("memory/cache", 4, 1, title="Cache", community=1, tags=["system/memory"], results=["refuted", "measured"]),
        node("memory/sparse", -4, 2, title="Разреженное внимание", community=1, aliases=["Sparse attention"]),
        node("C# 100%", 3, -3, title="Far away", community=2),
        node("hostile", -3, -3, title=HOSTILE, community=2),
        node("Unwritten", 0, 4, exists=False),
    ],
    # The hub leads to the cache, to what is sparse, to what is not written, and to itself.
    "edges": {"embed": [[2]], "link": [[0, 1, 5], [0], [], [4]]},
    "topics": [{"community": 1, "name": "Memory", "notes": 2}],
}


def sunflower(count: int) -> dict[str, Any]:
    """A graph of `count` notes, each linked to an earlier one."""
    nodes = [
        node(f"n{i}", math.sqrt(i) * math.cos(i * 2.4), math.sqrt(i) * math.sin(i * 2.4), community=i % 17)
        for i in range(count)
    ]
    edges = {"link": [[], *([i // 3] for i in range(1, count))]}
    return {"schema": 2, "root": ".", "nodes": nodes, "edges": edges}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("map")
    shutil.copytree(web.bundle_dir(), folder, dirs_exist_ok=True)
    graphs = {
        "graph": GRAPH,
        "one": GRAPH | {"nodes": GRAPH["nodes"][:1], "edges": {}},
        "none": GRAPH | {"nodes": [], "edges": {}},
        "newer": GRAPH | {"schema": 3},
        "hidden": GRAPH | {"hidden": ["memory"]},
        "large": sunflower(10_000),
        "topics": sunflower(2_000) | {"topics": [{"community": n, "name": f"T{n}", "notes": 117} for n in range(17)]},
    }
    for name, graph in graphs.items():
        (folder / f"{name}.json").write_text(json.dumps(graph), encoding="utf-8")
        (folder / f"map-{name}").mkdir()
        (folder / f"map-{name}" / "index.html").write_text(PAGE.format(graph=f"../{name}.json"), encoding="utf-8")
    for note in ("hub", "memory/cache", "memory/sparse", "C# 100%", "hostile"):
        (folder / note).mkdir(parents=True)
        (folder / note / "index.html").write_text(
            '<link rel="icon" href="data:,"><title>note</title>', encoding="utf-8"
        )
    with served(folder) as address:
        yield address


@pytest.fixture
def watch(browser: Browser, root: str) -> Iterator[Watched]:
    with watched(browser, root) as watch:
        yield watch


def opened(watch: Watched, name: str = "graph") -> Page:
    page = watch.open(f"map-{name}/")
    page.wait_for_function("document.querySelector('[data-vaultc=topic-map]').scene !== undefined")
    # At rest: fonts have come, and the first note has stood still for some pictures.
    page.evaluate(
        """async () => {
            await document.fonts.ready;
            const { scene } = document.querySelector('[data-vaultc=topic-map]');
            const first = () => JSON.stringify(scene.position(scene.graph.nodes()[0]));
            for (let still = 0, last = ''; still < 5; still = first() === last ? still + 1 : 0) {
                last = first();
                await new Promise(requestAnimationFrame);
            }
        }"""
    )
    return page


def place(page: Page, note: str) -> tuple[float, float]:
    """Where a note's mark is, in pixels of the window."""
    x, y = page.evaluate(
        """id => {
            const { scene } = document.querySelector('[data-vaultc=topic-map]');
            const { x, y } = scene.position(id);
            const box = document.querySelector('.vc-map__stage').getBoundingClientRect();
            return [box.left + x, box.top + y];
        }""",
        note,
    )
    return x, y


def highlighted(page: Page) -> set[str]:
    found = page.evaluate("document.querySelector('[data-vaultc=topic-map]').scene.highlighted")
    return set(found)


def ratio(page: Page) -> float:
    value: float = page.evaluate("document.querySelector('[data-vaultc=topic-map]').scene.sigma.getCamera().ratio")
    return value


def test_a_note_is_dragged_and_stays_where_it_is_dropped(watch: Watched) -> None:
    page = opened(watch)
    x, y = place(page, "C# 100%.md")
    other = place(page, "hub.md")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y - 40, steps=6)
    page.mouse.move(x - 120, y - 90, steps=6)
    page.mouse.up()
    page.wait_for_timeout(100)
    assert place(page, "C# 100%.md") == pytest.approx((x - 120, y - 90), abs=4)
    assert place(page, "hub.md") == pytest.approx(other, abs=1)
    expect(page).to_have_url(f"{watch.root}map-graph/")  # it was no click


def test_the_wheel_and_the_buttons_zoom(watch: Watched) -> None:
    page = opened(watch)
    page.mouse.move(*place(page, "C# 100%.md"))
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(500)
    near = ratio(page)
    assert near < 1
    page.get_by_role("button", name="Zoom out").click()
    page.wait_for_timeout(500)
    assert ratio(page) > near
    page.get_by_role("button", name="Show the whole map").click()
    page.wait_for_timeout(500)
    assert ratio(page) == pytest.approx(1)


def test_the_ground_is_dragged_to_pan(watch: Watched) -> None:
    page = opened(watch)
    x, y = place(page, "hub.md")
    page.mouse.move(x + 60, y + 60)
    page.mouse.down()
    page.mouse.move(x + 160, y + 100, steps=8)
    page.mouse.up()
    page.wait_for_timeout(600)
    moved = place(page, "hub.md")
    assert moved[0] > x + 40
    assert moved[1] > y + 10


def test_hovering_marks_a_note_and_its_neighbours(watch: Watched) -> None:
    page = opened(watch)
    assert len(highlighted(page)) == 6
    page.mouse.move(*place(page, "hub.md"))
    expect(page.locator(".vc-map__card")).to_contain_text("Hub")
    assert highlighted(page) == {"hub.md", "memory/cache.md", "memory/sparse.md", "Unwritten"}
    page.mouse.move(*place(page, "C# 100%.md"))
    expect(page.locator(".vc-map__card")).to_contain_text("Far away")
    assert highlighted(page) == {"C# 100%.md", "hostile.md"}


def test_a_click_opens_the_note(watch: Watched) -> None:
    page = opened(watch)
    page.mouse.click(*place(page, "memory/cache.md"))
    expect(page).to_have_url(f"{watch.root}memory/cache/")


def test_a_name_that_means_something_in_an_address_is_still_a_name(watch: Watched) -> None:
    page = opened(watch)
    page.mouse.click(*place(page, "C# 100%.md"))
    expect(page).to_have_url(f"{watch.root}C%23%20100%25/")


def test_a_missing_note_is_shown_and_leads_nowhere(watch: Watched) -> None:
    page = opened(watch)
    page.mouse.click(*place(page, "Unwritten"))
    expect(page.locator(".vc-map__card")).to_contain_text("not written yet")
    expect(page).to_have_url(f"{watch.root}map-graph/")


def test_a_finger_first_marks_then_opens(browser: Browser, root: str) -> None:
    with watched(browser, root, has_touch=True) as watch:
        page = opened(watch)
        page.touchscreen.tap(*place(page, "memory/cache.md"))
        expect(page.locator(".vc-map__card")).to_contain_text("Cache")
        expect(page).to_have_url(f"{root}map-graph/")
        page.wait_for_timeout(600)  # not a double tap, which zooms
        page.touchscreen.tap(*place(page, "memory/cache.md"))
        expect(page).to_have_url(f"{root}memory/cache/")


def test_the_keyboard_finds_and_opens_a_note(watch: Watched) -> None:
    page = opened(watch)
    page.keyboard.press("Tab")
    search = page.get_by_role("combobox", name="Find a note on the map")
    expect(search).to_be_focused()
    page.keyboard.type("ВНИМАНИЕ")
    expect(page.locator("[role=option]")).to_have_count(1)
    expect(page.locator(".vc-map__status")).to_contain_text("1 of 6 shown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("Разреженное внимание")
    assert highlighted(page) == {"memory/sparse.md", "hub.md"}
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{watch.root}memory/sparse/")


def test_a_note_is_found_by_its_other_names(watch: Watched) -> None:
    page = opened(watch)
    page.get_by_role("combobox", name="Find a note on the map").fill("sparse att")
    expect(page.locator("[role=option]")).to_have_count(1)
    expect(page.locator("[role=option]")).to_contain_text("Разреженное внимание")


def test_a_topic_has_the_name_that_the_compiler_gave_it(watch: Watched) -> None:
    page = opened(watch)
    expect(page.locator(".vc-map__legend label").first).to_contain_text("Memory")


def test_the_keyboard_moves_and_zooms_the_map(watch: Watched) -> None:
    page = opened(watch)
    page.locator(".vc-map__stage").focus()
    x, y = place(page, "hub.md")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert place(page, "hub.md")[0] < x - 10
    page.keyboard.press("+")
    page.wait_for_timeout(500)
    assert ratio(page) < 1
    page.keyboard.press("0")
    page.wait_for_timeout(500)
    assert place(page, "hub.md") == pytest.approx((x, y), abs=2)


def test_filters_by_tag_folder_and_topic(watch: Watched) -> None:
    page = opened(watch)
    options = page.locator("[role=option]")
    expect(options).to_have_count(6)
    page.get_by_label("Tag").select_option("system")
    expect(options).to_have_count(2)
    page.get_by_label("Folder").select_option("memory")
    expect(options).to_have_count(1)
    page.get_by_label("Tag").select_option("")
    expect(options).to_have_count(2)
    page.get_by_label("Folder").select_option("")
    page.locator(".vc-map__legend label").filter(has_text="Not written yet").click()
    expect(options).to_have_count(5)


def test_what_is_looked_for_stands_out(watch: Watched) -> None:
    page = opened(watch)
    page.get_by_role("combobox", name="Find a note on the map").fill("cache")
    expect(page.locator("[role=option]")).to_have_count(1)
    assert highlighted(page) == {"memory/cache.md"}


def test_filters_live_in_the_address(watch: Watched) -> None:
    page = opened(watch)
    page.get_by_label("Folder").select_option("memory")
    page.locator(".vc-map__legend label").filter(has_text="Not written yet").click()
    expect(page.locator("[role=option]")).to_have_count(2)
    assert ratio(page) <= 1
    page.reload()
    expect(page.get_by_label("Folder")).to_have_value("memory")
    expect(page.locator("[role=option]")).to_have_count(2)
    expect(page.locator(".vc-map__legend input[value=missing]")).not_to_be_checked()


def test_what_the_configuration_hides_comes_when_asked_for(watch: Watched) -> None:
    page = opened(watch, "hidden")
    expect(page.locator("[role=option]")).to_have_count(4)
    page.get_by_label("also memory").check()
    expect(page.locator("[role=option]")).to_have_count(6)


def chosen(page: Page, **filters: str) -> list[str]:
    """The paths in the list, when the map has these filters."""
    page.locator(".vc-map__more").evaluate("details => details.open = true")
    for label, value in filters.items():
        field = page.get_by_label(label.replace("_", " "), exact=True)
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
            field.press("Tab")
    found: list[str] = page.locator("[role=option]").evaluate_all("rows => rows.map(row => row.title).sort()")
    return found


def test_filters_by_kind_of_link_and_by_what_was_measured(watch: Watched) -> None:
    page = opened(watch)
    assert chosen(page, Links="embed") == ["hub.md", "memory/sparse.md"]
    assert chosen(page, Links="", Status="refuted") == ["memory/cache.md"]
    assert chosen(page, Status="wanted") == ["Unwritten"]
    assert chosen(page, Status="", Topic="Memory") == ["memory/cache.md", "memory/sparse.md"]
    page.reload()
    expect(page.get_by_label("Topic", exact=True)).to_have_value("Memory")
    expect(page.locator("[role=option]")).to_have_count(2)


def test_the_surroundings_of_a_note_and_the_way_to_another(watch: Watched) -> None:
    page = opened(watch)
    around = ["hub.md", "memory/cache.md"]
    assert chosen(page, Around="Cache", Depth="1") == around
    assert sorted(page.evaluate("document.querySelector('[data-vaultc=topic-map]').scene.highlighted")) != []
    page.reload()
    expect(page.get_by_label("Depth")).to_have_value("1")
    expect(page.locator("[role=option]")).to_have_count(2)
    assert chosen(page, Path_to="Unwritten") == ["Unwritten", *around]
    expect(page.locator(".vc-map__status")).to_contain_text("Cache → Hub → Unwritten")
    assert chosen(page, Path_to="Far away")
    expect(page.locator(".vc-map__status")).to_contain_text("no links lead from one to the other")


def test_light_and_dark_are_followed_at_once(watch: Watched) -> None:
    page = opened(watch)
    colour = "document.querySelector('[data-vaultc=topic-map]').scene.sigma.getNodeDisplayData('hub.md').color"
    light = page.evaluate(colour)
    page.evaluate("document.body.setAttribute('data-md-color-scheme', 'slate')")
    page.wait_for_function(f"{colour} !== '{light}'")


def test_a_title_is_text(watch: Watched) -> None:
    page = opened(watch)
    page.mouse.move(*place(page, "hostile.md"))
    expect(page.locator(".vc-map__card")).to_contain_text(HOSTILE)
    expect(page.locator(".vc-map__results")).to_contain_text(HOSTILE)
    expect(page).to_have_title("Map")
    assert page.locator("[data-vaultc=topic-map] img").count() == 0


def test_an_address_can_point_at_a_note(watch: Watched) -> None:
    page = watch.open("map-graph/#note=memory%2Fcache.md")
    expect(page.locator(".vc-map__card")).to_contain_text("Cache")


def test_an_empty_vault_has_a_word_instead_of_a_map(watch: Watched) -> None:
    page = watch.open("map-none/")
    expect(page.locator(".vc-map__note")).to_contain_text("nothing to map yet")


def test_a_graph_of_another_version_says_what_to_do(watch: Watched) -> None:
    page = watch.open("map-newer/")
    expect(page.get_by_role("alert")).to_contain_text("build the site again")
    expect(page.get_by_role("link", name="Hub")).to_be_visible()  # the list that the page has without a script


def test_one_note_alone(watch: Watched) -> None:
    page = opened(watch, "one")
    page.mouse.click(*place(page, "hub.md"))
    expect(page).to_have_url(f"{watch.root}hub/")


def test_ten_thousand_notes(watch: Watched) -> None:
    page = opened(watch, "large")
    expect(page.locator(".vc-map__status")).to_contain_text("10,000 notes · 9,999 links")
    rows, listed = page.locator("[role=option]"), page.locator(".vc-map__results")
    assert rows.count() < 100  # what is not seen is not there
    expect(rows.first).to_have_attribute("aria-setsize", "10000")
    listed.evaluate("list => list.scrollTop = list.scrollHeight")
    expect(rows.last).to_have_attribute("aria-posinset", "10000")
    page.get_by_role("combobox", name="Find a note on the map").press("ArrowUp")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_attribute("aria-posinset", "10000")
    page.get_by_role("combobox", name="Find a note on the map").fill("n9876")
    expect(rows).to_have_count(1)


def test_from_afar_a_click_goes_nearer_and_opens_nothing(watch: Watched) -> None:
    page = opened(watch, "topics")
    page.mouse.click(*place(page, "n40.md"))
    page.wait_for_timeout(500)
    assert ratio(page) < 0.7
    expect(page).to_have_url(f"{watch.root}map-topics/")


def test_without_webgl_the_list_remains(browser: Browser, root: str) -> None:
    with watched(browser, root) as watch:
        watch.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        page = watch.open("map-graph/")
        expect(page.locator(".vc-map__note")).to_contain_text("no WebGL")
        page.locator("[role=option]").filter(has_text="Cache").click()
        expect(page).to_have_url(f"{root}memory/cache/")
