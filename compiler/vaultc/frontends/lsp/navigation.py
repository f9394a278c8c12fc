"""Going through the links: definition, hover, references, outline, colours, document links, and how many links lead to a note."""

from collections.abc import Mapping

from lsprotocol import types

from vaultc.errors import VaultcError
from vaultc.frontends.lsp import places, symbols, tokens
from vaultc.frontends.lsp.codec import Codec
from vaultc.frontends.lsp.server import Feature, Server, refused
from vaultc.frontends.render import count
from vaultc.graph import Vault
from vaultc.resolve import Ambiguous
from vaultc.text import Span


def definition(server: Server, params: types.DefinitionParams) -> types.Location | None:
    """Where the link under the cursor leads."""
    if not (at := server.at(params.text_document.uri)):
        return None
    link = places.link_at(at.open.vault, at.path, at.codec.offset(at.path, params.position))
    to = places.target(link.chosen) if link else None
    return at.codec.location(to.path, places.stands(at.open.vault, to)) if to else None


def hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    """The first lines of what the link under the cursor leads to and what was measured there, or the verdicts of the benchmark there."""
    if not (at := server.at(params.text_document.uri)):
        return None
    vault, offset = at.open.vault, at.codec.offset(at.path, params.position)
    try:
        span, text = _told(vault, at.path, offset)
    except VaultcError as fault:
        raise refused(fault) from None
    if not text:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), at.codec.range(at.path, span))


def _told(vault: Vault, path: str, offset: int) -> tuple[Span, str]:
    """What to tell of a place, and of how much of the note that speaks; an empty text where there is nothing to tell."""
    if link := places.link_at(vault, path, offset):
        text = places.preview(vault, link) or ""
        to = places.target(link.chosen)
        note = vault.notes.get(to.path) if to and not to.anchor else None
        if note and note.snippets:
            from vaultc.frontends.lsp import (
                verdicts,
            )  # most vaults have no benchmarks, and what judges them is slow to import

            text += f"\n\n---\n\n{said}" if (said := verdicts.of_note(vault, note)) else ""
        return link.reference.span, text
    note = vault.notes[path]
    snippet = next((it for it in note.snippets if it.span.start <= offset < it.span.end), None)
    if snippet is None:
        return Span(offset, offset), ""
    from vaultc.frontends.lsp import verdicts

    return snippet.span, verdicts.of_snippet(vault, note, snippet.span)


