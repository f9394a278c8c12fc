"""Completion: what is offered, and that what it inserts resolves to what was chosen and to nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lsprotocol import types

from tests.conftest import NOT_HERE
from tests.frontends.lsp.conftest import NOTES, Editor, place, written
from vaultc import parse, scan
from vaultc.frontends.lsp.completion import Choices, complete
from vaultc.graph import Vault
from vaultc.resolve import Resolved, Resolver
from vaultc.session import Session

ODD = {
    **NOTES,
    "c/AT&amp;T.md": "# AT&T\n",
    "c/C#.md": "## Kinds | of [x] #y\n\n## Same\n\n### Part\n\n## Other\n\n### Part\n",
    "c/100%.md": "---\ntitle: A *whole* title\naliases: ['p|pe', 'br]acket', Handbook]\n---\n",
    "c/a`tick.md": "x ^one\n",
    "c/$1.md": "",
    "Guide (old).md": "",
    "c/index.md": "[[Guide]]\n",
    "c/_under_.md": "",
    "c/two  blanks.md": "",
    "Пёс.md": "## Заголовок\n",
}
SHARED = Path(__file__).parents[3].parent / "shared" / "vaults"


def asked(vault: Vault, path: str, text: str) -> tuple[Choices | None, bytes]:
    """What is offered at `¦` of a text in place of a note, and that text."""
    plain, at = text.replace("¦", ""), len(text.partition("¦")[0].encode())
    session = Session(vault.project)
    session.apply({path: plain})
    return complete(session.vault, path, at), plain.encode()


def labels(found: Choices | None) -> list[str]:
    return [choice.label for choice in found.choices] if found else []


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Session.open(written(tmp_path / "odd", ODD)).vault


@pytest.mark.parametrize(
    "text, first",
    [
        ("[[gui¦", "Guide"),
        ("[[hand¦]]", "Handbook"),
        ("[[Guide#ét¦", "Étape 🦊 two"),
        ("[[#Ho¦\n\n# Home", "Home"),
        ("[[##ét¦", "Étape 🦊 two"),
        ("[[Guide#^k¦", "^kept"),
        ("![[d¦", "dot.png"),
        ("[[c/C¦", "C#"),
        ("[[C##Pa¦", "Part"),
        ("[[пё¦", "Пёс"),
        ("x #a/¦", "a/b"),
        ("> [!wa¦", "warning"),
        ("---\nal¦\n---\n", "aliases"),
        ("---\ntags: [a¦]\n---\n", "a/b"),
        ("---\ntags:\n  - a¦\n---\n", "a/b"),
    ],
)
def test_what_is_offered_first(odd: Vault, text: str, first: str) -> None:
    assert labels(asked(odd, "index.md", text)[0])[:1] == [first]


@pytest.mark.parametrize(
    "text", ["`[[gui¦`", "```\n[[gui¦\n```\n", "plain ¦", "#¦", "[[Guide|la¦", "[[Guide]] ¦", "$[[gui¦$"]
)
def test_nothing_is_offered_where_nothing_is_meant(odd: Vault, text: str) -> None:
    assert asked(odd, "index.md", text)[0] is None


@pytest.mark.parametrize(
    "text, label, result",
    [
        ("to [[gui¦", "Guide", "to [[Guide]]"),
        ("to [[gui¦]] and", "Guide", "to [[Guide]] and"),
        ("to [[G¦one#Part|label]]", "Guide", "to [[Guide|label]]"),
        ("to [[hand¦|label]]", "Handbook", "to [[Guide|label]]"),
        ("| a | [[hand¦ |", "Handbook", "| a | [[Guide\\|Handbook]] |"),
        ("to [[Twin¦", "Twin", "to [[a/Twin]]"),
        ("[[Guide#ét¦", "Étape 🦊 two", "[[Guide#Étape 🦊 two]]"),
    ],
)
def test_what_is_inserted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, label: str, result: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    files = {path: data for path, data in ODD.items() if path != "c/100%.md"}
    found, data = asked(Session.open(written(tmp_path / "odd", files)).vault, "index.md", text)
    choice = next(it for it in found.choices if it.label == label) if found else None
    assert found and choice
    inserted = data[: found.span.start] + choice.text.encode() + data[found.span.end :]
    assert inserted.decode().startswith(result)


def test_headings_of_one_name_are_told_apart_by_those_above(odd: Vault) -> None:
    found, _ = asked(odd, "index.md", "[[C##Part¦")
    assert found and [choice.text for choice in found.choices] == ["C##Part]]", "C##Other#Part]]"]


def every_choice_is_what_it_says(vault: Vault, path: str, found: Choices | None, mark: str) -> int:
    """Write each choice alone, read that as a note, and see where the link leads."""
    note, resolver = vault.notes[path], Resolver(vault.index)
    for choice in found.choices if found else ():
        read = parse.parse(scan.source_file(path, f"Before {mark}{choice.text} after.\n".encode()))
        [reference] = read.references
        meaning = resolver.resolve(reference, note)
        assert isinstance(meaning, Resolved), (choice, meaning)
        if choice.kind in ("note", "file"):
            assert meaning.path == choice.detail, choice
        elif choice.kind == "alias":
            target = vault.notes[meaning.path]
            assert choice.detail == f"→ {meaning.path}"
            assert choice.label in (*target.aliases, target.title)
        elif choice.kind == "folder":
            assert meaning.path.startswith(choice.label)
        elif choice.kind == "heading":
            assert choice.label in [it.text for it in vault.notes[meaning.path].headings if it.anchor == meaning.anchor]
        elif choice.kind == "block":
            assert meaning.anchor == choice.label
    return len(found.choices) if found else 0


def typed_everywhere(vault: Vault, paths: list[str]) -> int:
    """For each note: its name, its aliases, its headings and its blocks, typed in a note."""
    host = next(iter(vault.notes))
    session = Session(vault.project)
    count = 0
    for path in paths:
        note = vault.notes[path]
        for typed in {
            note.stem[:4],
            note.path[:-3],
            *note.aliases,
            "#",
            "##" + note.title[:3],
            f"{note.stem}#",
            f"{note.stem}#^",
        }:
            for mark in ("", "!"):
                text = f"{mark}[[{typed}"
                session.apply({host: text})
                found = complete(session.vault, host, len(text.encode()))
                count += every_choice_is_what_it_says(session.vault, host, found, f"{mark}[[")
    return count


def test_every_choice_leads_to_what_it_says(odd: Vault) -> None:
    assert typed_everywhere(odd, [*odd.notes]) > 80


@pytest.mark.parametrize("name", ["foam-docs", "quartz-docs", "vanadium-wiki-ru"])
def test_every_choice_leads_to_what_it_says_in_real_vaults(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """About a dozen notes of each vault; with VAULTC_ALL_NOTES in the environment, all of them."""
    if not (SHARED / name).is_dir():
        pytest.skip(f"{NOT_HERE}: {name}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    vault = Session.open(SHARED / name).vault
    paths = [*vault.notes]
    step = 1 if os.environ.get("VAULTC_ALL_NOTES") else max(len(paths) // 12, 1)
    assert typed_everywhere(vault, paths[::step]) > 50


def test_the_editor_is_offered_the_same(reader: Editor) -> None:
    text, position = place("🦊 [[gui¦]]")
    reader.open("index.md", text)
    found = reader.wait(
        reader.client.text_document_completion_async(types.CompletionParams(reader.document("index.md"), position))
    )
    reader.shut("index.md")
    assert isinstance(found, types.CompletionList)
    edit = found.items[0].text_edit
    assert isinstance(edit, types.TextEdit)
    assert edit == types.TextEdit(types.Range(types.Position(0, 5), types.Position(0, 8)), "Guide")


def test_an_editor_that_takes_snippets_gets_names_with_blanks_as_such(vault: Path) -> None:
    """Neovim takes the first word of a plain text; of names with a dollar or a brace the text stays what it is."""
    written(vault, {"a $1} b.md": "", "$2}.md": ""})
    editor = Editor(vault)
    item = types.ClientCompletionItemOptions(snippet_support=True)
    editor.start(completion=types.CompletionClientCapabilities(completion_item=item))
    editor.open("index.md", "[[A $\n[[$\n")
    found = []
    for line, character in ((0, 5), (1, 3)):
        params = types.CompletionParams(editor.document("index.md"), types.Position(line, character))
        listed = editor.wait(editor.client.text_document_completion_async(params))
        assert isinstance(listed, types.CompletionList) and listed.is_incomplete
        first = listed.items[0]
        assert isinstance(first.text_edit, types.TextEdit)
        found.append((first.text_edit.new_text, first.insert_text_format, first.filter_text))
    assert editor.stop() == 0
    assert found == [
        (r"a \$1\} b]]", types.InsertTextFormat.Snippet, "A $ a $1} b"),
        ("$2}]]", None, "$2}"),
    ]
