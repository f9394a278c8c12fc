"""One vault, two generators: the same object files, the same pages, the same care."""

from __future__ import annotations

import html
import json
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin
from xml.etree import ElementTree

import pytest
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from tests.frontends.test_build import run, write
from tests.frontends.test_trust import MKDOCS, RUNS, TEMPLATE
from tests.unit.results.site import Element, fence, parsed, point, vault
from tests.unit.results.site import run as measured
from vaultc import faults
from vaultc.bench.records.model import Claim
from vaultc.config import locate
from vaultc.errors import VaultcError
from vaultc.publish import guarded, zensical
from vaultc.publish.engine import Target, engine

needed = pytest.mark.skipif(find_spec("zensical") is None, reason="missing tool: zensical (pip install zensical)")

NOTES = {
    "index.md": "---\ntitle: 'Home & <b>away</b>'\n---\n[[Память]], [[gpu/cores#Rate|the rate]], [[nobody]]\n\n![[gpu/cores#Rate]]\n\n![[dot.png|40]]\n",
    "gpu/cores.md": """---
aliases: [Tensor cores]
summary: They multiply.
tags: [gpu/cores, x]
---
Formula $a^2 < b$ and [[index]]. ==marked== ~~gone~~ https://example.org H<sub>2</sub>O[^1]

## Rate

$$
e^{i\\pi} + 1 = 0
$$

| a | b |
|:--|--:|
| 1 | [[Память\\|mem]] |

## Tasks {.x}

- [ ] open *task*
- [x] done
  - nested
1. one

> [!warning]- Folded
> body [[index]]

> [!своё] Unknown
> > quote

```python
print("[[no link]]")
```

```mermaid
graph LR; A-->B
```

[^1]: The note.
""",
    "Память.md": "# Память\n\nОт [[Tensor cores]]. <b onclick='x()'>b</b> <script>canary()</script> [x](javascript:canary())\n\n## <span title='a id=z'>x \" onmouseover=canary() y</span>\n",
    "gpu/README.md": "# Folder\n\n[[cores]]\n",
    "raw/Readme.md": "# In other letters\n\n<a href='x y/'>x</a>\n",
    "raw/x y.md": """# Raw

Line <a href="../gpu/?q#x">one</a> <a href=z/>two</a> <a href="#raw">three</a> <a href='/four'>four</a> `<a href="five">`

<p title=' href="six"'><img src="../dot.png" srcset="a.png 1x, ../b.png 2x"> <a href="https://example.org">seven</a>
<a href="">eight</a></p>

[[raw/Readme]]
""",
    "a-b & <i>/n.md": "# N\n\n" + fence("b"),
    "secret.md": "---\npublish: false\n---\n# Geheimnis\n\n[[index]]\n",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="module")
def env(place: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(place / "home"), "XDG_CACHE_HOME": str(place / "home/cache"), "NO_COLOR": "1"}


@pytest.fixture(scope="module")
def sites(place: Path, env: dict[str, str]) -> dict[str, Path]:
    """The sites of one vault by the generator that made them."""
    points = [point(1e-6 * n**2, n=n, kind=kind) for n in (256, 512, 1024) for kind in ("naive", "fused")]
    root = vault(place, NOTES, measured(*points, claims=(Claim("It holds.", "confirmed", "slope 2"),)))
    (root / "dot.png").write_bytes(b"png")
    (root / "vaultc.toml").write_text('search = "theme"\n', encoding="utf-8")  # what both engines have
    before: dict[str, bytes] = {}
    for name in ("mkdocs", "zensical"):
        done = run(env, "build", root, "--site-dir", place / name, "--engine", name, cwd=place)
        assert done.returncode == 0, done.stderr
        objects = contents(root / "build/docs")
        assert objects and before in ({}, objects)
        before = objects
    return {name: place / name for name in ("mkdocs", "zensical")}


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def pages(site: Path) -> set[str]:
    return {p.relative_to(site).as_posix() for p in site.rglob("*.html")} - {"404.html"}


def article(site: Path, name: str) -> Element:
    text = (site / name).read_text(encoding="utf-8")
    found = re.search(r"<article[^>]*>(.*)</article>", text, re.DOTALL)
    assert found
    return parsed(re.sub(r'<a id="__skip"[^>]*></a>', "", found[1]))


