"""A vault whose every field wants to run a script, read in a browser: none runs, and no link leads anywhere but to a page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.conftest import served
from tests.unit.results.site import CPU, ENVIRONMENT, fence, point, run, vault
from vaultc.bench.records.model import Claim, Clocks, Disturbance, Run

pytestmark = pytest.mark.browser


FEATURES = (
    "navigation.tabs navigation.sections navigation.indexes navigation.path navigation.footer navigation.instant search.highlight "
    "search.suggest toc.integrate content.tooltips content.action.edit"
).split()
PROGRAM = Path(sys.executable).with_name("vaultc")
URL = 'https://x.example/"><script>canary(62)</script>'


def bad(number: str) -> str:
    """A text that says its number when any part of it is taken for markup."""
    call = f"canary({number})"
    return (
        f"</title></script></textarea><img src=x onerror={call}><script>{call}</script>\" onmouseover=\"{call}\" ' onfocus='{call}' "
        f'autofocus {{{{ 7*7 }}}} {{% raw %}} [x](javascript:{call}) ![y](x){{ onerror="{call}" }} <javascript:{call}> `${{{call}}}` ]]> --> &lt;img src=x onerror={call}&gt;'
    )


def name(number: str) -> str:
    """The same for a name of a file, which holds no slash."""
    return f"javascript:canary({number}) <img src=x onerror=canary({number})> \" onmouseover=canary({number}) x=' {{{{ 7*7 }}}}"


def quoted(text: str) -> str:
    return json.dumps(text)


RAW = """<script>canary(300)</script>

<img src=x onerror="canary(301)"> <b onmouseover=canary(302)>b</b> <svg onload=canary(303)></svg>

<div onclick="canary(304)">

a <i onmouseover="canary(305)">b</i> <a href="javascript:canary(306)">c</a> <a href=" java&#10;script:canary(307)">d</a>

</div>

<p id="__config">{"base":"javascript:canary(308)"}</p>

<h2 id='x" onmouseover="canary(309)' markdown="1">T <img src=x onerror=canary(310)></h2>

<!-- a --><script>canary(311)</script>

text <!-- b <script>canary(312)</script> --> more <scr<script>ipt>canary(313)</script>

<iframe srcdoc="<script>parent.canary(314)</script>"></iframe> <iframe src="javascript:parent.canary(315)"></iframe> <object data="javascript:canary(316)"></object>

<form action="javascript:canary(317)"><button formaction="javascript:canary(318)">press</button></form>

