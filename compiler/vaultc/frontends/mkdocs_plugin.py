"""The MkDocs plugin: hands MkDocs the object files of a vault in place of its notes."""

import logging
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from jinja2 import Environment
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from vaultc import disk
from vaultc.config import Project
from vaultc.diagnostics import Diagnostic, Severity
from vaultc.emit import Emitted, source
from vaultc.emit.lower.blocks import fence
from vaultc.errors import VaultcError
from vaultc.frontends.cli.output import plain
from vaultc.graph import Vault
from vaultc.publish import feed, incremental, live, offline, rendering, search, surroundings, whole
from vaultc.publish import mkdocs as publish
from vaultc.publish.policy import policy
from vaultc.publish.previews import write_preview
from vaultc.publish.sidebar import Sidebar
from vaultc.publish.site import Swap, making, pack_sitemap, tree
from vaultc.session import Session
from vaultc.text import safe

log = logging.getLogger("mkdocs.plugins.vaultc")


class PluginOptions(Config):
    """`config`: the configuration file, when it is not found from the notes. `vault`: the notes, when they are not `docs_dir`.
    `trusted`: whether that file's owner is who runs MkDocs."""

    config = config_options.Type(str, default="")
    vault = config_options.Type(str, default="")
    trusted = config_options.Type(bool, default=True)