def plain(node: Element | str, page: str) -> Any:
    """A tree to compare: text without the space around it, whole addresses, nothing that only an indexer reads."""
    if isinstance(node, str):
        return " ".join(node.split())
    given = {key: value for key, value in node.attributes.items() if key != "data-search-exclude"}

    def whole(address: str) -> str:
        return unquote(urljoin(f"https://site/a/b/c/d/{page}", address)).removesuffix("index.html")

    for key in {"href", "src", "data-graph"} & given.keys():
        given[key] = whole(given[key])
    if "srcset" in given:
        given["srcset"] = " ".join(whole(picture.split()[0]) for picture in given["srcset"].split(","))
    inside = [plain(child, page) for child in node.children]
    return node.name, given, [child for child in inside if child]


@needed
def test_both_make_the_same_pages(sites: dict[str, Path]) -> None:
    ours, theirs = sites["mkdocs"], sites["zensical"]
    assert pages(ours) == pages(theirs)
    kinds = set()
    for name in sorted(pages(ours)):
        here = article(ours, name)
        assert plain(here, name) == plain(article(theirs, name), name), name
        kinds |= {e.attributes.get("data-vaultc") for e in here} | {e.name for e in here}
        kinds |= {word for e in here for word in e.attributes.get("class", "").split()}
    assert kinds >= {"embed", "backlinks", "results", "summary", "tags", "topic-map", "svg", "table", "h2", "details"}
    assert kinds >= {"arithmatex", "mermaid", "task-list-item", "warning", "footnote", "vaultc-unresolved", "highlight"}


@needed
def test_both_have_the_same_navigation_and_contents(sites: dict[str, Path]) -> None:
    def rows(site: Path, name: str) -> list[tuple[str, ...]]:
        text = (site / name).read_text(encoding="utf-8")
        found = re.findall(
            r'vc-nav--(\w+)" data-depth="(\d+)">.*?<a href="([^"]*)" class="md-nav__link[^"]*"[^>]*><span class="md-ellipsis">(.*?)</span>',
            text,
            re.DOTALL,
        )
        assert found
        return [
            (kind, depth, unquote(urljoin(f"/{name}", href)).removesuffix("index.html"), text.replace("&#x2f;", "/"))
            for kind, depth, href, text in found
        ]

    for name in sorted(pages(sites["mkdocs"])):
        assert rows(sites["mkdocs"], name) == rows(sites["zensical"], name), name


@needed
def test_both_have_the_same_graph_previews_and_files(sites: dict[str, Path]) -> None:
    ours, theirs = contents(sites["mkdocs"]), contents(sites["zensical"])
    shared = [name for name in ours if name.startswith("assets/vaultc/") or name.endswith((".json", ".png", "xml.gz"))]
    shared = [name for name in shared if not name.startswith(("search/", "assets/images/"))]
    assert any("/preview/" in name for name in shared)
    assert {name for name in shared if ours[name] != theirs.get(name)} == set()
    assert b"canary" not in theirs["search.json"] or b"<script" not in theirs["search.json"]
    for text in theirs.values():
        assert b"Geheimnis" not in text


@needed
def test_nothing_of_a_note_runs(sites: dict[str, Path]) -> None:
    text = (sites["zensical"] / "Память/index.html").read_text(encoding="utf-8")
    assert "canary()</script" not in text and "onclick" not in text and "javascript:canary" not in text
    for tag in re.findall(r"<[a-z][^>]*>", text):
        assert not re.search(r"""[\s"']on\w+=""", tag)
    whole = (sites["zensical"] / "index.html").read_text(encoding="utf-8")
    assert "A b &amp; &lt;i&gt;" in whole and "<i>" not in whole and "<b>away" not in whole


@needed
def test_search_finds_the_same_places(sites: dict[str, Path]) -> None:
    ours = json.loads((sites["mkdocs"] / "search/search_index.json").read_text(encoding="utf-8"))["docs"]
    theirs = json.loads((sites["zensical"] / "search.json").read_text(encoding="utf-8"))["items"]
    places = [[unquote(entry["location"]) for entry in entries] for entries in (ours, theirs)]
    assert "gpu/cores/#rate" in places[0] and sorted(places[0]) == sorted(places[1])


