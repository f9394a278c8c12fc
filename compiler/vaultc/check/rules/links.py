"""What the rules about links share: quoting names, and rewriting a link so that it reaches a given note."""

import posixpath
from urllib.parse import quote

from vaultc.diagnostics import Edit, Fix
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.text import fold


def quoted(name: str) -> str:
    """The name between backticks, cut when it is very long."""
    return f"`{name if len(name) <= 80 else name[:77] + '…'}`"


def moved(vault: Vault, name: str) -> str | None:
    """The one note that has the last component of a path that leads nowhere."""
    last = fold(name).rpartition("/")[2]
    if "/" not in name or not last:
        return None
    paths = [p for p in vault.index.stems.get(last, ()) if p in vault.notes]
    return paths[0] if len(paths) == 1 else None


def rewrite(vault: Vault, note: Note, reference: Reference, path: str, *, label: str | None = None) -> Fix | None:
    """A fix that points `reference` at the note or file at `path`, fragment kept; `label` is added where there is none.

    None where the link has no text of its own to change (a reference to a definition).
    """
    start, end = reference.target_span
    if start >= end:
        return None
    raw = reference.raw
    name, mark, fragment = raw.partition("#")
    if reference.kind in ("markdown", "image"):
        new = quote(relative(path, note.folder), safe="/:@!$&'()*+,;=~.-_") + mark + fragment
    else:
        new = vault.index.linktext(path, note.folder) + mark + fragment
        if label is not None and reference.label is None:
            new += ("\\|" if in_table(vault, note, reference) else "|") + label
    old = vault.text(note.path)[start:end].decode("utf-8", "replace")
    return Fix(f"replace {quoted(old)} by {quoted(new)}", (Edit(note.path, reference.target_span, new),))


def relative(path: str, folder: str) -> str:
    """`path` as seen from `folder`, both relative to the vault."""
    return posixpath.relpath(path, folder or ".")


def in_table(vault: Vault, note: Note, reference: Reference) -> bool:
    """Whether a pipe in the link would end a table's cell."""
    text = vault.text(note.path)
    line = text.rfind(b"\n", 0, reference.span.start) + 1
    stop = text.find(b"\n", reference.span.end)
    row = text[line : stop if stop >= 0 else len(text)]
    rest = row.replace(text[reference.span.start : reference.span.end], b"")
    return b"|" in rest
