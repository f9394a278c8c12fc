"""Files beside the notes that would run as pages of the site."""

import os
import re
from pathlib import Path

import material
import pytest

from tests.frontends.test_build import run, tree, write
from vaultc.emit.attachments import drawing

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
HARMLESS = [
    f'{OPEN} viewBox="0 0 1 1"><style>p {{ }}</style><use xlink:href="#a"/><a href="https://x.example"><path id="a"/></a></svg>',
    f'<!DOCTYPE svg [<!ENTITY ns "http://x.example">]>{OPEN}><image href="data:image/png;base64,A"/><g id="&ns;"/></svg>',
]
HURTS = [
    f"{OPEN}><script>canary()</script></svg>",
    f'{OPEN} onload="canary()"/>',
    f'{OPEN}><a xlink:href=" java&#10;script:canary()">x</a></svg>',
    f'{OPEN}><a><animate attributeName="href" values="javascript:canary()"/></a></svg>',
    f'{OPEN}><foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="canary()"/></foreignObject></svg>',
    f'{OPEN} xmlns:h="http://www.w3.org/1999/xhtml"><h:script>canary()</h:script></svg>',
    f'<!DOCTYPE svg [<!ENTITY s "&#60;script>canary()&#60;/script>">]>{OPEN}>&s;</svg>',
    f'<?xml-stylesheet type="text/xsl" href="canary().xsl"?>{OPEN}/>',
    '<html xmlns="http://www.w3.org/1999/xhtml"><script>canary()</script></html>',
    "<svg><script>canary()",
    f'<?xml version="1.0" encoding="utf-7"?>{OPEN}>canary()</svg>',
]


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_drawing_stays_as_it_is(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(text)
    assert drawing(tmp_path / "a.svg") is None
    (tmp_path / "a.svg").write_bytes(
        text.replace("<!", '<?xml version="1.0" encoding="utf-16"?><!', 1).encode("utf-16")
    )
    assert drawing(tmp_path / "a.svg") is None or "<?xml" not in text


@pytest.mark.parametrize("text", HURTS)
def test_what_runs_is_taken_out(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(text)
    left = drawing(tmp_path / "a.svg")
    assert left is not None and "canary" not in left
    (tmp_path / "a.svg").write_text(left)
    assert drawing(tmp_path / "a.svg") is None


def test_a_site_has_no_foreign_pages(tmp_path: Path) -> None:
    files = {
        "a.md": "# A\n\n[page](x.html) [[y.XHTML]] ![[x.html]] ![d](d.svg) [d](d.svg) ![](e.svg)\n",
        "x.html": "<script>canary()</script>",
        "y.XHTML": "<script>canary()</script>",
        "d.svg": HURTS[0],
        "e.svg": HARMLESS[0],
    }
    env = {**os.environ, **{f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "STATE")}}
    write(
        tmp_path / "p", {**{f"notes/{name}": text for name, text in files.items()}, "vaultc.toml": 'vault = "notes"\n'}
    )
    done = run(env, "build", "p", "--site-dir", "site", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    site = tree(tmp_path / "site")
    assert {"d.svg", "e.svg"} <= site and not {"x.html", "y.XHTML"} & site
    assert "canary" not in (tmp_path / "site/d.svg").read_text()
    assert (tmp_path / "site/e.svg").read_text() == files["e.svg"]
    page = (tmp_path / "site/a/index.html").read_text(encoding="utf-8")
    assert page.count('class="vaultc-unpublished"') == 3
    (tmp_path / "p/vaultc.toml").write_text('vault = "notes"\nhtml = "trusted"\n')
    assert run(env, "build", "p", "--site-dir", "site", "--trust", cwd=tmp_path).returncode == 0
    assert {"x.html", "y.XHTML"} <= tree(tmp_path / "site")
    assert (tmp_path / "site/d.svg").read_text() == files["d.svg"]


def test_keys_for_the_generator_are_data(tmp_path: Path) -> None:
    note = """---
title: A
template: '"><script>canary()</script>'
author: '"><script>canary()</script>'
robots: '"><script>canary()</script>'
icon: ../../canary
hide: [toc, '"canary']
search: {exclude: true, x: canary}
---
# A {: onclick="canary()" }

/// html | script
canary()
///
"""
    env = {**os.environ, **{f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "STATE")}}
    write(tmp_path / "p", {"a.md": note, "vaultc.toml": 'dialect = "material"\n'})
    done = run(env, "build", "p", "--site-dir", "site", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "site/a/index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script>canary|<[^>]*\sonclick=|\"><script>", page)


def test_no_attachment_takes_the_place_of_a_script_of_the_site(tmp_path: Path) -> None:
    templates = Path(material.__file__).parent / "templates"
    bundle = next((templates / "assets/javascripts").glob("bundle.*.js")).relative_to(templates).as_posix()
    files = [bundle, "assets/vaultc/vaultc.js", "Assets/stylesheets/x.css", "other/bundle.js"]
    notes = dict.fromkeys(files, "canary()") | {"a.md": "# A\n\n" + " ".join(f"![[{name}]]" for name in files)}
    env = {**os.environ, **{f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "STATE")}}
    write(
        tmp_path / "p", {f"notes/{name}": text for name, text in notes.items()} | {"vaultc.toml": 'vault = "notes"\n'}
    )
    done = run(env, "build", "p", "--site-dir", "site", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    assert [path for path in tree(site) if (site / path).read_bytes() == b"canary()"] == ["other/bundle.js"]
    page = (site / "a/index.html").read_text(encoding="utf-8")
    assert bundle in page and page.count('class="vaultc-unpublished"') == 3


PAGES = ["x.markdown", "x.mkd", "sub/index.mdown", "index.mkdn", "drawing.excalidraw.md", "UPPER.Excalidraw.MD"]


@pytest.mark.parametrize("trusted", [False, True])
def test_no_attachment_becomes_a_page(tmp_path: Path, trusted: bool) -> None:
    """A generator reads more endings than Obsidian, and would heed what the front matter of such a file says to it."""
    text = '---\ntitle: "</title><script>canary()</script>"\npublish: false\n---\ncanary\n'
    notes = dict.fromkeys(PAGES, text) | {"a.md": "# A\n\n" + " ".join(f"[[{name}]]" for name in PAGES), "sub/b.md": ""}
    env = {**os.environ, **{f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "STATE")}}
    config = 'vault = "notes"\n' + 'html = "trusted"\n' * trusted
    write(tmp_path / "p", {f"notes/{name}": text for name, text in notes.items()} | {"vaultc.toml": config})
    done = run(env, "build", "p", "--site-dir", "site", "--trust", cwd=tmp_path)
    assert done.returncode == 0 and "conflicts" not in done.stderr, done.stderr
    site = tmp_path / "site"
    assert [path for path in tree(site) if b"canary" in (site / path).read_bytes()] == []
    assert {"sub/index.html", "index.html"} <= tree(site)
    assert (site / "a/index.html").read_text(encoding="utf-8").count('class="vaultc-unpublished"') == len(PAGES)


def test_no_attachment_speaks_to_the_host_of_the_site(tmp_path: Path) -> None:
    files = [
        "CNAME",
        "_redirects",
        "_headers",
        "_worker.js/index.js",
        "_worker.js.map/x.txt",
        "Vercel.json",
        "_config.yml",
        "robots.txt",
        "sub/CNAME",
    ]
    notes = dict.fromkeys(files, "theirs") | {"a.md": "# A\n\n" + " ".join(f"[f]({name})" for name in files)}
    env = {**os.environ, **{f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "STATE")}}
    write(
        tmp_path / "p", {f"notes/{name}": text for name, text in notes.items()} | {"vaultc.toml": 'vault = "notes"\n'}
    )
    write(tmp_path / "site", {"CNAME": "mine"})
    for _ in range(2):
        done = run(env, "build", "p", "--site-dir", "site", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        site = tmp_path / "site"
        theirs = [path for path in tree(site) if (site / path).read_bytes() == b"theirs"]
        assert sorted(theirs) == ["_worker.js.map/x.txt", "sub/CNAME"]
        assert done.stdout.count("would be more than a file in a site, and is not published") == 7
        assert (site / "CNAME").read_text() == "mine"