@needed
def test_what_is_kept_makes_the_site_that_a_clean_build_makes(tmp_path: Path, env: dict[str, str]) -> None:
    notes = {
        "a.md": "# A\n\n[[b]] ![[c]]\n",
        "b.md": "# B\n\ntext\n",
        "x/c.md": "# C\n\nHeimlich\n",
        "x/d.md": "# D\n",
    }
    root, site = write(tmp_path / "notes", {**notes, "vaultc.toml": ""}), tmp_path / "site"
    build = ("build", root, "--site-dir", site, "--engine", "zensical")
    steps: list[dict[str, str]] = [
        {},
        {"b.md": "# B two\n\nother [[d]]\n"},
        {"x/e.md": "# E\n\n[[a]]\n", "x/c.md": "---\ndraft: true\n---\n# C\n\nHeimlich\n"},
        {"vaultc.toml": 'site_name = "Other & one"\nlanguage = "ru"\n'},
    ]
    for step in steps:
        write(root, step)
        assert run(env, *build, cwd=tmp_path).returncode == 0
    made = contents(site)
    assert "Other &amp; one" in made["x/e/index.html"].decode() and "x/c/index.html" not in made
    kept = contents(tmp_path) | contents(Path(env["XDG_CACHE_HOME"]))
    assert [name for name, text in kept.items() if b"Heimlich" in text] == ["notes/x/c.md"]
    assert "nothing changed" in run(env, *build, cwd=tmp_path).stderr
    assert run(env, *build, "--clean", cwd=tmp_path).returncode == 0
    assert contents(site) == made


@needed
def test_nothing_of_a_strangers_project_runs(tmp_path: Path, env: dict[str, str]) -> None:
    project = write(
        tmp_path / "project",
        {
            "notes/a.md": "# A\n\n[[b]]\n",
            "notes/drafts/c.md": "# C\n",
            "notes/b.md": "# B\n\n<b onclick='x()'>bold</b>\n",
            "vaultc.toml": 'vault = "notes"\nhtml = "trusted"\nengine = "zensical"\n',
            "mkdocs.yml": MKDOCS.replace("MARK2", str(tmp_path / "mark")) + "exclude_docs: drafts/\n",
            "tools/hook.py": RUNS.format(tmp_path / "mark"),
            "theme/main.html": TEMPLATE,
            **dict.fromkeys(("zensical.py", "markdown.py", "sitecustomize.py"), RUNS.format(tmp_path / "mark")),
            "zensical.toml": "[project]\nsite_name = 'X'\n",
        },
    )
    for trusted in ([], ["--trust"]):
        done = run(env, "build", ".", *trusted, cwd=project)
        assert done.returncode == 0, done.stderr
        text = (project / "public/b/index.html").read_text(encoding="utf-8")
        assert not (tmp_path / "mark").exists() and "FROM THE TEMPLATE" not in text
        assert ("onclick" in text) == bool(trusted)
        assert "<title>B · P &amp; &lt;b&gt;Q&lt;/b&gt;</title>" in text.replace("&#x2f;", "/")
        assert not (project / "public/drafts/c").exists()
        said = [line for line in done.stderr.splitlines() if "zensical does not heed" in line]
        assert len(said) == 1
        for name in ("hooks", "theme.custom_dir", "plugins.tags"):
            assert name in said[0]


