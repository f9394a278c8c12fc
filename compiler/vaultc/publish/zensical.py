"""Stage 9: Zensical over the object files.

Zensical runs as a process of its own, in a folder of the user's, and is given nothing but data: its configuration is written here,
and what a project's `mkdocs.yml` would run is left out. Its Markdown is Python-Markdown, so that pages are sanitised by the same
last step as elsewhere. What it made is looked through, completed, and put in place like any other site.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import yaml
from markupsafe import escape
from pathspec.gitignore import GitIgnoreSpec

from vaultc import disk, kept
from vaultc.config import Project
from vaultc.diagnostics import Diagnostic
from vaultc.emit import Emitted
from vaultc.emit.write import write
from vaultc.errors import VaultcError
from vaultc.graph import Vault
from vaultc.publish import defaults, dialect, feed, guarded, raw, settings, web
from vaultc.publish.engine import Published, Target
from vaultc.publish.policy import KEY, policy
from vaultc.publish.previews import write_preview
from vaultc.publish.site import making, pack_sitemap
from vaultc.resolve.pages import url
from vaultc.text import fold, safe

# The settings that it is given, of those that are data.
_SETTINGS: Final = (
    "site_name", "site_description", "site_author", "site_url", "repo_url", "repo_name", "copyright", "use_directory_urls", "extra",
)  # fmt: skip
_LIBRARIES: Final = ("zensical", "markdown", "pymdownx", "pygments", "nh3", "yaml")
_LOG: Final = "zensical.log"
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_ERROR: Final = re.compile(r"^(?:\w*(?:Error|Exception): )(.+)", re.MULTILINE)
_LANGUAGE: Final = re.compile(r'non-existing template "partials/languages/([^"]*)\.html"')
# Folders below this depth are listed with the pages of the one above: its templates go down by recursion.
_DEEPEST: Final = 12
_LONGEST: Final = 120  # characters of a name in the navigation


def workshop(project: Project) -> Path:
    """Where Zensical works for a project, and keeps pages for the next time: with the user, so that no checkout brings it along."""
    return disk.cache() / f"zensical-{disk.key(project.build)}"


class Zensical:
    """The generator Zensical, with the settings of a project that are data."""

    def __init__(self, project: Project, target: Target) -> None:
        """Raises VaultcError when Zensical is not installed or the project's `mkdocs.yml` cannot be read."""
        if find_spec("zensical") is None:
            raise VaultcError(
                "the engine zensical is not installed: pip install 'vaultc[zensical]', or build with --engine mkdocs"
            )
        if target.offline:
            raise VaultcError("the engine zensical makes no site for a disk: build with --engine mkdocs")
        brought = settings.read(project.mkdocs) if project.mkdocs else None
        self._fields = {"site_name": project.name, **brought.fields} if brought else defaults.fields(project)
        if target.site_url:
            self._fields["site_url"] = target.site_url
        self._folders = bool(self._fields.get("use_directory_urls", True))  # each page has one
        self._site = target.site_dir or Path(self._fields["site_dir"])

    def publish(self, vault: Vault, emitted: Emitted) -> Published:
        """Run Zensical. Raises VaultcError when it gives up or a page is missing; the site that stood there before stays."""
        project = vault.project
        shop = workshop(project)
        with making(self._site, project, {}) as swap:
            names = list(self._names(emitted.folder))
            if unread := next((name for name in names if "\\" in name), None):  # then it makes no page of any
                raise VaultcError(
                    f"zensical reads no name with a backslash: rename {safe(unread)}, or build with --engine mkdocs"
                )
            config = self._configuration(project, [name for name in names if name.endswith(".md")])
            _prepare(shop, emitted.folder, names, config)
            _run(shop)
            shutil.move(shop / "site", swap.aside)
            findings = tuple(self._complete(swap.aside, emitted, names))
            pages = {name: _address(name, self._folders) for name in names if name.endswith(".md")}
            feed.write(swap.aside, vault, emitted, pages, self._fields.get("site_url") or "")
            swap.done()
            return Published(swap.site, None, findings=findings, inputs=tuple(settings.files(project)))

    def _names(self, folder: Path) -> Iterator[str]:
        """The object files that become part of the site."""
        left_out = GitIgnoreSpec.from_lines((self._fields.get("exclude_docs") or "").splitlines())
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and name != disk.TAG and not left_out.match_file(name):
                yield name

    def _configuration(self, project: Project, pages: Sequence[str]) -> dict[str, Any]:
        """What Zensical is told. Raises VaultcError for a theme that it has not."""
        fields = self._fields
        theme = fields.get("theme", {})
        if theme.get("name", "material") != "material":
            raise VaultcError(
                f"the engine zensical has no theme `{theme['name']}`: name material, or build with mkdocs"
            )
        table = {key: fields[key] for key in _SETTINGS if fields.get(key) is not None}
        defaults.print_as_text(table)
        table["extra"] = {**table.get("extra", {}), KEY: policy(project)}
        written = dialect.written(project.config.html)
        for given in fields.get("markdown_extensions", ()):
            for name, options in given.items():
                written[name] = {**written.get(name, {}), **options}
        written[guarded.__name__] = {}
        if self._folders:
            written[raw.__name__] = {}
        searched = any("search" in plugin for plugin in fields.get("plugins", ()))
        return {
            **table,
            "docs_dir": "docs",
            "site_dir": "site",
            "edit_uri": "",
            "theme": {**theme, "name": "material", "variant": "classic", "font": False, "custom_dir": "theme"},
            "plugins": [{"search": {}}] if searched else [],
            "markdown_extensions": [{name: options} for name, options in written.items()],
            "validation": False,  # links are checked
            "nav": _labelled(fields["nav"]) if fields.get("nav") else _nav(pages),
        }

    def _complete(self, site: Path, emitted: Emitted, names: Iterable[str]) -> Iterator[Diagnostic]:
        """Add what Zensical does not make; findings about pages that it could not. Raises VaultcError where one is missing, and
        OSError."""
        notes = {name: path for path, name in emitted.layout.notes.items()}
        for name in names:
            if not name.endswith(".md"):
                continue
            page = _file(name, self._folders)
            if not (site / page).is_file():
                raise VaultcError(f"zensical made no page of {safe(name)}: build with --engine mkdocs")
            if found := guarded.fault((site / page).read_text(encoding="utf-8"), notes.get(name, name)):
                yield found
            write_preview(site, page, emitted.previews.get(name, ""))
        pack_sitemap(site)


