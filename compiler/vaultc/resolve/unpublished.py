"""What is not published: notes, of which a public note tells the words of a link's label, never the name that it leads to; and files
that would be more than files in a site. What a generator or a browser would make a page of, what a page would load in the place of its own
scripts and styles, and what the host of the site would obey."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from vaultc.index import Index
from vaultc.model import Note, Reference
from vaultc.parse import anchors
from vaultc.resolve import Ambiguous, Resolution, Resolved
from vaultc.text import fold

WORDS = "an unpublished note"
_PAGES: Final = frozenset("hta htm html mht mhtml shtml svgz swf xht xhtml xml xsl xslt".split())
# Where a theme's scripts and styles lie in a site; a file of a vault would come before the theme's of that name.
_PARTS: Final = ("assets/javascripts/", "assets/stylesheets/", "assets/vaultc/", "search/")
# What a generator makes a page of, drawings of Excalidraw among them: the front matter of such a file would speak to the generator.
_SOURCES: Final = frozenset("markdown md mdown mkd mkdn".split())
# What services that show a site read at its root: which domain is its own, who may advertise or index it, where requests go, what runs for them.
_HOST: Final = frozenset(
    "ads.txt app-ads.txt cname robots.txt _config.yml _headers _redirects _routes.json _worker.js netlify.toml staticwebapp.config.json vercel.json web.config".split()
)


def hides(notes: Mapping[str, Note], resolution: Resolution) -> bool:
    """Whether a link leads to what is there and not published, be it to a part of it that is missing."""
    chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
    if isinstance(chosen, Resolved) and chosen.kind == "hidden":
        return True
    note = notes.get(chosen.path) if chosen.path else None
    return note is not None and not note.published


def withheld(resolution: Resolution, trusted: bool) -> bool:
    """Whether a link leads to a file that is in the vault and not on its site; `trusted` says that only what would be a page there
    beside ours is not."""
    if not isinstance(resolution, Resolved) or resolution.kind != "asset":
        return False
    name = fold(resolution.path)
    extension = name.rpartition(".")[2]
    if extension in _SOURCES or trusted:
        return extension in _SOURCES
    return extension in _PAGES or name.startswith(_PARTS) or name.partition("/")[0] in _HOST


def bare(notes: Mapping[str, Note], note: Note, links: Sequence[Resolution]) -> list[Reference]:
    """The links of a note to unpublished ones that have no label, so that a reader would see the name itself."""
    return [
        reference
        for reference, resolution in zip(note.references, links, strict=True)
        if hides(notes, resolution) and not reference.label and reference.kind not in ("markdown", "image")
    ]


def without(text: str, links: Sequence[Reference]) -> str:
    """`text` with neutral words for what those links show in it."""
    for reference in links:
        shown = " > ".join(part for part in (p.strip() for p in reference.target.split("#")) if part)
        for name in (f"![[{reference.target}]]", f"[[{reference.target}]]", shown):
            text = text.replace(name, WORDS)
    return text


def discreet(index: Index, links: Mapping[str, Sequence[Resolution]], paths: Iterable[str]) -> dict[str, Note]:
    """Those of the notes at `paths` that are published and whose title or anchors would name an unpublished one, as they are
    without those names."""
    notes = index.notes
    if not index.hidden and all(note.published for note in notes.values()):
        return {}
    out: dict[str, Note] = {}
    for path in paths:
        note = notes[path]
        names = bare(notes, note, links[path]) if note.published else []
        if not names:
            continue
        starts = [heading.span.start for heading in note.headings]
        inside: list[list[Reference]] = [[] for _ in starts]
        for name in names:
            at = bisect_right(starts, name.span.start) - 1
            if at >= 0 and note.headings[at].span.contains(name.span):
                inside[at].append(name)
        texts = [without(heading.text, some) for heading, some in zip(note.headings, inside, strict=True)]
        ids = anchors.unique(texts)
        headings = tuple(h._replace(anchor=anchor) for h, anchor in zip(note.headings, ids, strict=True))
        title = without(note.title, [*(name for name in names if name.kind == "property"), *chain(*inside)])
        if headings != note.headings or title != note.title:
            out[path] = note._replace(title=title, headings=headings)
    return out
