"""Stage 8: the vault as plain Markdown that any generator can publish."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vaultc import faults
from vaultc.diagnostics import Diagnostic
from vaultc.disk import digest
from vaultc.emit import frame, generated, note, results, source
from vaultc.emit.backlinks import Mention, mentions
from vaultc.emit.documents import Documents
from vaultc.emit.pages import Layout, layout
from vaultc.emit.write import write
from vaultc.graph import Vault
from vaultc.graph.document import graph_json
from vaultc.model import Note
from vaultc.resolve.pages import url

__all__ = ["Emitted", "Layout", "emit"]

GRAPH = "graph.json"


@dataclass(frozen=True, slots=True)
class Emitted:
    """What was written: the object `folder`, where each page is, its title, the digest of each file that was made, how many
    differ from before, and `findings` about notes that could not be lowered, whose pages show their source."""

    folder: Path
    layout: Layout
    titles: Mapping[str, str]
    digests: Mapping[str, str]
    changed: int
    findings: tuple[Diagnostic, ...] = ()


def emit(vault: Vault, folder: Path) -> Emitted:
    """Write the object files of a vault into `folder`, which then holds nothing else.

    Raises VaultcError when the folder cannot be written.
    """
    measured = results.collect(vault)
    plan = layout(vault, measured.ids if measured.any else None)
    documents = Documents(vault)
    parts: dict[str, _Part] = {}
    mentioned: dict[str, list[Mention]] = {}
    for path in sorted(plan.notes):
        parts[path] = part = _part(vault, plan, vault.notes[path], measured, documents)
        for end, mention in part.mentions:
            mentioned.setdefault(end, []).append(mention)
    texts: dict[str, str] = {}
    findings: list[Diagnostic] = []
    for path, page in plan.notes.items():
        texts[page], found = _page(vault, plan, vault.notes[path], parts[path], mentioned.get(path, ()))
        findings += found
    texts |= generated.generate(vault, plan, GRAPH)
    texts |= measured.generate(vault, plan)
    document = graph_json(vault, {path: url(page) for path, page in plan.notes.items()})
    texts[GRAPH] = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    assets = sorted({asset for part in parts.values() for asset in part.assets})
    copies = [(path, vault.project.root / path) for path in assets if path not in texts]
    titles = {page: frame.title(text) for page, text in texts.items() if page != GRAPH}
    digests = {name: digest(text.encode("utf-8", "replace")) for name, text in texts.items()}
    return Emitted(folder, plan, titles, digests, write(folder, texts, copies), tuple(findings))


@dataclass(frozen=True, slots=True)
class _Part:
    """What a note gives: its lowered text (None where that failed), the assets in it, its links to others, findings."""

    body: str | None
    assets: frozenset[str] = frozenset()
    mentions: Sequence[tuple[str, Mention]] = ()
    findings: Sequence[Diagnostic] = ()


def _part(vault: Vault, plan: Layout, one: Note, measured: results.Measured, documents: Documents) -> _Part:
    def lowered() -> _Part:
        use = note.Use(documents)
        body = note.body(vault, plan, one, use, measured.after(plan, one))
        return _Part(body, frozenset(use.assets), mentions(vault, one, documents(one)), use.findings)

    if any(finding.code == "VC006" for finding in one.findings):
        return _Part(None)
    return faults.attempt(one.path, "lowered", lowered, lambda fault: _Part(None, findings=[fault]))


def _page(
    vault: Vault, plan: Layout, one: Note, part: _Part, mentioned: Iterable[Mention]
) -> tuple[str, Sequence[Diagnostic]]:
    """The object file of a note, and findings about it."""
    body = part.body
    if body is None:
        return source.page(vault, one), part.findings
    framed = partial(frame.page, vault, plan, one, body, mentioned)
    return faults.attempt(
        one.path,
        "lowered",
        lambda: (framed(), part.findings),
        lambda fault: (source.page(vault, one), (*part.findings, fault)),
    )
