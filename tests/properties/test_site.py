"""A site after any edits equals, byte for byte, the one that a clean build makes of the same files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vaultc.frontends.cli import cli
from vaultc.publish import site

NAMES = ("a", "b", "dir/c", "dir/deep/d", "index", "Имя")
links = st.sampled_from(
    [
        "[[a]]",
        "[[b|words]]",
        "[[c#One]]",
        "![[d]]",
        "![[a#Two]]",
        "[[Имя]]",
        "![[p.png]]",
        "[t](dir/c.md)",
        "[[gone]]",
        "[[alias]]",
    ]
)
words = st.sampled_from(["# Title", "## One", "## Two", "text. More", "#tag", "- item", "```\ncode\n```", "a^[x] ^id"])
heads = st.sampled_from(
    ["", "title: T", "aliases: [alias]", "draft: true", "summary: S", "tags: [x/y]", "title: '<i>&'"]
)
notes = st.builds(
    lambda head, body: (f"---\n{head}\n---\n" if head else "") + "\n\n".join(body) + "\n",
    head=heads,
    body=st.lists(words | links, max_size=5),
)
files = st.dictionaries(st.sampled_from([f"notes/{name}.md" for name in NAMES]), notes, min_size=1)
configurations = st.sampled_from(
    ["", "site_url: https://example.org/x/", "copyright: C", "theme: {name: material, features: [navigation.footer]}"]
)
edits = st.one_of(
    st.tuples(st.just("write"), st.sampled_from([f"notes/{name}.md" for name in NAMES]), notes),
    st.tuples(st.just("delete"), st.sampled_from([f"notes/{name}.md" for name in NAMES]), st.just("")),
    st.tuples(st.just("rename"), st.sampled_from([f"notes/{name}.md" for name in NAMES]), st.sampled_from(["notes/new.md", "notes/dir/e.md"])),
    st.tuples(st.just("write"), st.just("notes/p.png"), st.sampled_from(["one", "two"])),
    st.tuples(st.just("configure"), st.just("mkdocs.yml"), configurations),
    st.tuples(st.just("write"), st.just("theme/partials/copyright.html"), st.sampled_from(["<p>one</p>", "<p>{{ page.title }}</p>"])),
    st.tuples(st.just("write"), st.just("theme/main.html"), st.just("{% extends 'base.html' %}{% block announce %}news{% endblock %}")),
    st.tuples(st.just("tamper"), st.just("site/a/index.html"), st.just("x")),
)  # fmt: skip


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(text.encode("utf-8", "surrogatepass"))


def configure(root: Path, more: str) -> None:
    theme = "" if "theme:" in more else "theme: {name: material, custom_dir: theme}\n"
    write(
        root, "mkdocs.yml", f"site_name: P\ndocs_dir: notes\nsite_dir: site\nplugins: [search, vaultc]\n{theme}{more}\n"
    )


def change(root: Path, kind: str, name: str, value: str) -> None:
    path = root / name
    if kind == "configure":
        configure(root, value)
    elif kind == "write":
        write(root, name, value)
    elif kind == "delete":
        path.unlink(missing_ok=True)
    elif kind == "rename" and path.exists():
        (root / value).parent.mkdir(parents=True, exist_ok=True)
        path.replace(root / value)
    elif kind == "tamper" and path.exists():
        path.write_text(value, encoding="utf-8")


def build(root: Path) -> None:
    done = CliRunner().invoke(cli, ["build", str(root), "--trust"], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def clean(root: Path, other: Path) -> dict[str, bytes]:
    """The site of a copy that was never built."""
    shutil.copytree(root, other, ignore=shutil.ignore_patterns("build", "site"))
    build(other)
    return contents(other / "site")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with mock.patch("warnings.warn"):
        yield


@settings(max_examples=int(os.environ.get("VAULTC_SITE_EXAMPLES", "6")), suppress_health_check=list(HealthCheck))
@given(files, st.lists(edits, min_size=2, max_size=4), st.booleans())
@example(
    {"notes/a.md": "text\n"},
    [("write", "theme/partials/copyright.html", text) for text in ("one", "<p>{{ page.title }}</p>")],
    True,
)  # a template that comes to lie in front of another, and changes
def test_a_site_follows_its_edits(vault: Mapping[str, str], later: list[tuple[str, str, str]], large: bool) -> None:
    """A `large` site with few new files is made of the one before the last."""
    with (
        mock.patch.object(site, "_MANY", 0 if large else site._MANY),
        tempfile.TemporaryDirectory() as name,
        mock.patch.dict(os.environ, XDG_CACHE_HOME=f"{name}/cache"),
    ):
        root = Path(name, "project")
        for path, text in {
            "vaultc.toml": 'vault = "notes"\n',
            "theme/x.txt": "",
            "notes/keep.md": "[[a]]",
            **vault,
        }.items():
            write(root, path, text)
        configure(root, "")
        build(root)
        for number, (kind, path, value) in enumerate(later):
            change(root, kind, path, value)
            build(root)
            assert contents(root / "site") == clean(root, Path(name, f"clean{number}", "project"))
