"""The HTML of a note never speaks for vaultc or the theme, and Python-Markdown finds none of its own signs in it."""

import pytest

from vaultc.emit.lower import Plan, lower
from vaultc.parse import read


@pytest.mark.parametrize(
    "source",
    [
        '<div data-vaultc="topic-map" data-graph="x">\n\ntext\n\n</div>',
        'text <b DATA-VAULTC="x">b</b>',
        "- item\n\n  <p data-v\x02aultc=x>",
        '<p data-md-component="search">x</p>',
        "a <i data-\x0bmd-x>",
    ],
)
def test_names_of_ours_are_taken_away(source: str) -> None:
    lowered = lower(read(source.encode()), Plan()).lower()
    assert "data-vaultc" not in lowered and "data-md" not in lowered and "\x02" not in lowered
    assert "data-note-" in lowered
