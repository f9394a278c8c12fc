"""Repairs, missing notes and new names, as an editor applies them: every link still leads where it led."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.frontends.lsp.conftest import NOTES, Editor, place, written
from vaultc.frontends.lsp.vaults import local
from vaultc.session import Session
from vaultc.text import Lines, Span, splice


def applied(edit: types.WorkspaceEdit | None) -> None:
    """Do on the disk what the server asks for, in order."""
    assert edit and edit.document_changes
    for change in edit.document_changes:
        if isinstance(change, types.CreateFile):
            path = local(change.uri)
            assert path and change.options and change.options.overwrite is False
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(exist_ok=False)
        elif isinstance(change, types.RenameFile):
            old, new = local(change.old_uri), local(change.new_uri)
            assert old and new and not new.exists()
            old.rename(new)
        else:
            assert isinstance(change, types.TextDocumentEdit)
            path = local(change.text_document.uri)
            assert path
            lines = Lines.of(path.read_bytes())
            edits = []
            for it in change.edits:
                start, end = it.range.start, it.range.end
                assert isinstance(it, types.TextEdit)
                span = Span(lines.offset(start.line, start.character), lines.offset(end.line, end.character))
                edits.append((span, it.new_text))
            path.write_bytes(splice(lines.data, edits))


def counted(root: Path) -> Counter[str]:
    return Counter(it.code for it in Session.open(root).diagnostics)


def renamed(editor: Editor, path: str, marked: str, name: str) -> types.WorkspaceEdit | None:
    """Rename what stands at `¦` of a line of a note."""
    text = (editor.root / path).read_text(encoding="utf-8")
    plain = marked.replace("¦", "")
    assert plain in text
    _, where = place(text.replace(plain, marked, 1))
    params = types.RenameParams(editor.document(path), where, name)
    prepared = editor.wait(
        editor.client.text_document_prepare_rename_async(types.PrepareRenameParams(editor.document(path), where))
    )
    assert isinstance(prepared, types.PrepareRenamePlaceholder)
    assert prepared.range.start.character <= where.character <= prepared.range.end.character
    return editor.wait(editor.client.text_document_rename_async(params))


def actions(editor: Editor, path: str, code: str) -> dict[str, types.CodeAction]:
    editor.settled()
    [found] = [it for it in editor.diagnostics[editor.uri(path)] if it.code == code]
    params = types.CodeActionParams(editor.document(path), found.range, types.CodeActionContext([found]))
    offered = editor.wait(editor.client.text_document_code_action_async(params)) or []
    return {it.title: it for it in offered if isinstance(it, types.CodeAction)}


@pytest.mark.parametrize(
    "path, marked, name, texts",
    [
        (
            "index.md",
            "[[Gui¦de]]",
            "Handbuch",
            {"index.md": "[[Handbuch#Étape 🦊 two|two]]", "b/Twin.md": "[[Handbuch]]"},
        ),
        ("index.md", "[[Guide#Ét¦ape", "Step", {"index.md": "[[Guide#Step|two]]", "Guide.md": "## Step\n"}),
        ("Guide.md", "## O¦ne", "Eins [x] *y*", {"Guide.md": "[[#Eins x y]]"}),
        ("a/Twin.md", "[[Guide#^ke¦pt]]", "held", {"a/Twin.md": "[[Guide#^held]]", "Guide.md": "words. ^held"}),
        ("Guide.md", "^ke¦pt", "^held", {"a/Twin.md": "[[Guide#^held]]", "Guide.md": "words. ^held"}),
    ],
)
def test_every_link_follows_a_new_name(
    editor: Editor, vault: Path, path: str, marked: str, name: str, texts: dict[str, str]
) -> None:
    before = counted(vault)
    applied(renamed(editor, path, marked, name))
    moved = {"Guide.md": "Handbuch.md"} if name == "Handbuch" else {}
    for file, text in texts.items():
        assert text in (vault / moved.get(file, file)).read_text(encoding="utf-8")
    assert counted(vault) == before


def test_renaming_a_heading_minds_those_of_the_same_name(editor: Editor, vault: Path) -> None:
    written(
        vault,
        {
            "Guide.md": "## One\n\nx\n\n## Two\n\n### Part\n\n## Three\n\n### Part\n",
            "index.md": "[[Guide#One]] [m](Guide.md#part_1) [[Guide#Three#Part]] [[Guide#Part]] [r]\n\n[r]: Guide.md#three\n",
        },
    )
    editor.changed("Guide.md")
    applied(renamed(editor, "Guide.md", "## On¦e", "Part"))
    text = (vault / "index.md").read_text(encoding="utf-8")
    assert text.startswith("[[Guide#Part]] [m](Guide.md#part_2) [[Guide#Three#Part]] [[Guide#Two#Part]]")
    editor.changed("index.md")
    applied(renamed(editor, "Guide.md", "## Thr¦ee", "Four"))
    text = (vault / "index.md").read_text(encoding="utf-8")
    assert "[[Guide#Four#Part]]" in text
    assert text.endswith("[r]: Guide.md#four\n")


@pytest.mark.parametrize(
    "path, marked, name, why",
    [
        ("index.md", "[[Gui¦de]]", "index", "already there"),
        ("index.md", "[[Gui¦de]]", "../x", "no name for a note"),
        ("index.md", "[[Gui¦de]]", "a]]b", "choose another"),
        ("a/Twin.md", "[[Guide#^ke¦pt]]", "two words", "no block id"),
        ("Guide.md", "## O¦ne", "", "cannot be renamed"),
        ("Guide.md", "## O¦ne", "]] ^x", "cannot|could"),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_one_line(
    reader: Editor, path: str, marked: str, name: str, why: str
) -> None:
    with pytest.raises(JsonRpcException, match=why) as refusal:
        renamed(reader, path, marked, name)
    assert "\n" not in str(refusal.value)
    assert {it.relative_to(reader.root).as_posix() for it in reader.root.rglob("*.*")} == NOTES.keys()


def test_a_file_on_the_disk_is_never_renamed_over(editor: Editor, vault: Path) -> None:
    editor.settled()
    written(vault, {"New.md": "mine\n"})  # nobody told the server
    with pytest.raises(JsonRpcException, match="already there"):
        renamed(editor, "index.md", "[[Gui¦de]]", "New")


def test_a_folder_that_the_editor_renames(editor: Editor, vault: Path) -> None:
    written(vault, {"b/Low.md": "[up](../Guide.md) [[b/Twin]]\n", "index.canvas": '{"nodes": [{"file": "b/Twin.md"}]}'})
    editor.changed("b/Low.md")
    before = counted(vault)
    files = [types.FileRename(editor.uri("b"), editor.uri("c/d"))]
    applied(editor.wait(editor.client.workspace_will_rename_files_async(types.RenameFilesParams(files))))
    (vault / "c").mkdir()
    (vault / "b").rename(vault / "c/d")
    assert (vault / "c/d/Low.md").read_text(encoding="utf-8") == "[up](../../Guide.md) [[c/d/Twin]]\n"
    assert "c/d/Twin.md" in (vault / "index.canvas").read_text(encoding="utf-8")
    assert counted(vault) == before


def test_nothing_is_renamed_where_nothing_is(reader: Editor) -> None:
    params = types.PrepareRenameParams(reader.document("Guide.md"), types.Position(10, 2))
    assert reader.wait(reader.client.text_document_prepare_rename_async(params)) is None


def test_a_suggestion_and_a_missing_note(editor: Editor, vault: Path) -> None:
    offered = actions(editor, "index.md", "VC201")
    assert [*offered] == ["replace `Gide` by `Guide`", "create the note `Gide.md`"]
    applied(offered["create the note `Gide.md`"].edit)
    assert (vault / "Gide.md").read_text(encoding="utf-8").startswith("---\ntitle: Gide\naliases: []\n")
    assert counted(vault)["VC201"] == 0
    (vault / "Gide.md").unlink()
    editor.changed("Gide.md")
    applied(actions(editor, "index.md", "VC201")["replace `Gide` by `Guide`"].edit)
    assert counted(vault)["VC201"] == 0


def test_the_repair_of_a_finding_names_the_version_that_it_is_for(editor: Editor) -> None:
    editor.open("index.md", "[[Twin]]\n")
    [action] = actions(editor, "index.md", "VC205").values()
    assert action.is_preferred and action.edit and action.edit.document_changes
    [change] = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == 1
    assert [it.new_text for it in change.edits if isinstance(it, types.TextEdit)] == ["a/Twin"]


@pytest.mark.parametrize("link", ["[[a:b]]", "[[.hidden]]", "[[../../out]]"])
def test_no_note_is_made_that_the_link_would_not_reach(reader: Editor, link: str) -> None:
    reader.open("index.md", f"{link}\n")
    reader.settled()
    broken = [it for it in reader.diagnostics[reader.uri("index.md")] if str(it.code) in ("VC201", "VC207")]
    params = types.CodeActionParams(reader.document("index.md"), broken[0].range, types.CodeActionContext(broken))
    offered = reader.wait(reader.client.text_document_code_action_async(params)) or []
    reader.shut("index.md")
    assert not [it.title for it in offered if it.title.startswith("create")]
