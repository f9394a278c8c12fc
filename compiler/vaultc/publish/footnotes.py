"""A Python-Markdown extension: the footnotes of a page end the note, and stand before what vaultc adds below it."""

from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

_BELOW = ("nearby", "backlinks")


class _Placed(Treeprocessor):
    def run(self, root: Element) -> None:
        """Move the footnotes, which the generator puts at the end, in front of what is told of other notes."""
        notes = next((each for each in root if each.get("class") == "footnote"), None)
        below = next((at for at, each in enumerate(root) if each.get("data-vaultc") in _BELOW), None)
        if notes is not None and below is not None:
            root.remove(notes)
            root.insert(below, notes)


class Footnotes(Extension):
    """Registers the step: after the one of `footnotes` that makes the list."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        """Called by Python-Markdown."""
        md.treeprocessors.register(_Placed(md), "vaultc-footnotes", 45)


def makeExtension(**options: Any) -> Footnotes:  # noqa: N802 (Python-Markdown's name)
    """What Python-Markdown asks a module of an extension for."""
    return Footnotes(**options)