@needed
def test_a_build_that_fails_leaves_the_last_site(tmp_path: Path, env: dict[str, str]) -> None:
    root, site = write(tmp_path / "p", {"a.md": "# A\n", "vaultc.toml": 'engine = "zensical"\n'}), tmp_path / "site"
    write(site, {".git/HEAD": "ref", "CNAME": "example.org"})
    assert run(env, "build", root, "--site-dir", site, cwd=tmp_path).returncode == 0
    before = contents(site)
    assert before["CNAME"] == b"example.org" and before[".git/HEAD"] == b"ref" and "a/index.html" in before
    write(root, {"vaultc.toml": 'engine = "zensical"\nlanguage = "zz"\n'})
    done = run(env, "build", root, "--site-dir", site, cwd=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert "does not know the language zz" in done.stderr and "--engine mkdocs" in done.stderr
    assert contents(site) == before and {path.name for path in tmp_path.iterdir()} == {"p", "site"}
    write(tmp_path / "mine", {"letter": "mine"})
    write(root, {"vaultc.toml": 'engine = "zensical"\n'})
    done = run(env, "build", root, "--site-dir", tmp_path / "mine", cwd=tmp_path)
    assert done.returncode == 2 and "did not write" in done.stderr
    assert contents(tmp_path / "mine") == {"letter": b"mine"}


@needed
@pytest.mark.parametrize("name", ["back\\slash.md", "back\\slash.png"])
def test_a_name_that_zensical_cannot_read_is_the_one_that_is_named(
    tmp_path: Path, env: dict[str, str], name: str
) -> None:
    write(tmp_path, {name: "text", "A.md": f"![[{name}]]\n"})
    failed = run(env, "build", tmp_path, "--engine", "zensical", cwd=tmp_path)
    assert failed.returncode == 2 and f"rename {name}" in failed.stderr


def test_without_zensical_one_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zensical, "find_spec", lambda name: None)
    with pytest.raises(VaultcError, match=re.escape("pip install 'vaultc[zensical]'")):
        engine("zensical", locate(tmp_path), Target())


@pytest.mark.parametrize("engine", ["mkdocs", pytest.param("zensical", marks=needed)])
def test_a_site_with_an_address_has_a_feed_and_tells_others_what_it_is(
    engine: str, tmp_path: Path, env: dict[str, str]
) -> None:
    notes = write(
        tmp_path / "notes",
        {
            "a b.md": "---\nupdated: 2024-03-01\ntitle: 'A & \"B\"'\nsummary: Of <letters>\n---\nText [[c]]\n",
            "c.md": "---\nupdated: 2025-03-01\n---\n# C\n",
            "p.md": "---\nupdated: 2026-01-01\npublish: false\n---\n# Private\n",
        },
    )
    asked = {**env, "VAULTC_SITE_URL": "https://example.org/w"}
    assert run(asked, "build", notes, "--engine", engine, cwd=tmp_path).returncode == 0
    site = tmp_path / "build/site"
    feed = ElementTree.parse(site / "feed.xml").getroot()
    told = [[part.text or part.get("href") for part in entry] for entry in feed.iterfind("{*}entry")]
    first, second = "https://example.org/w/c/", "https://example.org/w/a%20b/"
    assert told == [
        ["C", first, "2025-03-01T00:00:00Z", first],
        ['A & "B"', second, "2024-03-01T00:00:00Z", second, "Of <letters>"],
    ]
    assert second in [place.text for place in ElementTree.parse(site / "sitemap.xml").iterfind("{*}url/{*}loc")]
    page = (site / "a b/index.html").read_text(encoding="utf-8")
    card = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
    assert html.unescape(card["title"]) == 'A & "B"' and html.unescape(card["description"]) == "Of <letters>"
    assert card["url"] == second and 'href="../feed.xml"' in page
    before = contents(site)
    assert run(asked, "build", notes, "--engine", engine, "--clean", cwd=tmp_path).returncode == 0
    assert contents(site) == before
    assert run(env, "build", notes, "--engine", engine, cwd=tmp_path).returncode == 0
    assert not (site / "feed.xml").exists() and "og:title" not in (site / "c/index.html").read_text(encoding="utf-8")
    assert run(env, "build", notes, "--site-url", "javascript:x", cwd=tmp_path).returncode == 2


class _Raises(Extension, Preprocessor):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.preprocessors.register(self, "raises", 500)

    def run(self, lines: list[str]) -> list[str]:
        raise RecursionError('too "deep"')


def test_a_page_that_cannot_be_rendered_shows_its_markdown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "fatal", False)
    page = Markdown(extensions=[_Raises(), guarded.__name__]).convert("a <script> [[b]]")
    assert "a &lt;script&gt; [[b]]" in page
    found = guarded.fault(f"<html>{page}</html>", "n.md")
    assert found and (found.code, found.path) == ("VC006", "n.md") and 'too "deep"' in found.message
    assert guarded.fault(Markdown(extensions=[guarded.__name__]).convert("*a*"), "n.md") is None
