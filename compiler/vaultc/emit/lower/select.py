"""The events of a part of a note: a section, a block."""

from collections.abc import Sequence

from vaultc.parse.document import Document
from vaultc.parse.event import Event


def select(document: Document, start: int = 0, end: int | None = None) -> Sequence[Event]:
    """The events of the blocks that lie wholly between two bytes; an item of a list comes in a list of its own."""
    data = document.data
    stop = len(data) if end is None else min(end, len(data))
    if start <= document.body and not data[stop:].strip():
        return document.events
    out: list[Event] = []
    lists: list[Event | None] = []  # the lists around with the number of their next item; None once opened in `out`
    within = 0  # how deep inside a chosen element
    for event in document.events:
        sign = event.name[0]
        if within:
            out.append(event)
            within += (sign == "+") - (sign == "-")
            continue
        if event.name == "-List":
            if lists.pop() is None:
                out.append(event)
            continue
        if sign == "-":
            continue
        inside = start <= event.start and (
            event.end <= stop or (event.start < stop and not data[stop : event.end].strip())
        )
        if inside:
            if event.name == "+Item" and lists and (around := lists[-1]):
                out.append(around)
                lists[-1] = None
            out.append(event)
            within = int(sign == "+")
        elif event.name == "+List":
            lists.append(event)
        elif event.name == "+Item" and lists and (around := lists[-1]) and around.data is not None:
            lists[-1] = around._replace(data=around.data + 1)
    return out
