"""Help with writing: completion, repairs, new names."""

import re
from collections.abc import Iterator, Mapping

from lsprotocol import types

from vaultc.diagnostics import Edit
from vaultc.errors import VaultcError
from vaultc.frontends.lsp import renaming
from vaultc.frontends.lsp.actions import Action, linked, repairs, rewrites
from vaultc.frontends.lsp.completion import Kind, complete
from vaultc.frontends.lsp.server import At, Feature, Server, refused
from vaultc.text import Span

_KINDS: Mapping[Kind, types.CompletionItemKind] = {
    "note": types.CompletionItemKind.File,
    "alias": types.CompletionItemKind.Reference,
    "file": types.CompletionItemKind.File,
    "folder": types.CompletionItemKind.Folder,
    "heading": types.CompletionItemKind.Text,
    "block": types.CompletionItemKind.Text,
    "tag": types.CompletionItemKind.Keyword,
    "key": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.Value,
}


# What a snippet does not take as it stands.
_SPEAKING = re.compile(r"[\\$}]")


def completion(server: Server, params: types.CompletionParams) -> types.CompletionList | None:
    """What may be meant by what is typed."""
    if not (at := server.at(params.text_document.uri)):
        return None
    offered = complete(at.open.vault, at.path, at.codec.offset(at.path, params.position))
    if offered is None:
        return None
    place = at.codec.range(at.path, offered.span)
    items = [
        types.CompletionItem(
            choice.label,
            kind=_KINDS[choice.kind],
            detail=choice.detail or None,
            filter_text=_filter(choice.filter, offered.typed),
            sort_text=f"{order:03}",
            insert_text_format=types.InsertTextFormat.Snippet if snippet else None,
            text_edit=types.TextEdit(place, _SPEAKING.sub(r"\\\g<0>", choice.text) if snippet else choice.text),
        )
        for order, choice in enumerate(offered.choices)
        for snippet in [server.snippets and " " in choice.text]
    ]
    # What fits better with another letter, only the server knows.
    return types.CompletionList(is_incomplete=True, items=items)


def _filter(name: str, typed: str) -> str:
    """What an editor compares with what was typed: of what was chosen here it must leave nothing out, case or not."""
    return name if name.startswith(typed) else f"{typed} {name}"


def actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """What can be done about what is found and named in a range, with the link there, or with what is selected."""
    if not (at := server.at(params.text_document.uri)):
        return None
    vault, only = at.open.vault, params.context.only
    span = Span(*(at.codec.offset(at.path, it) for it in (params.range.start, params.range.end)))

    def offered() -> Iterator[Action]:
        for finding in at.open.findings.get(at.path, ()):
            if finding.span.start <= span.end and span.start <= finding.span.end:
                yield from repairs(vault, finding)
        for mention in at.open.mentions(at.path):
            if mention.span.start <= span.end and span.start <= mention.span.end:
                yield from linked(vault, mention)
        yield from rewrites(vault, at.path, span)

    return [
        _action(at, it) for it in offered() if not only or any(f"{it.kind}.".startswith(f"{kind}.") for kind in only)
    ]


def _action(at: At, action: Action) -> types.CodeAction:
    edit = at.codec.edits(action.edits, create=action.create)
    return types.CodeAction(
        action.title,
        kind=action.kind,
        diagnostics=[at.codec.diagnostic(action.finding)] if action.finding else None,
        edit=edit,
        is_preferred=action.safe,
    )


def prepare(server: Server, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """What would be renamed at a place."""
    if not (at := server.at(params.text_document.uri)):
        return None
    what = renaming.at(at.open.vault, at.path, at.codec.offset(at.path, params.position))
    return types.PrepareRenamePlaceholder(at.codec.range(at.path, what.span), what.name) if what else None


def rename(server: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """A new name for a note, with its file, or for a heading or a block, and for every link to it."""
    if not (at := server.at(params.text_document.uri)):
        return None
    what = renaming.at(at.open.vault, at.path, at.codec.offset(at.path, params.position))
    if what is None:
        return None
    try:
        done = renaming.rename(at.open.vault, what, params.new_name)
    except VaultcError as fault:
        raise refused(fault) from None
    operations = []
    if done.move:
        old, new = map(at.open.uri, done.move)
        options = types.RenameFileOptions(overwrite=False, ignore_if_exists=False)
        operations.append(types.RenameFile(old, new, options=options))
    return at.codec.edits(done.edits, operations)


def will_rename(server: Server, params: types.RenameFilesParams) -> types.WorkspaceEdit | None:
    """What to write before files or folders are renamed, so that every link follows.

    Files that are renamed together are looked at one by one: where two would rewrite one link, the request is refused.
    """
    for open_ in server.vaults.values():
        pairs = [(open_.path(it.old_uri), open_.path(it.new_uri)) for it in params.files]
        inside = [(old, new) for old, new in pairs if old and new and old != new]
        if not inside:
            continue
        server.settle(open_)
        edits: dict[tuple[str, Span], Edit] = {}
        try:
            for old, new in inside:
                for edit in renaming.moved(open_.vault, old, new):
                    if edits.setdefault((edit.path, edit.span), edit) != edit:
                        raise VaultcError(f"links between {old} and others change twice: rename one at a time")
        except VaultcError as fault:
            server.say(f"the links stay as they are: {fault}")
            raise refused(fault) from None
        return server.codec(open_).edits(edits.values())
    return None


_ALL_FILES = types.FileOperationRegistrationOptions(
    [types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")]
)
_ACTIONS = [types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorExtract, types.CodeActionKind.RefactorRewrite]
FEATURES: Mapping[str, Feature] = {
    types.TEXT_DOCUMENT_COMPLETION: (completion, types.CompletionOptions(trigger_characters=["[", "#", "^", "/", "!"])),
    types.TEXT_DOCUMENT_CODE_ACTION: (actions, types.CodeActionOptions(_ACTIONS)),
    types.TEXT_DOCUMENT_PREPARE_RENAME: (prepare, None),
    types.TEXT_DOCUMENT_RENAME: (rename, types.RenameOptions(prepare_provider=True)),
    types.WORKSPACE_WILL_RENAME_FILES: (will_rename, _ALL_FILES),
}
