"""`vaultc build`, `mkdocs build` and `vaultc serve` in processes of their own, on vaults written here."""

import filecmp
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
VAULT = {
    "Один.md": "---\ntags: [тема/часть]\n---\n# Один\n\nСмотри [[two#Раздел|второй]]. И ![[two#Раздел]]\n\n![[p.png|30]] [[нет такой]]\n",
    "area/two.md": "# Two\n\n> [!неизвестный] Слово\n> text\n\n## Раздел\n\n- a\n  - b [[Один]]\n\n%% hidden words %%\n",
    "area/private.md": "---\ndraft: yes\ntitle: Geheimnis\n---\n# Geheimnis\n\n![[secret.png]] [[two]]\n",
    "p.png": "png",
    "secret.png": "png",
}


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose cache folder is empty."""
    return {
        **os.environ,
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "home/cache"),
        "NO_COLOR": "1",
    }


def run(
    env: Mapping[str, str], *arguments: str | Path, cwd: Path, program: str = "vaultc"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / program, *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=240
    )


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_strangers_vault_becomes_a_site_and_stays_as_it_was(tmp_path: Path, home: dict[str, str]) -> None:
    notes = write(tmp_path / "notes", VAULT)
    before = tree(notes)
    done = run(home, "build", notes, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "VC201" in done.stdout
    assert tree(notes) == before
    site = tmp_path / "build/site"
    pages = tree(site)
    assert {"index.html", "area/index.html", "graph/index.html", "graph.json", "tags/index.html", "p.png"} <= pages
    one = (site / "Один/index.html").read_text(encoding="utf-8")
    assert 'href="../area/two/#раздел">второй</a>' in one
    assert 'id="раздел"' in (site / "area/two/index.html").read_text(encoding="utf-8")
    assert 'class="vaultc-unresolved"' in one
    assert re.search(r'<img[^>]*src="\.\./p\.png"[^>]*width="30"', one)
    assert 'data-vaultc="embed"' in one
    assert "Смотри" in (site / "area/two/index.html").read_text(encoding="utf-8")  # the sentence around the link


def test_what_is_not_published_is_nowhere_in_the_site(tmp_path: Path, home: dict[str, str]) -> None:
    notes = write(tmp_path / "notes", {**VAULT, "x.md": "[[private]] and [[area/private|that]] ![[private]]\n"})
    assert run(home, "build", notes, cwd=tmp_path).returncode == 0
    site = tmp_path / "build/site"
    assert "secret.png" not in tree(site)
    for path in site.rglob("*"):
        if path.suffix in (".html", ".json", ".xml") and "assets" not in path.parts:
            text = path.read_text(encoding="utf-8")
            assert "Geheimnis" not in text, path
            assert "area/private" not in text, path
            assert "hidden words" not in text, path
    assert ">that</span>" in (site / "x/index.html").read_text(encoding="utf-8")


def test_mkdocs_alone_builds_the_same_tree(tmp_path: Path, home: dict[str, str]) -> None:
    project = write(
        tmp_path / "project",
        {
            **{f"notes/{name}": text for name, text in VAULT.items()},
            "vaultc.toml": 'vault = "notes"\n',
            "mkdocs.yml": "site_name: P\ndocs_dir: notes\nsite_dir: build/site\ntheme: {name: material}\nplugins: [search, vaultc]\n",
        },
    )
    ours = run(home, "build", ".", "--site-dir", tmp_path / "ours", cwd=project)
    assert ours.returncode == 0, ours.stderr
    theirs = run(home, "build", "--site-dir", tmp_path / "theirs", cwd=project, program="mkdocs")
    assert theirs.returncode == 0, theirs.stderr
    assert "notes/Один.md:8:15: error VC201 unresolved-link" in theirs.stderr
    assert tree(tmp_path / "ours") == tree(tmp_path / "theirs")
    _, differing, odd = filecmp.cmpfiles(tmp_path / "ours", tmp_path / "theirs", tree(tmp_path / "ours"), shallow=False)
    assert (differing, odd) == ([], [])


def test_folders_and_tags_of_any_depth_are_built(tmp_path: Path, home: dict[str, str]) -> None:
    deep = "/".join(["d"] * 300)
    write(tmp_path / "notes", {f"{deep}/n.md": "# N\n\n[[a]] #t/" + "/".join("u" * 300), "a.md": f"[[{deep}/n]]\n"})
    done = run(home, "build", "notes", "--site-dir", "site", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / deep / "n/index.html").is_file()


@pytest.mark.parametrize("trust", [(), ("--trust",)])
def test_no_page_asks_for_fonts_whatever_the_project_says(
    tmp_path: Path, home: dict[str, str], trust: tuple[str, ...]
) -> None:
    theme = "theme: {name: material, font: {text: Roboto, code: Roboto Mono}}"
    config = f"site_name: P\ndocs_dir: notes\nsite_dir: site\nplugins: [vaultc]\n{theme}\n"
    write(tmp_path / "p", {"mkdocs.yml": config, "vaultc.toml": 'vault = "notes"\n', "notes/a.md": "# A\n"})
    assert run(home, "build", *trust, cwd=tmp_path / "p").returncode == 0
    page = (tmp_path / "p/site/a/index.html").read_text(encoding="utf-8")
    assert "<h1" in page and "fonts.g" not in page and "Roboto" not in page


def test_strict_stops_on_errors_and_on_nothing_else(tmp_path: Path, home: dict[str, str]) -> None:
    clean = write(
        tmp_path / "clean", {"a.md": "# A\n\n[[b]] [[B title]]\n", "b.md": "---\ntitle: B title\n---\n[[a]]\n"}
    )
    assert run(home, "build", clean, "--strict", cwd=tmp_path).returncode == 0
    good = (tmp_path / "build/site/a/index.html").read_bytes()
    (clean / "a.md").write_text("# A\n\n[[gone]]\n", encoding="utf-8")
    done = run(home, "build", clean, "--strict", cwd=tmp_path)
    assert done.returncode == 1
    assert "VC201" in done.stdout
    assert (tmp_path / "build/site/a/index.html").read_bytes() == good


def test_embeds_that_multiply_are_bounded(tmp_path: Path, home: dict[str, str]) -> None:
    notes = {f"n{i}.md": f"# N{i}\n\n![[n{i + 1}]]\n\ntext\n\n![[n{i + 1}]]\n" for i in range(30)}
    vault = write(tmp_path / "notes", {**notes, "n30.md": "# end\n\n![[n30]]\n"})
    done = run(home, "build", vault, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "VC208" in done.stdout
    assert max(path.stat().st_size for path in (tmp_path / "build/site").glob("n*/index.html")) < 400_000


def test_titles_are_data_everywhere(tmp_path: Path, home: dict[str, str]) -> None:
    evil = "</title><script>alert(1)</script><img src=x onerror=alert(2)>"
    notes = {
        "a.md": f"---\ntitle: {json.dumps(evil)}\nsummary: {json.dumps(chr(34) + evil)}\ntags: ['<b>x']\n---\n[[b]]\n",
        "b.md": f"[[a]] [[a|{evil}]] [[{evil.replace('/', '')}]]\n\n![[p.png|{evil.replace('|', '')}]]\n",
        "<i>/c.md": "# C\n",
        "p.png": "",
    }
    done = run(home, "build", write(tmp_path / "notes", notes), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for path in (tmp_path / "build/site").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert "<i>" not in text, path


def test_generated_pages_give_way_to_notes(tmp_path: Path, home: dict[str, str]) -> None:
    notes = {
        "graph.md": "# My graph\n\n#t\n",
        "tags/index.md": "# My tags\n",
        "tags/t.md": "# About t\n",
        "area.md": "# The note area\n",
        "area/x.md": "[[graph]]\n",
        "README.md": "# Read me\n",
        "templates/tpl.md": "# Template note\n",
    }
    done = run(home, "build", write(tmp_path / "notes", notes), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "build/site"
    for page, words in {
        "graph": "My graph",
        "tags": "My tags",
        "tags/t": "About t",
        "area": "The note area",
        ".": "Read me",
    }.items():
        assert words in (site / page / "index.html").read_text(encoding="utf-8")
    assert (site / "templates/tpl/index.html").exists()
    assert any("topic-map" in path.read_text(encoding="utf-8") for path in site.glob("graph-2/index.html"))


def test_an_edit_link_leads_to_the_note_wherever_its_page_is(tmp_path: Path, home: dict[str, str]) -> None:
    configuration = {
        "site_name": "P", "docs_dir": "notes", "plugins": ["vaultc"], "repo_url": "https://git.example/p",
        "edit_uri": "edit/main/notes/", "theme": {"name": "material", "features": ["content.action.edit"]},
    }  # fmt: skip
    notes = {"notes/Start here.md": "# Start\n\n[[a]]\n", "notes/a.md": "# A\n"}
    write(tmp_path, {**notes, "mkdocs.yml": json.dumps(configuration), "vaultc.toml": 'vault = "notes"\n'})
    done = run(home, "build", "--trust", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    edits = {
        name: re.findall(r'href="(https://git.example/p/edit/[^"]*)"', (tmp_path / "site" / name).read_text("utf-8"))
        for name in ("index.html", "a/index.html", "about/index.html")
    }
    assert edits == {
        "index.html": ["https://git.example/p/edit/main/notes/Start here.md"],
        "a/index.html": ["https://git.example/p/edit/main/notes/a.md"],
        "about/index.html": [],
    }


@pytest.fixture
def preview(tmp_path: Path, home: dict[str, str]) -> Iterator[tuple[Path, str]]:
    notes = write(tmp_path / "notes", {"a.md": "# A\n\nbefore [[b]]\n", "b.md": "# B\n"})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [BIN / "vaultc", "serve", notes, "--port", str(port)],
        cwd=tmp_path,
        env=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield notes, f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def until(url: str, words: str) -> str:
    for _ in range(600):
        try:
            text = urllib.request.urlopen(url, timeout=5).read().decode()
            if words in text:
                return str(text)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.1)
    raise AssertionError(f"{words!r} never came to {url}")


def test_a_saved_note_reaches_the_preview(preview: tuple[Path, str]) -> None:
    notes, url = preview
    page = until(url + "a/", "before")
    assert urllib.request.urlopen(url, timeout=5).headers["Content-Security-Policy"].startswith("default-src 'self';")
    script = re.search(r'<script src="(/livereload\.js\?\d+)"></script></body>', page)
    assert script and "livereload" in until(url + script[1], "location.reload()")
    (notes / "a.md").write_text("# A\n\nafter [[c]]\n", encoding="utf-8")
    until(url + "a/", "after")
    (notes / "c.md").write_text("# Third\n\nnew\n", encoding="utf-8")
    until(url + "c/", "new")
    assert 'href="../c/"' in until(url + "a/", "../c/")
    (notes / "d.md").write_text("# Fourth\n", encoding="utf-8")
    until(url + "a/", "Fourth")  # nothing on the page but the sidebar names it
    assert not (notes / "build").exists()


def rendered(done: subprocess.CompletedProcess[str]) -> int:
    assert done.returncode == 0, done.stderr
    said = done.stderr.rpartition(", ")[2]
    return 0 if said == "nothing changed\n" else int(said.split()[0])


def test_only_pages_that_changed_are_rendered(tmp_path: Path, home: dict[str, str]) -> None:
    notes = write(tmp_path / "notes", {f"n{i}.md": f"# N{i}\n\n[[n{i + 1}]]\n" for i in range(9)})
    every = rendered(run(home, "build", notes, cwd=tmp_path))
    assert every > 9
    assert rendered(run(home, "build", notes, cwd=tmp_path)) == 0
    (notes / "n3.md").write_text("# N3\n\n[[n4]]\n\nOther words.\n", encoding="utf-8")
    assert rendered(run(home, "build", notes, cwd=tmp_path)) == 1
    (notes / "n3.md").write_text("# N3\n\nSaid of [[n4]]\n", encoding="utf-8")
    assert rendered(run(home, "build", notes, cwd=tmp_path)) == 2  # the sentence stands on the other page, too
    (tmp_path / "build/site/n5/index.html").write_text("spoilt", encoding="utf-8")
    assert rendered(run(home, "build", notes, cwd=tmp_path)) == 1
    assert "spoilt" not in (tmp_path / "build/site/n5/index.html").read_text(encoding="utf-8")
    assert rendered(run(home, "build", notes, "--clean", cwd=tmp_path)) == every


def test_a_build_of_nothing_new_imports_no_generator(tmp_path: Path, home: dict[str, str]) -> None:
    notes = write(tmp_path / "notes", {"a.md": "# A\n\n[[b]] ![[p.png]]\n", "b.md": "# B\n", "p.png": "one"})
    run(home, "build", notes, cwd=tmp_path)
    site = contents(tmp_path / "build/site")
    done = run({**home, "PYTHONPROFILEIMPORTTIME": "1"}, "build", notes, cwd=tmp_path)
    assert done.returncode == 0
    assert "nothing changed" in done.stderr
    assert not re.search(r"\| +(mkdocs|jinja2|markdown|igraph)\b", done.stderr)
    assert contents(tmp_path / "build/site") == site
    (notes / "p.png").write_text("two", encoding="utf-8")
    assert "nothing changed" not in run(home, "build", notes, cwd=tmp_path).stderr
    assert (tmp_path / "build/site/p.png").read_text(encoding="utf-8") == "two"


def test_a_build_of_nothing_new_is_known_with_benchmarks_too(tmp_path: Path, home: dict[str, str]) -> None:
    bench = "```python bench id={} depends={}\nimport mine\nmeasure('one', lambda: 1)\n```\n"
    notes = write(
        tmp_path / "notes",
        {
            "a.md": bench.format("one", "data.txt"),
            "data.txt": "x",
            "mine.py": "",
            "vaultc.toml": 'exclude = ["*.py"]\n',
        },
    )
    for name in ("", "data.txt", "mine.py"):
        if name:
            write(notes, {name: "y = 1\n"})
        assert rendered(run(home, "build", notes, cwd=tmp_path)) >= 0
        assert rendered(run(home, "build", notes, cwd=tmp_path)) == 0
    run(home, "build", notes, cwd=tmp_path)
    said = (tmp_path / "build/site/a/index.html").read_text(encoding="utf-8")
    write(notes, {"_results/one/x.jsonl": "spoilt\n"})
    assert "nothing changed" not in run(home, "build", notes, cwd=tmp_path).stderr
    assert (tmp_path / "build/site/a/index.html").read_text(encoding="utf-8") != said
    write(notes, {".hidden/data.txt": "z", "a.md": bench.format("one", ".hidden/data.txt")})
    for _ in range(2):
        assert "nothing changed" not in run(home, "build", notes, cwd=tmp_path).stderr


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in tree(folder)}


def test_pages_made_alone_are_those_that_mkdocs_makes(tmp_path: Path, home: dict[str, str]) -> None:
    files = {
        **{f"notes/{name}": text for name, text in VAULT.items()},
        "vaultc.toml": 'vault = "notes"\nsite_name = "P"\n',
    }
    theme = "{name: material, features: [navigation.footer, navigation.path, navigation.tabs]}"
    settings = (
        f"site_name: P\nsite_url: https://example.org/x/\ndocs_dir: notes\ntheme: {theme}\nplugins: [search, vaultc]\n"
    )
    hook = {"hook.py": "def on_page_markdown(markdown, **kw): return markdown\n"}
    alone = write(tmp_path / "alone", {**files, "mkdocs.yml": settings + "site_dir: site\n"})
    whole = write(tmp_path / "whole", {**files, **hook, "mkdocs.yml": settings + "site_dir: site\nhooks: [hook.py]\n"})
    assert rendered(run(home, "build", ".", "--trust", cwd=alone)) > 5
    done = run(home, "build", ".", "--trust", cwd=whole)
    assert "every page was rendered" in done.stderr
    assert contents(alone / "site") == contents(whole / "site")


WIDE = {
    "hook `hook.py` (on_page_markdown)": {
        "mkdocs.yml": "hooks: [hook.py]\n",
        "hook.py": "def on_page_markdown(markdown, **kw): return markdown + '\\n\\nfrom a hook'\n",
    },
    "plugin `material/meta`": {"mkdocs.yml": "plugins: [search, vaultc, meta]\n"},
    "Markdown extension `pymdownx.snippets`": {"mkdocs.yml": "markdown_extensions: [pymdownx.snippets]\n"},
    "template `main.html` (reads `pages`)": {
        "mkdocs.yml": "theme: {name: material, custom_dir: theme}\n",
        "theme/main.html": "{% extends 'base.html' %}{% block footer %}{{ pages | length }}{% endblock %}",
    },
    "template `main.html` (extends `base.html`, which lists every page)": {
        "mkdocs.yml": "theme: {name: material, custom_dir: theme}\n",
        "theme/main.html": "{% extends 'base.html' %}{% block announce %}news{% endblock %}",
    },
}


@pytest.mark.parametrize(("why", "files"), WIDE.items(), ids=WIDE)
def test_what_pages_are_made_of_cannot_be_told(
    why: str, files: Mapping[str, str], tmp_path: Path, home: dict[str, str]
) -> None:
    settings = {
        "site_name": "P",
        "docs_dir": "notes",
        "site_dir": "site",
        "theme": "{name: material}",
        "plugins": "[search, vaultc]",
    }
    own = (
        "".join(f"{k}: {v}\n" for k, v in settings.items() if f"{k}:" not in files["mkdocs.yml"]) + files["mkdocs.yml"]
    )
    notes = {"notes/a.md": "# A\n\n[[b]]\n", "notes/b.md": "# B\n", "vaultc.toml": 'vault = "notes"\n'}
    project = write(tmp_path / "project", {**notes, **files, "mkdocs.yml": own})
    done = run(home, "build", ".", "--trust", cwd=project)
    assert done.returncode == 0, done.stderr
    assert f"every page was rendered: vaultc cannot tell what pages are made of with {why}" in done.stderr
    if "hook.py" in files:
        assert "from a hook" in (project / "site/a/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("plugins", ["search, vaultc", "search, vaultc, tags"])
def test_a_page_that_the_search_cannot_read_in_parts_is_found_as_a_whole(
    tmp_path: Path, home: dict[str, str], plugins: str
) -> None:
    """Material's parser raises on a heading in a list within a list, here in an embed; with `tags`, MkDocs renders by itself."""
    project = write(
        tmp_path / "project",
        {
            "mkdocs.yml": f"site_name: x\ndocs_dir: docs\ntheme: {{name: material}}\nplugins: [{plugins}]\n",
            "vaultc.toml": 'vault = "docs"\nsearch = "theme"\n',
            "docs/a.md": "1. x\n\n   ![[b]]\n\n   - ![[b#H]]\n",
            "docs/b.md": "# B\n\ntext\n\n## H\n\nunder H\n",
        },
    )
    done = run(home, "build", "--trust", ".", "--site-dir", tmp_path / "site", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "VC006" not in done.stdout + done.stderr
    assert ("every page was rendered" in done.stderr) == ("tags" in plugins)
    page = (tmp_path / "site/a/index.html").read_text(encoding="utf-8")
    assert page.count("under H") == 2
    index = json.loads((tmp_path / "site/search/search_index.json").read_text(encoding="utf-8"))["docs"]
    assert {entry["location"]: "under H" in entry["text"] for entry in index} == {"a/": True, "b/": False, "b/#h": True}
