"""Markdown that another program wrote: plain, Obsidian's, Notion's, Logseq's, Dendron's."""

import re
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import Any

import yaml

from vaultc import parse, scan
from vaultc.importer.draft import Draft
from vaultc.parse import frontmatter

# Notion ends the names of its files, and of the folders with their pages, with an id.
_NOTION = re.compile(r"(?: |%20)[0-9a-f]{32}(?=\.(?:md|csv)\b|/|$)")
_NOTION_LINK = re.compile(r"\]\([^()\s]*[0-9a-f]{32}[^()\s]*\)")
# Properties of Logseq, `key:: value`, which stand before the first block.
_LOGSEQ = re.compile(r"\A((?:[\w-]+:: [^\n]*\n)+)")
_DATES = ("date", "created", "created_at", "updated")


def draft(name: str, text: str) -> Draft:
    """The note that a Markdown file becomes: its text as it is, but for what only its program reads."""
    stem = _NOTION.sub("", PurePath(name).stem)
    text = _NOTION_LINK.sub(lambda link: _NOTION.sub("", link[0]), text)
    if head := _LOGSEQ.match(text):
        properties = dict(line.split(":: ", 1) for line in head[1].splitlines())
        front_matter = yaml.safe_dump(properties, allow_unicode=True, sort_keys=False, width=1000)
        text = f"---\n{front_matter}---\n{text[head.end() :]}"
    data = text.encode("utf-8", "surrogatepass")
    front = frontmatter.read(name, data)
    if front.findings:  # what is no YAML stays in the text, where it is seen
        front = frontmatter.FrontMatter()
    written = data[front.span.start : front.span.end].decode("utf-8", "surrogatepass")
    note = parse.parse(scan.source_file(f"{stem}.md", data))
    heading = next((heading.text for heading in note.headings if heading.level == 1), "")
    title = str(front.metadata.get("title") or heading or stem)
    body = data[front.body :].decode("utf-8", "surrogatepass")
    when = next((day for key in _DATES if (day := _day(front.metadata.get(key)))), None)
    return Draft(title, body, name, when, f"{written.rstrip()}\n" if written.strip() else "", front.metadata)


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
