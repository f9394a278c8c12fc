"""The steps of a reading: their names, and what they carry."""

from typing import Any, Literal, NamedTuple

from vaultc.text import Span

# pyromark's names, as far as somebody asks for them: what opens an element, what closes one, and what stands by itself. The last two
# are ours.
Opened = Literal[
    "+BlockQuote",
    "+CodeBlock",
    "+Emphasis",
    "+FootnoteDefinition",
    "+Heading",
    "+HtmlBlock",
    "+Image",
    "+Item",
    "+Link",
    "+List",
    "+Paragraph",
    "+Strikethrough",
    "+Strong",
    "+Table",
    "+TableCell",
    "+TableHead",
    "+TableRow",
]
Closed = Literal[
    "-BlockQuote",
    "-CodeBlock",
    "-Emphasis",
    "-FootnoteDefinition",
    "-Heading",
    "-HtmlBlock",
    "-Image",
    "-Item",
    "-Link",
    "-List",
    "-Paragraph",
    "-Strikethrough",
    "-Strong",
    "-Table",
    "-TableCell",
    "-TableHead",
    "-TableRow",
]
Alone = Literal[
    "Code",
    "DisplayMath",
    "FootnoteReference",
    "HardBreak",
    "Html",
    "InlineHtml",
    "InlineMath",
    "Rule",
    "SoftBreak",
    "TaskListMarker",
    "Text",
    "WikiLink",
]
Name = Opened | Closed | Alone


class Event(NamedTuple):
    """One step of the reading. `data` is its payload (the text, the heading's level, the `WikiLink`), or None."""

    name: Name
    data: Any
    start: int
    end: int


# An event before it is one: several times as many are made as are kept.
Step = tuple[Name, Any, int, int]


class WikiLink(NamedTuple):
    """`[[target|label]]` as written; `target_span` excludes the brackets and the space around the target."""

    target: str
    label: str | None
    embed: bool
    escaped: bool
    span: Span
    target_span: Span


class Comment(NamedTuple):
    """What `%%` hides on a line that has other text, too: it leaves nothing behind."""

    span: Span


# What bytes without a meaning stand for while pyromark reads.
Mask = WikiLink | Comment