[a](javascript:canary(320)) [b](<javascript:canary(321)>) <javascript:canary(322)> ![c](javascript:canary(323)) [d][e] [f]: [g](JaVaScRiPt:canary(324)) [h](data:text/html,<script>canary(325)</script>) [i](&#106;avascript:canary(326)) [j](vbscript:canary(327) "t\\" onmouseover=canary(328)")

[e]: javascript:canary(329)

word{: onclick="canary(330)" } **b**{ onclick="canary(331)" } # H {: onmouseover="canary(332)" }

/// html | script
canary(333)
///

/// html | img[src=x][onerror=canary(334)]
///

```python {onclick="canary(335)"} hl_lines="1" title="<img src=x onerror=canary(336)>"
x
```

```mermaid
%%{init: {"themeCSS": "*{background:url(https://elsewhere.example/a)}"}}%%
graph LR
  A --> B
```

```mermaid
%%{init: {"fontFamily": "x;background:url(https://elsewhere.example/b)"}}%%
graph LR
  A --> B
```

```mermaid
%%{init: {"securityLevel": "loose", "htmlLabels": true}}%%
graph LR
  A["<img src=x onerror=canary(337)>"] --> B
  click A call canary(338)
  click B "javascript:canary(339)"
```

$\\href{javascript:canary(340)}{x}$ $\\htmlData{a=<img src=x onerror=canary(341)>}{y}$ $$<img src=x onerror=canary(342)>$$

*[HTML]: <img src=x onerror=canary(343)>

HTML foot[^"><img src=x onerror=canary(344)>] ^[<img src=x onerror=canary(345)>]

[^"><img src=x onerror=canary(344)>]: note

--8<-- "/etc/passwd"

[[x" onmouseover="canary(346)|y<img src=x onerror=canary(347)>]] ![[p.png|"><img src=x onerror=canary(348)>]] ![[javascript:canary(349)]]

> [!note" onmouseover="canary(350)] <img src=x onerror=canary(351)>
> x

- [ ] <img src=x onerror=canary(352)>

| <img src=x onerror=canary(353)> |
|---|
| [x](javascript:canary(354)) |
"""


def notes() -> dict[str, str]:
    folder = name("1")
    return {
        "start.md": "# Start\n\n"
        + "\n\n".join(f"[[{target}]]" for target in ("Talk: part two", "by title", "raw", "index")),
        "Talk: part two.md": f"# Talk\n\n[[start]] #{'tag/javascript:canary(2)'}\n\n![[film: a.png]]\n\n[m](<javascript:canary(99).md>)\n",
        "javascript:canary(3).md": "# J\n\n[[start]] [[Talk: part two]]\n",
        "data:text∕html,canary(4).md": "# D\n\n[[start]]\n",
        "javascript:canary(5)/javascript:canary(6).md": "# JJ\n\n[[start]] [[javascript:canary(3)]]\n",
        "//double.md".lstrip("/"): "# double\n",
        f"{folder}/{name('7')}.md": f"---\ntitle: {quoted(bad('8'))}\nsummary: {quoted(bad('9'))}\ndescription: {quoted(bad('10'))}\n"
        f"aliases: [{quoted('by title')}, {quoted(bad('11'))}]\ntags: [{quoted(bad('12'))}, {quoted('javascript:canary(13)')}, {quoted(name('14'))}]\n"
        f"template: {quoted(bad('15'))}\nhide: {quoted(bad('16'))}\nicon: ../../x\nauthor: {quoted(bad('17'))}\nrobots: {quoted(bad('18'))}\n---\n"
        f"# {bad('19')}\n\n## {bad('20')}\n\n[[start|{bad('21').replace('|', '').replace(']', '')}]] ![[p.png|{bad('22').replace(']', '')}]]\n\n[[missing {bad('23').replace(']', '').replace('[', '')}]]\n",
        f"{name('24')}.md": f"[[start]]\n\n> [!{name('25')}] {bad('26')}\n> x\n",
        "raw.md": RAW,
        "embeds.md": "# Embeds\n\n![[raw]]\n\n![[by title]]\n",
        "measured.md": f"---\ntags: [{quoted(bad('27'))}]\n---\n# M\n\n" + fence("b"),
        "p.png": "",
        "film: a.png": "",
    }


def records() -> list[Run]:
    environment = replace(
        ENVIRONMENT,
        python=bad("41"),
        os=bad("42"),
        torch=bad("43"),
        driver=bad("400"),
        triton=bad("401"),
        cuda=bad("402"),
    )
    machine = replace(CPU, name='"><img src=x onerror=canary(44)>')
    claims = (Claim(bad("45"), "confirmed", bad("46")), Claim(bad("47"), "refuted", bad("48")))
    points = [point(1e-6 * n, n=n, kind=bad("49"), metric=bad("51"), unit="s") for n in (1, 2, 4)]
    points.append(point(status="oom", message=bad("52"), n=8, kind=bad("53")))
    points += [
        replace(
            one, unit=bad("407"), dtype=bad("403"), backend=bad("404"), cause=bad("405"), sweep=bad("406"), error=1.0
        )
        for one in points
    ]
    points += [replace(points[0], params={bad("408"): bad("409")})]
    throttled = Clocks(throttle=(bad("410"),))
    return [
        replace(
            run(*points, machine=machine, environment=environment, claims=claims, message=bad("54"), log=bad("55"), day=day),
            status="ok" if day < 3 else "disturbed", harness=bad("411"), commit=bad("412"), dirty=True, details={bad("413"): bad("414")},
            clocks=(throttled, throttled), judged=bad("415"), disturbance=(Disturbance(1.0, 1.0, reasons=(bad("416"),)),),
        )
        for day in (1, 2, 3)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / name("60")
    folder.mkdir()
    root = vault(folder, notes(), *records())
    data = {
        "site_name": bad("61"), "site_description": bad("63"), "site_author": bad("64"), "copyright": bad("65"), "site_url": URL,
        "repo_name": bad("66"), "repo_url": URL, "docs_dir": "vault", "plugins": ["search", "vaultc"],
        "theme": {"name": "material", "features": FEATURES, "palette": {"toggle": {"icon": "material/link", "name": bad("67")}}},
    }  # fmt: skip
    (folder / "mkdocs.yml").write_text(json.dumps(data), encoding="utf-8")
    (folder / "vaultc.toml").write_text(
        f'vault = "vault"\nsite_name = {quoted(bad("61"))}\nsite_url = {quoted(URL)}\n',
        encoding="utf-8",
    )
    done = subprocess.run(
        [PROGRAM, "build", root, "--site-dir", folder / "site"],
        env=os.environ | {"XDG_CACHE_HOME": str(folder / "cache"), "XDG_STATE_HOME": str(folder / "state")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture
def page(browser: Browser, site: Path) -> Iterator[tuple[Page, str, list[str]]]:
    ran: list[str] = []

    def refuse(dialog: Dialog) -> None:
        ran.append(f"dialog {dialog.message}")
        dialog.dismiss()

    context = browser.new_context()
    try:
        page = context.new_page()
        page.expose_function("canary", lambda *said: ran.append(f"{said} {unquote(page.url)}"))
        page.on("dialog", refuse)
        with served(site) as root:
            yield page, root, ran
    finally:
        context.close()


FAULTS = r"""() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes].filter(a =>
    /^on/.test(a.name) || a.name === 'srcdoc' ||
    /href|src|action|data|poster/.test(a.name) && /^[\s\0-\x1f]*(javascript|vbscript|data)\s*:(?!image)/i.test(a.value))
    .map(a => `${e.tagName} ${a.name}=${a.value}`))"""


TOUCH = """() => document.querySelectorAll('*').forEach(e =>
    ['mouseover', 'mouseenter', 'pointerover', 'focus'].forEach(kind => e.dispatchEvent(new Event(kind, {bubbles: true}))))"""


def test_no_canary_runs_on_any_page(site: Path, page: tuple[Page, str, list[str]]) -> None:
    tab, root, ran = page
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    assert len(pages) > 20
    found = {}
    for path in pages:
        tab.goto(root + quote(path), wait_until="load")
        tab.wait_for_timeout(150)
        if attributes := tab.evaluate(FAULTS):
            found[path] = attributes
        tab.evaluate(TOUCH)
    assert sorted(set(ran)) == []
    assert not found


@pytest.mark.parametrize("path", ["start/", "embeds/", "raw/"])
def test_no_canary_runs_in_a_preview(page: tuple[Page, str, list[str]], path: str) -> None:
    tab, root, ran = page
    tab.goto(root + path, wait_until="load")
    card = tab.locator('[data-vaultc="preview"]')
    links = tab.locator("article a[href]:visible")
    shown = 0
    for number in range(min(links.count(), 15)):
        links.nth(number).hover(force=True)
        tab.wait_for_timeout(700)
        shown += card.count() > 0
        assert not tab.evaluate(FAULTS)
        tab.evaluate(TOUCH)
        tab.mouse.move(1, 1)
    assert shown
    assert not ran


def test_a_diagram_asks_nothing_of_another_host(page: tuple[Page, str, list[str]]) -> None:
    tab, root, _ = page
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(root + "raw/", wait_until="load")
    expect(tab.locator("div.mermaid")).to_have_count(RAW.count("```mermaid"))
    tab.wait_for_load_state("networkidle")
    assert not [address for address in asked if "elsewhere.example" in address]


# A link of a drawing has its address in another form than one of the text.
HREFS = (
    "() => [...document.querySelectorAll('a[href]')].map(a => new URL(a.getAttribute('href'), document.baseURI).href)"
)


def test_links_to_odd_names_lead_to_their_pages(site: Path, page: tuple[Page, str, list[str]]) -> None:
    tab, root, ran = page
    tab.goto(root, wait_until="load")
    seen: set[str] = set()
    todo = [root]
    broken = []
    while todo:
        address = todo.pop()
        answer = tab.request.get(address)
        if answer.status != 200:
            broken.append(address)
            continue
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        tab.goto(address, wait_until="domcontentloaded")
        for href in tab.evaluate(HREFS):
            plain = href.partition("#")[0]
            assert urlsplit(plain).scheme in ("http", "https", "mailto"), (address, href)
            if plain.startswith(root) and plain not in seen:
                seen.add(plain)
                todo.append(plain)
    assert not ran
    assert [unquote(address) for address in broken] == []
    assert any("Talk" in address for address in seen)


def test_search_and_map_show_titles_as_text(page: tuple[Page, str, list[str]]) -> None:
    tab, root, ran = page
    tab.goto(root + "start/", wait_until="load")
    for query in ("canary", "onerror", "script", "Talk"):
        tab.keyboard.press("/")
        tab.keyboard.type(query)
        expect(tab.get_by_role("option").first).to_be_visible()
        tab.wait_for_load_state("networkidle")  # the quotes
        tab.evaluate(TOUCH)
        assert tab.evaluate(FAULTS) == []
        tab.keyboard.press("Escape")
        tab.goto(root + "start/", wait_until="load")
    tab.goto(root + "graph/", wait_until="load")
    search = tab.get_by_role("combobox").first
    search.fill("canary")
    expect(tab.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    tab.evaluate(TOUCH)
    assert tab.evaluate(FAULTS) == []
    search.press("ArrowDown")
    search.press("Enter")
    tab.wait_for_timeout(500)
    assert urlsplit(tab.url).scheme == "http"
    assert sorted(set(ran)) == []


def test_other_formats_hold_titles_as_text(site: Path, browser: Browser) -> None:
    root = site.parent / "vault"
    env = os.environ | {"XDG_CACHE_HOME": str(site.parent / "cache"), "XDG_STATE_HOME": str(site.parent / "state")}

    def vaultc(*arguments: str) -> str:
        done = subprocess.run([PROGRAM, *arguments, root], env=env, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    for form in ("graphml", "gexf"):
        titles = ElementTree.fromstring(vaultc("graph", "--format", form)).itertext()
        assert form == "gexf" or any(bad("8") in title for title in titles)
    assert ElementTree.fromstring(vaultc("check", "--format", "junit")).tag == "testsuites"
    for path in site.rglob("*.xml"):
        ElementTree.parse(path)
    (drawn := site.parent / "drawn").mkdir()
    (drawn / "index.html").write_text(vaultc("graph", "--format", "html"), encoding="utf-8")
    ran: list[str] = []
    context = browser.new_context()
    try:
        tab = context.new_page()
        tab.expose_function("canary", lambda *said: ran.append(str(said)))
        with served(drawn) as address:
            tab.goto(address, wait_until="load")
            canvas = tab.locator("canvas").first
            box = canvas.bounding_box()
            assert box
            for x in range(0, int(box["width"]), 40):  # over the nodes: their names come up as tooltips
                tab.mouse.move(box["x"] + x, box["y"] + box["height"] / 2)
            tab.wait_for_timeout(300)
            assert tab.evaluate(FAULTS) == []
    finally:
        context.close()
    assert ran == []
