"""What two renderings of one note must agree on: the tree of elements and the text, less what a generator adds of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, TypeAlias
from urllib.parse import unquote

import markdown
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from vaultc.publish.dialect import EXTENSIONS

Node: TypeAlias = "str | tuple[str, tuple[str, ...], list[Any]]"

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
BLOCKS = frozenset(
    "blockquote div h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul br details summary".split()
)
# Added by a generator around or beside the note's own text; of `WRAPPERS` the inside counts.
ADDED = frozenset(["headerlink", "footnote", "footnotes", "footnotes-sep", "filename", "linenos"])
WRAPPERS = frozenset(["highlight", "arithmatex", "task-list-indicator", "task-list-control", "md-typeset__scrollwrap"])
TRANSPARENT = frozenset(["thead", "tbody", "label"])

_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(tasklists_plugin).use(footnote_plugin)
_WRITER = markdown.Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)


def oracle(text: str) -> str:
    """The HTML that an independent CommonMark reader gives a note."""
    return str(_READER.render(text))


def rendered(text: str) -> str:
    """The HTML that the object code becomes."""
    _WRITER.reset()
    return _WRITER.convert(text)


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str | None]
    children: list[_Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set((self.attributes.get("class") or "").split())

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = _Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self.open) - 1, 0, -1):
            if self.open[i].tag == tag:
                del self.open[i:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tree(html: str, article: bool = False) -> list[Node]:
    """The elements of a fragment, or of the page's `<article>`; whether a list is loose does not count."""
    parser = _Tree()
    parser.feed(html)
    parser.close()
    root = next(_find(parser.root, "article")) if article else parser.root
    return _shaped([node for child in root.children for node in _kept(child)], "")


def _find(element: _Element, tag: str) -> Iterator[_Element]:
    for child in element.children:
        if isinstance(child, _Element):
            if child.tag == tag:
                yield child
            yield from _find(child, tag)


def _kept(element: _Element | str) -> list[Node]:
    if isinstance(element, str):
        return [element]
    tag, given, classes = element.tag, element.attributes, element.classes
    if classes & ADDED or "data-vaultc" in given or tag in ("script", "style", "nav"):
        return []
    if tag == "sup" and ("footnote-ref" in classes or (given.get("id") or "").startswith("fnref")):
        return [("sup", (), [])]
    if tag == "pre":
        code = [line.rstrip() for line in element.text.strip().split("\n")]
        return [("pre", (), ["\n".join(code)])]
    inside: list[Node] = [node for child in element.children for node in _kept(child)]
    if classes & WRAPPERS or tag in TRANSPARENT:
        return inside
    details: list[str] = []
    if tag == "a":
        target = unquote(given.get("href") or "")
        if element.text in (target, unquote(target)) or target in (f"http://{element.text}", f"mailto:{element.text}"):
            return inside  # a bare address: only one of the two makes it a link
        details = [target, " ".join((given.get("title") or "").split())]
    elif tag == "img":
        details = [unquote(given.get("src") or ""), " ".join((given.get("alt") or "").split())]
    elif tag == "ol":
        details = [given.get("start") or "1"]
    elif tag == "input":
        details = ["checked" if "checked" in given else ""]
    return [("del" if tag == "s" else tag, tuple(details), inside)]


def _shaped(nodes: list[Node], parent: str) -> list[Node]:
    """Paragraphs of list items unwrapped, texts joined, white space as a browser shows it."""
    flat: list[Node] = []
    for node in nodes:
        parts: list[Node] = [node]
        if parent == "li" and not isinstance(node, str) and node[0] == "p":
            parts = [" ", *node[2], " "]
        for part in parts:
            if isinstance(part, str) and flat and isinstance(flat[-1], str):
                flat[-1] += part
            else:
                flat.append(part)
    out: list[Node] = []
    for i, node in enumerate(flat):
        if isinstance(node, str):
            if parent != "pre":
                node = re.sub(r"\s+", " ", node)
                node = node.lstrip() if _edge(flat, i - 1, parent) else node
                node = node.rstrip() if _edge(flat, i + 1, parent) else node
            if node:
                out.append(node)
            continue
        tag, details, children = node
        inside = _shaped(children, tag)
        if tag == "code":
            inside = ["".join(str(child) for child in inside).strip()]
        if inside or tag != "p":
            out.append((tag, details, inside))
    return out


def _edge(nodes: list[Node], i: int, parent: str) -> bool:
    if not 0 <= i < len(nodes):
        return parent in BLOCKS or not parent
    return not isinstance(nodes[i], str) and nodes[i][0] in BLOCKS


def counts(nodes: list[Node], depth: int = 0) -> dict[str, int]:
    """How many of each block element a tree holds, and how deep its lists go."""
    out: dict[str, int] = {"depth": depth}
    for node in nodes:
        if isinstance(node, str):
            continue
        tag = node[0]
        inner = counts(node[2], depth + (tag in ("ul", "ol")))
        out["depth"] = max(out["depth"], inner.pop("depth"))
        if tag in BLOCKS - {"p", "div", "br"}:
            out[tag] = out.get(tag, 0) + 1
        for name, number in inner.items():
            out[name] = out.get(name, 0) + number
    return out


def words(nodes: list[Node]) -> list[str]:
    """The words of a tree, in order."""
    return re.findall(r"\w+", _text(nodes).casefold())


def _text(nodes: list[Node]) -> str:
    out: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        else:
            out.append(f" {_text(node[2])} " if node[0] in BLOCKS else _text(node[2]))
    return "".join(out)
