"""The settings of a site whose project brings none for a generator, and what holds for those of any."""

from typing import Any, Final
from urllib.parse import quote

from markupsafe import escape

from vaultc.config import Project

_PALETTE: Final = [
    {"media": "(prefers-color-scheme)", "primary": "custom", "accent": "custom",
     "toggle": {"icon": "material/brightness-auto", "name": "Switch to light"}},
    {"media": "(prefers-color-scheme: light)", "scheme": "default", "primary": "custom", "accent": "custom",
     "toggle": {"icon": "material/weather-sunny", "name": "Switch to dark"}},
    {"media": "(prefers-color-scheme: dark)", "scheme": "slate", "primary": "custom", "accent": "custom",
     "toggle": {"icon": "material/weather-night", "name": "Follow the system"}},
]  # fmt: skip


def fields(project: Project) -> dict[str, Any]:
    """The settings, with names of MkDocs'."""
    return {
        "site_name": project.name,
        "docs_dir": str(project.output("docs")),
        "site_dir": str(project.build / "site"),
        "theme": {
            "name": "material",
            "language": project.config.language,
            "favicon": "assets/vaultc/mark.svg",
            "features": ["content.code.copy", "navigation.top", "search.highlight", "search.suggest", "toc.follow"],
            "palette": _PALETTE,
        },
        "plugins": [{"search": {"lang": ["en", "ru"]}}, {"vaultc": {"vault": str(project.root)}}],
        "extra": {"generator": False},
        **({"site_url": project.config.site_url} if project.config.site_url else {}),
    }


def print_as_text(settings: Any) -> None:
    """Make HTML of what themes print as it is, and an address of the site's, which they print into attributes. `settings` is
    MkDocs' configuration or a table."""
    for key in ("site_name", "site_description", "site_author"):
        if text := settings.get(key):
            settings[key] = escape(text)
    if address := settings.get("site_url"):
        settings["site_url"] = quote(address, safe="%/:=&?~#+!$,;@()*[]")
