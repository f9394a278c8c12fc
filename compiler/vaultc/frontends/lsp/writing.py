"""Help with writing: completion, repairs, new names."""

from collections.abc import Mapping

from lsprotocol import types

from vaultc.frontends.lsp.completion import Kind, complete
from vaultc.frontends.lsp.server import Feature, Server

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


def completion(server: Server, params: types.CompletionParams) -> types.CompletionList | None:
    """What may be meant by what is typed."""
    if not (at := server.at(params.text_document.uri)):
        return None
    found = complete(at.open.vault, at.path, at.codec.offset(at.path, params.position))
    if found is None:
        return None
    place = at.codec.range(at.path, found.span)
    items = [
        types.CompletionItem(
            choice.label,
            kind=_KINDS[choice.kind],
            detail=choice.detail or None,
            filter_text=choice.filter,
            sort_text=f"{order:03}",
            text_edit=types.TextEdit(place, choice.text),
        )
        for order, choice in enumerate(found.choices)
    ]
    return types.CompletionList(is_incomplete=not found.all, items=items)


FEATURES: Mapping[str, Feature] = {
    types.TEXT_DOCUMENT_COMPLETION: (completion, types.CompletionOptions(trigger_characters=["[", "#", "^", "/", "!"])),
}
