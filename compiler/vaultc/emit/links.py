"""The links of a note as other pages tell of them."""

from urllib.parse import quote

from vaultc.emit.note import label_of
from vaultc.emit.pages import Layout
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Ambiguous, Resolution, Resolved, unpublished
from vaultc.resolve.pages import url


class Links:
    """Where the links of a note lead in the site, and what they show."""

    def __init__(self, vault: Vault, layout: Layout, note: Note) -> None:
        self._layout = layout
        self._notes = vault.notes
        pairs = zip(note.references, vault.links[note.path], strict=True)
        self._meant = {ref.span.start: (ref, meant) for ref, meant in pairs if ref.kind != "property"}
        self._unnamed = {ref.span.start for ref in unpublished.bare(vault.notes, note, vault.links[note.path])}

    def label(self, start: int) -> str:
        """The words of the wiki-link at a byte; nothing for an embed, which is more than words."""
        reference = self._at(start)[0]
        if start in self._unnamed:
            return unpublished.WORDS
        return label_of(reference) if reference and reference.kind != "embed" else ""

    def href(self, start: int) -> str:
        """The address of the page that the link at a byte leads to; empty where that is none."""
        meant = self._at(start)[1]
        chosen = meant.chosen if isinstance(meant, Ambiguous) else meant
        if not isinstance(chosen, Resolved) or chosen.kind != "note" or unpublished.hides(self._notes, chosen):
            return ""
        page = self._layout.page(chosen.path)
        return "" if page is None else quote(url(page)) + (f"#{quote(chosen.anchor)}" if chosen.anchor else "")

    def _at(self, start: int) -> tuple[Reference | None, Resolution | None]:
        return self._meant.get(start, (None, None))
