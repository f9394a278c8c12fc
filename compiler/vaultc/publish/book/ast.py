"""Pandoc's document model as plain data: https://hackage.haskell.org/package/pandoc-types, in its JSON form."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

Node = dict[str, Any]
"""An element: its type under `t`, what it holds under `c`."""
VERSION: Final = [1, 23]
_ALIGNMENTS: Final = {"Right": "AlignRight", "Center": "AlignCenter"}
_BLANKS: Final = re.compile(r"[ \t\r\n]+")


def node(name: str, content: object = None) -> Node:
    """An element of that type."""
    return {"t": name} if content is None else {"t": name, "c": content}


def words(text: str) -> list[Node]:
    """Text, with breakable blanks; nothing in it means anything to a writer."""
    out: list[Node] = []
    for index, word in enumerate(_BLANKS.split(text)):
        if index:
            out.append(node("Space"))
        if word:
            out.append(node("Str", word))
    return out


def attributes(id: str = "", classes: Sequence[str] = (), **values: str) -> list[Any]:
    """The attributes of an element that has some."""
    return [id, list(classes), [[key, value] for key, value in values.items()]]


def header(level: int, id: str, content: list[Node], classes: Sequence[str] = ()) -> Node:
    """A heading."""
    return node("Header", [level, attributes(id, classes), content])


def span(content: list[Node], id: str = "", classes: Sequence[str] = ()) -> Node:
    """A run of text with a name or a class."""
    return node("Span", [attributes(id, classes), content])


def link(content: list[Node], target: str) -> Node:
    """A link to an address, or with `#` to an element of the document."""
    return node("Link", [attributes(), content, [target, ""]])


def image(name: str, words: list[Node], **size: str) -> Node:
    """A picture from a file."""
    return node("Image", [attributes(**size), words, [name, ""]])


def figure(pictures: list[Node], caption: list[Node]) -> Node:
    """Pictures with what stands under them."""
    under = [node("Plain", caption)] if caption else []
    return node("Figure", [attributes(), [None, under], [node("Plain", pictures)]])


def table(alignments: Iterable[str], head: Sequence[list[Node]], rows: Iterable[Sequence[list[Node]]]) -> Node:
    """A table; its cells hold text, and alignments are `Right`, `Center`, or anything else for the left."""
    columns = [[node(_ALIGNMENTS.get(each, "AlignLeft")), node("ColWidthDefault")] for each in alignments]

    def row(cells: Sequence[list[Node]]) -> list[Any]:
        return [
            attributes(),
            [[attributes(), node("AlignDefault"), 1, 1, [node("Plain", cell)]] for cell in cells],
        ]

    body = [attributes(), 0, [], [row(cells) for cells in rows]]
    return node("Table", [attributes(), [None, []], columns, [attributes(), [row(head)]], [body], [attributes(), []]])


def raw(block: bool, **source: str) -> list[Node]:
    """Source of ours, by the format of the writer that takes it; the others leave it out."""
    return [node("RawBlock" if block else "RawInline", [form, text]) for form, text in source.items()]


def document(blocks: list[Node], meta: Mapping[str, Node]) -> Node:
    """The whole, as a reader of Pandoc's JSON wants it."""
    return {"pandoc-api-version": VERSION, "meta": dict(meta), "blocks": blocks}


def every(tree: object) -> Iterator[Node]:
    """All elements of a tree, outer ones first."""
    todo = [tree]
    while todo:
        at = todo.pop()
        if isinstance(at, dict):
            if "t" in at:
                yield at
            todo += reversed(list(at.values()))
        elif isinstance(at, list):
            todo += reversed(at)


def text(tree: object) -> str:
    """The words of a tree."""
    blank = ("Space", "SoftBreak", "LineBreak")
    said = (" " if each["t"] in blank else each["c"] for each in every(tree) if each["t"] in ("Str", *blank))
    return "".join(said)
