"""A Python-Markdown extension: HTML of notes keeps its addresses under Zensical, which takes all of a page's to be relative to its
object file.

MkDocs leaves those in raw HTML as they are, seen from the page; vaultc writes its own like that. A page lies one folder deeper than
its object file, so here they are written as seen from there.
"""

import posixpath
import re
from typing import Any, Final
from urllib.parse import quote

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

_TAG: Final = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE: Final = re.compile(r"""(\s)([^\s=<>"'/]+)(\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_RELATIVE: Final = re.compile(r"(?![A-Za-z][\w+.-]*:|[/?#]|$)([^?#]*)(.*)", re.DOTALL)


class _Addresses(Postprocessor):
    """Before the pieces of HTML are put back. It is called for parts of a page first, such as headings; each piece is done once."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._done = 0

    def run(self, text: str) -> str:
        context: Any = self.md.preprocessors["rendering_context"]  # Zensical's own; it makes a Markdown for each page
        stem = posixpath.basename(context.page.path).removesuffix(".md")
        if stem not in ("index", "README"):
            stash = self.md.htmlStash.rawHtmlBlocks
            new = stash[self._done :]
            stash[self._done :] = [moved(piece, stem) if isinstance(piece, str) else piece for piece in new]
            self._done = len(stash)
        return text


def moved(piece: str, stem: str) -> str:
    """A piece of HTML from the page of the object file `stem`.md, its addresses as seen from that file."""

    def address(text: str) -> str:
        found = _RELATIVE.fullmatch(text)
        if not found:
            return text
        end = "/" if found[1].endswith("/") else ""
        return posixpath.normpath(f"{quote(stem)}/{found[1]}") + end + found[2]

    def attribute(found: re.Match[str]) -> str:
        name, value = found[2].lower(), next(group for group in found.groups()[3:] if group is not None)
        if name in ("href", "src"):
            value = address(value)
        elif name == "srcset":
            value = ", ".join(
                " ".join([address(one), *more]) for one, *more in map(str.split, filter(str.strip, value.split(",")))
            )
        else:
            return found[0]
        mark = "'" if found[5] is not None else '"'
        return f"{found[1]}{found[2]}{found[3]}{mark}{value}{mark}"

    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), piece)


class Raw(Extension):
    """Registers the step."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        """Called by Python-Markdown."""
        md.postprocessors.register(_Addresses(md), "vaultc-raw", 1000)


def makeExtension(**options: Any) -> Raw:  # noqa: N802 (Python-Markdown's name)
    """What Python-Markdown asks a module of an extension for."""
    return Raw(**options)
