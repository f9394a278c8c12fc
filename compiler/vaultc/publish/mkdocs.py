"""Stage 9: MkDocs over the object files."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mkdocs.exceptions
from jinja2 import TemplateNotFound
from markupsafe import escape
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.commands.serve import serve as mkdocs_serve
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from pathspec.gitignore import GitIgnoreSpec

from vaultc import disk, faults
from vaultc.config import Project
from vaultc.diagnostics import Diagnostic
from vaultc.emit import Emitted
from vaultc.errors import VaultcError
from vaultc.graph import Vault
from vaultc.publish import defaults, offline, search, settings, web
from vaultc.publish.dialect import extensions
from vaultc.publish.engine import Published, Target
from vaultc.publish.policy import KEY, policy

log = logging.getLogger("mkdocs.plugins.vaultc")


def configuration(project: Project) -> Path:
    """The `mkdocs.yml` of a project that its user trusts, or one written beside the object files: with the data of the project's own,
    or for a vault that has none.

    Raises VaultcError when the one cannot be read or the other cannot be written.
    """
    given = project.mkdocs
    if given is None:
        return _written(project, defaults.fields(project))
    found = settings.read(given)
    if project.trusted or (found.refused and settings.granted(project, found)):
        return given
    options = {"vault": str(project.root), "config": str(project.source), "trusted": False}
    plugins = [
        {name: options if name == "vaultc" else it[name] for name in it} for it in found.fields.get("plugins", ())
    ]
    objects = str(project.output("docs"))
    return _written(project, {"site_name": project.name, **found.fields, "docs_dir": objects, "plugins": plugins})


def _written(project: Project, fields: Mapping[str, Any]) -> Path:
    try:
        project.output("docs").mkdir(parents=True, exist_ok=True)
        path = project.output("mkdocs.yml")
        disk.write(path, json.dumps(fields, ensure_ascii=False, indent=1).encode("utf-8", "replace"))  # JSON is YAML
    except OSError as fault:
        raise VaultcError(f"{fault.filename}: cannot write: {fault.strerror}") from None
    return path


def load(path: Path, target: Target) -> MkDocsConfig:
    """MkDocs' configuration from a file, for a target. Raises VaultcError when MkDocs does not accept it."""
    more: dict[str, Any] = {"site_dir": str(target.site_dir)} if target.site_dir else {}
    more |= {"site_url": target.site_url} if target.site_url else {}
    with _errors() as last:
        try:
            return load_config(config_file=str(path), **more)
        except mkdocs.exceptions.MkDocsException as fault:
            raise VaultcError(f"{path}: {last.message or _line(fault)}") from None


class MkDocs:
    """The generator MkDocs, as a project's configuration sets it up; its plugin `vaultc` is handed what was emitted."""

    def __init__(self, project: Project, target: Target) -> None:
        """Raises VaultcError when MkDocs does not accept the configuration, or `vaultc` is not among its plugins."""
        path = configuration(project)
        self.config = load(path, target)
        self.config.strict = False
        if target.offline:
            self.config.extra[offline.KEY] = True
        if "vaultc" not in self.config.plugins:
            raise VaultcError(f"{project.mkdocs or path}: add `vaultc` to `plugins`")

    def publish(self, vault: Vault, emitted: Emitted) -> Published:
        """Run MkDocs. Raises VaultcError when it gives up or cannot write; the site that stood there before stays."""
        config = self.config
        plugin: Any = config.plugins["vaultc"]
        plugin.handed = (vault, emitted)
        try:
            with _errors() as last:
                config.plugins.on_startup(command="build", dirty=False)
                mkdocs_build(config)
        except mkdocs.exceptions.Abort as fault:
            raise VaultcError(last.message or f"MkDocs: {_line(fault)}") from None
        except mkdocs.exceptions.MkDocsException as fault:
            raise VaultcError(f"MkDocs: {_line(fault)}") from None
        except TemplateNotFound as fault:  # which is an OSError
            raise VaultcError(f"the theme has no template {fault.name}: it may not know the language") from None
        except OSError as fault:
            raise VaultcError(f"{fault.filename or config.site_dir}: cannot write: {fault.strerror or fault}") from None
        finally:
            config.plugins.on_shutdown()
        others = tuple(inputs(config, vault.project))
        return Published(Path(config.site_dir), plugin.rendered, plugin.whole, plugin.findings, others)


