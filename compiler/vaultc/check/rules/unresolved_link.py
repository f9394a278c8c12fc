"""VC201: a link to a note that is not there."""

import re
from collections.abc import Iterator

from vaultc.diagnostics import Diagnostic, hint, quoted, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.refactor.spelling import cut, linktext, relative, rewrite
from vaultc.resolve import Resolution, Resolved, Resolver, Unresolved
from vaultc.text import fold

# What browsers would take for an address if it were typed; in a link it is a path.
_ADDRESS = re.compile(r"www\.|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|io|ai|dev|app|ru|рф|su)(?:[/:]|$)", re.I)


def check(vault: Vault, note: Note, reference: Reference, resolution: Resolution) -> Iterator[Diagnostic]:
    """A finding when the reference names no note; with a fix when the note has only moved."""
    if not (isinstance(resolution, Unresolved) and resolution.missing == "note"):
        return
    name, near = resolution.name, resolution.suggestions
    message = f"no note named {quoted(name)}"
    if reference.kind in ("markdown", "image") and _ADDRESS.match(name):
        help, fix = f"write {quoted('https://' + name)} if an address is meant", None
        near = ()
    elif home := _moved(vault, name):
        there = f"./{relative(home, note.folder)}{cut(vault.index, note, reference)[1]}"
        found = Resolver(vault.index).resolve(reference._replace(target=there), note)
        fix = rewrite(vault, note, reference, home) if isinstance(found, Resolved) else None
        help = f"the only note of that name is {quoted(home)}"
        near = (linktext(vault.index, home, note.folder) or home,)
    else:
        help, fix = hint(near, "create the note, or correct the link"), None
    yield report("VC201", message, note.path, reference.span, help=help, suggestions=near, fix=fix)


def _moved(vault: Vault, name: str) -> str | None:
    """The one note that has the last component of a path that leads nowhere."""
    last = fold(name).rpartition("/")[2]
    if "/" not in name or not last:
        return None
    paths = vault.index.stems.get(last, ())
    return paths[0] if len(paths) == 1 and paths[0] in vault.notes else None
