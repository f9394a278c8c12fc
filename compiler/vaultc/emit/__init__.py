"""Stage 8: the vault as plain Markdown that any generator can publish."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vaultc.emit import frame, generated, note, results
from vaultc.emit.pages import Layout, layout
from vaultc.emit.write import write
from vaultc.graph import Vault
from vaultc.graph.document import graph_json
from vaultc.resolve.pages import url

__all__ = ["Emitted", "Layout", "emit"]

GRAPH = "graph.json"


@dataclass(frozen=True, slots=True)
class Emitted:
    """What was written: the object `folder`, where each page is, its title, and how many files differ from before."""

    folder: Path
    layout: Layout
    titles: Mapping[str, str]
    changed: int


def emit(vault: Vault, folder: Path) -> Emitted:
    """Write the object files of a vault into `folder`, which then holds nothing else.

    Raises VaultcError when the folder cannot be written.
    """
    measured = results.collect(vault)
    plan = layout(vault, measured.ids if measured.any else None)
    texts: dict[str, str] = {}
    assets: set[str] = set()
    for path, page in plan.notes.items():
        use = note.Use()
        body = note.body(vault, plan, vault.notes[path], use, measured.after(plan, vault.notes[path]))
        texts[page] = frame.page(vault, plan, vault.notes[path], body)
        assets |= use.assets
    texts |= generated.generate(vault, plan, GRAPH)
    texts |= measured.generate(vault, plan)
    document = graph_json(vault, {path: url(page) for path, page in plan.notes.items()})
    texts[GRAPH] = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    copies = [(path, vault.project.root / path) for path in sorted(assets) if path not in texts]
    titles = {page: frame.title(text) for page, text in texts.items() if page != GRAPH}
    return Emitted(folder, plan, titles, write(folder, texts, copies))
