"""Where the files of the web front end are: in a checkout the sources, in an installed package what the wheel carries."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_CARRIED = _PACKAGE / "_web"
_CHECKOUT = _PACKAGE.parent.parent


def overrides_dir() -> Path:
    """The folder of theme templates: a `custom_dir` for Material for MkDocs."""
    return _source("site/overrides", "overrides")


def bundle_dir(*, offline: bool = False) -> Path:
    """The folder of built scripts, styles and fonts, laid out as a theme folder: `assets/vaultc/…` goes to the site, and for one that
    is read from a disk that of plain scripts.

    It is built when the package is, from a checkout too; without it (a bare source tree) the folder does not exist.
    """
    return _CARRIED / ("on-disk" if offline else "bundle")


def search_dir() -> Path:
    """The folder of templates that stand for those of Material's own search."""
    return overrides_dir() / "vaultc-search"


def rules_dir() -> Path:
    """The folder with one page for each diagnostic code, `VC201 unresolved-link.md` and so on."""
    return _source("vault/rules", "rules")


def _source(in_checkout: str, in_wheel: str) -> Path:
    source = _CHECKOUT / in_checkout
    return source if (_CHECKOUT / "hatch_build.py").is_file() and source.is_dir() else _CARRIED / in_wheel
