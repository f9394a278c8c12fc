"""All that a rendered page is made of besides its object file, as digests."""

from __future__ import annotations

import functools
import json
import sys
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

from vaultc.publish import web
from vaultc.publish.sidebar import Sidebar

_DISTRIBUTIONS = (
    "jinja2",
    "markdown",
    "markupsafe",
    "mkdocs",
    "mkdocs-material",
    "nh3",
    "pygments",
    "pymdown-extensions",
    "pyyaml",
)
# Where things lie, not what is in them; plugins and the theme are looked at apart.
_PLACES = frozenset(
    {"config_file_path", "docs_dir", "site_dir", "dev_addr", "watch", "plugins", "theme", "exclude_docs"}
)
_PACKAGE = Path(__file__).resolve().parent.parent


def environment(config: MkDocsConfig) -> str:
    """A digest of what every page shares: configuration, templates, libraries and the code that renders."""
    key = blake2b(sys.version.encode(), digest_size=16)
    for name in _DISTRIBUTIONS:
        key.update(f"{name} {version(name)}\0".encode())
    theme = {name: config.theme[name] for name in config.theme}
    # A hook is a module among the plugins, without options.
    plugins = {name: dict(getattr(plugin, "config", {})) for name, plugin in config.plugins.items()}
    rest = {name: config[name] for name in config if name not in _PLACES}
    key.update(json.dumps([rest, theme, plugins], default=_named, sort_keys=True).encode("utf-8", "surrogatepass"))
    custom = [Path(config.theme.custom_dir)] if config.theme.custom_dir else []
    for folder in (_PACKAGE, web.overrides_dir(), *custom):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".html", ".xml", ".yml", ".svg") and path.is_file():
                key.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return key.hexdigest()


def _named(value: Any) -> Any:
    """What stands in the digest for a value that JSON does not know. What has no name of its own is never twice the same."""
    if isinstance(value, functools.partial):
        return [_named(value.func), value.args, value.keywords]
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, dict | set | frozenset | tuple):
        return sorted(map(str, value))
    return repr(value)


class Surroundings:
    """What a page shows of other pages: the sidebar near it, those before and after it, the folders above it."""

    def __init__(self, config: MkDocsConfig, nav: Navigation, sidebar: Sidebar) -> None:
        self._sidebar = sidebar
        home = nav.homepage
        # Tabs name the whole top of the site on every page.
        tabs = "navigation.tabs" in (config.theme.get("features") or ())
        self._shared = repr((home and home.url, [(page.url, page.title) for page in nav.pages] if tabs else ()))

    def digest(self, page: Page, environment: str, objects: str) -> str:
        """What a page is made of: `environment`, the digest of its object file, and what lies around it."""
        near = [(other.url, other.title) if other else None for other in (page.previous_page, page.next_page)]
        above = [(item.title, _index(item)) for item in page.ancestors if isinstance(item, Section)]
        own = (page.url, page.title, page.is_homepage, page.edit_url, page.canonical_url)
        key = blake2b(
            f"{environment} {objects} {self._shared} {near} {above} {own}".encode("utf-8", "surrogatepass"),
            digest_size=16,
        )
        key.update(self._sidebar.key(page))
        return key.hexdigest()


def _index(section: Section) -> str:
    return next((str(child.url) for child in section.children if isinstance(child, Page)), "")
