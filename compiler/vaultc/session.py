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
from vaultc.graph import Vault, delta
from vaultc.graph.delta import Delta
from vaultc.model import SourceFile
from vaultc.parse import cache
from vaultc.parse.texts import Texts
from vaultc.scan import Scan


class Session:
    """One vault, compiled on demand; `apply` and `refresh` lead to the next state of it. A host may set `progress`."""

    def __init__(self, project: Project, config: Path | None = None) -> None:
        self.project = project
        self._config = config
        self.progress: cache.Progress = iter
        self._overlays: dict[str, bytes] = {}

    @classmethod
    def open(cls, path: Path, config: Path | None = None) -> Self:
        """The session for the vault that `path` belongs to.

        Raises VaultcError when `path` or the configuration cannot be read.
        """
        return cls(locate(path, config), config)

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

    def apply(self, changes: Mapping[str, str | None]) -> Delta:
        """Let each text stand for the note at its path (relative to the vault), saved or not, and say what that changed.

        None gives the path back to the disk: what lies there counts, and where nothing does the note is gone. `refresh` sees
        other changes on the disk as well. Unsaved text never reaches the disk, the caches there included.
        """
        for path, text in changes.items():
            if text is None:
                self._overlays.pop(path, None)
            else:
                self._overlays[path] = text.encode("utf-8", "surrogatepass")
        return self.refresh()

    def refresh(self) -> Delta:
        """Look at the disk again, the configuration included, and say what changed since the last look.

        Raises VaultcError when the configuration or the vault cannot be read; what was known stays.
        """
        before, found = self.vault, self.diagnostics
        kept = dict(self.__dict__)
        try:
            self.project = locate(self.project.root, self._config)
            for name in ("scan", "vault", "texts", "_checked"):
                self.__dict__.pop(name, None)
            return delta.between(before, self.vault, found, self.diagnostics)
        except VaultcError:
            self.__dict__.update(kept)
            raise

    def relative(self, path: Path) -> str:
        """`path` relative to the vault, in POSIX form.

        Raises VaultcError when it lies outside.
        """
        try:
            return path.resolve().relative_to(self.project.root).as_posix()
        except ValueError:
            raise VaultcError(f"{path}: not in the vault {self.project.root}") from None

    @property
    def _cache(self) -> Path | None:
        """Where what is kept lies; None where a symlink leads there, which may have come with the project."""
        try:
            return self.project.output("cache")
        except VaultcError:
            return None

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
