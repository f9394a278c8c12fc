"""What the emitter asks for stands where it should, in every place where a note can hold it."""

from __future__ import annotations

import re

import pytest

from tests.unit.lower.outline import counts, rendered, tree, words
from vaultc.emit.lower import Fold, Plan, leave, lower
from vaultc.parse.document import read
from vaultc.text import Span

EMBED = "Embedded *text*\n\n- one\n- two\n"


def plan(note: str, *, hard_breaks: bool = False) -> Plan:
    """Every wiki-link becomes a link, every embed blocks, every Markdown link leads to `new page.md`, every `^id` a span."""
    data = note.encode()
    inline: dict[int, str] = {}
    urls: dict[int, str] = {}
    blocks: dict[int, str] = {}
    anchors: dict[int, str] = {}
    for event in read(data).events:
        if event.name == "WikiLink":
            inline[event.start] = f"[{event.data.label or event.data.target}](target.md)"
            if event.data.embed:
                blocks[event.start] = EMBED
        elif event.name in ("+Link", "+Image"):
            urls[event.start] = "new page.md#п"
        elif event.name == "+Heading":
            anchors[event.start] = f"anchor-{event.start}"
    ids = {
        Span(*match.span(1)): match[1].decode() for match in re.finditer(rb"(?:^|\s)(\^[a-z]+)$", data, re.MULTILINE)
    }
    return Plan(inline=inline, urls=urls, blocks=blocks, anchors=anchors, ids=ids, hard_breaks=hard_breaks)


def lowered(note: str, start: int = 0, end: int | None = None) -> str:
    return lower(read(note.encode()), plan(note), start, end)


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("see [[n|label]]!", "see [label](target.md)!\n"),
        ("[t](a.md 'x') ![i](b.png)", '[t](new%20page.md#п "x") ![i](new%20page.md#п)\n'),
        ("[t][r] [r]\n\n[r]: a.md", "[t](new%20page.md#п) [r](new%20page.md#п)\n"),
        ("| a |\n|---|\n| [[n\\|x]] |", "| a |\n| --- |\n| [x](target.md) |\n"),
        ("# A [[n]]", "# A [n](target.md) {#anchor-0}\n"),
        ("[a [[n]] b](c.md)", "[a n b](new%20page.md#п)\n"),
        ("text ^id", 'text <span id="^id" data-vaultc="block"></span>\n'),
        ("- item ^id\n- b", '- item <span id="^id" data-vaultc="block"></span>\n- b\n'),
        ("# H ^id", '# H <span id="^id" data-vaultc="block"></span> {#anchor-0}\n'),
        ("> a\n\n^id", '> a\n\n<span id="^id" data-vaultc="block"></span>\n'),
    ],
)
def test_inline(note: str, expected: str) -> None:
    assert lowered(note) == expected


@pytest.mark.parametrize(
    ("note", "around"),
    [
        ("![[n]]", ""),
        ("before ![[n]] after", ""),
        ("- ![[n]]", "ul"),
        ("- a\n- before ![[n]] after\n  - ![[n]]", "ul"),
        ("1. a\n\n   ![[n]]\n2. b", "ol"),
        ("> ![[n]]", "blockquote"),
        ("> - before ![[n]]", "blockquote"),
        ("> [!note] Title\n> ![[n]] after", "div"),
    ],
)
def test_blocks_interrupt_their_paragraph(note: str, around: str) -> None:
    shown = tree(rendered(lowered(note)))
    times = note.count("![[n]]")
    assert words(shown).count("embedded") == times
    assert counts(shown)["ul"] >= times
    assert not around or all(not isinstance(node, str) and node[0] == around for node in shown)
    for word in ("before", "after"):
        assert words(shown).count(word) == note.count(word)


@pytest.mark.parametrize("note", ["# ![[n]]", "| ![[n]] |\n|---|\n| b |", "*a ![[n]]*"])
def test_where_blocks_do_not_fit_a_link_stands(note: str) -> None:
    assert "[n](target.md)" in lowered(note)
    assert "Embedded" not in lowered(note)


FOLD = Fold("| r |\n|---|\n| 1 |\n", "1 line of Python")


