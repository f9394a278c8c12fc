"""Paragraphs cut in two: what is open at the place is closed there and opened again."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from vaultc.parse.event import Event

# The generator goes over a whole paragraph again for each sign in it that may mean something. An element or a link counts for
# as many bytes as it may come to.
LONGEST: Final = 12_000  # bytes
_ELEMENT: Final = 40
_WHOLE: Final = ("+Image", "+Link")
_BREAKS: Final = ("SoftBreak", "HardBreak")


def first_line(events: Sequence[Event]) -> tuple[list[Event], list[Event]]:
    """A paragraph's first line and the others. An image is not cut, and its line goes on."""
    open_: list[Event] = []
    for i, event in enumerate(events):
        _follow(open_, event)
        if event.name in _BREAKS and all(around.name != "+Image" for around in open_):
            return [*events[:i], *_closed(open_, event.start)], [*open_, *events[i + 1 :]]
    return list(events), []


def shortened(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """A paragraph in pieces of not much more than `LONGEST` bytes, cut at a space, a break or between two elements."""
    if sum(map(_weight, events)) <= LONGEST:
        yield events
        return
    open_: list[Event] = []
    piece: list[Event] = []
    size = 0
    for part in chain.from_iterable(map(_words, events)):
        if size > LONGEST and part.name[0] != "-" and all(it.name not in _WHOLE for it in open_):
            if piece[-1].name == "Text":  # a mark does not close after a space
                piece[-1] = piece[-1]._replace(data=piece[-1].data.rstrip(" "))
            yield [*piece, *_closed(open_, part.start)]
            piece, size = [*open_], 0
            if part.name == "Text":  # nor open before one
                text = part.data.lstrip(" ")
                part = part._replace(data=text, start=part.start + len(part.data) - len(text))
        _follow(open_, part)
        if part.data != "":
            piece.append(part)
        size += _weight(part)
    yield piece


def _weight(event: Event) -> int:
    if event.name == "Text":
        return event.end - event.start
    return _ELEMENT if event.name[0] != "-" else 0


def _words(event: Event) -> Iterator[Event]:
    """A long text in parts of half of `LONGEST`, cut after a space if there is one; anything else as it is."""
    name, text, start, end = event
    if name != "Text" or end - start <= LONGEST // 2 or len(text.encode()) != end - start:
        yield event
        return
    at = 0
    while at < len(text):
        stop = at + LONGEST // 2
        stop = text.rfind(" ", at, stop) + 1 or stop
        written = len(text[at:stop].encode())
        yield Event(name, text[at:stop], start, start + written)
        at, start = stop, start + written


def _follow(open_: list[Event], event: Event) -> None:
    if event.name[0] == "+":
        open_.append(event)
    elif event.name[0] == "-":
        open_.pop()


def _closed(open_: Sequence[Event], at: int) -> list[Event]:
    return [event._replace(name="-" + event.name[1:], end=at) for event in reversed(open_)]
