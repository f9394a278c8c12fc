"""What holds for every note, not only for those that somebody thought of."""

from __future__ import annotations

import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.lower.outline import counts, oracle, rendered, tree, words
from vaultc.emit.lower import Fold, Plan, leave, lower
from vaultc.parse.document import read
from vaultc.text import Span

MARKUP = "*_~=`[]()!<>#+-.|:\\$%^&{}\"'/@ \t\n\r\0\1\x1aаé1x\u00a0"
SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def lowered(text: str) -> str:
    return lower(read(text.encode()), Plan())


@SLOW
@given(st.text(alphabet=MARKUP, max_size=200), st.integers(-5, 250), st.integers(-5, 250))
def test_nothing_raises(text: str, start: int, end: int) -> None:
    document = read(text.encode())
    whole = lower(document, Plan())
    assert "\0" not in whole
    assert whole == "" or whole.endswith("\n")
    assert isinstance(lower(document, Plan(hard_breaks=True), start, end), str)
    assert isinstance(leave(document, Plan(ids={Span(1, 3): "x"}))[0], str)


@SLOW
@given(st.text(alphabet=MARKUP, max_size=200))
def test_a_plan_of_everything_raises_nothing(text: str) -> None:
    document = read(text.encode())
    starts = {event.start: "[x](y)" for event in document.events}
    folds = {event.start: Fold("[x](y)", "z") for event in document.events}
    plan = Plan(inline=starts, urls=starts, blocks=starts, folds=folds, anchors=dict.fromkeys(starts, "id"))
    assert isinstance(lower(document, plan), str)
    assert isinstance(leave(document, plan)[0], str)


def escaped(text: str) -> str:
    """Plain text as CommonMark, with every mark escaped."""
    return "".join(f"\\{c}" if c in string.punctuation else c for c in text)


LINE = st.text(alphabet="*_~=`[]()!<>#+-.|:\\${}^&;\"'/?@aбé18 ", min_size=1, max_size=24)


@settings(SLOW, max_examples=80)
@given(st.lists(LINE, min_size=1, max_size=4))
def test_plain_text_stays_plain(lines: list[str]) -> None:
    """Any text, escaped for CommonMark, comes out as the same text, in a paragraph, an item, a quote, a cell and a heading."""
    kept = [line for line in (" ".join(line.split()) for line in lines) if line]
    text = "\n".join(escaped(line) for line in kept)
    indented = text.replace("\n", "\n  ")
    flat = text.replace("\n", " ")
    for note in (text, f"- {indented}\n- b", f"> {text}", f"| {flat} | b |\n|---|---|\n| c | {flat} |", f"## {flat}"):
        assert tree(rendered(lowered(note))) == tree(oracle(note)), note


WORDS = [
    "alpha",
    "beta",
    "*em*",
    "**strong**",
    "`co|de`",
    "[link](a.md)",
    "![i](b.png)",
    "snake_case",
    "2 * 3",
    "C#",
    "&amp;",
    "a\\*b",
]
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
paragraphs = st.lists(sentences, min_size=1, max_size=3).map(list[str])
headings = st.builds(lambda level, text: [f"{'#' * level} {text}"], st.integers(1, 6), sentences)
fences = st.sampled_from([["```py", "x = 1", "", "    y", "```"], ["~~~", "- a", "```", "~~~"], ["```", "```"]])
tables = st.sampled_from([["| a | b |", "|---|:-:|", "| 1 | `x` |"], ["| a |", "|---|", "| *b* |", "| c |"]])
others = st.sampled_from([["***"], ["    indented", "", "      code"], ["Title", "==="]])
leaves = st.one_of(paragraphs, paragraphs, headings, fences, tables, others)


def joined(blocks: list[list[str]], tight: bool) -> list[str]:
    out: list[str] = []
    for block in blocks:
        if out and not tight:
            out.append("")
        out += block
    return out


@st.composite
def containers(draw: st.DrawFn, inner: st.SearchStrategy[list[str]]) -> list[str]:
    kind = draw(st.sampled_from(["-", "*", "+", "1.", "7)", ">"]))
    if kind == ">":
        return [f"> {line}".rstrip() for line in joined(draw(st.lists(inner, min_size=1, max_size=3)), tight=False)]
    tight = draw(st.booleans())
    out: list[str] = []
    for i in range(draw(st.integers(1, 3))):
        marker = kind if kind in "-*+" else f"{int(kind[:-1]) + i}{kind[-1]}"
        blocks = draw(st.lists(inner, max_size=2))
        lines = joined([draw(paragraphs), *blocks], tight and all(block[0][:1] in "`~-*+1>" for block in blocks))
        if out and not tight:
            out.append("")
        width = len(marker) + 1
        out += [f"{marker} {lines[0]}", *(" " * width + line if line else "" for line in lines[1:])]
    return out


blocks = st.recursive(leaves, containers, max_leaves=8)
documents = st.lists(blocks, min_size=1, max_size=5).map(lambda found: "\n".join(joined(found, tight=False)) + "\n")


@settings(SLOW, max_examples=80)
@given(documents)
def test_structure_and_words_are_kept(note: str) -> None:
    want, got = tree(oracle(note)), tree(rendered(lowered(note)))
    assert counts(got) == counts(want)
    assert words(got) == words(want)