@pytest.mark.parametrize("how", ["lower", "leave"])
def test_a_folded_block_stands_below_what_readers_need_first(how: str) -> None:
    note = "- a\n\n    ```py\n    x = '/// html'\n      y\n    ```\n\n- b\n"
    document, folds = read(note.encode()), Plan(folds={note.index("```"): FOLD})
    html = rendered(lower(document, folds) if how == "lower" else leave(document, folds)[0])
    found = {name: html.count(f"<{name}") for name in ("ul", "li", "details", "summary", "pre", "table", "td")}
    assert found == {"ul": 1, "li": 2, "details": 1, "summary": 1, "pre": 1, "table": 1, "td": 1}
    code = html[html.index("<pre") : html.index("</pre>")]
    assert re.sub("<[^>]*>", "", code).strip("\n") == "x = '/// html'\n  y"
    assert html.index("<table") < html.index("<details") < html.index("<summary") < html.index("<pre")


@pytest.mark.parametrize("how", ["lower", "leave"])
@pytest.mark.parametrize("note", ["{}", "> {}", "1. {}", "a\n{}b\n", "````md\n{}````\n"])
def test_code_is_never_lost_in_a_fold(how: str, note: str) -> None:
    text = note.format(
        "```py\nx = 1\n```\n".replace("\n", "\n> " if note[0] == ">" else "\n   " if note[0] == "1" else "\n")
    )
    document = read(text.encode())
    starts = {event.start: FOLD for event in document.events if event.name == "+CodeBlock"}
    html = rendered(lower(document, Plan(folds=starts)) if how == "lower" else leave(document, Plan(folds=starts))[0])
    assert html.count("<table") == 1 and re.sub("<[^>]*>", "", html).count("x = 1") == 1


def test_pipes_of_the_plan_do_not_end_a_cell() -> None:
    note = "| [[a]] | [[b]] |\n|---|---|\n"
    chosen = Plan(inline={2: "[x|y](z)", 10: '<span title="x|y">z</span>'})
    text = lower(read(note.encode()), chosen)
    assert text.startswith('| [x\\|y](z) | <span title="x&#124;y">z</span> |\n')


def test_line_breaks_as_in_obsidian() -> None:
    note = "a\nb\n\n- c\n  d\n"
    assert rendered(lower(read(note.encode()), plan(note, hard_breaks=True))).count("<br />") == 2
    assert "<br" not in rendered(lower(read(note.encode()), plan(note)))


def test_ids_of_headings_are_those_of_the_plan() -> None:
    note = "# A *b* `c`\n\nTwo\n===\n\n- # In a list\n\n> ## In a quote ##\n"
    chosen = plan(note)
    assert re.findall(r'<h\d id="([^"]*)"', rendered(lower(read(note.encode()), chosen))) == list(
        chosen.anchors.values()
    )


def test_a_part_of_a_note() -> None:
    note = "# A\n\nx[^1]\n\n- a\n- b\n  1. c\n  2. d\n\n# B\n\ny[^2]\n\n[^1]: one\n\n[^2]: two\n"
    at = note.index("# B")
    assert lower(read(note.encode()), Plan(), 0, at) == "# A\n\nx[^1]\n\n- a\n- b\n    1. c\n    2. d\n\n[^1]: one\n"
    assert lower(read(note.encode()), Plan(prefix="n-"), at) == "# B\n\ny[^n-2]\n\n[^n-2]: two\n"
    item = note.index("2. d")
    assert lower(read(note.encode()), Plan(), item, item + 4) == "2. d\n"
    assert lower(read(note.encode()), Plan(), item + 3, item + 4) == "d\n"


def test_left_alone() -> None:
    note = "# A\n\nTwo\n---\n* [[n|x]] %%gone%%\n    * ![[n]]\n\n![[n]]\n\n| [[n\\|x]] | [a][r] |\n|--|--|\n\ntext ^id\n\n[r]: b.md\n"
    assert leave(read(note.encode()), plan(note))[0] == (
        "# A {#anchor-0}\n\nTwo {#anchor-5}\n---\n* [x](target.md) \n    * [n](target.md)\n\n"
        "Embedded *text*\n\n- one\n- two\n\n| [x](target.md) | [a](new%20page.md#п) |\n|--|--|\n\n"
        'text <span id="^id" data-vaultc="block"></span>\n\n[r]: b.md\n'
    )


@pytest.mark.parametrize(
    "note", [">" * 1000 + " a", "".join(f"{'  ' * i}- a\n" for i in range(300)), "*a " * 300 + "b*" * 300, "[" * 500]
)
def test_depth_is_bounded(note: str) -> None:
    text = lower(read(note.encode()), Plan())
    assert len(text) < 30 * len(note)
    assert "a" in words(tree(rendered(text))) or "[" in text
