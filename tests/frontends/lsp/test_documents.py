"""Diagnostics in an editor: those of a check, of the text as it is typed, and told again when they change."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from tests.frontends.lsp.conftest import PATIENCE, Editor, written


def checked(root: Path) -> list[tuple[str, str, str, int, int]]:
    """What `vaultc check` says: path, code, message, line and column."""
    command = [sys.executable, "-m", "vaultc", "check", str(root), "--format", "json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    found = json.loads(done.stdout)["diagnostics"]
    return sorted((it["path"], it["code"], it["message"], it["line"], it["column"]) for it in found)


def told(editor: Editor, root: Path) -> list[tuple[str, str, str, int, int]]:
    editor.settled()
    return sorted(
        (path.relative_to(root).as_posix(), str(it.code), it.message.split("\n")[0], at.line + 1, at.character + 1)
        for path in root.rglob("*.*")
        for it in editor.diagnostics.get(path.as_uri(), [])
        for at in [it.range.start]
    )


def test_the_editor_hears_what_a_check_says(vault: Path) -> None:
    editor = Editor(vault)
    editor.start("utf-32")
    assert told(editor, vault) == checked(vault) != []
    [broken] = [it for it in editor.diagnostics[editor.uri("index.md")] if it.code == "VC201"]
    assert (broken.source, broken.severity) == ("vaultc", types.DiagnosticSeverity.Error)
    assert broken.message == "no note named `Gide`\ndid you mean `Guide`?"
    assert broken.code_description and "VC201" in broken.code_description.href
    editor.stop()


@pytest.mark.parametrize("unit, column", [("utf-8", 26), ("utf-16", 24), ("utf-32", 23)])
def test_columns_are_counted_as_agreed(vault: Path, unit: str, column: int) -> None:
    editor = Editor(vault)
    result = editor.start(unit)
    assert result.capabilities.position_encoding == unit
    editor.settled()
    [broken] = [it for it in editor.diagnostics[editor.uri("index.md")] if it.code == "VC201"]
    assert (broken.range.start.line, broken.range.start.character) == (2, column - 4)
    assert broken.range.end.character == column + 4
    editor.stop()


def test_what_is_typed_counts_and_never_reaches_the_disk(editor: Editor, vault: Path) -> None:
    before = (vault / "Guide.md").read_bytes()
    editor.open("Guide.md")
    editor.type("Guide.md", "[[index]] and [[Nothing]]\n", version=7)
    assert editor.codes("Guide.md") == ["VC201"]
    assert editor.versions[editor.uri("Guide.md")] == 7
    assert "VC202" in editor.codes("index.md"), "a heading that others link to is gone"
    editor.shut("Guide.md")
    assert editor.codes("Guide.md") == []
    assert "VC202" not in editor.codes("index.md")
    assert (vault / "Guide.md").read_bytes() == before


def test_a_new_note_counts_before_it_is_saved(editor: Editor, vault: Path) -> None:
    assert "VC201" in editor.codes("index.md")
    editor.open("Gide.md", "[[index]]\n")
    assert "VC201" not in editor.codes("index.md")
    editor.shut("Gide.md")
    assert "VC201" in editor.codes("index.md")


def test_the_disk_is_looked_at_when_it_changes(editor: Editor, vault: Path) -> None:
    assert "VC201" in editor.codes("index.md")
    written(vault, {"Gide.md": "[[index]]\n"})
    editor.changed("Gide.md")
    assert "VC201" not in editor.codes("index.md")
    (vault / "Gide.md").unlink()
    editor.changed("Gide.md")
    assert "VC201" in editor.codes("index.md")


def test_a_configuration_that_breaks_is_said_and_what_was_known_stays(editor: Editor, vault: Path) -> None:
    written(vault, {"vaultc.toml": 'vault = "."\n[severity]\nVC201 = "off"\n'})
    editor.changed("vaultc.toml")
    assert "VC201" not in editor.codes("index.md")
    written(vault, {"vaultc.toml": "vault = [\n"})
    editor.changed("vaultc.toml")
    editor.open("Guide.md", "[[index]] [[Nothing]]\n")
    assert "VC202" in editor.codes("index.md"), "a heading that others link to is gone"
    assert any("vaultc.toml" in message for message in editor.messages)
    written(vault, {"vaultc.toml": 'vault = "."\n'})
    editor.changed("vaultc.toml")
    assert editor.codes("Guide.md") == ["VC201"]


def test_a_moved_line_moves_its_finding(editor: Editor) -> None:
    text = "# Home\n\n🦊 to [[Guide]] and [[Gide]].\n"
    editor.open("index.md", text)
    editor.type("index.md", text.replace("# Home\n\n", "# Hom\n\n\n"))  # as many bytes, one line more
    editor.settled()
    [broken] = [it for it in editor.diagnostics[editor.uri("index.md")] if it.code == "VC201"]
    assert broken.range.start.line == 3


def test_the_disk_is_watched_for_an_editor_that_does_not_tell(editor: Editor, vault: Path) -> None:
    assert "VC201" in editor.codes("index.md")
    written(vault, {"Gide.md": "[[index]]\n"})
    for _ in range(PATIENCE * 10):
        if "VC201" in editor.codes("index.md"):
            editor.wait(asyncio.sleep(0.1))
    assert "VC201" not in editor.codes("index.md")


def test_an_editor_that_can_tell_is_asked_to(vault: Path) -> None:
    editor = Editor(vault)
    editor.start(did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True))
    editor.settled()
    assert editor.registered == [types.WORKSPACE_DID_CHANGE_WATCHED_FILES]
    written(vault, {"Gide.md": "[[index]]\n"})
    editor.wait(asyncio.sleep(1))
    assert "VC201" in editor.codes("index.md"), "nobody looked"
    editor.changed("Gide.md")
    assert "VC201" not in editor.codes("index.md")
    assert editor.stop() == 0
