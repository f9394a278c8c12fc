"""What makes a page depend on more than vaultc can name: then MkDocs renders the whole site by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from vaultc.publish import search, web
from vaultc.publish.dialect import extensions

# Events that see neither pages nor files nor templates.
_HARMLESS = frozenset({"startup", "shutdown", "serve", "build_error"})
# Extensions that make HTML of a page's text and their options alone. Those that read files are not among them.
_PURE = re.compile(
    r"(?:markdown\.extensions\.)?(?:abbr|admonition|attr_list|codehilite|def_list|extra|fenced_code|footnotes|legacy_attrs|"
    r"legacy_em|md_in_html|meta|nl2br|sane_lists|smarty|tables|toc|wikilinks)"
    r"|pymdownx\.(?:arithmatex|betterem|blocks\.[a-z]+|caret|critic|details|emoji|escapeall|extra|extrarawhtml|fancylists|"
    r"highlight|inlinehilite|keys|magiclink|mark|progressbar|quotes|saneheaders|smartsymbols|striphtml|superfences|tabbed|"
    r"tasklist|tilde)"
)
_OURS = frozenset(name for name in extensions("sanitized") if name.startswith("vaultc."))
# Names by which a template reads the whole site or the clock.
_WIDE = re.compile(r"\b(nav|pages|build_date_utc|update_date)\b")
# Material's own page lists the whole site beside it; vaultc's `main.html`, which does not, is passed over by a template like this.
_TREE = re.compile(r"extends\s*[\"']base\.html[\"']")


def reasons(config: MkDocsConfig) -> list[str]:
    """Why no page may be carried over and none rendered alone, in words; empty when vaultc can name all that a page is made of."""
    if config.theme.name != "material":
        return [f"theme `{config.theme.name}`"]
    return [*_events(config), *_extensions(config), *_templates(config)]


def _events(config: MkDocsConfig) -> Iterator[str]:
    ours = {"vaultc", search.PLUGIN}
    found: dict[str, list[str]] = {}
    for event, methods in config.plugins.events.items():
        for method in methods:
            origin = config.plugins._event_origins.get(method, "a plugin")
            if origin not in ours and event not in _HARMLESS:
                found.setdefault(origin, []).append(f"on_{event}")
    hooks = {str(name) for name in config.hooks}
    for origin, events in found.items():
        kind = "hook" if origin in hooks else "plugin"
        yield f"{kind} `{origin}` ({', '.join(sorted(set(events)))})"


def _extensions(config: MkDocsConfig) -> Iterator[str]:
    for name in config.markdown_extensions:
        if name not in _OURS and not (isinstance(name, str) and _PURE.fullmatch(name)):
            yield f"Markdown extension `{name}`"


def _templates(config: MkDocsConfig) -> Iterator[str]:
    custom = config.theme.custom_dir
    if not custom or Path(custom).resolve() == web.overrides_dir().resolve():
        return
    for path in sorted(Path(custom).rglob("*.html")):
        text, name = path.read_text(encoding="utf-8", errors="replace"), path.relative_to(custom).as_posix()
        if found := _WIDE.search(text):
            yield f"template `{name}` (reads `{found[0]}`)"
        elif _TREE.search(text):
            yield f"template `{name}` (extends `base.html`, which lists every page)"
