"""The reader of Markdown leaves out only what would come to nothing."""

import re

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown.inlinepatterns import InlineProcessor

from vaultc.publish import sanitize
from vaultc.publish.dialect import EXTENSIONS
from vaultc.publish.reader import lighten, needs

ALL = markdown.Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)
LESS = markdown.Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)
lighten(LESS)
MARKS = [
    *list("*_`[]()!<>&~=$\\\n\"'^:#|-{}.@/1a "),
    "](x.md)",
    "  \n",
    "[^1]",
    "**",
    "~~",
    "==",
    "<b>",
    "&amp;",
    "\n\n",
    "\n\n# h\n\n",
    "\n\n[TOC]\n\n",
    "\n```py\nif x:  # 1\n```\n",
    "\n```text hl_lines='1'\n<x>\n```\n",
]


@given(st.lists(st.sampled_from(MARKS) | st.text(max_size=3), max_size=30).map("".join))
def test_a_text_is_read_as_if_nothing_had_been_passed_over(text: str) -> None:
    assert LESS.reset().convert(text) == ALL.reset().convert(text)
    assert LESS.toc_tokens == ALL.toc_tokens  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "pattern, chars",
    [
        (r"\[\^([^\]]*)\]", "["),
        (r"(?<!\\)(`+)(.+?)(?<!`)\1(?!`)", "`"),
        (r"\*|_|=", "*_="),
        (r"[*_]{1,2}x?", "*_"),
        (r"(a|b*)c", "c"),
        (r"(?=\$)\S", "$"),
        (r"(?!\$)\S", ""),
        (r"a*|b", ""),
        (r"(?i)k", ""),
        (r"(?i:k)", ""),
        (r"(?i)-k", "-"),
        (r"[^a]", ""),
        (r"[a-z]", ""),
        (r"(?:ab)?", ""),
        (r"", ""),
    ],
)
def test_what_a_pattern_needs(pattern: str, chars: str) -> None:
    assert needs(re.compile(pattern)) == frozenset(chars)


def test_most_patterns_say_what_they_need() -> None:
    patterns: list[InlineProcessor] = list(ALL.inlinePatterns)  # type: ignore[arg-type]
    assert all(needs(pattern.getCompiledRegExp()) for pattern in patterns)


@given(st.text())
def test_text_without_markup_is_clean(text: str) -> None:
    assert sanitize.clean(text) == sanitize._CLEANER.clean(text)
