"""Names that notes give, as parts of paths."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultc import disk
from vaultc.emit import emit
from vaultc.emit.write import write
from vaultc.errors import VaultcError
from vaultc.paths import component
from vaultc.session import Session


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("plain", "plain"),
        ("Разреженное внимание", "Разреженное внимание"),
        ("e\u0301te\u0301", "été"),
        ("", "_"),
        (".", "_"),
        ("..", "_"),
        (" . ", "_"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("/etc/passwd", "-etc-passwd"),
        ("C:\\x", "C-x"),
        ("a\0b\nc\u2028d", "a-b-c-d"),
        ("a\ud800b", "a-b"),
        (".hidden", "hidden"),
        ("ends. . ", "ends"),
        ("CON", "CON_"),
        ("con.txt", "con_.txt"),
        ("com¹ .x", "com¹_ .x"),
        ("console", "console"),
        ("what? *<all>*", "what- -all-"),
    ],
)
def test_a_name_becomes_one_component_that_every_system_takes(text: str, name: str) -> None:
    assert component(text) == name


def test_long_names_that_differ_at_their_end_stay_apart() -> None:
    one, two = component("д" * 300 + "a"), component("д" * 300 + "b")
    assert one != two and one.startswith("д" * 95) and two.startswith("д" * 95)
    assert 195 <= len(one.encode()) <= 200 and 195 <= len(two.encode()) <= 200
    assert component("д" * 100) == "д" * 100 and component("д" * 101) != "д" * 101


@given(st.text(st.characters(exclude_categories=())), st.integers(20, 200))
def test_no_text_makes_anything_but_a_component(text: str, longest: int) -> None:
    name = component(text, longest)
    assert component(text, longest) == name
    assert 0 < len(name.encode()) <= longest
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name) and name[0] != "." and name[-1] not in ". "
    assert disk.inside(Path("/nowhere"), name) == Path("/nowhere") / name


HOSTILE = [
    "../../../../../notes/todo",
    "..",
    ".",
    "/inbox",
    "a//b/",
    "x/../../y",
    "nul",
    "a\\0b",
    "c:d",
    "c?d",
    "Foo.",
    "foo ",
    "index",
    "README",
    "z" * 400,
    "z" * 399 + "y",
    "/".join("n" * 300),
]


def test_tags_become_pages_inside_the_object_folder_each_its_own(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    quoted = ", ".join(f'"{tag}"' for tag in HOSTILE)
    (vault / "a.md").write_text(f"---\ntags: [{quoted}]\n---\n# A\n", encoding="utf-8")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/todo.md").write_text("mine", encoding="utf-8")
    emitted = emit(Session.open(vault).vault, tmp_path / "build/cache/x/docs")
    assert (tmp_path / "notes/todo.md").read_text(encoding="utf-8") == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"vault", "notes", "build"}
    pages = list(emitted.layout.tags.values())
    assert len({page.casefold() for page in pages}) == len(pages) > len(HOSTILE)
    assert all(page.startswith("tags/") and len(page.encode()) < 800 for page in pages)
    assert all((emitted.folder / page).is_file() for page in pages)
    assert {"inbox", "a", "a/b", "..", "c:d", "c?d"} <= set(emitted.layout.tags)


def test_two_tags_that_differ_in_what_a_path_cannot_hold_have_two_pages(tmp_path: Path) -> None:
    for name, tag in (("one", "c:d"), ("two", "c?d")):
        (tmp_path / f"{name}.md").write_text(f'---\ntags: ["{tag}"]\n---\n# {name}\n', encoding="utf-8")
    emitted = emit(Session.open(tmp_path).vault, tmp_path.parent / f"{tmp_path.name}-docs")
    one, two = ((emitted.folder / emitted.layout.tags[tag]).read_text(encoding="utf-8") for tag in ("c:d", "c?d"))
    assert "one.md" in one and "two.md" not in one
    assert "two.md" in two and "one.md" not in two


def test_an_attachment_keeps_its_place_and_pages_give_way(tmp_path: Path) -> None:
    """A file without an extension stands where a page's folder would."""
    vault = tmp_path / "vault"
    vault.mkdir()
    for name in ("LICENSE", "tags", "measured", "graph"):
        (vault / name).write_text(name, encoding="utf-8")
    (vault / "LICENSE.md").write_text(
        "---\ntags: [t]\n---\n# L\n\n[a](LICENSE) [b](tags) [c](measured) [d](graph)\n", encoding="utf-8"
    )
    emitted = emit(Session.open(vault).vault, tmp_path / "docs")
    assert (tmp_path / "docs/tags").read_text(encoding="utf-8") == "tags"
    assert emitted.layout.notes["LICENSE.md"] == "LICENSE-2.md"
    assert emitted.layout.tags == {"t": "tags-2/t.md"} and emitted.layout.graph == "graph-2.md"


@pytest.mark.parametrize("name", ["CACHEDIR.TAG", "404.html", "CNAME", "feed.xml", "sitemap.xml", "graph.json"])
def test_no_page_takes_the_place_of_a_file_of_the_site(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.md").write_text("# A\n", encoding="utf-8")
    (tmp_path / "b.md").write_text(f"[[{name}]]\n", encoding="utf-8")
    emitted = emit(Session.open(tmp_path).vault, tmp_path.parent / f"{tmp_path.name}-docs")
    assert emitted.layout.notes[f"{name}.md"] == f"{name}-2.md"
    assert f"({name}-2.md)" in (emitted.folder / "b.md").read_text(encoding="utf-8")


def test_the_writer_refuses_besides(tmp_path: Path) -> None:
    for name in ("../x.md", "/x.md", "a/../../x.md", "a//b.md"):
        with pytest.raises(VaultcError, match="no path inside"):
            write(tmp_path / "docs", {name: "text"}, ())
        with pytest.raises(VaultcError, match="no path inside"):
            write(tmp_path / "docs", {}, [(name, Path(__file__))])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["CACHEDIR.TAG", "docs"]
