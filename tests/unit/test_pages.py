"""Which page stands where, and how pages lead to each other."""

from __future__ import annotations

import posixpath
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest

from vaultc import pipeline
from vaultc.config import Config, Project
from vaultc.emit.pages import Layout, address, destination, layout
from vaultc.parse import parse
from vaultc.scan import Scan, is_note, source_file

DRAFT = "---\ndraft: true\ntags: [hidden]\n---\n"


def laid(*paths: str, benchmarks: list[str] | None = None, **texts: str) -> Layout:
    """The layout of a vault; `texts` are those of notes at its root, every other path is an empty note or an attachment."""
    files = {**dict.fromkeys(paths, ""), **{f"{name}.md": text for name, text in texts.items()}}
    sources = tuple(source_file(path, text.encode()) for path, text in sorted(files.items()) if is_note(path))
    assets = tuple(path for path in sorted(files) if not is_note(path))
    project = Project(Path("/nowhere"), Config())
    scan = Scan(sources, assets, (), ())
    return layout(pipeline.link(project, scan, lambda every: [parse(source) for source in every]), benchmarks)


@pytest.mark.parametrize(
    ("paths", "pages"),
    [
        (["a.md", "b/c.md"], ["a.md", "b/c.md"]),
        (["index.md", "b/README.md"], ["index.md", "b/README.md"]),
        (["README.md", "index.md"], ["README-2.md", "index.md"]),
        (["b/INDEX.MD", "b/readme.md"], ["b/index.md", "b/README-2.md"]),
        (["a.MD", "a.md"], ["a.md", "a-2.md"]),
        (["a.md", "a/index.md"], ["a.md", "a/index-2.md"]),
        (["LICENSE", "LICENSE.md"], [None, "LICENSE-2.md"]),
        (["a-2.md", "a.MD", "a.md"], ["a-2.md", "a.md", "a-3.md"]),
    ],
)
def test_a_note_keeps_its_path_where_its_address_is_free(paths: list[str], pages: list[str | None]) -> None:
    found = laid(*paths)
    assert [found.notes.get(path) for path in paths] == pages


@pytest.mark.parametrize(
    ("paths", "home"),
    [
        (["README.md", "Start here.md", "Home.md"], "Home.md"),
        (["README.md", "START_HERE.md"], "START_HERE.md"),
        (["README.md", "a.md"], "README.md"),
        (["index.md", "home.md"], "index.md"),  # whose address it is anyhow
        (["deep/Home.md"], None),
    ],
)
def test_the_first_page_is_the_note_that_is_called_so(paths: list[str], home: str | None) -> None:
    found = laid(*paths)
    assert next((path for path, page in found.notes.items() if page == found.folders[""]), None) == home
    assert len(set(found.notes.values())) == len(paths)


def test_the_first_page_is_the_note_that_says_so() -> None:
    found = laid("index.md", a="---\npermalink: /\n---\n", b="---\npermalink: /\ndraft: true\n---\n", Home="")
    assert found.notes == {"a.md": "index.md", "Home.md": "Home.md", "index.md": "index-2.md"}
    assert found.folders[""] == "index.md"


def test_a_draft_has_no_page_and_its_folder_and_tags_neither() -> None:
    found = laid("a.md", secret=DRAFT)
    assert set(found.notes) == {"a.md"} and found.tags == {} and found.tag_index == ""
    assert found.page("secret.md") is None and found.page("secret/") is None


def test_every_folder_has_a_page() -> None:
    found = laid("a/b/c.md", "d/index.md", "d/e/README.md", "f.md", "f/g.md", "pics/p.png")
    assert found.folders == {
        "": "index.md",
        "a": "a/index.md",
        "a/b": "a/b/index.md",
        "d": "d/index.md",
        "d/e": "d/e/README.md",
        "f": "f/index-2.md",
    }
    assert found.generated - {*found.about.values()} == {
        "index.md",
        "a/index.md",
        "a/b/index.md",
        "f/index-2.md",
        "graph.md",
    }
    assert [found.page(path) for path in ("", "/", "a/b/", "d/", "a", "f.md", "pics/")] == [
        "index.md", "index.md", "a/b/index.md", "d/index.md", None, "f.md", None,
    ]  # fmt: skip


