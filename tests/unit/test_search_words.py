"""The words of the index. `site/client/test/search.test.ts` holds the browser's side to the same table."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from vaultc.emit.sections import Section
from vaultc.publish.search.index import Found, Places, Store, write
from vaultc.publish.search.words import part, places, words

TABLE = json.loads((Path(__file__).parents[2] / "site/client/test/words.json").read_text("utf-8"))


@pytest.mark.parametrize(("text", "expected"), TABLE["words"])
def test_words_are_compared_without_case_and_accents(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(("word", "parts", "number"), TABLE["parts"])
def test_the_part_of_a_word_follows_from_how_it_begins(word: str, parts: int, number: int) -> None:
    assert part(word, parts) == number


def test_places_count_words_and_mark_those_of_headings() -> None:
    found = places([Section("", "", "one two\ntwo"), Section("h", "Two", "one")])
    # A number is left out after each line and each heading, an empty one too.
    assert found == {"one": ".1.8", "two": ".2.4.#6"}


def test_two_notes_whose_names_begin_alike_stay_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaultc.publish.search.index._name", lambda url: f"same-{url}")
    notes = [Found(url, url, (), (), "key") for url in ("a", "b")]
    store, site = Store(), tmp_path
    for some in (notes[:1], notes, notes[1:]):
        found = {
            path.relative_to(site).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
            for path in site.rglob("*.js")
        }
        write(some, [], lambda note: [Section("", "", f"word{note.url} both")], Places(site, found, site), store)
        text = (site / "assets/vaultc/search/words-0.js").read_text("utf-8")
        index = json.loads(text.partition(",")[2].rstrip().removesuffix(");"))
        ids = Counter(entry.partition(".")[0] for entry in index["both"].split())
        assert ids == Counter(row.id for row in store.last.rows.values())
        assert len(ids) == len(some)
