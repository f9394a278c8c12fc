"""The sentence around each link, for the pages that it leads to."""

import re
from dataclasses import dataclass
from functools import lru_cache, partial

from vaultc import faults
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.parse import read, shown

_END = re.compile(r"(?<=[.!?…。！？])[\"'»”’)\]]*\s+(?=[^\sa-zа-яё])")
_CALLOUT = re.compile(r"^\s*\[![^\]]*\][+-]?")
_LIMIT = 240


@dataclass(frozen=True, slots=True)
class Mention:
    """One link to a note, in the plain words around it: `before`, the `link` itself, `after`."""

    source: str
    before: str
    link: str
    after: str


def mentions(vault: Vault, path: str) -> list[Mention]:
    """Every link to the note at `path` from another published note, in order of the sources."""
    out = []
    for edge in vault.graph.incoming.get(path, ()):
        if edge.source == path:
            continue
        note = vault.notes[edge.source]
        reference = next(r for r in note.references if r.span.start == edge.start)
        # A note that cannot be read again is mentioned without its words; its own page says why.
        said = partial(_mention, vault, note, reference)
        out.append(faults.attempt(note.path, "quoted", said, lambda fault: Mention(fault.path, "", "", "")))
    return list(dict.fromkeys(out))


def _mention(vault: Vault, note: Note, reference: Reference) -> Mention:
    if reference.kind == "property":
        return Mention(note.path, "", "", "")
    text = vault.text(note.path)
    start, end = reference.context
    if end - start > 4000:  # a list item with all that it holds: its line is enough
        start = text.rfind(b"\n", 0, reference.span.start) + 1
        end = text.find(b"\n", reference.span.end)
        end = len(text) if end < 0 else end
    words = _words(text[start:end])
    before = after = link = ""
    for piece, at in words:
        if at < reference.span.start - start:
            before += piece
        elif at < reference.span.end - start:
            link += piece
        else:
            after += piece
    before = _CALLOUT.sub("", before)
    before = _END.split(" ".join(before.split()) + (" " if before[-1:].isspace() else ""))[-1]
    after = (" " if after[:1].isspace() else "") + _END.split(" ".join(after.split()))[0]
    if len(before) > _LIMIT:
        before = "… " + before[-_LIMIT:].partition(" ")[2]
    if len(after) > _LIMIT:
        after = after[:_LIMIT].rpartition(" ")[0] + " …"
    return Mention(note.path, before, link, after)


@lru_cache(maxsize=256)
def _words(block: bytes) -> list[tuple[str, int]]:
    """The words of a block as a reader sees them, each piece with the byte at which it stands."""
    out: list[tuple[str, int]] = []
    row = block.lstrip().startswith(b"|")
    for event in read(block).events:
        if event.name in ("Text", "Code", "InlineMath"):
            out.append((event.data.replace("|", "·") if row else event.data, event.start))
        elif event.name == "WikiLink":
            out.append((shown(event.data), event.start))
        elif event.name in ("SoftBreak", "HardBreak", "-Item", "-Paragraph", "-TableCell", "-Heading"):
            out.append((" ", event.start if event.name.endswith("Break") else event.end))
        elif event.name == "+Item" and out:
            out.append((" · ", event.start))
    return out
