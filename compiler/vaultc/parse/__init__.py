"""Stage 2: one source file becomes one note."""

from vaultc.parse.document import Document, read
from vaultc.parse.event import Event, WikiLink
from vaultc.parse.note import opening, parse, parse_all, text
from vaultc.parse.walk import shown

__all__ = ["Document", "Event", "WikiLink", "opening", "parse", "parse_all", "read", "shown", "text"]