def test_a_vault_of_nothing_has_a_home_page() -> None:
    assert laid("p.png").folders == {"": "index.md"}


def test_a_tag_has_a_page_and_so_has_each_above_it() -> None:
    found = laid(a="#One/Two/three #one/four", b="#ONE")
    assert found.tags == {
        "one": "tags/One.md",
        "one/two": "tags/One/Two.md",
        "one/two/three": "tags/One/Two/three.md",
        "one/four": "tags/one/four.md",
    }
    assert found.tag_index == "tags/index.md"


def test_a_deep_tag_has_the_page_of_its_first_eight_parts() -> None:
    assert max(laid(a="#1a/2/3/4/5/6/7/8/9").tags) == "1a/2/3/4/5/6/7/8"


@pytest.mark.parametrize(
    ("taken", "index", "page"),
    [
        (["tags/index.md"], "tags/index-2.md", "tags/index-2/t.md"),
        (["tags/t.md"], "tags/index-2.md", "tags/index-2/t.md"),  # the folder of that note has a page, too
        (["tags.md"], "tags/index-2.md", "tags/index-2/t.md"),
        (["tags"], "tags-2/index.md", "tags-2/t.md"),
        (["tags", "tags-2"], "tags-3/index.md", "tags-3/t.md"),
        (["TAGS"], "tags-2/index.md", "tags-2/t.md"),
        (["tags/t"], "tags/index.md", "tags/t-2.md"),
        (["tags/T", "tags/t-2"], "tags/index.md", "tags/t-3.md"),
    ],
)
def test_pages_of_tags_give_way(taken: list[str], index: str, page: str) -> None:
    found = laid(*taken, a="#t")
    assert (found.tag_index, found.tags) == (index, {"t": page})
    assert index in found.generated and page in found.generated and not found.generated & set(found.notes.values())


def test_pages_about_measurements() -> None:
    found = laid("a.md")
    assert (found.measured, found.claims, found.histories) == ("", "", {})
    found = laid("a.md", benchmarks=[])
    assert (found.measured, found.claims, found.histories) == ("measured/index.md", "measured/claims.md", {})
    found = laid("measured/x.md", "measured", benchmarks=["y/z", "x"])
    assert (found.measured, found.claims) == ("measured-2/index.md", "measured-2/claims.md")
    assert found.histories == {"x": "measured-2/x.md", "y/z": "measured-2/y-z.md"}
    assert laid("measured/x.md", benchmarks=["x"]).histories == {"x": "measured/index-2/x.md"}


@pytest.mark.parametrize("page", ["p.md", "a/p.md", "a/b/p.md", "c/p.md"])
@pytest.mark.parametrize("path", ["n.md", "a/n.md", "a/b/c/n.md", "a/x (1)?.md", 'q/50% #1 [x]*$:&`^{}|\\<>".md'])
def test_a_destination_leads_from_page_to_page(path: str, page: str) -> None:
    written = destination(path, page)
    assert posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(written))) == path
    assert not set(written) & set(' "<>\\^`{|}()[]?#*$:&')
    assert destination(path, page, "a b") == f"{written}#a%20b"


def test_a_destination_on_the_page_itself() -> None:
    assert destination("a/n.md", "a/n.md", "Глава 1") == "#Глава%201"
    assert destination("a/n.md", "a/n.md") == "n.md"


@pytest.mark.parametrize("page", ["index.md", "p.md", "a/index.md", "a/p.md"])
@pytest.mark.parametrize(
    ("path", "place"),
    [("index.md", ""), ("n.md", "n/"), ("a/index.md", "a/"), ("a/n 1.md", "a/n 1/"), ("a/p.png", "a/p.png"), ("p.png", "p.png")],
)  # fmt: skip
def test_an_address_leads_from_page_to_page(path: str, place: str, page: str) -> None:
    here = {"index.md": "", "p.md": "p/", "a/index.md": "a/", "a/p.md": "a/p/"}[page]
    assert unquote(urljoin(f"https://x.example/{here}", address(path, page))) == f"https://x.example/{place}"
