"""The page of a note that could not be compiled: a word that says so, and the note as it was written."""

import re
from urllib.parse import unquote

from vaultc.emit.frame import front
from vaultc.emit.lower.blocks import fence
from vaultc.emit.lower.element import fenced
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.resolve import names
from vaultc.resolve.unpublished import WORDS

NOTICE = "This note could not be compiled. Its source text follows."
LONGEST = 200_000  # signs of the source; a page of more helps nobody
# What an author hid; an opened comment that is never closed hides the rest.
_HIDDEN = re.compile(r"%%.*?(?:%%|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(r"!?\[\[([^\[\]|\r\n]*)(?:\|([^\[\]\r\n]*))?\]\]|(?<=\]\()<?([^()<>\s]+)>?")


def page(vault: Vault, note: Note) -> str:
    """The whole object file."""
    return front(note.title) + body(vault, note)


def body(vault: Vault, note: Note) -> str:
    """The source, without comments and without the names of notes that are not published."""
    text = _HIDDEN.sub("", vault.text(note.path)[note.body :].decode("utf-8", "replace"))

    def public(match: re.Match[str]) -> str:
        wiki, label, destination = match.groups()
        name = (wiki if wiki is not None else unquote(destination)).partition("#")[0].strip()
        found = names.find(vault.index, name, note.folder, markdown=wiki is None) if name else None
        kept = not isinstance(found, names.Found) or any(
            path not in vault.notes or vault.notes[path].published for path in found.paths
        )
        hidden = found is None and name and names.hidden(vault.index, name, note.folder)
        return match[0] if kept and not hidden else (label or WORDS)

    shown = _LINK.sub(public, text).strip()
    if len(shown) > LONGEST:
        shown = shown[:LONGEST] + "\n…"
    notice = fenced('div[data-vaultc="not-compiled"]', NOTICE)
    return f"{notice}\n\n{fence({}, shown)}\n"
