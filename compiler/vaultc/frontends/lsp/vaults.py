"""The vaults that an editor has open: whose text is whose, what was typed and is not compiled yet, and what the editor was told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from vaultc.diagnostics import Diagnostic
from vaultc.errors import VaultcError
from vaultc.frontends.report import Report
from vaultc.graph import Vault
from vaultc.graph.delta import Delta
from vaultc.refactor import unlinked
from vaultc.refactor.unlinked import Mention
from vaultc.session import Session
from vaultc.text import Lines


@dataclass(frozen=True, slots=True)
class Document:
    """A file that the editor has open: its address as the editor writes it, and the version of the text that it sent last."""

    uri: str
    version: int | None


class OpenVault:
    """One vault in an editor. What arrives is only noted down; `settle` compiles it, however much it was, in one step."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.documents: dict[str, Document] = {}
        # The names that may be mentioned, and those from which they were gathered.
        self._names = unlinked.Names()
        self._gathered_from: int | None = None
        self._steps: Iterator[None] | None = None
        self._typed: dict[str, str | None] = {}
        self._look = False
        # What is made, and imported, for a first change takes as long as a thousand keys: it is done before the first key.
        session.apply({})
        self._remember()
        self._changed = set(self.findings)

    @property
    def vault(self) -> Vault:
        """The vault as it was when last settled."""
        return self.session.vault

    def put(self, path: str, document: Document, text: str) -> None:
        """A file was opened or edited: from now on the editor's text counts."""
        self.documents[path] = document
        self._typed[path] = text

    def close(self, path: str) -> None:
        """A file was closed: what lies on the disk counts again."""
        if self.documents.pop(path, None):
            self._typed[path] = None

    def look(self) -> None:
        """Something on the disk is another."""
        self._look = True

    def settle(self) -> None:
        """Compile what arrived since the last time.

        Raises VaultcError when the disk or the configuration cannot be read; what was known stays, and what was typed is not lost.
        """
        changes, self._typed = self._typed, {}
        look, self._look = self._look, False
        try:
            if changes:
                self._note(self.session.apply(changes))
                changes = {}
            if look:
                self._note(self.session.refresh())
        except VaultcError:
            self._typed = {**changes, **self._typed}
            raise

    def news(self) -> frozenset[str]:
        """The files of which the editor must be told anew, since the last time that it was asked for."""
        changed, self._changed = self._changed, set()
        # A place in a file whose text changed may be on another line, also where a finding elsewhere points to it.
        pointing = {
            path for path, all_ in self.findings.items() for it in all_ for label in it.labels if label.path in changed
        }
        return frozenset(changed | pointing)

    def gathering(self) -> Iterator[None] | None:
        """The steps, what was left of them, to know by which names notes may be mentioned; None where that is known.

        Of a large vault that is seconds of work. How often each name is used and linked is counted anew only when there are other
        names; until then it is as it was.
        """
        index = self.vault.index
        now = hash(frozenset(chain(index.stems, index.titles, index.aliases)))
        if now != self._gathered_from:
            self._gathered_from, self._steps = now, self._gather()
        return self._steps

    def _gather(self) -> Iterator[None]:
        self._names = yield from unlinked.gathered(self.vault)
        self._steps = None
        self._changed.update(self.documents)

    def mentions(self, path: str) -> list[Mention]:
        """Where a note that is open names others and does not link to them, as far as names were gathered."""
        note = self.vault.notes.get(path) if path in self.documents else None
        found = unlinked.within(self.vault, note, self._names) if note else ()
        return [it for it in found if it.target in self.vault.notes]

    def path(self, uri: str) -> str | None:
        """The path in the vault of an editor's address; None outside."""
        file = local(uri)
        try:
            return self.session.relative(file) if file else None
        except (VaultcError, OSError):
            return None

    def uri(self, path: str) -> str:
        """The address of a file, as the editor writes it where it has it open."""
        known = self.documents.get(path)
        return known.uri if known else self.report.file(path).as_uri()

    def lines(self, path: str) -> Lines:
        """The lines of a note as it was when last settled, or of another file as it is on the disk."""
        known = self.report.lines(path)
        if known.data or path in self.session.texts:
            return known
        try:
            return Lines.of(self.report.file(path).read_bytes())
        except OSError:
            return known

    def version(self, path: str) -> int | None:
        """The version of the text that the editor sent last; None for what it has not open."""
        known = self.documents.get(path)
        return known.version if known else None

    def _note(self, delta: Delta) -> None:
        self._changed.update(delta.findings, delta.edited)
        self._remember()

    def _remember(self) -> None:
        self.report = Report(self.session, ())
        grouped = groupby(self.session.diagnostics, key=lambda found: found.path)
        self.findings: Mapping[str, tuple[Diagnostic, ...]] = {path: tuple(found) for path, found in grouped}


def local(uri: str) -> Path | None:
    """The file that an address names; None for what is no file. (A `;` is part of a name, whoever wrote it unescaped.)"""
    parts = urlsplit(uri)
    path = url2pathname(parts.path)
    return Path(path) if parts.scheme == "file" and path and "\0" not in path else None


def around(vaults: Iterable[OpenVault], uri: str) -> tuple[OpenVault, str] | None:
    """The vault that a file belongs to, the innermost, and its path there."""
    found = ((vault, path) for vault in vaults if (path := vault.path(uri)) is not None)
    return max(found, key=lambda it: len(it[0].session.project.root.parts), default=None)
