"""The feed of a site (Atom, RFC 4287): the notes that were changed last."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from vaultc.emit import Emitted
from vaultc.emit.frame import summary_of
from vaultc.graph import Vault
from vaultc.text import for_xml

FILE: Final = "feed.xml"
_MOST: Final = 50
_SPACE: Final = "http://www.w3.org/2005/Atom"


def write(site: Path, vault: Vault, emitted: Emitted, urls: Mapping[str, str], address: str) -> None:
    """Write the feed of a site at `address`; none without one, for everything in a feed has its own. `urls` are the addresses of
    pages from there on, not encoded. Raises OSError."""
    if address:
        (site / FILE).write_bytes(feed(vault, emitted, urls, address.rstrip("/") + "/"))


def feed(vault: Vault, emitted: Emitted, urls: Mapping[str, str], root: str) -> bytes:
    """The feed as XML. Without a note it is as old as can be."""
    pages = {path: urls[page] for path, page in emitted.layout.notes.items() if page in urls}
    recent = sorted(pages, key=lambda path: (-emitted.dates[path], path))[:_MOST]
    whole = Element("feed", xmlns=_SPACE)
    newest = emitted.dates[recent[0]] if recent else 0
    _head(whole, vault.project.name, root, newest)
    SubElement(whole, "link", rel="self", href=root + FILE)
    _add(SubElement(whole, "author"), "name", vault.project.name)
    for path in recent:
        note = vault.notes[path]
        entry = SubElement(whole, "entry")
        _head(entry, note.title, root + quote(pages[path]), emitted.dates[path])
        if summary := summary_of(vault, note):
            _add(entry, "summary", summary)
    text: bytes = tostring(whole, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _head(element: Element, title: str, address: str, changed: int) -> None:
    _add(element, "title", title)
    _add(element, "id", address)
    _add(element, "updated", datetime.fromtimestamp(changed, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    SubElement(element, "link", href=address)


def _add(element: Element, name: str, text: str) -> None:
    SubElement(element, name).text = for_xml(text)
