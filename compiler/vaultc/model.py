"""The nouns that the stages pass on: what a vault is made of, each with the place where it stands."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from vaultc.diagnostics import Diagnostic
from vaultc.text import Span

ReferenceKind = Literal["link", "embed", "property", "markdown", "image"]


class SourceFile(NamedTuple):
    """A note as it lies on the disk: path relative to the vault (POSIX), bytes, hexadecimal digest of the bytes."""

    path: str
    data: bytes
    digest: str


class Heading(NamedTuple):
    """`text` is what a reader sees, `source` the Markdown between the marks, `anchor` the id in the published page."""

    level: int
    text: str
    source: str
    anchor: str
    span: Span


class Block(NamedTuple):
    """A block with an id of its own (`^id`): `span` is the block, `id_span` the caret and the id."""

    id: str
    span: Span
    id_span: Span


class Reference(NamedTuple):
    """A link as it was written.

    `target` is the whole destination before the first pipe, fragment included, trimmed, entities and percent signs decoded;
    `target_span` is where it stands; `label` is the text after the pipe or between the brackets; `context` is the block
    around it. `escaped` says that the pipe is written `\\|`, as tables want it. `raw` is the destination as it was written.
    """

    kind: ReferenceKind
    target: str
    label: str | None
    span: Span
    target_span: Span
    context: Span
    escaped: bool = False
    raw: str = ""


class Definition(NamedTuple):
    """A link-reference definition, `[label]: target`; `label` is folded as CommonMark folds it."""

    label: str
    target: str
    target_span: Span


class Tag(NamedTuple):
    """`name` has no `#`; a tag of the front matter has the front matter's span."""

    name: str
    span: Span


class Snippet(NamedTuple):
    """A fenced block with the word `bench` in its info string; `info` is that string, `code` the text between the fences."""

    info: str
    code: str
    span: Span


class Ignore(NamedTuple):
    """`<!-- vaultc: ignore … -->` at `span`: findings with these codes are silent in `scope`."""

    codes: tuple[str, ...]
    span: Span
    scope: Span


class Note(NamedTuple):
    """One parsed note. `body` is the offset at which the text after the front matter begins, `ids` are anchors that the author wrote
    as HTML or as `{#id}`."""

    path: str
    digest: str
    title: str
    metadata: Mapping[str, Any]
    body: int
    aliases: tuple[str, ...] = ()
    published: bool = True
    headings: tuple[Heading, ...] = ()
    blocks: tuple[Block, ...] = ()
    ids: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    definitions: tuple[Definition, ...] = ()
    tags: tuple[Tag, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def stem(self) -> str:
        """The file's name without folder and `.md`."""
        return self.path.rpartition("/")[2][:-3]

    @property
    def folder(self) -> str:
        """The folder's path, empty at the vault's root."""
        return self.path.rpartition("/")[0]
