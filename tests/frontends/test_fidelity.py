"""A built page has the blocks and the words that an independent CommonMark reader gives its note."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.lower.outline import Node, counts, oracle, tree, words
from tests.unit.lower.test_cases import CASES
from vaultc.parse.frontmatter import read, strings

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "vaults"
NOT_COMMONMARK = re.compile(
    r"^[ \t>]*<[a-zA-Z/!]"  # blocks of HTML, which the two sides write down differently
    r"|^[ \t]*>[ \t>]*\[!|%%|==|!\[\[|\[!\[|\$",  # callouts, comments, highlights, embeds, math
    re.MULTILINE,
)
WIKI_LINK = re.compile(r"\[\[([^\]|]*?)(?:\\?\|([^\]]*))?\]\]")


def built(vault: Path, site: Path, cache: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "vaultc", "build", str(vault), "--site-dir", str(site)],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        cwd=cache.parent,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return site


def body(text: str) -> str:
    """A note without its front matter, its wiki-links as their words."""
    front = re.match(r"---\n(?:.*\n)*?---\n", text)
    return WIKI_LINK.sub(lambda m: m[2] or m[1], text[front.end() :] if front else text)


def page(site: Path, name: Path) -> Path:
    folder = name.parent if name.stem.lower() in ("index", "readme") else name.with_suffix("")
    return site / folder / "index.html"


def difference(note: str, html: str, named: str = "") -> str:
    """What of the blocks and words of a note whose front matter calls it `named` its page lacks or adds, "" for nothing."""
    want = titled(tree(oracle(note)), named)
    got = tree(html, article=True)
    if counts(got) != counts(want):
        return f"{counts(want)} became {counts(got)}"
    said, shown = words(want), words(got)
    return "" if said == shown else f"{sorted(set(said) ^ set(shown)) or 'the order of words'}"


def titled(nodes: list[Node], named: str, first: bool = True) -> list[Node]:
    """The nodes with headings of level 2 for those of level 1, but for one that opens a note and is its title: each page has one,
    and it is vaultc's where the note does not begin with it."""
    out: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
            first = first and not node.strip()
            continue
        tag, details, inside = node
        said = " ".join(words(inside))
        stays = first and said and (not named or said == " ".join(words([named])))
        out.append(("h2" if tag == "h1" and not stays else tag, details, titled(inside, named, first=False)))
        first = False
    return out


def test_a_site_of_the_cases(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    notes = {f"case-{i}": c.given.replace("→", "\t") for i, c in enumerate(CASES) if "(Obsidian)" not in c.title}
    notes = {name: text for name, text in notes.items() if not NOT_COMMONMARK.search(text)}
    assert len(notes) > 50
    for name, text in notes.items():
        (vault / f"{name}.md").write_text(text, encoding="utf-8")
    site = built(vault, tmp_path / "site", tmp_path / "cache")
    pages = {name: page(site, Path(f"{name}.md")).read_text(encoding="utf-8") for name in notes}
    differ = {text: why for name, text in notes.items() if (why := difference(text, pages[name]))}
    assert not differ


@pytest.mark.parametrize("name", ["foam-docs", "quartz-docs", "vanadium-wiki-ru"])
def test_vaults_of_strangers(name: str, tmp_path: Path) -> None:
    vault = REAL / name
    if not vault.is_dir():
        pytest.skip("not on this machine: real vaults beside the checkout")
    site = built(vault, tmp_path / "site", tmp_path / "cache")
    compared, differ = 0, dict[str, str]()
    for path in sorted(vault.rglob("*.md")):
        text = body(path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n"))
        built_page = page(site, path.relative_to(vault))
        if NOT_COMMONMARK.search(text) or not built_page.is_file():
            continue
        compared += 1
        named = next(iter(strings(read(path.name, path.read_bytes()).metadata.get("title"))), "")
        if why := difference(
            text, WIKI_LINK.sub(lambda m: m[2] or m[1], built_page.read_text(encoding="utf-8")), named
        ):
            differ[str(path.relative_to(vault))] = why
    assert compared > 20
    assert len(differ) <= 0.01 * compared, differ
