"""Paths of headings against a plain reading of the rule that tries every heading."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from vaultc.parse import parse
from vaultc.resolve.fragments import Fragments
from vaultc.scan import source_file

headings = st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abc")), max_size=14)
paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=4)


def first(found: list[tuple[int, str]], wanted: list[str]) -> int | None:
    """The number of the last heading of the first path that fits: each the next of its name, none outside of the first."""
    for start, (level, name) in enumerate(found):
        end = next((at for at in range(start + 1, len(found)) if found[at][0] <= level), len(found))
        at: int | None = start if name == wanted[0] else None
        for name in wanted[1:]:
            at = next((it for it in range(at + 1, end) if found[it][1] == name), None) if at is not None else None
        if at is not None:
            return at
    return None


@settings(max_examples=400)
@given(headings, paths)
def test_a_path_of_headings_leads_to_the_first_that_fits(found: list[tuple[int, str]], wanted: list[str]) -> None:
    note = parse(source_file("n.md", "".join(f"{'#' * level} {name}\n\n" for level, name in found).encode()))
    heading = Fragments(note).heading("#".join(wanted))
    at = first(found, wanted)
    assert (heading and note.headings.index(heading)) == at
