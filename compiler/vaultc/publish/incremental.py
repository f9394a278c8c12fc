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
from vaultc.emit.write import stamp
from vaultc.faults import not_compiled
from vaultc.publish.carry import carry, stands
from vaultc.publish.rendering import Renderer
from vaultc.publish.sidebar import Sidebar
from vaultc.publish.surroundings import Surroundings, environment

# Pages that one processor renders before another would have begun.
_WORTH = 8
_VERSION = "pages 2"


class Kept(NamedTuple):
    """A page of the last site: the digest of all that it is made of, its search entries, size and time of its file and of its
    preview's."""

    digest: str
    entries: str
    page: tuple[int, int]
    preview: tuple[int, int]


class Store:
    """What is known of the pages in one site folder: kept in `file` between runs, or only in memory. Times decide only whether a
    page is taken for the one that was written."""

    def __init__(self, file: Path | None = None, size: int = 0) -> None:
        """`size` is that of the notes in bytes."""
        self._file = file
        self.pages = (kept.load(file, dict[str, Kept], _VERSION, size) if file else None) or {}

    def save(self, pages: dict[str, Kept]) -> None:
        """Keep these pages for the next time."""
        self.pages = pages
        if self._file:
            kept.save(self._file, pages, _VERSION)


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
    """The search entries of all pages (JSON, separated by commas), findings about pages, and how many pages were rendered."""

    entries: str
    faults: tuple[Diagnostic, ...]
    rendered: int


def fill(site: Site, last: Path, aside: Path, store: Store) -> Filled:
    """Fill the folder `aside` with every page, from the site at `last` where nothing about a page changed.

    Both may be the same folder: then pages that are gone are removed from it. Raises OSError where that cannot be.
    """
    surroundings = Surroundings(site.config, site.nav, site.sidebar)
    shared = environment(site.config)
    done: dict[str, Kept] = {}
    missing: list[tuple[Page, str]] = []
    documents = site.files.documentation_pages()
    for page in filter(None, (file.page for file in documents)):
        name, objects = page.file.dest_uri, site.objects.get(page.file.src_uri)
        digest = surroundings.digest(page, shared, f"{objects} {site.previews.get(page.file.src_uri)}")
        known = store.pages.get(name)
        if objects and known and known.digest == digest and _carried(known, name, last, aside):
            done[name] = known
        else:
            missing.append((page, digest))
    faults: list[Diagnostic] = []
    faulty: set[str] = set()
    for name, page_, fault in _rendered(site, missing, aside):
        done[name] = page_
        if fault:
            faults.append(fault)
            faulty.add(name)
    if aside == last:
        for name in store.pages.keys() - done.keys():
            (last / name).unlink(missing_ok=True)
            (last / preview_file(name)).unlink(missing_ok=True)
    entries = (done[file.dest_uri].entries for file in documents)
    store.save({name: page_ for name, page_ in done.items() if name not in faulty})
    return Filled(",".join(filter(None, entries)), tuple(faults), len(missing))


def preview_file(page: str) -> str:
    """Where the preview of the page at `page` lies, both relative to the site."""
    return f"assets/vaultc/preview/{page.removesuffix('.html')}.json"


def write_preview(site: Path, page: str, preview: str) -> Path:
    """Write the preview of a page; its path. Raises OSError."""
    path = site / preview_file(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(preview.encode("utf-8", "replace"))
    return path


def _carried(known: Kept, name: str, last: Path, aside: Path) -> bool:
    """Take a page and its preview over into the new site, when both are still those that were written."""
    files = ((known.page, name), (known.preview, preview_file(name)))
    try:
        if not all(stands(last / file, written) for written, file in files):
            return False
        for _, file in files:
            carry(last / file, aside / file)
    except FileNotFoundError:
        return False
    return True


def _rendered(
    site: Site, missing: Sequence[tuple[Page, str]], aside: Path
) -> Iterator[tuple[str, Kept, Diagnostic | None]]:
    """Render and write these pages, on all processors: the name of each file, what to keep of it, and a finding if there is one."""
    renderer = Renderer(site.config, site.files, site.nav, site.env)

    def make(numbers: Sequence[int]) -> list[_Row]:
        return [_written(renderer, site, *missing[number], aside) for number in numbers]

    def encode(rows: Iterable[_Row]) -> bytes:
        return json.dumps(list(rows)).encode()

    gc.collect()
    gc.freeze()  # what is here stays, and need not be looked through again and again
    try:
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
    preview = write_preview(aside, name, site.previews.get(page.file.src_uri, ""))
    fault = rendered.fault and (
        rendered.fault.path,
        rendered.fault.message.removeprefix("the note "),
        rendered.fault.help,
    )
    for part in ("markdown", "content"):
        setattr(page, part, None)  # a large site's pages need not all be held
    page.toc = []  # type: ignore[assignment]
    return name, Kept(digest, rendered.entries, stamp(path), stamp(preview)), fault or None
