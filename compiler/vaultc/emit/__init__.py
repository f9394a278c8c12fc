"""Stage 8: the vault as plain Markdown that any generator can publish."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vaultc import faults
from vaultc.diagnostics import Diagnostic
from vaultc.emit import frame, generated, note, results, source
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
    """What was written: the object `folder`, where each page is, its title, how many files differ from before, and `findings`
    about notes that could not be lowered, whose pages show their source."""

    folder: Path
    layout: Layout
    titles: Mapping[str, str]
    changed: int
    findings: tuple[Diagnostic, ...] = ()


def emit(vault: Vault, folder: Path) -> Emitted:
    """Write the object files of a vault into `folder`, which then holds nothing else.

    Raises VaultcError when the folder cannot be written.
    """
    measured = results.collect(vault)
    plan = layout(vault, measured.ids if measured.any else None)
    texts: dict[str, str] = {}
    assets: set[str] = set()
    findings: list[Diagnostic] = []
    for path, page in plan.notes.items():
        texts[page], use = _page(vault, plan, vault.notes[path], measured)
        assets |= use.assets
        findings += use.findings
    texts |= generated.generate(vault, plan, GRAPH)
    texts |= measured.generate(vault, plan)
    document = graph_json(vault, {path: url(page) for path, page in plan.notes.items()})
    texts[GRAPH] = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    copies = [(path, vault.project.root / path) for path in sorted(assets) if path not in texts]
    titles = {page: frame.title(text) for page, text in texts.items() if page != GRAPH}
    return Emitted(folder, plan, titles, write(folder, texts, copies), tuple(findings))


def _page(vault: Vault, plan: Layout, one: Note, measured: results.Measured) -> tuple[str, note.Use]:
    """The object file of a note, and what it needs."""

    def lowered() -> tuple[str, note.Use]:
        use = note.Use()
        body = note.body(vault, plan, one, use, measured.after(plan, one))
        return frame.page(vault, plan, one, body), use

    def as_written(fault: Diagnostic) -> tuple[str, note.Use]:
        return source.page(vault, one), note.Use(findings=[fault])

    if any(finding.code == "VC006" for finding in one.findings):
        return source.page(vault, one), note.Use()
    return faults.attempt(one.path, "lowered", lowered, as_written)
