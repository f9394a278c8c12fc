"""Text that the generator would go over again and again is written so that it does not; nothing of it is lost."""

from __future__ import annotations

import re

import pytest
from markdown import Markdown

from vaultc.emit.lower import Plan, lower
from vaultc.emit.lower.cut import LONGEST, first_line, shortened
from vaultc.parse import read
from vaultc.publish.dialect import EXTENSIONS


def rendered(text: str) -> str:
    lowered = lower(read(text.encode()), Plan())
    return Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS).convert(lowered)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def test_a_long_paragraph_is_cut_between_words() -> None:
    text = " ".join(f"слово{at}" for at in range(LONGEST // 8))
    html = rendered(text)
    assert 2 <= html.count("<p>") <= 3
    assert words(html) == text


def test_what_is_open_where_a_paragraph_is_cut_goes_on() -> None:
    text = "**" + "bold [a](https://e.example) " * (LONGEST // 20) + "end**"
    html = rendered(text)
    assert html.count("<p>") > 1
    assert html.count("<p><strong>") == html.count("<p>") == html.count("</strong>")
    assert html.count('href="https://e.example"') == LONGEST // 20


def test_a_paragraph_that_is_not_long_is_not_cut() -> None:
    events = read(b"word *a* " * 200).events
    assert len(list(shortened(events))) == 1
    assert rendered("word " * 2000).count("<p>") == 1


def test_an_image_is_not_cut() -> None:
    alt = "a " * LONGEST
    assert rendered(f"![{alt}](https://e.example/p.png)").count("<img") == 1


def test_the_first_line_closes_what_is_open() -> None:
    events = read(b"a **b\nc** d").events[1:-1]
    first, rest = first_line(events)
    assert [e.name for e in first] == ["Text", "+Strong", "Text", "-Strong"]
    assert [e.name for e in rest] == ["+Strong", "Text", "-Strong", "Text"]


@pytest.mark.parametrize("unit", ["[", "![", "[a](", "[[", "]", "==a ", "{: .x }", "~~a ", "$a ", "x^["])
def test_many_marks_that_mean_nothing_stay_as_they_are(unit: str) -> None:
    text = (unit * 300).strip()
    assert "".join(words(rendered(text)).split()) == "".join(text.split())


def test_the_hundredth_reference_to_a_footnote_leads_there() -> None:
    html = rendered("a[^n] " * 100 + "\n\n[^n]: b\n")
    assert html.count('href="#fn:n"') == 100
    assert html.count('id="fn:n"') == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<![CDATA[ a [x](y) ]]>\n\nb", "b"),
        ("<![CDATA[" * 9 + "\n\nb", ""),
        ("<? a\n?> <b>c</b>\n\nb", "<!-- --> <b>c</b>\n\nb"),
        ("<!DOCTYPE x>\n\nb", "b"),
    ],
)
def test_what_no_browser_shows_is_not_read_for_links(text: str, shown: str) -> None:
    assert lower(read(text.encode()), Plan()).strip() == shown
