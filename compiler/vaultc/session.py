"""The door for the hosts: command line, MkDocs plugin and editor all open a session and ask it for the vault."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from vaultc import disk, pipeline, scan
from vaultc.check import Findings, memo
from vaultc.config import Project, locate
from vaultc.diagnostics import Diagnostic
from vaultc.errors import VaultcError
from vaultc.graph import Vault, delta
from vaultc.graph.delta import Delta
from vaultc.many import uncollected
from vaultc.parse import cache, parse_all
from vaultc.parse.texts import Texts
from vaultc.publish.engine import Engine, Published
from vaultc.resolve.mentions import Mentions
from vaultc.scan import Scan

if TYPE_CHECKING:
    from vaultc.emit import Emitted
    from vaultc.emit.memo import Memo


class Session:
    """One vault, compiled on demand; `apply` and `refresh` lead to the next state of it. A host may set `progress`."""

    def __init__(self, project: Project, config: Path | None = None) -> None:
        self.project = project
        self._config = config
        self.progress: cache.Progress = iter
        # Texts that stand for notes and are not on the disk.
        self._unsaved: Mapping[str, bytes] = {}
        self._memo: Memo | None = None

    @classmethod
    def open(cls, path: Path, config: Path | None = None, *, trusted: bool = False) -> Self:
        """The session for the vault that `path` belongs to; `trusted` says that the user answers for its configuration.

        Raises VaultcError when `path` or the configuration cannot be read.
        """
        return cls(locate(path, config, trusted=trusted), config)

    @cached_property
    def scan(self) -> Scan:
        """The files of the vault as they are on the disk, under the texts that are not saved."""
        return self._disk

    @cached_property
    def vault(self) -> Vault:
        """The vault, its names resolved: a snapshot that no later change touches."""
        with uncollected():
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
        texts = {
            **self._unsaved,
            **{path: text.encode("utf-8", "surrogatepass") for path, text in changes.items() if text is not None},
        }
        texts = {path: text for path, text in texts.items() if changes.get(path, "") is not None}
        look = None in changes.values()
        return self._follow(self.project, scan.scan(self.project, self._disk) if look else self._disk, texts)

    def refresh(self) -> Delta:
        """Look at the disk again, the configuration included, and say what changed since the last look.

        Raises VaultcError when the configuration or the vault cannot be read; what was known stays.
        """
        was = self.project
        project = locate(was.folder or was.root, self._config, trusted=was.trusted)
        return self._follow(project, scan.scan(project, self._disk), self._unsaved)

    def _follow(self, project: Project, disk: Scan, unsaved: Mapping[str, bytes]) -> Delta:
        """Go on to the state of these files. What is not asked for before the next is still compiled, to tell the two apart."""
        old, found = self.vault, self._findings
        files = scan.over(project, disk, unsaved) if unsaved else disk
        with uncollected():
            step = pipeline.relink(old, self._known, files, parse_all) if project == old.project else None
            known = self.__dict__.pop("_known", None)
            if step:
                new, now = step.vault, pipeline.refind(found, step)
            else:
                known, new = None, pipeline.link(project, files, parse_all)
                now = pipeline.findings(new)
        change = delta.between(old, new, found.by_path, now.by_path)
        self.project, self._unsaved = project, unsaved
        self.__dict__.pop("texts", None)
        self.__dict__.update(_disk=disk, scan=files, vault=new, _findings=now)
        self.__dict__.update(_checked=memo.Checked(now.diagnostics, new.counts), **({"_known": known} if known else {}))
        return change

    def emit(self) -> "Emitted":
        """Write the object files of the vault as it is now; only those are made that are not known to be the same.

        Raises VaultcError when they cannot be written.
        """
        from vaultc.emit.memo import Memo  # slow to import, and a check needs none of it

        file = self._cache / "objects" if self._cache and not self._unsaved else None
        with uncollected():
            if self._memo is None:
                self._memo = Memo.load(file, self.scan.size) if file else Memo()
            before = self._memo.state
            emitted = pipeline.emit(self.vault, self._memo)
            if file and self._memo.state != before:
                self._memo.save(file)
        return emitted

    def publish(self, engine: Engine) -> Published:
        """Make the site of the vault as it is now. Raises VaultcError when that cannot be; the last site then stays."""
        with self.locked():
            emitted = self.emit()
            return pipeline.publish(self.vault, emitted, engine)

    def locked(self) -> AbstractContextManager[None]:
        """The lock under which object files are written and read. Raises VaultcError when another process holds it."""
        place = self.project.build
        return disk.locked(place, f"{place}: another build of this vault is running: wait for it, or stop it")

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
    def _disk(self) -> Scan:
        return scan.scan(self.project)

    @cached_property
    def _checked(self) -> memo.Checked:
        """What a check finds. Where only files and configuration decide that, it is kept for the next time."""
        if known := memo.load(self.project, self.scan, self._cache):
            return known
        checked = memo.Checked(self._findings.diagnostics, self.vault.counts)
        # Findings about measurements follow from stored results, too.
        if not any(note.snippets for note in self.vault.notes.values()):
            memo.save(self.project, self.scan, self._cache, checked)
        return checked

    @cached_property
    def _findings(self) -> Findings:
        vault = self.vault
        with uncollected():
            return pipeline.findings(vault)

    @cached_property
    def _known(self) -> Mentions:
        with uncollected():
            return pipeline.known(self.vault)
