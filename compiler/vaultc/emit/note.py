"""One note as Markdown for the generator: its text lowered, its links rewritten, its embeds expanded."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from vaultc import faults
from vaultc.diagnostics import Diagnostic
from vaultc.emit import pages
from vaultc.emit.documents import Documents
from vaultc.emit.lower import Fold, Plan, leave, lowered
from vaultc.emit.lower.element import marked
from vaultc.emit.lower.escape import escape
from vaultc.emit.pages import Layout
from vaultc.emit.wording import worded
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.parse import Document, opening
from vaultc.parse.frontmatter import strings
from vaultc.resolve import Ambiguous, Resolution, Resolved, Unresolved, unpublished
from vaultc.text import Span, fold

DEPTH = 5
BUDGET = 60  # embeds in one page, all levels together
SIZE = re.compile(r"^(\d+)(?:x(\d+))?$")
_HEIGHT = re.compile(r"(?:^|&)height=(\d{1,4})(?=&|$)")
_IMAGES = frozenset(["avif", "bmp", "gif", "ico", "jpeg", "jpg", "png", "svg", "webp"])
_SOUND = frozenset(["flac", "m4a", "mp3", "ogg", "wav", "3gp"])
_FILM = frozenset(["mkv", "mov", "mp4", "ogv", "webm"])
_CONTAINERS = frozenset(["List", "BlockQuote", "FootnoteDefinition"])


@dataclass(slots=True)
class Use:
    """What a page reads and turned out to need: the notes' documents, the assets it shows, the embeds it may still expand;
    `findings` are about notes that it could not embed."""

    documents: Documents
    assets: set[str] = field(default_factory=set)
    left: int = BUDGET
    findings: list[Diagnostic] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where text is being written: the object file, the notes (with the part) that are open around it, and whether a list or a
    quote is."""

    page: str
    open: tuple[tuple[str, Span], ...] = ()
    inside: bool = False


def body(vault: Vault, layout: Layout, note: Note, use: Use, folds: Mapping[int, Fold] | None = None) -> str:
    """The lowered text of a note; `folds` are those of the code blocks at these offsets."""
    page = layout.notes[note.path]
    anchors = {heading.span.start: heading.anchor for heading in note.headings}
    whole = Span(note.body, len(vault.text(note.path)))
    place = Place(page, ((note.path, whole),))
    text, footnotes = _written(vault, layout, note, place, use, anchors, folds or {}, whole)
    return "\n\n".join((text, *footnotes))


def _written(
    vault: Vault,
    layout: Layout,
    note: Note,
    place: Place,
    use: Use,
    anchors: Mapping[int, str],
    folds: Mapping[int, Fold],
    part: Span,
) -> tuple[str, list[str]]:
    """The lowered text of a part of a note, and the definitions of its footnotes, those of its embeds included."""
    document = use.documents(note)
    kept_back = unpublished.bare(vault.notes, note, vault.links[note.path])
    prefix = "" if len(place.open) == 1 else f"e{BUDGET - use.left}-"  # before embeds of its own are counted
    instead = _instead(vault, layout, note, place, use, part)
    plan = Plan(
        title=opening_title(note, document) if len(place.open) == 1 else -1,
        anchors=anchors,
        folds=folds,
        ids={block.id_span: f"^{block.id}" if len(place.open) == 1 else "" for block in note.blocks},
        tags=_tags(layout, note, place),
        hard_breaks=vault.project.obsidian.hard_breaks,
        prefix=prefix,
        words={reference.span.start: unpublished.WORDS for reference in kept_back},
        inline=instead.inline,
        urls=instead.urls,
        blocks=instead.blocks,
        footnotes=instead.footnotes,
    )
    if vault.project.config.dialect == "material" and len(place.open) == 1:
        return leave(document, plan)
    return lowered(document, plan, part.start, part.end)


@dataclass(frozen=True, slots=True)
class _Instead:
    """What stands in the place of references, by where they start, as `Plan` has it."""

    inline: dict[int, str] = field(default_factory=dict)
    urls: dict[int, str] = field(default_factory=dict)
    blocks: dict[int, str] = field(default_factory=dict)
    footnotes: dict[int, list[str]] = field(default_factory=dict)


