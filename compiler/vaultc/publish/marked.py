"""A Python-Markdown extension: what stands between two marks of `emit.lower.element` is put into an element, at any depth of lists and
quotes. What finds the end of a block while it reads them loses count there; of what was read, both marks are children of one parent."""

from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from vaultc.emit.lower.element import BEGIN, END


class _Put(Treeprocessor):
    def run(self, root: Element) -> None:
        """Put the elements in."""
        for parent in list(root.iter()):
            if any(child.tag == "p" and (child.text or "").startswith(BEGIN) for child in parent):
                _put(parent)


def _put(parent: Element) -> None:
    """Give an element its children again, those between two marks in a `div`."""
    open_ = [parent]
    children = list(parent)
    parent[:] = []
    for child in children:
        text = (child.text or "") if child.tag == "p" else ""
        if text.startswith(BEGIN):
            div = Element("div", {"data-vaultc": text.removeprefix(BEGIN).strip()})
            open_[-1].append(div)
            open_.append(div)
            continue
        if text.startswith(END) and len(open_) > 1:
            open_.pop()
            child.text = text.removeprefix(END)
        if child.text or len(child) or child.tag != "p":  # the way back from a footnote stands behind its last mark
            open_[-1].append(child)


class Marked(Extension):
    """Registers the step: when all blocks are read, and no text yet."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        """Called by Python-Markdown."""
        md.treeprocessors.register(_Put(md), "vaultc-marked", 40)


def makeExtension(**options: Any) -> Marked:  # noqa: N802 (Python-Markdown's name)
    """What Python-Markdown asks a module of an extension for."""
    return Marked(**options)
