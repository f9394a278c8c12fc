"""Files of Obsidian's that name notes, without those that are not published."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from vaultc import disk, scan
from vaultc.graph import Vault
from vaultc.parse import parse, read
from vaultc.resolve import Resolved, Resolver, unpublished
from vaultc.text import Span, fold, splice

_LARGEST: Final = 1 << 25
_OTHERS: Final = (".base", ".excalidraw")


def public(vault: Vault, path: str, site: Collection[str]) -> str | None:
    """What to publish in the place of a file; None for the file itself. `site` are the files of the vault that are on the site.

    Of a canvas (JSON Canvas 1.0, https://jsoncanvas.org/spec/1.0/) cards keep the files that are there, links to others show their labels,
    and comments go. Nothing is left of a canvas that cannot be read, of a file of more than 32 MiB, nor of a base or a drawing of
    Excalidraw in which the name of such a note stands. Raises OSError.
    """
    name = path.lower()
    if not name.endswith((".canvas", *_OTHERS)):
        return None
    if (vault.project.root / path).stat().st_size > _LARGEST:
        return ""
    try:
        data = disk.read(vault.project.root / path, follow=True)
        if not name.endswith(".canvas"):
            return "" if _names_one(vault, fold(data.decode("utf-8", "replace"))) else None
        if b"%%" not in data and not any(_kept_back(vault)):
            return None
        return json.dumps(_Canvas(vault, path, site).public(json.loads(data)), ensure_ascii=False, indent="\t")
    except (ValueError, RecursionError):
        return "{}"


def _kept_back(vault: Vault) -> Iterator[str]:
    """The names of the notes that are not published, folded."""
    for note in vault.notes.values():
        if not note.published:
            yield from map(fold, (note.path.rpartition("/")[2][:-3], note.title, *note.aliases))
    for path in vault.scan.hidden:
        if scan.is_note(path):
            yield fold(path.rpartition("/")[2][:-3])


def _names_one(vault: Vault, text: str) -> bool:
    return any(name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in _kept_back(vault))


class _Canvas:
    """What readers see of one canvas. Its cards are read like notes that lie where it lies."""

    def __init__(self, vault: Vault, path: str, site: Collection[str]) -> None:
        self._vault, self._path, self._site = vault, path, site
        self._resolver = Resolver(vault.index)

    def public(self, value: Any) -> Any:
        """A value of the canvas, at any depth."""
        if isinstance(value, list):
            return [self.public(item) for item in value]
        if not isinstance(value, dict):
            return value
        out = {key: self.public(item) for key, item in value.items()}
        for key in ("text", "label"):
            if isinstance(out.get(key), str):
                out[key] = self._card(out[key])
        for key in ("file", "background"):
            if isinstance(out.get(key), str) and out[key] not in self._site:
                out[key] = unpublished.WORDS
                out.pop("subpath", None)
        return out

    def _card(self, text: str) -> str:
        data = text.encode("utf-8", "replace")
        card = parse(scan.source_file(self._path, data))
        edits: list[tuple[Span, str]] = [(span, "") for span in read(data, card.body).comments]
        for reference in card.references:
            meant = self._resolver.resolve(reference, card)
            away = isinstance(meant, Resolved) and meant.kind == "asset" and meant.path not in self._site
            if away or unpublished.hides(self._vault.notes, meant):
                edits.append((reference.span, reference.label or unpublished.WORDS))
        edits.sort(key=lambda edit: (edit[0].start, -edit[0].end))
        whole: list[tuple[Span, str]] = []
        for span, words in edits:
            if whole and span.start < whole[-1][0].end:  # a link with a link or a comment in it
                whole[-1] = (whole[-1][0], unpublished.WORDS if whole[-1][1] else "")
            else:
                whole.append((span, words))
        return splice(data, whole).decode()