def _instead(vault: Vault, layout: Layout, note: Note, place: Place, use: Use, part: Span) -> _Instead:
    """What stands in the place of the references in a part of a note."""
    out = _Instead()
    embeds = any(reference.kind == "embed" for reference in note.references)
    inside = _inside(use.documents(note)) if embeds else frozenset()
    kept_back = unpublished.bare(vault.notes, note, vault.links[note.path])
    for reference, resolution in zip(note.references, vault.links[note.path], strict=True):
        start = reference.span.start
        if reference.kind == "property" or not (part.start <= start < part.end):
            continue
        chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
        if reference.kind in ("markdown", "image"):
            if (found := _url(vault, layout, place, chosen, use)) is not None:
                out.urls[start] = found
            elif reference.kind == "image":  # its description is no text of the note's
                words = html.escape(described(vault, reference, chosen))
                out.inline[start] = f'<span data-vaultc="missing-image">{words}</span>'
            else:
                out.inline[start] = unresolved(vault, unpublished.without(reference.label or "", kept_back), chosen)
            continue
        if reference.kind == "embed" and isinstance(chosen, Resolved):
            here = replace(place, inside=place.inside or start in inside)
            expanded = _embed(vault, layout, here, reference, chosen, use)
            if expanded and chosen.kind != "note":
                out.inline[start], _ = expanded
                continue
            if expanded:
                out.blocks[start], out.footnotes[start] = expanded
        out.inline[start] = _link(vault, layout, place, reference, chosen, use)
    return out


def opening_title(note: Note, document: Document) -> int:
    """Where the heading is that is the note's title; -1 when none is, for the front matter names another one."""
    first = opening(document, note.headings)
    named = next(iter(strings(note.metadata.get("title"))), "")
    return first.span.start if first and (not named or fold(named) == fold(first.text)) else -1


def _tags(layout: Layout, note: Note, place: Place) -> dict[Span, str]:
    """The links in the place of the tags that stand in a note's text."""
    out = {}
    for tag in note.tags:
        page = layout.tags.get(fold(tag.name)) if tag.span.start >= note.body else None
        if page:
            out[tag.span] = f"[\\#{escape(tag.name, links=False)}]({pages.destination(page, place.page)})"
    return out


def described(vault: Vault, reference: Reference, resolution: Resolution) -> str:
    """What stands for an image that is not shown: its description, else its name if that may be told."""
    return reference.label or (unpublished.WORDS if unpublished.hides(vault.notes, resolution) else reference.target)


def _left_out(vault: Vault, resolution: Resolution) -> bool:
    """Whether a link leads to a file that is not published."""
    return unpublished.withheld(resolution, vault.project.config.html == "trusted")


def unresolved(vault: Vault, label: str, resolution: Resolution) -> str:
    """The words of a link that leads nowhere, marked as such."""
    hidden = unpublished.hides(vault.notes, resolution) or _left_out(vault, resolution)
    what = {
        "note": "No note has this name yet",
        "asset": "This file is missing",
        "outside": "This link leads out of the vault",
    }.get(resolution.missing if isinstance(resolution, Unresolved) else "", "Not published")
    kind = "vaultc-unresolved" if isinstance(resolution, Unresolved) and not hidden else "vaultc-unpublished"
    said = worded(vault.project.config.language, what)
    return f'<span class="{kind}" title="{said}">{html.escape(label or "missing", quote=False)}</span>'


def _url(vault: Vault, layout: Layout, place: Place, resolution: Resolution, use: Use) -> str | None:
    """The destination for a resolution, unescaped; None when there is nothing to link to."""
    if isinstance(resolution, Unresolved):
        if resolution.path is None:
            return None
        resolution = Resolved(resolution.path, "note")  # the note without the missing heading
    if not isinstance(resolution, Resolved) or unpublished.hides(vault.notes, resolution):
        return None
    if resolution.kind == "asset":
        if _left_out(vault, resolution):
            return None
        use.assets.add(resolution.path)
        return pages.destination(resolution.path, place.page)
    page = layout.page(resolution.path if resolution.kind == "note" else resolution.path.rstrip("/") + "/")
    return None if page is None else pages.destination(page, place.page, resolution.anchor)


def _link(vault: Vault, layout: Layout, place: Place, reference: Reference, resolution: Resolution, use: Use) -> str:
    label = label_of(reference)
    url = _url(vault, layout, place, resolution, use)
    if url is None:
        if unpublished.hides(vault.notes, resolution):  # a bare name would give its title away
            label = reference.label or unpublished.WORDS
        return unresolved(vault, label, resolution)
    said = worded(vault.project.config.language, "The note has no such heading")
    title = f' "{said}"' if isinstance(resolution, Unresolved) else ""
    return f"[{escape(label, links=False) or '#'}]({url}{title})"


