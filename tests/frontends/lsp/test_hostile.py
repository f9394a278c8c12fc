"""What an editor, or the disk, may do to the server: it answers in one line, loses nothing and lives."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from tests.frontends.lsp.conftest import Editor, written

LSP = [sys.executable, "-m", "vaultc", "lsp"]
HELLO = json.dumps(
    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None}}
)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"Content-Length: 400\r\n\r\n" + HELLO.encode(),
        f"Content-Length: {len(HELLO)}\r\n\r\n{HELLO}Content-Length: 90".encode(),
    ],
    ids=["nothing", "half a message", "half a header"],
)
def test_a_client_that_goes_away_leaves_no_server_behind(tmp_path: Path, sent: bytes) -> None:
    done = subprocess.run(LSP, input=sent, capture_output=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 0
    assert b"vaultc itself" not in done.stderr


def test_after_its_dismissal_the_server_tells_nothing_more(editor: Editor) -> None:
    """What it tells after its leave goes to what is closed: traces without end, until nobody reads them and it hangs."""
    editor.open("index.md")
    editor.settled()
    editor.type("index.md", "[[missing]]\n", 7)
    editor.dismiss()
    before = editor.versions.copy()
    editor.wait(asyncio.sleep(0.2))
    assert editor.versions == before
    assert editor.leave() == 0
    assert editor.complaints == b""


def test_what_is_no_message_is_answered_and_the_next_one_is_read(tmp_path: Path) -> None:
    sent = f"Content-Length: 3\r\n\r\n{{!}}Content-Length: {len(HELLO)}\r\n\r\n{HELLO}"
    done = subprocess.run(LSP, input=sent.encode(), capture_output=True, timeout=60, cwd=tmp_path)
    assert b'"positionEncoding"' in done.stdout


@pytest.mark.parametrize("line, character", [(10_000, 0), (2, 10_000), (2**31 - 1, 2**31 - 1)])
def test_positions_outside_are_drawn_in(reader: Editor, line: int, character: int) -> None:
    where = types.Position(line, character)
    document = reader.document("index.md")
    client = reader.client
    assert reader.wait(client.text_document_hover_async(types.HoverParams(document, where))) is None
    reader.wait(client.text_document_definition_async(types.DefinitionParams(document, where)))
    reader.wait(client.text_document_completion_async(types.CompletionParams(document, where)))
    assert reader.wait(client.text_document_prepare_rename_async(types.PrepareRenameParams(document, where))) is None
    assert reader.wait(client.text_document_rename_async(types.RenameParams(document, where, "x"))) is None
    for area in (
        types.Range(where, where),
        types.Range(types.Position(0, 0), where),
        types.Range(where, types.Position(0, 0)),
    ):
        reader.wait(client.text_document_inlay_hint_async(types.InlayHintParams(document, area)))
        asked = types.CodeActionParams(document, area, types.CodeActionContext([]))
        reader.wait(client.text_document_code_action_async(asked))
    found = reader.wait(
        client.text_document_references_async(types.ReferenceParams(types.ReferenceContext(True), document, where))
    )
    assert found


def test_files_that_are_no_notes_get_no_answer(reader: Editor, tmp_path: Path) -> None:
    where = types.Position(0, 0)
    for uri in (
        (tmp_path / "elsewhere.md").as_uri(),
        "untitled:Untitled-1",
        "file:///",
        "file://%00",
        reader.uri("dot.png"),
    ):
        document = types.TextDocumentIdentifier(uri)
        item = types.TextDocumentItem(uri, types.LanguageKind.Markdown, 1, "[[x]]\n")
        reader.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        assert reader.wait(reader.client.text_document_hover_async(types.HoverParams(document, where))) is None
        reader.client.text_document_did_close(types.DidCloseTextDocumentParams(document))
    assert "index" in [
        it.name for it in reader.wait(reader.client.workspace_symbol_async(types.WorkspaceSymbolParams(""))) or ()
    ]


def test_changes_of_a_file_that_is_not_open_do_no_harm(reader: Editor) -> None:
    reader.shut("never.md")
    reader.type("never.md", "[[x]]\n")
    reader.shut("never.md")
    reader.settled()
    assert "VC201" in reader.codes("index.md")


def test_half_characters_are_a_finding(reader: Editor) -> None:
    reader.open("a/Twin.md", "[[Guide]] \ud83e\n")
    assert "VC002" in reader.codes("a/Twin.md")
    reader.shut("a/Twin.md")
    assert "VC002" not in reader.codes("a/Twin.md")


def test_five_hundred_files_at_once(editor: Editor, vault: Path) -> None:
    names = [f"many/{number}.md" for number in range(500)]
    written(vault, dict.fromkeys(names, "[[Guide]]\n"))
    for name in names:
        editor.open(name, "[[Guide]] [[Missing]]\n")
    editor.settled()
    assert all([str(it.code) for it in editor.diagnostics[editor.uri(name)]].count("VC201") == 1 for name in names)
    for name in names:
        editor.shut(name)
    editor.settled()
    assert not any(it.code == "VC201" for name in names for it in editor.diagnostics[editor.uri(name)])


def test_a_vault_that_goes_and_comes_back(editor: Editor, vault: Path) -> None:
    editor.open("Guide.md", "[[index]] [[Nothing]]\n")
    editor.settled()
    shutil.move(vault, vault.with_name("away"))
    editor.changed("index.md")
    assert "VC201" in editor.codes("Guide.md")
    [message] = editor.messages
    assert "\n" not in message and str(vault) in message
    editor.type("Guide.md", "[[index]] [[Nothing]] [[Nowhere]]\n")
    assert editor.codes("Guide.md").count("VC201") == 2
    shutil.move(vault.with_name("away"), vault)
    editor.changed("index.md")
    editor.type("Guide.md", "[[index]]\n")
    assert "VC201" not in editor.codes("Guide.md")


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    program = "import sys; sys.modules['pygls'] = None; from vaultc.frontends.cli import main; main(['lsp'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", cwd=tmp_path)
    assert done.returncode == 2
    assert "pip install 'vaultc[lsp]'" in done.stderr
    assert done.stderr.count("\n") == 1
