"""A site made of the last one: pages that are made of the same are carried over, the others are rendered on all processors."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from vaultc import kept, many
from vaultc.diagnostics import Diagnostic
from vaultc.disk import Stamp, stamp
from vaultc.faults import not_compiled
from vaultc.publish import offline
from vaultc.publish.previews import preview_file, write_preview
from vaultc.publish.rendering import Renderer
from vaultc.publish.sidebar import Sidebar
from vaultc.publish.surroundings import Surroundings, environment

# Pages that one processor renders before another would have begun.
_WORTH = 8
_VERSION = "pages 3"


class Kept(NamedTuple):
    """A page of the last site: the digest of all that it is made of, its search entries, the stamps of its file and of its preview's."""

    digest: str
    entries: str
    page: Stamp
    preview: Stamp


class Copy(NamedTuple):
    """A file of the last site that is a copy of another: where that was, and the stamps of both."""

    source: str
    was: Stamp
    now: Stamp


class _Known(NamedTuple):
    pages: dict[str, Kept]
    copies: dict[str, Copy]


class Store:
    """What is known of the files in one site folder, by name: kept in `file` between runs, or only in memory. Times decide only
    whether a file is taken for the one that was written."""

    def __init__(self, file: Path | None = None, size: int = 0) -> None:
        """`size` is that of the notes in bytes."""
        self._file = file
        self.pages, self.copies = (kept.load(file, _Known, _VERSION, size) if file else None) or _Known({}, {})

    def save(self, pages: dict[str, Kept], copies: dict[str, Copy]) -> None:
        """Keep these for the next time."""
        self.pages, self.copies = pages, copies
        if self._file:
            kept.save_for_place(self._file, _Known(pages, copies), _VERSION)


class Site(NamedTuple):
    """What MkDocs knows of a site before its pages are read. `objects` has the digest of each object file, `sources` the note that
    a page is made of, `previews` what links to it show; `substitute` gives the Markdown that stands for a page that cannot be rendered."""

    config: MkDocsConfig
    files: Files
    nav: Navigation
    env: Environment
    sidebar: Sidebar
    objects: Mapping[str, str]
    sources: Mapping[str, str]
    previews: Mapping[str, str]
    substitute: Callable[[Page], str]


class Filled(NamedTuple):
    """The search entries of all pages (JSON, separated by commas), findings about pages, how many pages were rendered, and the names of
    files that stay as they are in the last site."""

    entries: str
    faults: tuple[Diagnostic, ...]
    rendered: int
    stay: tuple[str, ...]


def fill(site: Site, last: Mapping[str, Stamp | None], folder: Path, store: Store) -> Filled:
    """Write every page, and every file that is a copy of another, into `folder`, but for those that are made of the same as in the
    last site; `last` says what there is in it. Where `folder` is that site, pages and copies that are gone are removed from it.

    Raises OSError where that cannot be.
    """
    surroundings = Surroundings(site.config, site.nav, site.sidebar)
    shared = environment(site.config)
    done: dict[str, Kept] = {}
    missing: list[tuple[Page, str]] = []
    pages = [file.page for file in site.files.documentation_pages() if file.page]
    for page in pages:
        name, objects = page.file.dest_uri, site.objects.get(page.file.src_uri)
        digest = surroundings.digest(page, shared, f"{objects} {site.previews.get(page.file.src_uri)}")
        known = store.pages.get(name)
        if (
            objects
            and known
            and known.digest == digest
            and last.get(name) == known.page
            and last.get(preview_file(name)) == known.preview
        ):
            done[name] = known
        else:
            missing.append((page, digest))
    stay = list(_files(done))
    gone = {*_files(store.pages), *store.copies}
    gone.difference_update(_files(page.file.dest_uri for page in pages), (file.dest_uri for file in site.files))
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    copies = dict(_copied(site.files, last, store))
    faults: list[Diagnostic] = []
    faulty: set[str] = set()
    for name, page_, fault in _rendered(site, missing, folder):
        done[name] = page_
        if fault:
            faults.append(fault)
            faulty.add(name)
    stay += [name for name, copy in copies.items() if store.copies.get(name) is copy]
    entries = ",".join(filter(None, (done[page.file.dest_uri].entries for page in pages)))
    store.save({name: page_ for name, page_ in done.items() if name not in faulty}, copies)
    return Filled(entries, tuple(faults), len(missing), tuple(stay))


def _files(pages: Iterable[str]) -> Iterator[str]:
    for name in pages:
        yield name
        yield preview_file(name)


def _copied(files: Files, last: Mapping[str, Stamp | None], store: Store) -> Iterator[tuple[str, Copy]]:
    """Copy those files that are not in the last site already: what to keep of each."""
    for file in files:
        if file.is_documentation_page() or not file.inclusion.is_included():
            continue
        if file.abs_src_path is None:  # made by MkDocs or a plugin
            file.copy_file()
            continue
        name, was = file.dest_uri, stamp(Path(file.abs_src_path))
        known = store.copies.get(name)
        if known and (known.source, known.was) == (file.abs_src_path, was) and last.get(name) == known.now:
            yield name, known
        else:
            file.copy_file()
            yield name, Copy(file.abs_src_path, was, stamp(Path(file.abs_dest_path)))


def _rendered(
    site: Site, missing: Sequence[tuple[Page, str]], aside: Path
) -> Iterator[tuple[str, Kept, Diagnostic | None]]:
    """Render and write these pages, on all processors: the name of each file, what to keep of it, and a finding if there is one."""
    renderer = Renderer(site.config, site.files, site.nav, site.env)

    def make(numbers: Sequence[int]) -> list[_Row]:
        gc.collect()  # templates leave cycles: once for a hundred pages, not once for each
        return [_written(renderer, site, *missing[number], aside) for number in numbers]

    def encode(rows: Iterable[_Row]) -> bytes:
        return json.dumps(list(rows)).encode()

    gc.collect()
    gc.freeze()  # what is here stays, and need not be looked through again and again
    try:
        with many.uncollected():
            shares = many.work(range(len(missing)), make, encode, iter, _WORTH)
    finally:
        gc.unfreeze()
    for share in shares:
        for name, page, fault in share.made if share.made is not None else json.loads(share.encoded):
            yield name, Kept(page[0], page[1], tuple(page[2]), tuple(page[3])), not_compiled(*fault) if fault else None


# The name of a page's file, its `Kept`, and the parts of a finding: what goes from one process to another.
_Row = tuple[str, Kept, tuple[str, str, str] | None]


def _written(renderer: Renderer, site: Site, page: Page, digest: str, aside: Path) -> _Row:
    name, source = page.file.dest_uri, site.sources.get(page.file.src_uri, page.file.src_uri)
    rendered = renderer.render(page, source, site.substitute)
    path = aside / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rendered.html)
    preview = write_preview(
        aside, name, site.previews.get(page.file.src_uri, ""), offline=offline.KEY in site.config.extra
    )
    fault = rendered.fault and (
        rendered.fault.path,
        rendered.fault.message.removeprefix("the note "),
        rendered.fault.help,
    )
    for part in ("markdown", "content"):
        setattr(page, part, None)  # a large site's pages need not all be held
    page.toc = []  # type: ignore[assignment]
    return name, Kept(digest, rendered.entries, stamp(path), stamp(preview)), fault or None
