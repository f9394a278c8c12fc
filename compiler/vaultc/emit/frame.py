"""What stands around a note's text: front matter, summary, tags, and where it is linked from."""

import html
import json
import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from vaultc.emit import pages
from vaultc.emit.backlinks import Mention
from vaultc.emit.lower.element import fenced
from vaultc.emit.lower.escape import escape
from vaultc.emit.nearby import nearby
from vaultc.emit.pages import Layout
from vaultc.emit.wording import worded
from vaultc.graph import Vault
from vaultc.graph.near import Near
from vaultc.model import Note
from vaultc.parse.frontmatter import strings
from vaultc.resolve import unpublished
from vaultc.text import fold

# What only lists what stands elsewhere: search finds the notes themselves.
UNSEARCHED = {"exclude": True}
_HIDEABLE = ("feedback", "footer", "navigation", "path", "tags", "toc")
# Destinations of links, elements and entities in Markdown; and how long those of a first sentence may be.
_NOT_WORDS = re.compile(r"\]\([^()\s]*(?:\s+\"[^\"]*\")?\)|<[^<>]*>|&#?\w+;")
_ROOM = 2000
_WORD = re.compile(r"\w+")
_PACE = 220  # words a minute
_SHOWN = 200  # mentions in one page; a hub of ten thousand links needs no more


def front(title: str, description: str = "", **more: object) -> str:
    """Front matter for the generator: only what vaultc means, for a note's own keys could name templates. A note that is written
    for the generator (`dialect = "material"`) brings its keys as `more`."""
    # Themes print both into HTML as they are, the description into an attribute.
    fields = {"title": html.escape(title, quote=False).replace("&amp;", "&"), **more}
    if description:
        fields["description"] = html.escape(description)
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False, default=str)}" for key, value in fields.items()]
    return "\n".join(("---", *lines, "---", "", ""))


def title(text: str) -> str:
    """The title in an object file's front matter, as `front` wrote it."""
    return str(json.loads(text.split("\n", 2)[1].removeprefix("title: ")))


class Around(NamedTuple):
    """What a page shows besides the text of its note: `mentioned` are the links to it from others, in order of the sources,
    `front_page` what stands before the text where it is the first page, `changed` the day of the last change, if that is known."""

    mentioned: Sequence[Mention]
    front_page: str
    changed: str
    near: Near | None


def page(vault: Vault, layout: Layout, note: Note, body: str, around: Around) -> str:
    """The whole object file of a note."""
    summary = summary_of(vault, note)
    head, rest = _head(vault, note, body)
    parts = [head] if head else []
    if summary and not _opens(rest, summary):
        parts.append(fenced('div[data-vaultc="summary"]', escape(summary)))
    if around.front_page:
        parts.append(around.front_page)
    if about := "\n\n".join(filter(None, _about(vault, layout, note, around.changed))):
        parts.append(fenced('div[data-vaultc="about"]', about))
    parts.append(rest)
    parts.append(nearby(vault, layout, note.path, around.near))
    parts.append(_backlinks(vault, layout, note, list(dict.fromkeys(around.mentioned))))
    own = ({"hide": ["toc"]} if around.front_page else {}) | _own(vault, note)
    return front(note.title, summary, **own) + "\n\n".join(part for part in parts if part) + "\n"


def _own(vault: Vault, note: Note) -> dict[str, object]:
    """A note's own keys for the generator, when it is written for it. Themes print most as they are, and include what some name."""
    config = vault.project.config
    if config.dialect != "material":
        return {}
    if config.html == "trusted":
        return {key: value for key, value in note.metadata.items() if key not in ("title", "description")}
    hide, search = note.metadata.get("hide"), note.metadata.get("search")
    own: dict[str, object] = {}
    if isinstance(hide, list):
        own["hide"] = [name for name in hide if name in _HIDEABLE]
    if isinstance(search, dict):
        own["search"] = {key: value for key, value in search.items() if isinstance(value, (bool, int, float))}
    return own


def summary_of(vault: Vault, note: Note) -> str:
    """The note's own summary or description, in one line."""
    text = next(iter(strings(note.metadata.get("summary")) or strings(note.metadata.get("description"))), "")
    if "[[" in text:
        text = unpublished.without(text, unpublished.bare(vault.notes, note, vault.links[note.path]))
    return " ".join(text.split())


