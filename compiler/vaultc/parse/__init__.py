"""Stage 2: one source file becomes one note."""

from vaultc.parse.document import Document, Event, WikiLink, read
from vaultc.parse.note import parse, shown, text

__all__ = ["Document", "Event", "WikiLink", "parse", "read", "shown", "text"]
