"""What people meet who do not use a mouse, or see otherwise: axe-core's rules, the keyboard, less motion, paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import served, watched
from tests.browser.test_site import KINDS, built

pytestmark = pytest.mark.browser
SCHEMES = {"light": "default", "dark": "slate"}
AXE = Path(__file__).resolve().parents[2] / "site/client/node_modules/axe-core/axe.min.js"

NOTES = {
    "index.md": "# Home\n\nBegin with [[Sparse attention]].\n",
    "attention/Sparse attention.md": """---
aliases: [Разреженное внимание]
tags: [attention/sparse]
---
# Sparse attention

Some pairs are scored, see [[Память]], ==this== and [[A note to come]] [^1].

> [!warning]- Folded
> Words.

- [ ] to do
- [x] done

| a | b |
|---|--:|
| 1 | `2` |

```python
def scored(pair: int) -> str:
    return f"{pair}"  # why
```

$$ e^{i\\pi} + 1 = 0 $$

```mermaid
graph LR
  Query --> Key
```

## Second

Text.

[^1]: A remark.
""",
    "Память.md": "# Память\n\nДальше: [[Sparse attention]].\n",
    "measured.md": "# Measured\n\n```python bench id=b\nfrom vaultc import bench\nbench.claim('It holds.', holds=True)\n```\n",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(built(tmp_path_factory.mktemp("access"), NOTES)) as address:
        yield address


def faults(page: Page) -> list[str]:
    """What axe-core finds, one line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Any = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.skipif(not AXE.is_file(), reason="missing tool: axe-core (make test installs it)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, root: str, scheme: Any) -> None:
    with watched(browser, root, color_scheme=scheme, reduced_motion="reduce") as watch:
        found = {}
        for path in (*KINDS, "404.html"):
            page = watch.open(path)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.body.dataset.mdColorScheme ?? ''") in (SCHEMES[scheme], ""), path
            if wrong := faults(page):
                found[path] = wrong
        assert found == {}


def test_the_keyboard_reaches_everything(browser: Browser, root: str) -> None:
    with watched(browser, root) as watch:
        page = watch.open("attention/Sparse attention/")
        page.wait_for_load_state("networkidle")
        wanted = page.evaluate(
            "[...document.querySelectorAll('a[href], button, summary, input, select, [tabindex=\"0\"]')]"
            ".filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !e.disabled && e.tabIndex >= 0)"
            ".map((e, i) => (e.dataset.reach = String(i), e.outerHTML.slice(0, 90)))"
        )
        reached = set()
        for _ in range(3 * len(wanted)):
            page.keyboard.press("Tab")
            at = page.evaluate("document.activeElement.dataset.reach ?? ''")
            if at and at in reached:
                break
            reached.add(at)
        missed = [what for number, what in enumerate(wanted) if str(number) not in reached]
        assert missed == []
        first = page.locator("a.md-skip")
        first.focus()
        expect(first).to_be_in_viewport()


def test_who_wants_less_motion_gets_none(browser: Browser, root: str) -> None:
    with watched(browser, root, reduced_motion="reduce") as watch:
        page = watch.open("attention/Sparse attention/")
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
            " const longest = Math.max(...[...s.transitionDuration.split(','), ...s.animationDuration.split(',')].map(parseFloat));"
            " return longest > 0.01 || s.scrollBehavior === 'smooth' }).map(e => e.className || e.tagName)"
        )
        assert moving == []


def test_paper_has_the_note_and_nothing_else(browser: Browser, root: str) -> None:
    with watched(browser, root, color_scheme="dark") as watch:
        page = watch.open("attention/Sparse attention/")
        page.emulate_media(media="print")
        for part in (".md-header", ".md-sidebar--primary", ".md-sidebar--secondary", ".md-top", ".headerlink"):
            assert page.locator(part).first.is_hidden(), part
        expect(page.locator("h1")).to_be_visible()
        colours = (
            "[getComputedStyle(document.querySelector('h1')).color, getComputedStyle(document.body).backgroundColor]"
        )
        assert page.evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
