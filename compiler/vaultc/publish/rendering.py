"""One page at a time: MkDocs' Markdown, template and search entries, by instances that serve all pages."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import BytecodeCache, Environment, FileSystemLoader
from jinja2.bccache import Bucket
from material.plugins.search.plugin import SearchPlugin
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from vaultc import faults, kept
from vaultc.diagnostics import Diagnostic
from vaultc.publish import offline
from vaultc.publish.frame import Frames
from vaultc.publish.reader import Reader

_HEADING = re.compile(r"(</?)h[1-6](?![\w-])", re.I)


class Rendered(NamedTuple):
    """A page's HTML, its entries of the search index (JSON, separated by commas), and a finding if its Markdown raised."""

    html: bytes
    entries: str
    fault: Diagnostic | None = None


def search(config: MkDocsConfig) -> Any:
    """Material's search plugin, None when it is not in use."""
    return next((plugin for plugin in config.plugins.values() if isinstance(plugin, SearchPlugin)), None)


def forgive(index: Any) -> None:
    """Let Material's index take pages that its parser gives up on, which looks for the beginning of a list above the last heading
    in it: they are one entry each, and one that still cannot be read is none."""
    add = index.add_entry_from_context

    def forgiving(page: Page) -> None:
        content, before = page.content, len(index.entries)
        try:
            add(page)
        except (ValueError, IndexError, AttributeError):
            del index.entries[before:]
            page.content = _HEADING.sub(r"\1div", content or "")
            with suppress(ValueError, IndexError, AttributeError):
                add(page)
            page.content = content

    index.add_entry_from_context = forgiving


class Joined:
    """Stands for the search plugin's index when all entries are made: writes what the plugin would."""

    def __init__(self, index: Any, entries: str) -> None:
        self._index = index
        self._entries = entries
        self.entries: list[Any] = []

    def generate_search_index(self, prev: Any) -> str:
        """The index as JSON."""
        self._index.entries = []
        frame, found, rest = self._index.generate_search_index(None).rpartition('"docs":[]')
        assert found
        return f'{frame}"docs":[{self._entries}]{rest}'


class Templates(FileSystemLoader):
    """Templates in theme folders. Lists no dotted files, which MkDocs passes over: Material has thousands of icons there."""

    def list_templates(self) -> list[str]:
        """All other files, by name."""
        found: set[str] = set()
        for top in self.searchpath:
            for folder, folders, files in os.walk(top):
                folders[:] = [name for name in folders if not name.startswith(".")]
                prefix = os.path.relpath(folder, top).replace(os.sep, "/") + "/"
                found.update((prefix + name).removeprefix("./") for name in files if not name.startswith("."))
        return sorted(found)


class Compiled(BytecodeCache):
    """Templates as they were compiled before, kept in a file: to compile them takes longer than all else that one page does."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._version = f"templates 1 {sys.version} {version('jinja2')}"
        self._known = kept.load(file, dict[str, bytes], self._version, 0) or {}
        self._new = False

    def load_bytecode(self, bucket: Bucket) -> None:
        """Called by Jinja, which passes over what another text was compiled to."""
        if code := self._known.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Called by Jinja."""
        self._known[bucket.key] = bucket.bytecode_to_string()
        self._new = True

    def save(self) -> None:
        """Keep what was compiled."""
        if self._new:
            kept.save(self._file, self._known, self._version)


class Renderer:
    """Renders the pages of one site. Each page comes out as if it were the only one; no order matters."""

    def __init__(self, config: MkDocsConfig, files: Files, nav: Navigation, env: Environment) -> None:
        self._config = config
        self._files = files
        self._nav = nav
        self._frames = Frames(config, env)
        self._documents = files.documentation_pages()
        self._search = search(config)
        self._reader: Reader | None = None

    def render(self, page: Page, path: str, source: Callable[[Page], str]) -> Rendered:
        """The page of the note at `path`. Where its Markdown cannot be rendered, it shows the Markdown that `source` gives."""
        page.read_source(self._config)
        index = self._search.search_index if self._search else None

        def made(fault: Diagnostic | None = None) -> tuple[bytes, Diagnostic | None]:
            if fault:
                self._reader = None  # nobody knows what state it is in
                page.markdown = source(page)
            if index:
                index.entries = []
            self._read(page)
            return self._template(page), fault  # where the search plugin reads the page

        html, fault = faults.attempt(path, "rendered", made, made)
        # As the plugin writes them.
        entries = (json.dumps(entry, separators=(",", ":"), default=str) for entry in index.entries) if index else ()
        return Rendered(html, ",".join(entries), fault)

    def _read(self, page: Page) -> None:
        self._reader = self._reader or Reader(page.file, self._files, self._config)
        self._reader.read(page)

    def _template(self, page: Page) -> bytes:
        page.active = True
        try:
            context = get_context(self._nav, self._documents, self._config, page)
            context = self._config.plugins.on_page_context(context, page=page, config=self._config, nav=self._nav)
            html = self._frames.render(context).encode("utf-8", errors="xmlcharrefreplace")
            return offline.linked(html) if offline.KEY in self._config.extra else html
        finally:
            page.active = False