def label_of(reference: Reference) -> str:
    """What a reader sees of a wiki-link: its label, else its target with the marks taken out."""
    if reference.label and not (reference.kind == "embed" and SIZE.match(reference.label)):
        return html.unescape(reference.label).replace("`", "")
    parts = (part.strip().removesuffix(".md") for part in reference.target.replace("#^", "#").split("#"))
    return " > ".join(part for part in parts if part).replace("`", "").rstrip("/")


def _embed(
    vault: Vault, layout: Layout, place: Place, reference: Reference, target: Resolved, use: Use
) -> tuple[str, list[str]] | None:
    """What stands for an embed, and the definitions of its footnotes; None where only a link can."""
    if unpublished.hides(vault.notes, target) or _left_out(vault, target):
        return None
    if target.kind == "asset":
        return _media(place, reference, target.path, use), []
    if target.kind != "note":
        return None
    note = vault.notes[target.path]
    part = vault.extent(target)
    around = any(
        path == target.path and (open_.contains(part) or part.contains(open_)) for path, open_ in place.open[1:]
    )
    own = place.open[0][0] == target.path and part.contains(reference.span) and len(place.open) == 1
    host = place.open[0][0] == target.path and len(place.open) > 1
    if around or own or host or len(place.open) > DEPTH or use.left <= 0:
        return None
    use.left -= 1
    inner = replace(place, open=(*place.open, (target.path, part)))
    made = faults.attempt(
        note.path, "embedded", lambda: _written(vault, layout, note, inner, use, {}, {}, part), use.findings.append
    )
    if made is None:
        return None
    text, footnotes = made
    page = layout.notes[target.path]
    source = f"[{escape(note.title, links=False)}]({pages.destination(page, place.page, target.anchor)})"
    element = marked if place.inside else _element
    body = element("embed-source", source) + "\n\n" + text.strip("\n")
    return element("embed", body), footnotes


def _inside(document: Document) -> frozenset[int]:
    """Where the wiki-links in lists, quotes and footnotes start."""
    depth = 0
    found = set()
    for name, _, start, _ in document.events:
        if name[1:] in _CONTAINERS:
            depth += 1 if name[0] == "+" else -1
        elif depth and name == "WikiLink":
            found.add(start)
    return frozenset(found)


def _element(name: str, content: str) -> str:
    """`content` in an HTML element that keeps its Markdown, which any generator can read where no list and no quote is around."""
    return f'<div data-vaultc="{name}" markdown="1">\n\n{content}\n\n</div>'


def _media(place: Place, reference: Reference, path: str, use: Use) -> str:
    use.assets.add(path)
    extension = path.rpartition(".")[2].lower()
    *words, last = (reference.label or "").split("|")
    size = SIZE.match(last.strip())
    if not size:
        words.append(last)
    name = path.rpartition("/")[2]
    alt = "|".join(words).strip() or name
    hook = reference.target.partition("#")[2]
    if extension in _IMAGES:
        attributes = ""
        if size:
            attributes = f'{{ width="{size[1]}"' + (f' height="{size[2]}"' if size[2] else "") + " }"
        url = pages.destination(path, place.page) + ("#" + quote(hook) if hook else "")
        # Generators index text, not `alt`: the name stays in the text, out of sight, so that search finds the picture and a
        # screen reader still reads it once.
        return f'![]({url}){attributes}<span class="vaultc-name">{html.escape(alt, quote=False)}</span>'
    address = html.escape(pages.address(path, place.page)) + ("#" + quote(hook, safe="=&") if hook else "")
    title = html.escape(alt)
    if extension in _SOUND:
        return f'<audio controls data-vaultc="media" src="{address}" title="{title}"></audio>'
    if extension in _FILM:
        return f'<video controls data-vaultc="media" src="{address}" title="{title}"></video>'
    if extension == "pdf":
        height = f' height="{found[1]}"' if (found := _HEIGHT.search(hook)) else ""
        return f'<iframe data-vaultc="media" src="{address}" title="{title}"{height} loading="lazy"></iframe>'
    return f"[{escape(name, links=False)}]({pages.destination(path, place.page)})"
