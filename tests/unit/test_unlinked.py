"""Where running text names a note: what is found, and what is no mention."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.frontends.cli.conftest import write
from vaultc.refactor import inflection, unlinked
from vaultc.session import Session


def found(root: Path, files: dict[str, str]) -> list[tuple[str, str, str]]:
    """The mentions in a vault of these files: note, words, note that is meant."""
    vault = Session.open(write(root, files)).vault
    return [(m.path, m.text, m.target) for m in unlinked.find(vault, unlinked.names(vault))]


NAMED = {
    "Sparse attention.md": "",
    "Разреженное внимание.md": "",
    "Кэш ключей.md": "",
    "Память человека.md": "",
    "Распределённые системы.md": "",
    "FlashAttention.md": "---\naliases: [FA]\n---\n",
}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It is sparse attention.", "sparse attention"),
        ("Two Sparse\nattention heads.", "Sparse\nattention"),
        ("В основе разреженного внимания лежит окно.", "разреженного внимания"),
        ("FlashAttention is exact.", "FlashAttention"),
        ("With FA, less.", "FA"),
        ("Sparse attention: a survey", "Sparse attention"),
        ("|sparse attention|b|\n|---|---|\n", "sparse attention"),
        ("| a | b |\n|---|---|\n| sparse attention | x |", "sparse attention"),
        ("> Sparse attention", "Sparse attention"),
        ('So-called "sparse attention" saves.', "sparse attention"),
        ("Сколько кэшей ключей у слоя?", "кэшей ключей"),
        ("Память людей коротка.", "Память людей"),
        ("О распределенной системе.", "распределенной системе"),
    ],
)
def test_a_name_is_found(tmp_path: Path, text: str, words: str) -> None:
    assert [m[1] for m in found(tmp_path / "v", {**NAMED, "a.md": f"{text}\n"})] == [words]


@pytest.mark.parametrize(
    "text",
    [
        "`sparse attention`",
        "```\nsparse attention\n```",
        "# Sparse attention",
        "$sparse attention$",
        "[sparse attention](x.md)",
        "[[x|sparse attention]]",
        "<b title='x'>y</b> %%sparse attention%%",
        "<!-- sparse attention -->",
        "non-sparse attention, sparse attention-like",
        "https://example.org/?q=FlashAttention",
        "Sparse. Attention",
        "Sparse\n\nattention",
        "see [[Sparse attention]], and sparse attention again",
        "Sparse Attention Mechanism is another name",
        "flashattention, fa, FA-like, FA.py, FA:x",
        "---\nx: y\n---",
        '[x]: https://example.org "sparse attention"',
        'the button "open sparse attention"',
        "File > Sparse attention",
        "Разредили внимание.",
        "Память человечества.",
    ],
)
def test_what_is_no_mention(tmp_path: Path, text: str) -> None:
    assert found(tmp_path / "v", {**NAMED, "a.md": f"{text}\n", "x.md": ""}) == []


def test_the_longest_name_wins_and_each_note_is_named_once(tmp_path: Path) -> None:
    files = {"Linear attention.md": "", "Causal linear attention.md": ""}
    text = "Causal linear attention is linear attention, and linear attention.\n"
    assert found(tmp_path / "v", {**files, "a.md": text}) == [
        ("a.md", "Causal linear attention", "Causal linear attention.md"),
        ("a.md", "linear attention", "Linear attention.md"),
    ]


def test_a_plain_word_is_a_name_where_notes_link_it(tmp_path: Path) -> None:
    files = {"Search.md": "", "Mamba.md": "", "a.md": "[[mamba]]", "c.md": "Search for mamba."}
    assert found(tmp_path / "one", files) == []
    assert found(tmp_path / "two", {**files, "b.md": "[[Mamba]]", "d.md": "[[mamba]]"}) == [
        ("c.md", "mamba", "Mamba.md")
    ]


def test_a_plain_word_that_links_show_with_a_capital_is_no_name_without(tmp_path: Path) -> None:
    files = {
        "Trust.md": "",
        "a.md": "See [[Trust]].",
        "b.md": "See [[Trust]].",
        "c.md": "I trust in it, as Trust says.",
    }
    assert found(tmp_path / "v", files) == [("c.md", "Trust", "Trust.md")]


def test_a_russian_word_is_found_in_every_case(tmp_path: Path) -> None:
    links = {f"{at}.md": f"[[Память|{form}]]" for at, form in enumerate(("память", "памяти", "памятью"))}
    text = "Модель без памяти не запоминает."
    assert found(tmp_path / "v", {"Память.md": "", **links, "a.md": text}) == [("a.md", "памяти", "Память.md")]


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("cache", "caches"),
        ("query", "queries"),
        ("box", "boxes"),
        ("matrix", "matrices"),
        ("loss", "losses"),
        ("basis", "bases"),
    ],
)
def test_the_plural_of_an_english_name_is_the_name(tmp_path: Path, one: str, many: str) -> None:
    for name, text in ((f"other {one}", f"other {many}"), (f"other {many}", f"other {one}")):
        files = {f"{name}.md": "", "a.md": f"[[{name}]]", "b.md": f"[[{name}]]", "c.md": f"Of a {text}."}
        assert found(tmp_path / text, files) == [("c.md", text, f"{name}.md")]
        assert inflection.forms(one)[0] in inflection.forms(many)


def test_a_name_of_two_notes_an_unpublished_one_and_a_folder_s_note_are_not_meant(tmp_path: Path) -> None:
    files = {
        "a/Linear attention.md": "",
        "b/Linear attention.md": "",
        "Star attention.md": "---\npublish: false\n---\n",
        "c/index.md": "---\ntitle: All of attention\n---\n",
        "d.md": "Linear attention, star attention, all of attention.\n",
    }
    assert found(tmp_path / "v", files) == []


def test_a_name_that_many_notes_use_and_none_links_is_not_meant(tmp_path: Path) -> None:
    many = {f"n{number}.md": "a long text\n" for number in range(5)}
    assert found(tmp_path / "v", {"A long text.md": "", **many}) == []
    assert len(found(tmp_path / "w", {"A long text.md": "", **many, "x.md": "[[a long text]]"})) == 5


def test_links_show_the_same_words(tmp_path: Path) -> None:
    text = "Of sparse\nattention.\n\n| a |\n|---|\n| разреженное внимание | b |\n"
    vault = Session.open(write(tmp_path / "v", {**NAMED, "a.md": text})).vault
    new = unlinked.link(vault, list(unlinked.find(vault, unlinked.names(vault))))
    assert new["a.md"].decode() == (
        "Of [[Sparse attention|sparse attention]].\n\n| a |\n|---|\n"
        "| [[Разреженное внимание\\|разреженное внимание]] | b |\n"
    )


def test_names_of_one_first_word_are_not_compared_with_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    stands = unlinked._stands

    def counted(*arguments: Any) -> bool:
        nonlocal compared
        compared += 1
        return stands(*arguments)

    monkeypatch.setattr(unlinked, "_stands", counted)
    names = [f"Daily note of day {at}x" for at in range(300)]
    found = unlinked.Names(unlinked.Name(name, f"{name}.md") for name in names).within(" and ".join(names))
    assert [name.target for _, _, name in found] == [f"{name}.md" for name in names]
    assert compared == 300
