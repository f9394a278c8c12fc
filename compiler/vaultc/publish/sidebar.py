"""The side navigation of one page: what is near it, never the whole site.

A tree of all pages in each page makes a site's size and its build quadratic. Here a page lists the folders above it, what
lies beside it, and the pages of its own folder around its own place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, NamedTuple

from markupsafe import Markup, escape
from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

BESIDE = 10
"""How many pages are listed on either side of the current one; folders are few and listed up to twice that."""


class Row(NamedTuple):
    """One line: `title` is HTML (the titles of pages come escaped from the object files), `url` is relative to the site's root, `active` marks the page itself, `more` stands for what is left out."""

    title: str
    url: str
    depth: int
    kind: Literal["page", "folder", "more"]
    active: bool = False


@dataclass(frozen=True, slots=True)
class _Level:
    """What lies in one folder. `index` is its own page, and not among `pages`."""

    folders: tuple[Section, ...]
    pages: tuple[StructureItem, ...]
    index: Page | None


class Sidebar:
    """Rows for any page of a navigation. Sorting it out is linear, once; each page then costs its rows."""

    def __init__(self, nav: Navigation) -> None:
        self._levels: dict[int, _Level] = {}
        self._places: dict[int, int] = {}
        self._titles: dict[int, str] = {}
        self._digests: dict[int, bytes] = {}
        self._root = self._sort(nav.items, root=True)

    def __call__(self, page: Page | None) -> list[Row]:
        """The rows for `page`, from the top; for a page outside the navigation, such as the error page, the top level."""
        above = list(reversed([item for item in page.ancestors if isinstance(item, Section)])) if page else []
        return list(self._rows(self._root, above, page, 0))

    def key(self, page: Page | None) -> bytes:
        """A digest of the rows for `page`, made of one for each item: equal keys are equal rows."""
        above = list(reversed([item for item in page.ancestors if isinstance(item, Section)])) if page else []
        key = blake2b(digest_size=16)
        level: _Level | None = self._root
        while level is not None:
            here = above.pop(0) if above else None
            place = self._places.get(id(page), 0) if here is None else 0
            near = self._places.get(id(here), 0)
            pages, folders = level.pages[_window(place)], level.folders[_window(near)]
            index = level.index.url if level.index else None
            listed = id(page) in self._places
            key.update(f"{place} {listed} {near} {len(level.pages)} {index} {level.index is page}".encode())
            for item in (*pages, *folders):
                key.update(self._digests[id(item)])
            level = self._levels[id(here)] if here is not None else None
        return key.digest()

    def _sort(self, items: Sequence[StructureItem], *, root: bool = False) -> _Level:
        folders: list[Section] = []
        pages: list[StructureItem] = []
        index: Page | None = None
        for item in items:
            if isinstance(item, Section):
                self._places[id(item)] = len(folders)
                folders.append(item)
                self._levels[id(item)] = self._sort(item.children)
                self._digest(item, self._entrance(item))
            elif isinstance(item, Page) and item.is_index and index is None and not root:
                index = item
            else:
                self._places[id(item)] = len(pages)
                pages.append(item)
                self._digest(item, _url(item))
        return _Level(tuple(folders), tuple(pages), index)

    def _digest(self, item: StructureItem, url: str) -> None:
        self._digests[id(item)] = blake2b(
            f"{item.title}\0{url}".encode("utf-8", "surrogatepass"), digest_size=8
        ).digest()

    def _rows(self, level: _Level, above: list[Section], page: Page | None, depth: int) -> Iterator[Row]:
        here = above[0] if above else None
        place = self._places.get(id(page), 0) if here is None else 0
        pages = level.pages[_window(place)]
        for item in pages:
            yield Row(self._title(item), _url(item), depth, "page", item is page)
        left_out = len(level.pages) - len(pages)
        if left_out > 0 and level.index is not None:
            yield Row(f"{left_out} more", level.index.url, depth, "more")
        near = self._places.get(id(here), 0)
        for folder in level.folders[_window(near)]:
            inner = self._levels[id(folder)]
            yield Row(
                str(escape(folder.title)),
                self._entrance(folder),
                depth,
                "folder",
                inner.index is not None and inner.index is page,
            )
            if folder is here:
                yield from self._rows(inner, above[1:], page, depth + 1)

    def _entrance(self, folder: Section) -> str:
        """Where a folder's row leads."""
        return _url(self._levels[id(folder)].index or _first(folder))

    def _title(self, item: StructureItem) -> str:
        """What an item is called, as text in HTML: a page's title may hold markup, a folder's name any character."""
        if (title := self._titles.get(id(item))) is None:
            title = self._titles[id(item)] = str(escape(Markup(item.title or "").striptags()))
        return title


def _window(place: int) -> slice:
    return slice(max(0, place - BESIDE), place + BESIDE + 1)


def _url(item: StructureItem | None) -> str:
    return str(getattr(item, "url", None) or "")


def _first(section: Section) -> StructureItem | None:
    for child in section.children:
        found = _first(child) if isinstance(child, Section) else child
        if found is not None:
            return found
    return None
