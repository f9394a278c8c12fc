"""The side navigation stays small on a large site, and leads everywhere that matters."""

from __future__ import annotations

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page

from vaultc.publish.sidebar import BESIDE, Row, Sidebar


def site(*paths: str) -> tuple[Sidebar, dict[str, Page]]:
    config = MkDocsConfig()
    config.load_dict({"site_name": "test", "plugins": []})
    config.validate()
    files = Files([File(path, src_dir=None, dest_dir="out", use_directory_urls=True) for path in paths])
    nav = get_navigation(files, config)
    return Sidebar(nav), {page.file.src_path: page for page in nav.pages}


def urls(rows: list[Row]) -> list[tuple[int, str]]:
    return [(row.depth, row.url) for row in rows]


def test_only_the_folders_above_a_page_are_open() -> None:
    sidebar, pages = site(
        "index.md", "a/index.md", "a/one.md", "a/deep/index.md", "a/deep/two.md", "b/index.md", "b/x.md"
    )
    assert urls(sidebar(pages["a/deep/two.md"])) == [
        (0, ""),
        (0, "a/"),
        (1, "a/one/"),
        (1, "a/deep/"),
        (2, "a/deep/two/"),
        (0, "b/"),
    ]
    assert urls(sidebar(pages["index.md"])) == [(0, ""), (0, "a/"), (0, "b/")]


def test_one_row_is_the_page_itself() -> None:
    sidebar, pages = site("index.md", "a/index.md", "a/one.md", "a/two.md")
    for page in pages.values():
        assert [row.url for row in sidebar(page) if row.active] == [page.url]


def test_a_folder_with_an_index_is_named_once() -> None:
    sidebar, pages = site("index.md", "a/index.md", "a/one.md")
    assert [row.url for row in sidebar(pages["a/one.md"])].count("a/") == 1


def test_a_folder_without_an_index_leads_to_its_first_page() -> None:
    sidebar, pages = site("index.md", "a/b/one.md")
    assert ("a/b/one/", "folder") in {(row.url, row.kind) for row in sidebar(pages["index.md"])}


def test_a_page_outside_the_navigation_gets_the_top() -> None:
    sidebar, _ = site("index.md", "a/index.md")
    assert urls(sidebar(None)) == [(0, ""), (0, "a/")]


@pytest.mark.parametrize("place", [0, 700, 1999])
def test_rows_do_not_grow_with_the_folder(place: int) -> None:
    names = [f"a/{number:04}.md" for number in range(2000)]
    sidebar, pages = site("index.md", "a/index.md", *names)
    rows = sidebar(pages[names[place]])
    assert len(rows) <= 2 * BESIDE + 5
    assert [row.url for row in rows if row.active] == [f"a/{place:04}/"]
    shown = sum(row.kind == "page" and row.depth == 1 for row in rows)
    assert [(row.title, row.url) for row in rows if row.kind == "more"] == [(f"{2000 - shown} more", "a/")]