class _LastError(logging.Handler):
    """Keeps MkDocs' last error for our own message: what it raises afterwards only says that there was one."""

    message = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.message = " ".join(record.getMessage().split())


@contextmanager
def _errors() -> Iterator[_LastError]:
    last = _LastError()
    logging.getLogger("mkdocs").addHandler(last)
    try:
        yield last
    finally:
        logging.getLogger("mkdocs").removeHandler(last)


def serve(path: Path, port: int) -> None:
    """Serve a live preview until interrupted. Raises VaultcError when the port is taken or MkDocs gives up.

    Only pages whose object file changed are rendered again; object files change only when their text does.
    """
    try:
        mkdocs_serve(str(path), build_type="dirty", dev_addr=f"127.0.0.1:{port}")
    except mkdocs.exceptions.MkDocsException as fault:
        raise VaultcError(f"MkDocs: {_line(fault)}") from None
    except OSError as fault:
        raise VaultcError(f"port {port}: {fault.strerror or fault}: choose another with --port") from None


def adapt(config: MkDocsConfig, objects: Path, project: Project) -> None:
    """Point a configuration at the object files, with the Markdown and the theme files that they are written for.

    Settings of the project's own `mkdocs.yml` win over ours.
    """
    config.docs_dir = str(objects)
    config.extra[KEY] = policy(project, offline=offline.KEY in config.extra)
    defaults.print_as_text(config)
    own = config.exclude_docs or GitIgnoreSpec.from_lines([])
    config.exclude_docs = GitIgnoreSpec.from_lines(["!/templates/"]) + own
    for name, options in extensions(project.config.html).items():
        if name not in config.markdown_extensions:
            config.markdown_extensions.append(name)
        config.mdx_configs[name] = {**options, **config.mdx_configs.get(name, {})}
    if config.theme.name == "material":
        ours = [web.search_dir()] if search.replaces(config, project) else []
        for folder in (web.overrides_dir(), *ours, web.bundle_dir(offline=offline.KEY in config.extra)):
            if folder.is_dir() and str(folder) not in config.theme.dirs:
                at = 1 if config.theme.custom_dir else 0
                config.theme.dirs.insert(at, str(folder))
        config.theme["font"] = False  # else every page asks another host for them


def deepen(folders: int) -> None:
    """Let MkDocs, its templates and the sidebar go down so many folders: they do it by recursion, a dozen calls for each."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 1000 + 20 * folders))


def inputs(config: MkDocsConfig, project: Project) -> Iterator[Path]:
    """The files and folders besides the vault that a site is made of: the configuration files that this one inherits among them, and
    what says whether the project's own is trusted."""
    yield from settings.files(project)
    if config.theme.custom_dir:
        yield Path(config.theme.custom_dir)
    path = Path(config.config_file_path)
    while path.is_file():
        yield path
        inherited = re.search(rb"^INHERIT:\s*(.+?)\s*$", path.read_bytes(), re.M)
        if not inherited:
            break
        path = path.parent / inherited[1].decode("utf-8", "replace").strip("'\"")


def render(page: Page, config: MkDocsConfig, files: Files, path: str, source: Callable[[], str]) -> Diagnostic | None:
    """Render a page's Markdown. Where that raises, the page holds the Markdown that `source` gives, and a finding about the note
    at `path` says so."""

    def again(fault: Diagnostic) -> Diagnostic:
        page.markdown = source()
        Page.render(page, config, files)
        return fault

    return faults.attempt(path, "rendered", lambda: Page.render(page, config, files), again)


def print_names_as_text(nav: Navigation) -> None:
    """Make HTML of the names of sections and links, which themes print as they are; those of pages are HTML in the object files."""
    todo = list(nav.items)
    while todo:
        item = todo.pop()
        if item.title and not isinstance(item, Page):
            item.title = escape(item.title)
        todo += item.children or ()


def touch(objects: Path) -> None:
    """Make every object file newer than its page, so that a partial rebuild renders them all."""
    for file in objects.rglob("*.md"):
        file.touch()


def _line(fault: Exception) -> str:
    return " ".join(str(getattr(fault, "message", "") or fault).split())
