"""How a link is spelled: the text by which it reaches a given file, and a fix that writes it."""

import posixpath
import re
from urllib.parse import quote

from vaultc.diagnostics import Edit, Fix, quoted
from vaultc.graph import Vault
from vaultc.index import Index
from vaultc.model import Note, Reference
from vaultc.resolve import names
from vaultc.text import Span

_LINK = re.compile(rb"\[\[[^\[\]]*\]\]")
# What no wiki-link can hold in its name.
_UNLINKABLE = re.compile(r"\||\[\[|\]\]|[\r\n]|^\s|\s$|\]$")


def cut(index: Index, note: Note, reference: Reference) -> tuple[str, str]:
    """A link's destination as written, cut into the name and the rest (empty, or from its `#` on)."""
    raw = reference.raw
    if reference.kind in ("markdown", "image"):
        name, mark, rest = raw.partition("#")
        return name, mark + rest
    at = len(raw)
    while at >= 0:
        name = raw[:at].rstrip()
        if name and isinstance(names.find(index, name, note.folder), names.Found):
            return name, raw[len(name) :]
        at = raw.rfind("#", 0, at)
    name, mark, rest = raw.partition("#")
    return name.rstrip(), mark + rest


def linktext(index: Index, path: str, folder: str) -> str | None:
    """The shortest text by which a wiki-link in a note of `folder` leads to the file at `path` and to no other.

    The name alone, else with as many folders as it takes, else the path from the note's folder; None where the name holds what
    no wiki-link can.
    """
    name = path[:-3] if path.endswith(".md") else path
    parts = name.split("/")
    written = ["/".join(parts[at:]) for at in range(len(parts) - 1, -1, -1)]
    beside = relative(name, folder)
    written.append(beside if beside.startswith("../") else f"./{beside}")
    for text in [*written, *(f"{text}.md" for text in written if name != path)]:
        if linkable(text) and names.find(index, text, folder) == names.Found((path,), "name"):
            return text
    return None


def linkable(text: str) -> bool:
    """Whether a wiki-link can hold this name."""
    return not _UNLINKABLE.search(text)


def rewrite(vault: Vault, note: Note, reference: Reference, path: str, *, label: str | None = None) -> Fix | None:
    """A fix that points `reference` at the note or file at `path`, fragment kept; `label` is added where there is none.

    None where the link has no text of its own to change (a reference to a definition), or where no text would do.
    """
    if reference.target_span.start >= reference.target_span.end:
        return None
    rest = cut(vault.index, note, reference)[1]
    if reference.kind in ("markdown", "image"):
        new = destination(path, note.folder) + rest
    else:
        text = linktext(vault.index, path, note.folder)
        if text is None:
            return None
        new = text + rest
        if label is not None and reference.label is None:
            new += ("\\|" if in_table(vault, note, reference.span) else "|") + label
    return replacement(vault, note, reference.target_span, new)


def replacement(vault: Vault, note: Note, span: Span, new: str) -> Fix:
    """A fix that puts `new` into one place."""
    old = vault.text(note.path)[span.start : span.end].decode("utf-8", "replace")
    return Fix(f"replace {quoted(old)} by {quoted(new)}", (Edit(note.path, span, new),))


def destination(path: str, folder: str) -> str:
    """A Markdown destination that leads from a note of `folder` to the file at `path`, percent-encoded where it must be."""
    return encoded(relative(path, folder))


def encoded(path: str) -> str:
    """A path as a Markdown destination: ASCII punctuation that means something there is percent-encoded, letters stay."""
    return re.sub(r"[\x00-\x20\x7f#%?<>()\\\"\[\]|\s]", lambda m: quote(m[0], safe=""), path)


def relative(path: str, folder: str) -> str:
    """`path` as seen from `folder`, both relative to the vault."""
    return posixpath.relpath(path, folder or ".")


def in_table(vault: Vault, note: Note, span: Span) -> bool:
    """Whether a pipe in a link at `span` would end a table's cell: whether its line has pipes outside of links."""
    lines = vault.lines(note.path)
    number = lines.number(span.start)
    start = lines.starts[number - 1]
    end = lines.starts[number] if number < len(lines.starts) else len(lines.data)
    return end - start < _LONGEST_ROW and b"|" in _LINK.sub(b"", lines.data[start:end])


# Past this a line is no row of a table, and looking at all of it for each of its links would take quadratic time.
_LONGEST_ROW = 10_000
