"""Going through the links of a vault in an reader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lsprotocol import types

from tests.frontends.lsp.conftest import Editor, opened, place, written
from vaultc.session import Session


def go(reader: Editor, path: str, text: str) -> tuple[str, int] | None:
    """Where the definition of what stands at `¦` in a text leads: file and line from 0."""
    plain, position = place(text)
    reader.open(path, plain)
    params = types.DefinitionParams(reader.document(path), position)
    found = reader.wait(reader.client.text_document_definition_async(params))
    reader.shut(path)
    if found is None:
        return None
    assert isinstance(found, types.Location)
    return found.uri.removeprefix(reader.root.as_uri() + "/"), found.range.start.line


@pytest.mark.parametrize(
    "text, goal",
    [
        ("🦊 [[Gui¦de]]", ("Guide.md", 0)),
        ("[[Handbook¦]]", ("Guide.md", 0)),
        ("[[Guide#Étape 🦊 two|x¦]]", ("Guide.md", 8)),
        ("[[Guide#^kept¦]]", ("Guide.md", 10)),
        ("![[dot¦.png]]", ("dot.png", 0)),
        ("[w¦](a/Twin.md)", ("a/Twin.md", 0)),
        ("[[Twin¦]]", ("a/Twin.md", 0)),
        ("[[Noth¦ing]]", None),
        ("no li¦nk", None),
    ],
)
def test_definition(reader: Editor, text: str, goal: tuple[str, int] | None) -> None:
    assert go(reader, "index.md", text) == goal


def test_hover_shows_the_first_lines_of_what_is_meant(reader: Editor) -> None:
    text, position = place("[[Guide#One¦]]")
    reader.open("index.md", text)
    hover = reader.wait(
        reader.client.text_document_hover_async(types.HoverParams(reader.document("index.md"), position))
    )
    reader.shut("index.md")
    assert hover and isinstance(hover.contents, types.MarkupContent) and hover.range
    assert "Back to [[index]]" in hover.contents.value
    assert "Étape" not in hover.contents.value
    assert hover.range.end.character == len(text)


def test_references_of_a_note_a_heading_a_block_and_a_tag(reader: Editor) -> None:
    def asked(path: str, line: int, character: int) -> list[tuple[str, int]]:
        where = types.Position(line, character)
        params = types.ReferenceParams(types.ReferenceContext(False), reader.document(path), where)
        found = reader.wait(reader.client.text_document_references_async(params)) or []
        return [(it.uri.removeprefix(reader.root.as_uri() + "/"), it.range.start.line) for it in found]

    assert asked("Guide.md", 6, 0) == [
        ("Guide.md", 14),
        ("a/Twin.md", 0),
        ("b/Twin.md", 0),
        ("index.md", 2),
        ("index.md", 4),
    ]
    assert asked("b/Twin.md", 0, 7) == asked("Guide.md", 6, 0)
    assert asked("Guide.md", 8, 3) == [("index.md", 4)]
    assert asked("Guide.md", 10, 14) == [("a/Twin.md", 0)]
    assert asked("Guide.md", 14, 10) == [("Guide.md", 14)]


def test_backlinks_are_counted_above_the_note(reader: Editor) -> None:
    params = types.CodeLensParams(reader.document("Guide.md"))
    [lens] = reader.wait(reader.client.text_document_code_lens_async(params)) or []
    assert lens.command and lens.command.title == "4 backlinks"


def test_links_lead_to_files_and_lines(reader: Editor) -> None:
    params = types.DocumentLinkParams(reader.document("index.md"))
    links = reader.wait(reader.client.text_document_document_link_async(params)) or []
    assert [link.target for link in links] == [
        reader.uri("Guide.md"),
        reader.uri("a/Twin.md"),
        reader.uri("Guide.md") + "#L9",
        reader.uri("dot.png"),
    ]


def test_what_an_ambiguous_link_opens_stands_behind_it(reader: Editor) -> None:
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))
    params = types.InlayHintParams(reader.document("index.md"), whole)
    hints = reader.wait(reader.client.text_document_inlay_hint_async(params)) or []
    assert [(it.label, it.position) for it in hints] == [("→ a/Twin.md", types.Position(4, 8))]


def test_outline_and_folding(reader: Editor) -> None:
    symbols = reader.wait(
        reader.client.text_document_document_symbol_async(types.DocumentSymbolParams(reader.document("Guide.md")))
    )
    assert symbols
    tops = [it for it in symbols if isinstance(it, types.DocumentSymbol)]
    assert [(it.name, [below.name for below in it.children or ()]) for it in tops] == [
        ("One", []),
        ("Étape 🦊 two", ["Below"]),
    ]
    folds = reader.wait(
        reader.client.text_document_folding_range_async(types.FoldingRangeParams(reader.document("Guide.md")))
    )
    assert [(it.start_line, it.end_line) for it in folds or ()] == [(0, 3), (4, 6), (8, 14), (12, 14)]


def test_names_of_the_whole_vault(reader: Editor) -> None:
    def asked(query: str) -> list[str]:
        found = reader.wait(reader.client.workspace_symbol_async(types.WorkspaceSymbolParams(query)))
        return [it.name for it in found or ()]

    assert asked("étape") == ["Étape 🦊 two"]
    assert asked("hand") == ["Handbook"]
    assert asked("") == ["Guide", "Handbook", "Home", "Twin", "Twin", "index"]


def test_a_file_of_another_folder_is_looked_up_in_its_own_vault(reader: Editor, tmp_path: Path) -> None:
    other = written(tmp_path / "other", {".obsidian/app.json": "{}", "One.md": "[[Two]]\n", "Two.md": "x\n"})
    reader.client.text_document_did_open(
        types.DidOpenTextDocumentParams(
            types.TextDocumentItem((other / "One.md").as_uri(), types.LanguageKind.Markdown, 1, "[[Two]]\n")
        )
    )
    document = types.TextDocumentIdentifier((other / "One.md").as_uri())
    params = types.DefinitionParams(document, types.Position(0, 3))
    found = reader.wait(reader.client.text_document_definition_async(params))
    assert isinstance(found, types.Location) and found.uri == (other / "Two.md").as_uri()


def test_colours_say_what_links_tags_ids_and_comments_are(reader: Editor) -> None:
    text = "🦊 [[Guide#One|see]] [[Nothing]] [[Twin]] #a/b ![[dot.png]]\n%% two\nlines %%\n\n[m](Guide.md) ^id\n"
    reader.open("index.md", text)
    params = types.SemanticTokensParams(reader.document("index.md"))
    packed = reader.wait(reader.client.text_document_semantic_tokens_full_async(params))
    reader.shut("index.md")
    assert packed and reader.capabilities.semantic_tokens_provider
    legend = reader.capabilities.semantic_tokens_provider.legend
    lines = [line.encode("utf-16-le") for line in text.split("\n")]
    found, line, character = [], 0, 0
    for down, across, length, kind, modifiers in zip(*[iter(packed.data)] * 5, strict=True):
        line, character = line + down, across if down else character + across
        words = lines[line][2 * character : 2 * (character + length)].decode("utf-16-le")
        names = [it for at, it in enumerate(legend.token_modifiers) if modifiers >> at & 1]
        found.append((words, legend.token_types[kind], *names))
    assert found == [
        ("Guide", "class"),
        ("#One", "property"),
        ("Nothing", "class", "unresolved"),
        ("Twin", "class", "ambiguous"),
        ("#a/b", "decorator"),
        ("dot.png", "string"),
        ("%% two", "comment"),
        ("lines %%", "comment"),
        ("Guide.md", "class"),
        ("^id", "property", "definition"),
    ]


def test_hover_has_the_verdicts_of_what_was_measured() -> None:
    """Of a link to a measured note, and of the benchmark itself: in the vault of the project, whose results are there."""
    root = Path(__file__).parents[3] / "vault"
    note = next(
        it for it in Session.open(root).vault.notes.values() if "bench id=" in str([s.info for s in it.snippets])
    )
    with opened(root) as editor:
        text, position = place(f"[[{note.stem}¦]]\n")
        editor.open("aside.md", text)
        params = types.HoverParams(editor.document("aside.md"), position)
        hover = editor.wait(editor.client.text_document_hover_async(params))
        assert hover and isinstance(hover.contents, types.MarkupContent)
        assert re.search(r"^- \*\*(confirmed|refuted|open|unmeasured)\*\*: ", hover.contents.value, re.M)
        data = (root / note.path).read_bytes()
        line = data[: note.snippets[0].span.start].count(b"\n") + 1
        params = types.HoverParams(editor.document(note.path), types.Position(line, 0))
        hover = editor.wait(editor.client.text_document_hover_async(params))
        assert hover and hover.range and hover.range.start.line == line - 1