class VaultcPlugin(BasePlugin[PluginOptions]):
    """Translates between MkDocs' events and a session; the work is done elsewhere."""

    handed: tuple[Vault, Emitted] | None = None  # by a command, which has reported; alone, the plugin opens a session
    findings: tuple[Diagnostic, ...] = ()  # about notes that could not become pages; a check knows nothing of them
    whole: tuple[str, ...] = ()  # why every page is rendered
    rendered: int | None = None  # how many pages were, where some could be carried over

    def __init__(self) -> None:
        self._serving = self._in_place = False
        self._session: Session | None = None
        self._compiled: tuple[Vault, Emitted] | None = None
        self._templates: dict[tuple[str, ...], Environment] = {}
        self._pages = incremental.Store()
        self._found = search.Store()
        self._urls: dict[str, str] = {}  # the address of each page
        self._paths: dict[str, str] = {}  # the note of each page
        self._swap: Swap | None = None
        self._sidebar: Sidebar | None = None
        self._documents: Sequence[File] = ()
        self._held = ExitStack()

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Being here at all makes MkDocs keep this object between the rebuilds of `serve`."""
        self._serving = command == "serve"
        # MkDocs leaves the folder of a preview as it is between two rebuilds, and nobody reads it during one.
        self._in_place = self._serving and dirty
        for handler in logging.getLogger("mkdocs").handlers:
            handler.addFilter(plain)

    @event_priority(100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Compile the vault, report on it, and put its object files in place of its notes."""
        before = self._compiled
        try:
            self.findings = ()
            vault, emitted = self._compiled = self.handed or self._compile(config)
            if not self._in_place:
                self._swap = self._place(config, vault.project)
        except VaultcError as fault:
            self._held.close()
            raise PluginError(safe(str(fault))) from None
        for finding in emitted.findings:
            self._fault(finding)
        self._paths = {page: path for path, page in emitted.layout.notes.items()}
        publish.adapt(config, emitted.folder, vault.project)
        publish.deepen(max(folder.count("/") for folder in emitted.layout.folders))
        self._share(config, vault.project)
        self.whole = tuple(whole.reasons(config))
        if self.whole and before and before[1].titles != emitted.titles:  # the sidebar of every page names them
            publish.touch(emitted.folder)
        if self._swap:
            config.site_dir = str(self._swap.aside)
        return config

    def _compile(self, config: MkDocsConfig) -> tuple[Vault, Emitted]:
        """The vault and its object files, with a word about every finding."""
        if self._session is None:
            base = Path(config.config_file_path).parent if config.config_file_path else Path()
            source = base / self.config.config if self.config.config else None
            notes = Path(self.config.vault or config.docs_dir)
            self._session = Session.open(notes, source, trusted=self.config.trusted)
        else:
            self._session.refresh()
        self._held.enter_context(self._session.locked())
        for finding in self._session.diagnostics:
            self._report(self._session.vault, finding)
        return self._session.vault, self._session.emit()

    def _share(self, config: MkDocsConfig, project: Project) -> None:
        """Let MkDocs, its plugins and vaultc use one set of compiled templates, and keep it until one of them, or a folder that may
        hold one in front of it, changes."""
        key = (*config.theme.dirs, surroundings.environment(config))
        if key not in self._templates:
            env = config.theme.get_env()
            env.loader = rendering.Templates(config.theme.dirs)
            env.bytecode_cache = rendering.Compiled(project.output("cache") / "templates")
            self._templates = {key: env}
        env = self._templates[key]
        config.theme.get_env = lambda: env  # type: ignore[method-assign]

    def _place(self, config: MkDocsConfig, project: Project) -> Swap:
        """Where the site is built; until the end of the build nobody else builds one there."""
        folders = {"`docs_dir`": config.docs_dir, "`custom_dir`": config.theme.custom_dir}
        sources = {what: Path(name) for what, name in folders.items() if name}
        return self._held.enter_context(making(Path(config.site_dir), project, sources))

    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Remember the navigation for the sidebar, which shows only what is near a page; pages that a partial rebuild does
        not read keep their titles."""
        assert self._compiled
        emitted = self._compiled[1]
        for page in nav.pages:
            if title := emitted.titles.get(page.file.src_uri):
                page.title = title
            note = self._paths.get(page.file.src_uri)
            if note is None:
                page.edit_url = None  # no note stands behind it
            elif note != page.file.src_uri:
                page.file.edit_uri = note
                page._set_edit_url(config.repo_url, config.edit_uri, config.edit_uri_template)
        urls = {file.src_uri: unquote(file.url).removeprefix("./") for file in files.documentation_pages()}
        if offline.KEY in config.extra:
            urls = {name: offline.address(url) or "index.html" for name, url in urls.items()}
        self._urls = urls
        publish.print_names_as_text(nav)
        if index := rendering.search(config):
            rendering.forgive(index.search_index)
        self._sidebar = Sidebar(nav)
        self._publish(nav, config, files)
        return nav

    def _publish(self, nav: Navigation, config: MkDocsConfig, files: Files) -> None:
        """Make the pages and the copies here, where it can be told what each is made of: MkDocs then finds none to do."""
        self._documents = ()
        if self.whole:
            log.info("every page is rendered, for vaultc cannot tell what pages are made of: %s", "; ".join(self.whole))
            return
        assert self._compiled and self._sidebar
        vault, emitted = self._compiled
        env = self.on_env(config.theme.get_env(), config=config, files=files)
        site = incremental.Site(
            config, files, nav, env, self._sidebar, emitted.digests, self._paths, emitted.previews, self._substitute
        )
        place = Path(config.site_dir)
        if self._swap:
            cache = vault.project.output("cache") / f"pages-{disk.key(self._swap.site)}"
            filled = incremental.fill(site, self._swap.found, place, incremental.Store(cache, vault.scan.size))
            self._swap.carry(filled.stay)
        else:
            filled = incremental.fill(site, tree(place), place, self._pages)
        self.rendered = filled.rendered
        for finding in filled.faults:
            self._fault(finding)
        if index := rendering.search(config):
            index.search_index = rendering.Joined(index.search_index, filled.entries)
        self._documents = files.documentation_pages()
        for file in [file for file in files if file.inclusion.is_included()]:
            files.remove(file)

    def on_template_context(self, context: Any, /, *, template_name: str, config: MkDocsConfig) -> Any:
        """A template of the whole site, such as its map for search engines, sees all pages."""
        if self._documents:
            context["pages"] = self._documents
        return context

    def on_env(self, env: Environment, /, *, config: MkDocsConfig, files: Files) -> Environment:
        """Give the templates the sidebar."""
        env.globals["vaultc_sidebar"] = self._sidebar
        return env

    def on_pre_page(self, page: Page, /, *, config: MkDocsConfig, files: Files) -> Page:
        """A page that cannot be rendered shows its note's source; MkDocs itself would give up."""
        page.render = partial(self._render, page)  # type: ignore[method-assign]
        return page

    def on_post_page(self, output: str, /, *, page: Page, config: MkDocsConfig) -> str:
        """A page that MkDocs renders by itself has its preview, too."""
        assert self._compiled
        if preview := self._compiled[1].previews.get(page.file.src_uri):
            write_preview(Path(config.site_dir), page.file.dest_uri, preview, offline=offline.KEY in config.extra)
        return offline.linked(output.encode()).decode() if offline.KEY in config.extra else output

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Add what is made of all pages, and put the finished site in place of the last one."""
        assert self._compiled
        if offline.KEY in config.extra:
            offline.tell_graph(Path(config.site_dir))
        pack_sitemap(Path(config.site_dir))
        feed.write(Path(config.site_dir), *self._compiled, self._urls, config.site_url or "")
        compiled = config.theme.get_env().bytecode_cache
        assert isinstance(compiled, rendering.Compiled)
        compiled.save()
        self._search(config)
        if self._swap:
            try:
                self._swap.done()
            except VaultcError as fault:
                raise PluginError(str(fault)) from None
            config.site_dir = str(self._swap.site)
            self._swap = None
        self._held.close()

    def _search(self, config: MkDocsConfig) -> None:
        """Make what search finds pages by, where it is vaultc's."""
        assert self._compiled
        vault, emitted = self._compiled
        if not search.replaces(config, vault.project):
            return
        place = Path(config.site_dir)
        if self._swap:
            places = search.Places(self._swap.site, self._swap.found, place)
            cache = vault.project.output("cache") / f"search-{disk.key(self._swap.site)}"
            store = search.Store(cache, vault.scan.size)
            self._swap.carry(search.publish(vault, emitted, self._urls, places, store))
        else:
            search.publish(vault, emitted, self._urls, search.Places(place, tree(place), place), self._found)

    def on_build_error(self, error: Exception) -> None:
        """Leave the last good site as it is."""
        self._swap = None
        self._held.close()

    def on_serve(
        self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: Callable[..., Any]
    ) -> LiveReloadServer:
        """Watch the notes, not the object files: one rebuild for one edit. What is served is under the site's policy."""
        assert self._compiled
        live.guard(server, policy(self._compiled[0].project))
        server.unwatch(config.docs_dir)
        server.watch(str(self._compiled[0].project.root))
        return server

    def _render(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        path = self._paths.get(page.file.src_uri, page.file.src_uri)
        if fault := publish.render(page, config, files, path, partial(self._substitute, page)):
            self._fault(fault)

    def _substitute(self, page: Page) -> str:
        """What stands for a page that cannot be rendered."""
        assert self._compiled
        vault = self._compiled[0]
        note = vault.notes.get(self._paths.get(page.file.src_uri, page.file.src_uri))
        return source.body(vault, note) if note else fence({}, page.markdown or "")

    def _fault(self, finding: Diagnostic) -> None:
        assert self._compiled
        self.findings += (finding,)
        self._report(self._compiled[0], finding)

    def _report(self, vault: Vault, finding: Diagnostic) -> None:
        """A finding in MkDocs' log: errors as warnings, so that `--strict` fails on errors and on nothing else."""
        place = vault.lines(finding.path).position(finding.span.start)
        path = os.path.relpath(vault.project.root / finding.path)
        help = f" ({finding.help})" if finding.help else ""
        level = logging.WARNING if finding.severity is Severity.ERROR else logging.INFO
        what = f"{finding.severity} {finding.code} {finding.name}: {safe(finding.message + help)}"
        log.log(level, "%s", f"{safe(path)}:{place.line}:{place.column}: {what}")
