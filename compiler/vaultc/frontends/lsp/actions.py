"""What can be done at a place: about a finding, about a link, about a name that is no link, with a selection."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vaultc import index, parse, scan
from vaultc.diagnostics import Diagnostic, Edit, quoted
from vaultc.frontends.cli.new import filename
from vaultc.frontends.lsp import places
from vaultc.frontends.lsp.extract import extract, fresh
from vaultc.graph import Vault
from vaultc.refactor import aliases, unlinked
from vaultc.refactor.spelling import cut, encoded
from vaultc.refactor.unlinked import Mention
from vaultc.resolve import Ambiguous, Resolved, Resolver, Unresolved, names
from vaultc.text import Span, fold


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, perhaps about a finding. `create` is a note to make first, with what goes into it; `safe` says that it is a
    repair."""

    title: str
    finding: Diagnostic | None = None
    edits: tuple[Edit, ...] = ()
    create: tuple[str, str] | None = None
    safe: bool = False
    kind: Literal["quickfix", "refactor.extract", "refactor.rewrite"] = "quickfix"


def repairs(vault: Vault, finding: Diagnostic) -> Iterator[Action]:
    """What can be done about a finding, best first."""
    if finding.fix:
        yield Action(finding.fix.message, finding, finding.fix.edits, safe=True)
    link = places.link_at(vault, finding.path, finding.span.start) if finding.path in vault.notes else None
    if link is None or link.reference.span != finding.span or not isinstance(link.chosen, Unresolved):
        return
    if not finding.fix:
        yield from _suggested(vault, finding, link, link.chosen)
    if link.chosen.missing == "note":
        if path := _missing(vault, link, link.chosen.name):
            yield Action(f"create the note {quoted(path)}", finding, create=(path, fresh(path)))
        for near in finding.suggestions:
            found = names.find(vault.index, near, link.note.folder)
            if isinstance(found, names.Found):
                yield from _alias(vault, found.paths[0], link.chosen.name, finding)


def rewrites(vault: Vault, path: str, span: Span) -> Iterator[Action]:
    """What can be done with the link at a place, or with what is selected."""
    link = places.link_at(vault, path, span.start)
    if link and span.end <= link.reference.span.end:
        if (to := places.target(link.chosen)) and to.path in vault.notes and not to.anchor and link.reference.label:
            yield from _alias(vault, to.path, link.reference.label)
    elif span.start < span.end and (done := extract(vault, vault.notes[path], span)):
        title = f"extract the selection into the note {quoted(done.path)}"
        yield Action(title, None, done.edits, (done.path, done.text), kind="refactor.extract")


def linked(vault: Vault, mention: Mention) -> Iterator[Action]:
    """A name in running text as a link to its note."""
    text = unlinked.wikilink(vault, vault.notes[mention.path], mention)
    if text and unlinked.link(vault, [mention]):
        title = f"link to {quoted(mention.target)}"
        yield Action(title, None, (Edit(mention.path, mention.span, text),), kind="refactor.rewrite")


def _alias(vault: Vault, path: str, alias: str, finding: Diagnostic | None = None) -> Iterator[Action]:
    """One more name for a note, where that does not have it already."""
    note = vault.notes.get(path)
    alias = " ".join(alias.split())
    if (
        note
        and fold(alias) not in map(fold, (note.stem, note.title, *note.aliases))
        and (edit := aliases.add(vault, note, alias))
    ):
        kind: Literal["quickfix", "refactor.rewrite"] = "quickfix" if finding else "refactor.rewrite"
        yield Action(f"add the alias {quoted(alias)} to {quoted(path)}", finding, (edit,), kind=kind)


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
        note = parse.parse(scan.source_file(path, fresh(path).encode()))
        after, _ = index.update(vault.index, {**vault.notes, path: note}, {}, {path: note}, ((), ()))
        found = Resolver(after).resolve(link.reference, link.note)
        if not isinstance(found, Ambiguous) and found.path == path:
            return path
    return None