def _opens(body: str, summary: str) -> bool:
    """Whether a lowered text begins with the words of a summary: readers need them once."""
    first = _NOT_WORDS.sub("", body[: _ROOM + 4 * len(summary)].partition("\n\n")[0])
    said = _WORD.findall(fold(summary))
    return bool(said) and _WORD.findall(fold(first))[: len(said)] == said


def _head(vault: Vault, note: Note, body: str) -> tuple[str, str]:
    """The body cut after its title, so that summary and tags stand below it; one without a title gets the note's."""
    body = body.strip("\n")
    if body.startswith("# "):  # no other heading is of that level
        head, _, rest = body.partition("\n")
        return head, rest.strip("\n")
    if vault.project.config.dialect == "material":
        return "", body
    return f'# {escape(note.title, lines=False)} {{#vaultc-title data-vaultc="title"}}', body


def _about(vault: Vault, layout: Layout, note: Note, changed: str) -> tuple[str, ...]:
    """The line below the title."""
    return _time(vault, note), _changed(vault, changed), _tags(layout, note), _aliases(vault, note)


def _changed(vault: Vault, day: str) -> str:
    if not day:
        return ""
    said = worded(vault.project.config.language, "changed {}", f'<time datetime="{day}">{day}</time>')
    return fenced('div[data-vaultc="changed" data-search-exclude=""]', said)


def _time(vault: Vault, note: Note) -> str:
    """How long it takes to read a note that is longer than a minute."""
    minutes = round(len(vault.text(note.path)[note.body :].split()) / _PACE)
    said = worded(vault.project.config.language, "{} min", minutes)
    return fenced('div[data-vaultc="reading-time" data-search-exclude=""]', said) if minutes > 1 else ""


def _aliases(vault: Vault, note: Note) -> str:
    """The note's other names, those apart that differ in spelling alone: readers know it by them, and search finds it."""
    others = other_names(note)
    if not others:
        return ""
    names = ", ".join(escape(name, links=False) for name in others)
    return fenced('div[data-vaultc="aliases"]', worded(vault.project.config.language, "Also: {}", names))


def other_names(note: Note) -> list[str]:
    """The aliases of a note, less those that differ in spelling alone from its title or from each other."""
    known = {_spelling(note.title): ""} | {_spelling(name): name for name in reversed(note.aliases)}
    return [name for name in reversed(known.values()) if name and _spelling(name) != _spelling(note.title)]


def _spelling(name: str) -> str:
    return fold(name).replace("_", " ").replace("-", " ")


def _tags(layout: Layout, note: Note) -> str:
    here = layout.notes[note.path]
    named = {fold(tag.name): tag.name for tag in reversed(note.tags)}
    links = [
        f"[{escape(name, links=False)}]({pages.destination(layout.tags[key], here)})"
        for key, name in reversed(named.items())
        if key in layout.tags
    ]
    return fenced('div[data-vaultc="tags" data-search-exclude=""]', " ".join(links)) if links else ""


def _backlinks(vault: Vault, layout: Layout, note: Note, found: Sequence[Mention]) -> str:
    if not found:
        return ""
    here, language = layout.notes[note.path], vault.project.config.language
    # Its sentences stand on other pages, where search finds them.
    lines = [f"## {worded(language, 'Linked from')} {{#vaultc-linked-from data-search-exclude}}", ""]
    for source, group in groupby(found[:_SHOWN], key=lambda m: m.source):
        title = escape(vault.notes[source].title, links=False)
        said = [text for mention in group if (text := _sentence(mention))]
        link = f"[{title}]({pages.destination(layout.notes[source], here)})"
        lines.append(f"-   {link}" + "".join(f"\n\n    {text}" for text in said))
        lines.append("")
    if len(found) > _SHOWN:
        lines.append(worded(language, "and {} more", len(found) - _SHOWN))
    return fenced('section[data-vaultc="backlinks"]', "\n".join(lines).strip("\n"))


def _sentence(mention: Mention) -> str:
    link = f"<mark>{escape(mention.link, links=False)}</mark>" if mention.link else ""
    before, after = mention.before.lstrip(" ·"), mention.after.rstrip(" ·")
    return (
        f"{escape(before, links=False)}{link}{escape(after, links=False)}".strip()
        if before or after.strip(" .,;:")
        else ""
    )
