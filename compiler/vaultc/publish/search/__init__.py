"""The search of a site: an index in parts, made of vaultc's own records, for the client in `site/client/src/search`."""

from collections import Counter
from collections.abc import Iterator, Mapping

from material.plugins.search.config import SearchConfig
from material.plugins.search.plugin import SearchPlugin
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin

from vaultc import faults
from vaultc.config import Project
from vaultc.emit import Emitted
from vaultc.emit.sections import Section, sections
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.parse import read as document
from vaultc.publish.search.index import Found, Places, Store, Tag, write
from vaultc.text import fold

__all__ = ["PLUGIN", "Places", "Store", "publish", "replaces"]

# What MkDocs calls Material's own search.
PLUGIN = "material/search"


class _Switch(BasePlugin[SearchConfig]):
    """Stands for Material's search among the plugins: its templates ask whether there is one."""


def replaces(config: MkDocsConfig, project: Project) -> bool:
    """Take the place of Material's search in a configuration that has it; whether the site has ours."""
    theirs = config.plugins.get(PLUGIN)
    if isinstance(theirs, SearchPlugin) and theirs.config.enabled and project.config.search == "vaultc":
        theirs.config.enabled = False  # it still hears of every page
        config.plugins[PLUGIN] = switch = _Switch()
        switch.load_config({})
    return isinstance(config.plugins.get(PLUGIN), _Switch)


def publish(vault: Vault, emitted: Emitted, urls: Mapping[str, str], places: Places, store: Store) -> list[str]:
    """Write the index of a vault's notes, but for the files that stay as they are in the last site, whose names it returns.

    `urls` has the address of each page, not encoded; what has none is not found. Raises OSError.
    """
    layout = emitted.layout
    paths = {
        urls[page]: path for path, page in layout.notes.items() if page in urls and not _left_out(vault.notes[path])
    }
    notes = [_found(vault.notes[path], url, emitted.parts.get(path, "")) for url, path in paths.items()]

    def read(found: Found) -> list[Section]:
        note = vault.notes[paths[found.url]]

        def made() -> list[Section]:
            return sections(vault, layout, note, document(vault.text(note.path), note.body))

        return faults.attempt(note.path, "read", made, lambda _: [Section("", "", "")])

    return write(
        notes,
        list(_tags(notes, {key: urls[page] for key, page in layout.tags.items() if page in urls})),
        read,
        places,
        store,
    )


def _found(note: Note, url: str, key: str) -> Found:
    tags = {fold(tag.name): tag.name for tag in reversed(note.tags)}
    return Found(url, note.title, note.aliases, tuple(reversed(tags.values())), key)


def _left_out(note: Note) -> bool:
    """Whether a note says, as Material's search has it, that it is not to be found."""
    said = note.metadata.get("search")
    return isinstance(said, dict) and said.get("exclude") is True


def _tags(notes: list[Found], urls: Mapping[str, str]) -> Iterator[Tag]:
    """The tags of some notes, those above them too."""
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for note in notes:
        above = {tag[:end] for tag in note.tags for end in _ends(tag)}
        for name in sorted(above):
            names.setdefault(fold(name), name)
        counts.update({fold(name) for name in above})
    for key, name in names.items():
        if key in urls:
            yield Tag(name, urls[key], counts[key])


def _ends(tag: str) -> Iterator[int]:
    """Where each part of `a/b/c` ends."""
    yield from (at for at, sign in enumerate(tag) if sign == "/" and at)
    yield len(tag)
