"""What can be done about a finding: its own repair, what it suggests, or the note that is missing."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from vaultc import index, parse, scan
from vaultc.diagnostics import Diagnostic, Edit, quoted
from vaultc.frontends.cli.new import filename, text
from vaultc.frontends.lsp import places
from vaultc.graph import Vault
from vaultc.refactor.spelling import cut, encoded
from vaultc.resolve import Ambiguous, Resolved, Resolver, Unresolved


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do about a finding. `create` is a note to make first, with what goes into it; `safe` says that it is a repair."""

    title: str
    finding: Diagnostic
    edits: tuple[Edit, ...] = ()
    create: tuple[str, str] | None = None
    safe: bool = False


def actions(vault: Vault, finding: Diagnostic) -> Iterator[Action]:
    """What can be done about a finding, best first."""
    if finding.fix:
        yield Action(finding.fix.message, finding, finding.fix.edits, safe=True)
    link = places.link_at(vault, finding.path, finding.span.start) if finding.path in vault.notes else None
    if link is None or link.reference.span != finding.span or not isinstance(link.chosen, Unresolved):
        return
    if not finding.fix:
        yield from _suggested(vault, finding, link, link.chosen)
    if link.chosen.missing == "note" and (path := _missing(vault, link, link.chosen.name)):
        yield Action(f"create the note {quoted(path)}", finding, create=(path, _note(path)))


def _suggested(vault: Vault, finding: Diagnostic, link: places.Link, missing: Unresolved) -> Iterator[Action]:
    """The link, with what is missing replaced by what looks like it; only where it then leads somewhere."""
    reference = link.reference
    if reference.target_span.start >= reference.target_span.end:
        return
    name, rest = cut(vault.index, link.note, reference)
    markdown = reference.kind in ("markdown", "image")
    for near in finding.suggestions:
        target = near + rest if missing.missing in ("note", "asset") else f"{name}#{near}"
        raw = encoded(near) + rest if markdown and missing.missing in ("note", "asset") else target
        meaning = Resolver(vault.index).resolve(reference._replace(target=target, raw=raw), link.note)
        if isinstance(meaning, Resolved):
            edit = Edit(finding.path, reference.target_span, raw)
            yield Action(f"replace {quoted(reference.raw)} by {quoted(raw)}", finding, (edit,))


def _missing(vault: Vault, link: places.Link, name: str) -> str | None:
    """Where a note would lie that a link leads to; None where no file could have the name."""
    *folders, last = name.removesuffix(".md").split("/")
    if filename(last) != last or any(part.startswith(".") and part not in (".", "..") for part in folders):
        return None
    for way in (posixpath.join(link.note.folder, name), name.lstrip("/")):
        path = posixpath.normpath(way).removesuffix(".md") + ".md"
        if path.startswith("../") or path in vault.notes:
            continue
        note = parse.parse(scan.source_file(path, _note(path).encode()))
        names, _ = index.update(vault.index, {**vault.notes, path: note}, {}, {path: note}, ((), ()))
        found = Resolver(names).resolve(link.reference, link.note)
        if not isinstance(found, Ambiguous) and found.path == path:
            return path
    return None


def _note(path: str) -> str:
    title = path.rpartition("/")[2].removesuffix(".md")
    return text({"title": title, "aliases": [], "tags": [], "created": datetime.now().astimezone().date()})
