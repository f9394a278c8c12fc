"""What MkDocs, the front end and a site without a configuration must agree on."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from vaultc.config import locate
from vaultc.publish import mkdocs, web

ROOT = Path(__file__).parents[2]


def configuration() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    return loaded


def test_mkdocs_does_not_empty_the_sources_of_the_front_end() -> None:
    # MkDocs' default output is `site/`, which it empties at each build.
    assert configuration()["site_dir"] == "build/site"
    assert configuration()["docs_dir"] == "vault"


def test_a_site_without_a_configuration_looks_like_this_one(tmp_path: Path) -> None:
    (tmp_path / "vaultc.toml").touch()
    project = locate(tmp_path)
    ours = configuration()
    given = yaml.safe_load(mkdocs.configuration(project).read_text(encoding="utf-8"))
    assert given["theme"] == ours["theme"]
    assert given["plugins"][0] == ours["plugins"][0]
    assert given["extra"] == ours["extra"]


def test_a_checkout_uses_its_own_sources() -> None:
    assert web.overrides_dir() == ROOT / "site" / "overrides"
    assert web.rules_dir() == ROOT / "vault" / "rules"
    assert (web.overrides_dir() / "main.html").is_file()


@pytest.mark.parametrize("name", ["vaultc.js", "early.js", "style.css", "math.css"])
def test_the_bundle_is_built_under_the_names_that_templates_use(name: str) -> None:
    assert (web.bundle_dir() / "assets" / "vaultc" / name).stat().st_size > 0


def test_styles_ask_no_other_host() -> None:
    for sheet in (web.bundle_dir() / "assets").rglob("*.css"):
        assert not re.findall(r"""(?:url\(|@import\s*)["']?(?:https?:)?//""", sheet.read_text(encoding="utf-8"))


def test_templates_name_no_other_host() -> None:
    for template in web.overrides_dir().rglob("*.html"):
        addresses = re.findall(r"https?://[^\s\"'<>]+", template.read_text(encoding="utf-8"))
        assert set(addresses) <= {"http://www.w3.org/2000/svg"}


def test_the_mkdocs_plugin_and_the_command_are_announced() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["scripts"]) == {"vaultc"}
    assert set(project["entry-points"]["mkdocs.plugins"]) == {"vaultc"}


@pytest.mark.parametrize(("place", "least"), [("site/client", 50), ("editors/vscode", 10)])
def test_the_lock_file_binds_every_package_and_no_registry(place: str, least: int) -> None:
    lock = (ROOT / place / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity": "sha512-') >= least


def test_the_front_end_holds_sources_only() -> None:
    built = {".js", ".map", ".woff", ".woff2", ".ttf"}
    inside = (file.relative_to(ROOT) for file in (ROOT / "site").rglob("*") if "node_modules" not in file.parts)
    assert [file for file in inside if file.suffix in built] == []
