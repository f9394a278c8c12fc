"""Python-Markdown as MkDocs sets it up for a page, for one page after the other, with less of what cannot come to anything.

MkDocs makes a reader for each page, and reads each page twice more for anchors, which vaultc has checked.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import markdown
from markdown.extensions.toc import TocTreeprocessor
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page, _ExtractTitleTreeprocessor, _RelativePathTreeprocessor
from mkdocs.structure.toc import get_toc
from mkdocs.utils import get_relative_url

from vaultc.publish import code

# A link to a page as vaultc writes it: no scheme, no host, no query, nothing that an address is cleared of before it is read.
_PAGE = re.compile(r"((?:[\w.,~-]|%[0-9A-F]{2}|(?<=[^/])/)+\.md)((?:#[\w%.~-]+)?)")


class Reader:
    """Reads the Markdown of pages of one site. What it makes of a page does not depend on those before."""

    def __init__(self, file: File, files: Files, config: MkDocsConfig) -> None:
        self._markdown = markdown.Markdown(
            extensions=config["markdown_extensions"], extension_configs=config["mdx_configs"] or {}
        )
        self._links = _Links(file, files, config)
        self._links._register(self._markdown)
        self._title = _ExtractTitleTreeprocessor()
        self._title._register(self._markdown)
        lighten(self._markdown)

    def read(self, page: Page) -> None:
        """Give a page its content, its table of contents and the title that its first heading is."""
        self._markdown.reset()
        self._links.file = page.file
        self._links.links_to_anchors = {}
        self._title.title = None
        page.content = self._markdown.convert(page.markdown or "")
        page.toc = get_toc(getattr(self._markdown, "toc_tokens", []))
        page._title_from_render = self._title.title


def lighten(reader: markdown.Markdown) -> None:
    """Let a reader pass over what cannot come to anything; what it makes of a text stays the same."""
    if type(reader.treeprocessors["inline"]) is InlineProcessor:
        reader.treeprocessors.register(_Inline(reader), "inline", 20)
    for step in reader.treeprocessors:
        if type(step) is TocTreeprocessor:
            _Contents(reader, step)
    code.lighten(reader)


class _Contents:
    """Makes a list of the headings only for a page that says where it is to stand; themes ask for the headings themselves."""

    def __init__(self, reader: markdown.Markdown, headings: TocTreeprocessor) -> None:
        self._marker, self._made, self._convert = headings.marker, headings.build_toc_div, reader.convert
        self._wanted = False
        reader.convert = self._read  # type: ignore[method-assign]
        headings.build_toc_div = self._list  # type: ignore[method-assign,assignment]

    def _read(self, source: str) -> str:
        self._wanted = bool(self._marker) and self._marker in source
        return self._convert(source)

    def _list(self, headings: list[Any]) -> Element:
        return self._made(headings) if self._wanted else Element("div")


class _Links(_RelativePathTreeprocessor):
    """Leads links to pages; those that are written as most are, without all the questions that MkDocs asks of others."""

    def path_to_url(self, url: str) -> str:
        if plain := _PAGE.fullmatch(url):
            here = posixpath.dirname(self.file.src_uri)
            target = self.files.get_file_from_path(posixpath.normpath(posixpath.join(here, unquote(plain[1]))))
            if target and target.inclusion.is_included():
                return get_relative_url(target.url, self.file.url) + plain[2]
        return super().path_to_url(url)


class _Inline(InlineProcessor):
    """Asks of a text only those inline patterns that could match something in it."""

    def run(self, tree: Any, ancestors: list[str] | None = None) -> Any:
        patterns: Any = self.inlinePatterns
        self._patterns = [(pattern, needs(pattern.getCompiledRegExp())) for pattern in patterns]
        return super().run(tree, ancestors)

    # Python-Markdown's own, which asks every pattern, is found by this name.
    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, AtomicString):
            return data
        apply = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        present, start = set(data), 0
        for at, (pattern, needed) in enumerate(self._patterns[patternIndex:], patternIndex):
            if needed and needed.isdisjoint(present):
                continue
            before, matched = data, True
            while matched:
                data, matched, start = apply(pattern, data, at, start)
            if data is not before:
                present = set(data)  # once a pattern, not once a match: it reads the whole text
        return data


@cache
def needs(pattern: re.Pattern[str]) -> frozenset[str]:
    """Characters of which a text has at least one wherever the pattern matches something in it; none where that cannot be told."""
    return _needs(_parser.parse(pattern.pattern, pattern.flags), pattern.flags)


def _needs(sequence: Any, flags: int) -> frozenset[str]:
    found = [chars for kind, value in sequence if (chars := _needed(kind, value, flags))]
    return min(found, key=lambda chars: (len(chars), sorted(chars)), default=frozenset())


def _needed(kind: Any, value: Any, flags: int) -> frozenset[str]:
    """What one step of a pattern needs."""
    nothing: frozenset[str] = frozenset()
    if kind is op.LITERAL:
        return nothing if flags & re.IGNORECASE and chr(value).lower() != chr(value).upper() else frozenset(chr(value))
    if kind is op.IN:
        each = [_needed(kind, value, flags) for kind, value in value]
        return nothing.union(*each) if all(each) else nothing
    if kind is op.SUBPATTERN:
        return _needs(value[3], flags | value[1])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return _needs(value[2], flags) if value[0] else nothing
    if kind is op.BRANCH:
        each = [_needs(way, flags) for way in value[1]]
        return nothing.union(*each) if all(each) else nothing
    if kind is op.ASSERT:
        return _needs(value[1], flags)
    return _needs(value, flags) if kind is op.ATOMIC_GROUP else nothing