def colours(server: Server, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
    """What the links, tags, block ids and comments of a note are, as the protocol packs it: each after the one before."""
    if not (at := server.at(params.text_document.uri)):
        return None
    packed: list[int] = []
    line = character = 0
    for token in tokens.tokens(at.open.vault, at.path):
        here = at.codec.range(at.path, token.span)
        down = here.start.line - line
        across = here.start.character - (0 if down else character)
        modifiers = 1 << tokens.MODIFIERS.index(token.modifier) if token.modifier else 0
        packed += (down, across, here.end.character - here.start.character, tokens.KINDS.index(token.kind), modifiers)
        line, character = here.start.line, here.start.character
    return types.SemanticTokens(packed)


def references(server: Server, params: types.ReferenceParams) -> list[types.Location] | None:
    """The links that lead where the one under the cursor does, or to the heading, block or note there; the places of a tag."""
    if not (at := server.at(params.text_document.uri)):
        return None
    vault = at.open.vault
    subject = places.subject(vault, at.path, at.codec.offset(at.path, params.position))
    if isinstance(subject, places.Tagged):
        return [at.codec.location(*place) for place in places.tagged(vault, subject.name)]
    found = [*places.leading_to(vault, subject)]
    if params.context.include_declaration:
        found.insert(0, (subject.path, places.stands(vault, subject)))
    return [at.codec.location(*place) for place in found]


def lenses(server: Server, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    """How many links of other notes lead to this one, above its first line."""
    if not (at := server.at(params.text_document.uri)):
        return None
    links = sum(path != at.path for path, _ in places.leading_to(at.open.vault, places.Target(at.path)))
    command = types.Command(count(links, "backlink"), "")
    return [types.CodeLens(at.codec.range(at.path, Span(0, 0)), command)]


def links(server: Server, params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
    """Every link that leads to a file, with the line in it."""
    if not (at := server.at(params.text_document.uri)):
        return None
    out = []
    pairs = zip(at.open.vault.notes[at.path].references, at.open.vault.links[at.path], strict=True)
    for reference, meaning in pairs:
        if to := places.target(meaning.chosen if isinstance(meaning, Ambiguous) else meaning):
            span = places.stands(at.open.vault, to)
            line = f"#L{at.codec.position(to.path, span.start).line + 1}" if span.start else ""
            out.append(types.DocumentLink(at.codec.range(at.path, reference.span), at.open.uri(to.path) + line))
    return out


def outline(server: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    """The headings of a note, each in the one above it."""
    if not (at := server.at(params.text_document.uri)):
        return None
    tops = symbols.outline(at.open.vault.notes[at.path], len(at.open.vault.text(at.path)))
    return [_symbol(at.codec, at.path, section) for section in tops]


def folding(server: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    """The front matter and the sections of a note, by lines."""
    if not (at := server.at(params.text_document.uri)):
        return None
    note = at.open.vault.notes[at.path]
    tops = symbols.outline(note, len(at.open.vault.text(at.path)))
    spans = [Span(0, note.body), *(section.span for section in symbols.sections(tops))]
    lines = [(at.codec.position(at.path, span.start).line, _last_line(at.codec, at.path, span)) for span in spans]
    return [types.FoldingRange(first, last) for first, last in lines if last > first]


def hints(server: Server, params: types.InlayHintParams) -> list[types.InlayHint] | None:
    """After each link that fits several files: the one that it opens."""
    if not (at := server.at(params.text_document.uri)):
        return None
    start, end = (at.codec.offset(at.path, it) for it in (params.range.start, params.range.end))
    pairs = zip(at.open.vault.notes[at.path].references, at.open.vault.links[at.path], strict=True)
    return [
        types.InlayHint(at.codec.position(at.path, reference.span.end), f"→ {meaning.candidates[0]}", padding_left=True)
        for reference, meaning in pairs
        if isinstance(meaning, Ambiguous) and start <= reference.span.end <= end
    ]


def everywhere(server: Server, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
    """The notes, aliases and headings of all vaults that have a name like this."""
    out = []
    for open_ in server.vaults.values():
        server.settle(open_)
        codec = server.codec(open_)
        for it in symbols.named(open_.vault, params.query):
            kind = types.SymbolKind.String if it.within else types.SymbolKind.File
            container = it.within or it.path
            out.append(types.WorkspaceSymbol(codec.location(it.path, it.span), it.name, kind, container_name=container))
    return out


def _symbol(codec: Codec, path: str, section: symbols.Section) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        section.heading.text or section.heading.source or "#",  # the protocol has no symbol without a name
        types.SymbolKind.String,
        codec.range(path, section.span),
        codec.range(path, section.heading.span),
        children=[_symbol(codec, path, part) for part in section.parts],
    )


def _last_line(codec: Codec, path: str, span: Span) -> int:
    """The last line of a span that is not empty."""
    data = codec.open.lines(path).data[span.start : span.end]
    return codec.position(path, span.start + len(data.rstrip())).line


FEATURES: Mapping[str, Feature] = {
    types.TEXT_DOCUMENT_DEFINITION: (definition, None),
    types.TEXT_DOCUMENT_HOVER: (hover, None),
    types.TEXT_DOCUMENT_REFERENCES: (references, None),
    types.TEXT_DOCUMENT_CODE_LENS: (lenses, types.CodeLensOptions()),
    types.TEXT_DOCUMENT_DOCUMENT_LINK: (links, types.DocumentLinkOptions()),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (outline, None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (folding, None),
    types.TEXT_DOCUMENT_INLAY_HINT: (hints, None),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: (
        colours,
        types.SemanticTokensLegend([*tokens.KINDS], [*tokens.MODIFIERS]),
    ),
    types.WORKSPACE_SYMBOL: (everywhere, None),
}
