"""Repairs, missing notes and new names, as an editor applies them: every link still leads where it led."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.frontends.lsp.conftest import NOTES, PATIENCE, Editor, place, written
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
    assert [*offered] == [
        "replace `Gide` by `Guide`",
        "create the note `Gide.md`",
        "add the alias `Gide` to `Guide.md`",
    ]
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


def offered(editor: Editor, path: str, text: str) -> dict[str, types.CodeAction]:
    """What can be done with what stands between two `¦` of a note, which is written and told of."""
    before, _, after = text.partition("¦")
    start = place(before + "¦")[1]
    plain, end = place(before + after) if "¦" in after else (before + after, start)
    written(editor.root, {path: plain})
    editor.changed(path)
    params = types.CodeActionParams(editor.document(path), types.Range(start, end), types.CodeActionContext([]))
    found = editor.wait(editor.client.text_document_code_action_async(params)) or []
    return {it.title: it for it in found if isinstance(it, types.CodeAction)}


def test_a_selection_becomes_a_note_and_every_link_follows(editor: Editor, vault: Path) -> None:
    text = (
        "# Home\n\nBefore [[Guide]], [[#Part]].\n\n"
        "¦## Part\n\nWords of [[#Home]] and [[Guide#One]]. ^kept\n\n### Below\n\n[[#Part]]\n¦\n## After\n\n[here](#after) [[#^kept]]\n"
    )
    written(vault, {"b/Far.md": "[[index#Below|b]] [m](../index.md#part) ![[index#^kept]] [[index]] [[index#After]]\n"})
    found = offered(editor, "index.md", text)
    action = found["extract the selection into the note `Part.md`"]
    assert action.kind == types.CodeActionKind.RefactorExtract
    before = counted(vault)
    applied(action.edit)
    assert (vault / "index.md").read_text(encoding="utf-8") == (
        "# Home\n\nBefore [[Guide]], [[Part#Part]].\n\n[[Part]]\n\n## After\n\n[here](#after) [[Part#^kept]]\n"
    )
    new = (vault / "Part.md").read_text(encoding="utf-8")
    assert new.startswith("---\ntitle: Part\n")
    assert new.endswith("## Part\n\nWords of [[index#Home]] and [[Guide#One]]. ^kept\n\n### Below\n\n[[#Part]]\n")
    assert (vault / "b/Far.md").read_text(encoding="utf-8") == (
        "[[Part#Below|b]] [m](../Part.md#part) ![[Part#^kept]] [[index]] [[index#After]]\n"
    )
    assert not counted(vault) - before - Counter({"VC206": 9})


@pytest.mark.parametrize(
    "text",
    [
        "see [[Gu¦ide]] and¦ more\n",  # half a link
        "a¦ note[^1]¦\n\n[^1]: below\n",
        "a¦ [link][r]¦\n\n[r]: Guide.md\n",
        "¦---\ntitle: x¦\n---\n",
        "| a | b |\n|---|---|\n| ¦c¦ | d |\n",
        "¦ \n ¦\n",
    ],
)
def test_a_selection_that_cannot_stand_alone_is_left(editor: Editor, text: str) -> None:
    assert not [title for title in offered(editor, "index.md", text) if title.startswith("extract")]


def test_an_extracted_note_takes_no_name_that_is_there(editor: Editor, vault: Path) -> None:
    found = offered(editor, "index.md", "x\n\n¦Guide¦\n")
    assert "extract the selection into the note `Guide 2.md`" in found


@pytest.mark.parametrize(
    "front, after",
    [
        ("", "---\naliases: [Short one]\n---\n\n"),
        ("---\ntitle: T\n---\n", "---\ntitle: T\naliases: [Short one]\n---\n"),
        ("---\naliases: [a, 'b, c']\n---\n", "---\naliases: [a, 'b, c', Short one]\n---\n"),
        ("---\naliases: []\nx: 1\n---\n", "---\naliases: [Short one]\nx: 1\n---\n"),
        ("---\naliases:\n  - a\n  - b\nx: 1\n---\n", "---\naliases:\n  - a\n  - b\n  - Short one\nx: 1\n---\n"),
        ("---\nalias: a\n---\n", "---\nalias: [a, Short one]\n---\n"),
        ("---\naliases:\n---\n", "---\naliases: [Short one]\n---\n"),
    ],
)
def test_a_label_becomes_an_alias(editor: Editor, vault: Path, front: str, after: str) -> None:
    written(vault, {"Guide.md": f"{front}## One\n"})
    editor.changed("Guide.md")
    found = offered(editor, "index.md", "[[Guide|Short¦ one]]\n")
    applied(found["add the alias `Short one` to `Guide.md`"].edit)
    assert (vault / "Guide.md").read_text(encoding="utf-8") == f"{after}## One\n"


def test_a_broken_link_becomes_an_alias_of_what_looks_like_it(editor: Editor, vault: Path) -> None:
    found = offered(editor, "index.md", "[[Gi¦de]]\n")
    applied(found["add the alias `Gide` to `Guide.md`"].edit)
    assert (vault / "Guide.md").read_text(encoding="utf-8").startswith("---\naliases: [Handbook, Gide]\n")
    assert counted(vault)["VC201"] == 0


def test_only_what_is_asked_for_is_offered(editor: Editor) -> None:
    editor.open("index.md", "words and [[Gide]]\n")
    whole = types.Range(types.Position(0, 0), types.Position(0, 18))

    def kinds(*only: types.CodeActionKind) -> set[object]:
        context = types.CodeActionContext([], only=[*only])
        params = types.CodeActionParams(editor.document("index.md"), whole, context)
        return {
            it.kind
            for it in editor.wait(editor.client.text_document_code_action_async(params)) or ()
            if isinstance(it, types.CodeAction)
        }

    assert kinds(types.CodeActionKind.Refactor) == {types.CodeActionKind.RefactorExtract}
    assert kinds(types.CodeActionKind.QuickFix) == {types.CodeActionKind.QuickFix}
    assert kinds(types.CodeActionKind.Source) == set()


def test_a_name_that_is_no_link_is_a_hint_and_becomes_one(editor: Editor, vault: Path) -> None:
    written(vault, {"Sparse attention.md": "x\n", "other.md": "In sparse attention, less.\n"})
    editor.changed("other.md")
    editor.open("other.md")
    editor.settled()

    def hints() -> list[types.Diagnostic]:
        return [it for it in editor.diagnostics[editor.uri("other.md")] if it.severity == types.DiagnosticSeverity.Hint]

    for _ in range(PATIENCE * 10):  # names are gathered when nothing comes for a while
        if not hints():
            editor.wait(asyncio.sleep(0.1))
    [hint] = hints()
    assert hint.message == "names `Sparse attention.md` and does not link to it"
    assert (hint.range.start.character, hint.range.end.character) == (3, 19)
    params = types.CodeActionParams(editor.document("other.md"), hint.range, types.CodeActionContext([hint]))
    [action] = [
        it
        for it in editor.wait(editor.client.text_document_code_action_async(params)) or ()
        if isinstance(it, types.CodeAction) and it.title.startswith("link")
    ]
    applied(action.edit)
    assert (vault / "other.md").read_text(encoding="utf-8") == "In [[Sparse attention|sparse attention]], less.\n"
