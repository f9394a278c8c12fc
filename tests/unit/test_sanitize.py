"""What is left of a page's HTML, and of what Python-Markdown makes of text that is not meant for it."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from vaultc.publish import sanitize
from vaultc.publish.dialect import EXTENSIONS
from vaultc.publish.sanitize import clean

GONE = [
    "<script>canary()</script>",
    "<style>* { display: none }</style>",
    '<iframe srcdoc="&lt;script&gt;canary()&lt;/script&gt;"></iframe>',
    '<iframe src="page.html"></iframe>',
    '<iframe src="//host.example/a.pdf"></iframe>',
    '<object data="x.html"></object>',
    '<embed src="x.swf">',
    '<meta http-equiv="refresh" content="0;url=javascript:canary()">',
    '<base href="https://host.example/">',
    '<link rel="stylesheet" href="x.css">',
    '<a href="javascript:canary()">x</a>',
    '<a href=" java\tscript:canary()">x</a>',
    '<a href="&#106;avascript:canary()">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="data:text/html,x">x</a>',
    '<img src="x" onerror="canary()">',
    '<svg onload="canary()"><animate attributeName="href" to="javascript:canary()"/></svg>',
    '<svg><a xlink:href="javascript:canary()"><text>x</text></a></svg>',
    "<svg><foreignObject><img src=x onerror=canary()></foreignObject></svg>",
    '<form action="https://host.example/"><button formaction="javascript:canary()">x</button></form>',
    '<video poster="javascript:canary()" onplay="canary()"></video>',
    '<p style="position: fixed; inset: 0; background: url(https://host.example/)">x</p>',
    '<p style="margin-top: -900px; width: calc(9px)">x</p>',
    '<p id="__config">{}</p>',
    '<label for="__drawer" class="md-overlay" data-md-component="search">x</label>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=canary()&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=canary()>'></noscript>",
    "<svg></p><style><a id='</style><img src=1 onerror=canary()>'>",
]
KEPT = [
    '<p style="color:red">x</p>',
    '<a href="obsidian://open?vault=x" class="external" title="t" target="_blank">x</a>',
    '<a href="../b/#c">x</a>',
    '<a href="./Talk%3A%20two/">x</a>',
    '<img src="data:image/png;base64,AAAA" width="30" alt="a">',
    '<iframe src="https://host.example/video" allowfullscreen="" width="3"></iframe>',
    '<iframe data-vaultc="media" src="a/b%20c.pdf#page=3" title="t" loading="lazy"></iframe>',
    '<audio controls="" src="a.mp3"></audio>',
    '<input type="checkbox" disabled="" checked="">',
    '<details open=""><summary>x</summary>y</details>',
    '<svg viewBox="0 0 1 1" role="img" aria-labelledby="t"><title id="t">x</title><line x1="0" y1="0" class="a"></line></svg>',
    '<span class="md-button">x</span>',
    '<a id="__codelineno-0-1" name="__codelineno-0-1" href="#__codelineno-0-1"></a>',
    '<td align="left" rowspan="2">x</td>',
]
NOT_ALLOWED = {
    "script",
    "style",
    "object",
    "embed",
    "meta",
    "base",
    "link",
    "animate",
    "foreignobject",
    "math",
    "noscript",
}


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def harmless(page: str) -> bool:
    return all(
        tag not in NOT_ALLOWED
        and not any(
            name.startswith(("on", "data-md", "xlink")) or name in ("srcdoc", "action", "formaction") for name in attrs
        )
        and not any(re.match(r"[\s\0-\x1f]*(?:javascript|vbscript|data:text)", value, re.I) for value in attrs.values())
        for tag, attrs in Elements(page).found
    )


@pytest.mark.parametrize("source", GONE)
def test_what_runs_or_covers_is_gone(source: str) -> None:
    left = clean(source)
    assert harmless(left)
    assert not re.search(r"canary|host\.example|position|__config|__drawer|md-overlay|page\.html|-900", left)
    assert clean(left) == left.replace(' style=""', "")


@pytest.mark.parametrize("source", KEPT)
def test_the_rest_is_kept(source: str) -> None:
    if source.startswith("<td"):
        source = f"<table><tbody><tr>{source}</tr></tbody></table>"
    assert clean(source) == source


def test_a_tooltip_is_no_html_once_it_is_decoded() -> None:
    assert clean('<b title="a &lt; b, &lt;img src=x onerror=canary()&gt;">x</b>') == (
        '<b title="a &lt; b, &lt; img src=x onerror=canary()&gt;">x</b>'
    )


def test_a_page_ends_where_it_should() -> None:
    assert clean("a</div></article><b>c") == "a<b>c</b>"


PIECES = [
    "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "<?", '"', "'", "`", "\n", "\n\n", "    ", "/// html | script", "///", "{: onclick=canary() }",
    "{ onerror=canary() }", "<script>", "</script>", "<img src=x onerror=canary()>", "[x](javascript:canary())", "<javascript:canary()>", "[y]: javascript:canary()",
    "[y]", "![z](data:text/html,canary())", "```{.js onclick=canary()}", "```", "~~~", "<style>", "</style>", "<svg>", "<math>", "<title>", "<noscript>", "<textarea>",
    "<p markdown=1 onclick=canary()>", "# H {#x onclick=canary() }", "[^1]", "[^1]: <b onclick=canary()>", "*[ab]: <img onerror=canary()>", "ab", "$$", "\\", "&#106;avascript:", "\x02", "\x03wzxhzdk:0\x03",
    "|a|b|\n|-|-|\n", "> [!note] <i onclick=canary()>", "- [ ] ", "==", "^[", "]", "--8<--", "{{ 7*7 }}", "<h2 id='x\" onmouseover=\"canary()' markdown=1>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_whatever_python_markdown_reads_into_it(text: str) -> None:
    md = Markdown(extensions=[*EXTENSIONS, "abbr", "def_list", sanitize.__name__], extension_configs=EXTENSIONS)
    page = md.convert(text)
    assert harmless(page)
    for token in md.toc_tokens:  # type: ignore[attr-defined]
        assert not set("<>\"'") & set(token["id"] + token["name"] + token["html"] + token["data-toc-label"])
