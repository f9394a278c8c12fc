"""Drawings of a vault without what runs in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

_LARGEST = 1 << 25
_NOTHING = '<svg xmlns="http://www.w3.org/2000/svg"/>'
_HTML = "{http://www.w3.org/1999/xhtml}"
_RUNS: Final = frozenset("audio embed foreignobject handler iframe listener object script video".split())
_PROGRAM = re.compile(r"(?:javascript|vbscript|data:(?!image/(?:png|jpeg|gif|webp)[;,]))", re.IGNORECASE)
_BLANK = re.compile(r"[\s\0-\x20]+")


def drawing(path: Path) -> str | None:
    """What to publish in the place of an SVG file, None for itself: one that holds nothing that runs. Raises OSError."""
    if path.stat().st_size > _LARGEST:
        return _NOTHING
    parser: Any = ElementTree.XMLPullParser(["start", "pi"])
    root: ElementTree.Element | None = None
    styled = False
    try:
        parser.feed(path.read_bytes())
        parser.close()
        for event, found in parser.read_events():
            styled = styled or event == "pi"  # a stylesheet may make a page of it
            if root is None and event == "start" and isinstance(found, ElementTree.Element):
                root = found
    except (ElementTree.ParseError, ValueError, LookupError):
        return _NOTHING
    if root is None or _hurts(root):
        return _NOTHING
    removed = sum(_clean(element) for element in _all(root))
    return ElementTree.tostring(root, encoding="unicode") if removed or styled else None


def _all(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    todo = [root]
    while todo:
        element = todo.pop()
        yield element
        todo += element  # those that are left


def _clean(element: ElementTree.Element) -> int:
    """Take out what runs of an element, and say how much that was."""
    children = [child for child in element if _hurts(child)]
    for child in children:
        element.remove(child)
    attributes = [name for name, value in element.attrib.items() if _acts(name, value)]
    for name in attributes:
        del element.attrib[name]
    return len(children) + len(attributes)


def _hurts(element: ElementTree.Element) -> bool:
    tag = str(element.tag)
    target = element.get("attributeName", "").rpartition(":")[2].lower()
    return tag.startswith(_HTML) or _local(tag) in _RUNS or target == "href" or target.startswith("on")


def _acts(name: str, value: str) -> bool:
    local = _local(name)
    return local.startswith("on") or (local in ("href", "src") and bool(_PROGRAM.match(_BLANK.sub("", value))))


def _local(name: str) -> str:
    return name.rpartition("}")[2].lower()
