"""The door for the hosts: command line, MkDocs plugin and editor all open a session and ask it for the vault."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Self

from vaultc import pipeline, scan
from vaultc.check import memo
from vaultc.config import Project, locate
from vaultc.diagnostics import Diagnostic
from vaultc.errors import VaultcError
from vaultc.graph import Vault
from vaultc.model import SourceFile
from vaultc.parse import cache
from vaultc.parse.texts import Texts
from vaultc.scan import Scan


class Session:
    """One vault, compiled on demand and kept until `refresh`. A host may set `progress`."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.progress: cache.Progress = iter
        self._overlays: dict[str, bytes] = {}

    @classmethod
    def open(cls, path: Path, config: Path | None = None) -> Self:
        """The session for the vault that `path` belongs to.

        Raises VaultcError when `path` or the configuration cannot be read.
        """
        return cls(locate(path, config))

    @cached_property
    def scan(self) -> Scan:
        """The files of the vault as they are on the disk, under the overlays."""
        found = scan.scan(self.project)
        if not self._overlays:
            return found
        sources: dict[str, SourceFile] = {source.path: source for source in found.sources}
        for path, data in self._overlays.items():
            sources[path] = scan.source_file(path, data)
        return replace(found, sources=tuple(sources[path] for path in sorted(sources)))

    @cached_property
    def vault(self) -> Vault:
        """The vault, its names resolved."""
        with _uncollected():
            return pipeline.link(self.project, self.scan, lambda files: cache.load(files, self._cache, self.progress))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the vault, sorted by path, span and code."""
        return self._checked.diagnostics

    @property
    def counts(self) -> Mapping[str, tuple[int, int]]:
        """How many links and how many embeds each note has."""
        return self._checked.counts

    @cached_property
    def texts(self) -> Texts:
        """The texts of the notes."""
        return Texts(self.scan.sources)

    def overlay(self, path: str, text: str | None) -> None:
        """Let `text` stand for the note at `path` (relative to the vault), saved or not; None takes it away again."""
        if text is None:
            self._overlays.pop(path, None)
        else:
            self._overlays[path] = text.encode("utf-8", "surrogatepass")
        self.refresh()

    def refresh(self) -> None:
        """Forget what was compiled; the next question reads the disk again (parses are kept by digest)."""
        for name in ("scan", "vault", "texts", "_checked"):
            self.__dict__.pop(name, None)

    def relative(self, path: Path) -> str:
        """`path` relative to the vault, in POSIX form.

        Raises VaultcError when it lies outside.
        """
        try:
            return path.resolve().relative_to(self.project.root).as_posix()
        except ValueError:
            raise VaultcError(f"{path}: not in the vault {self.project.root}") from None

    @property
    def _cache(self) -> Path:
        return self.project.build / "cache"

    @cached_property
    def _checked(self) -> memo.Checked:
        """What a check finds. Where only files and configuration decide that, it is kept for the next time."""
        plain = not self._overlays
        if plain and (known := memo.load(self.project, self.scan, self._cache)):
            return known
        vault = self.vault
        with _uncollected():
            checked = memo.Checked(pipeline.findings(vault), vault.counts)
        # Findings about measurements follow from stored results, too.
        if plain and not any(note.snippets for note in vault.notes.values()):
            memo.save(self.project, self.scan, self._cache, checked)
        return checked


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles, which takes a third of the time: the records have none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
