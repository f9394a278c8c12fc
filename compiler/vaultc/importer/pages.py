"""Markdown that another program wrote: plain, Obsidian's, Notion's, Logseq's, Dendron's, Zettlr's."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import Any

from vaultc import parse, scan
from vaultc.importer import logseq
from vaultc.importer.draft import Draft
from vaultc.parse import frontmatter

# Notion ends the names of its files, and of the folders with their pages, with an id.
_NOTION = re.compile(r"(?: |%20)[0-9a-f]{32}(?=\.(?:md|csv)\b|/|$)")
_NOTION_LINK = re.compile(r"\]\([^()\s]*[0-9a-f]{32}[^()\s]*\)")
# Zettlr finds a note by the fourteen digits of a time, in its name or its text.
_ZETTLR = re.compile(r"(?<!\d)\d{14}(?!\d)")
_ZETTLR_TEXT = re.compile(r"^(?:ID: *|id: *|@)(\d{14})\s*$", re.M)
# What Pandoc reads at the end of a heading.
_ATTRIBUTES = re.compile(r"\s*\{[#.][^{}]*\}$")
# Dendron's link has its label first.
_DENDRON_LINK = re.compile(r"(?<!!)\[\[([^\[\]|\n]+)\|([^\[\]|\n]+)\]\]")
_DENDRON_VAULT = re.compile(r"(?<=\[\[)dendron://[^/\[\]\n]+/")
_DATES = ("date", "created", "created_at", "updated")


def draft(name: str, text: str) -> Draft:
    """The note that a Markdown file becomes: its text as it is, but for what only its program reads."""
    stem = _NOTION.sub("", PurePath(name).stem)
    text = _NOTION_LINK.sub(lambda link: _NOTION.sub("", link[0]), text)
    text = logseq.markdown(text)
    data = text.encode("utf-8", "surrogatepass")
    front = frontmatter.read(name, data)
    if front.findings:  # what is no YAML stays in the text, where it is seen
        front = frontmatter.FrontMatter()
    written = data[front.span.start : front.span.end].decode("utf-8", "surrogatepass")
    note = parse.parse(scan.source_file(f"{stem}.md", data))
    heading = next((heading.text for heading in note.headings if heading.level == 1), "")
    title = str(
        front.metadata.get("title") or _ATTRIBUTES.sub("", heading) or _ZETTLR.sub("", stem).strip(" -_") or stem
    )
    body = data[front.body :].decode("utf-8", "surrogatepass")
    folder: tuple[str, ...] = ()
    if _is_dendron(front.metadata):
        body = _DENDRON_LINK.sub(r"[[\2|\1]]", _DENDRON_VAULT.sub("", body))
        folder = tuple(stem.split(".")[:-1])
    when = next((day for key in _DATES if (day := _day(front.metadata.get(key)))), None)
    kept = f"{written.rstrip()}\n" if written.strip() else ""
    mark = _ZETTLR.search(stem) or _ZETTLR_TEXT.search(text)
    names = (stem, *((mark[mark.lastindex or 0],) if mark else ()))
    return Draft(title, body, name, when, kept, front.metadata, names=names, folder=folder)


def _is_dendron(front: Mapping[str, Any]) -> bool:
    """Whether front matter is Dendron's, which gives every note an id, and counts its time in milliseconds."""
    return "id" in front and any(isinstance(front.get(key), int) for key in ("created", "updated"))


def _day(value: Any) -> date | None:
    """The day that a value of front matter means; Dendron counts milliseconds."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value / 1000, UTC).date()
        return date.fromisoformat(str(value)[:10])
    except (ValueError, OverflowError, OSError):
        return None