def _prepare(shop: Path, objects: Path, names: Sequence[str], config: Mapping[str, Any]) -> None:
    """Make the folder hold what Zensical reads, and of its last time only what it may use. Raises VaultcError, or OSError."""
    shop.mkdir(parents=True, exist_ok=True)
    for old in ("site", _LOG):
        _remove(shop / old)
    before = {path.relative_to(shop / "docs").as_posix() for path in (shop / "docs").rglob("*.md")}
    stable = {key: value for key, value in config.items() if key != "nav"}
    made_by = f"{kept.version(('**/*.py',), _LIBRARIES)} {json.dumps(stable, sort_keys=True)}"
    # It forgets no page, nor what it was made of. A note may have gone because nobody shall read it.
    if before - set(names) or kept.load(shop / "made-by", str, "zensical 1", 0) != made_by:
        _remove(shop / ".cache")
    write(shop / "docs", {}, [(name, objects / name) for name in names])
    theme = {
        path.relative_to(top).as_posix(): path
        for top in (web.overrides_dir(), web.bundle_dir())
        for path in _below(top)
    }
    write(shop / "theme", {}, theme.items())
    text = yaml.reader.Reader.NON_PRINTABLE.sub("\ufffd", json.dumps(config, ensure_ascii=False))  # JSON is YAML
    disk.write(shop / "zensical.yml", text.encode("utf-8", "replace"))
    kept.save(shop / "made-by", made_by, "zensical 1")


def _run(shop: Path) -> None:
    """Raises VaultcError with what Zensical said when it fails."""
    # Not even Python looks into the folder where a command was started.
    command = [sys.executable, "-P", "-m", "zensical", "build", "-f", "zensical.yml"]
    done = subprocess.run(
        command, check=False, cwd=shop, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = _COLOUR.sub("", done.stdout.decode("utf-8", "replace"))
    if done.returncode or not (shop / "site").is_dir():
        disk.write(shop / _LOG, said.encode())
        raise VaultcError(f"zensical: {_why(said)}: build with --engine mkdocs; what it said is in {shop / _LOG}")


def _why(said: str) -> str:
    if language := _LANGUAGE.search(said):
        return f"its theme does not know the language {safe(language[1])}"
    found = _ERROR.search(said)
    return safe(found[1])[:200] if found else "it gave up without a word"


def _file(name: str, folders: bool) -> str:
    """Where the page of an object file lies in the site."""
    address = _address(name, folders)
    return address if address.endswith(".html") else f"{address}index.html"


def _address(name: str, folders: bool) -> str:
    """The address of an object file's page in the site, not encoded."""
    if folders or fold(name.rpartition("/")[2][:-3]) in ("index", "readme"):
        return url(name)
    return f"{name[:-3]}.html"


def _labelled(given: Any) -> Any:
    """A project's own navigation, its labels as HTML, which themes print as they are. Pages have titles of their own."""
    if isinstance(given, list):
        return [_labelled(item) for item in given]
    if isinstance(given, dict):
        pairs = [(str(escape(label)), item) for label, item in given.items()]
        return {label: _labelled(item) for label, item in pairs}
    return given


def _nav(pages: Sequence[str]) -> list[Any]:
    """The pages by folder, as MkDocs orders them: a folder's own first, folders after pages."""
    root: dict[str, Any] = {}
    for name in pages:
        *folders, _ = name.split("/")
        level = root
        for folder in folders[:_DEEPEST]:
            level = level.setdefault(f"{folder}/", {})
        level[name] = None
    return _listed(root)


def _listed(level: Mapping[str, Any]) -> list[Any]:
    pages = sorted((name for name, inside in level.items() if inside is None), key=_place)
    folders = sorted((name, inside) for name, inside in level.items() if inside is not None)
    return [*pages, *({_label(name[:-1]): _listed(inside)} for name, inside in folders)]


def _place(name: str) -> tuple[bool, str]:
    return fold(name.rpartition("/")[2][:-3]) not in ("index", "readme"), name


def _label(folder: str) -> str:
    """A folder's name as MkDocs shows it, as HTML."""
    words = folder.replace("-", " ").replace("_", " ")[:_LONGEST]
    return str(escape(words.capitalize() if words == words.lower() else words))


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
