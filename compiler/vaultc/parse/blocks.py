"""Block ids, `^id` at the end of a block or on a line after it."""

import re
from collections.abc import Iterable

from vaultc.model import Block
from vaultc.parse.document import Document
from vaultc.parse.ranges import Ranges
from vaultc.text import Span

_BLOCK_ID = re.compile(rb"(?:(?<=[ \t\]>)])|^)\^([\w-]+)[ \t]*\r?$", re.M)


def find(doc: Document, leaves: Iterable[Span], literal: Iterable[Span]) -> tuple[Block, ...]:
    """The blocks that have an id, in order. `leaves` are the blocks of the document, properly nested; no id is read in `literal`."""
    if b"^" not in doc.data:
        return ()
    hidden = Ranges((*literal, *doc.comments))
    open_ = _Open(leaves)
    out = []
    for match in _BLOCK_ID.finditer(doc.data, doc.body):
        at = match.start(1) - 1
        if at in hidden:
            continue
        around = open_.at(at)
        if around and open_.before and not doc.data[around.start : at].strip(b" \t\r\n>"):
            around = open_.before  # the id stands alone: it belongs to the block above
        if around:
            out.append(Block(match[1].decode(), around, Span(at, match.end(1))))
    return tuple(out)


class _Open:
    """The blocks around a place that only moves forward; `before` is the last one, and of those the outermost, that ended there."""

    def __init__(self, leaves: Iterable[Span]) -> None:
        self._next = sorted(set(leaves), key=lambda span: (-span.start, span.end))
        self._stack: list[Span] = []
        self.before: Span | None = None

    def at(self, place: int) -> Span | None:
        """The innermost block around a place."""
        while self._next and self._next[-1].start <= place:
            leaf = self._next.pop()
            self._close(leaf.start)
            self._stack.append(leaf)
        self._close(place)
        return self._stack[-1] if self._stack else None

    def _close(self, place: int) -> None:
        while self._stack and self._stack[-1].end <= place:
            leaf = self._stack.pop()
            if self.before is None or (leaf.end, -leaf.start) > (self.before.end, -self.before.start):
                self.before = leaf
