"""What is printed about a vault: its findings, their places for people, and the paths as each reader wants them."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from vaultc.config import Project
from vaultc.diagnostics import Diagnostic, Severity
from vaultc.frontends.scope import ALL, Scope
from vaultc.parse.texts import Texts
from vaultc.scan import Scan
from vaultc.text import Lines, Span


class Place(NamedTuple):
    """A range of a file as people count it: from 1, in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What was looked at, and how many findings of each severity there are."""

    notes: int
    links: int
    embeds: int
    assets: int
    errors: int
    warnings: int
    infos: int


class Subject(Protocol):
    """What a report is about: a compiled vault, or a session, which need not compile it again to tell."""

    @property
    def project(self) -> Project: ...

    @property
    def scan(self) -> Scan: ...

    @property
    def texts(self) -> Texts: ...

    @property
    def counts(self) -> Mapping[str, tuple[int, int]]: ...


class Report:
    """Findings about (a part of) a vault, ready to be rendered.

    `fail_on` is the least severity that fails the run (None: nothing does), `here` the folder that human paths are relative to.
    """

    def __init__(
        self,
        subject: Subject,
        diagnostics: Iterable[Diagnostic],
        scope: Scope = ALL,
        fail_on: Severity | None = Severity.ERROR,
        here: Path | None = None,
    ) -> None:
        self.subject = subject
        self.diagnostics = tuple(diagnostics)
        self.scope = scope
        self.fail_on = fail_on
        self.root = subject.project.root
        self.here = (here or Path()).resolve()
        self._lines: dict[str, Lines] = {}
        self._repository: Path | None = None

    def file(self, path: str) -> Path:
        """Where a finding's file lies on the disk; the configuration may lie outside the vault."""
        source = self.subject.project.source
        if source is not None and path == source.name and path not in self.subject.texts:
            return source
        return self.root / path

    def lines(self, path: str) -> Lines:
        """The lines of a finding's file."""
        known = self._lines.get(path)
        if known is None:
            known = self.subject.texts.lines(path)
            if not known.data and self.file(path) == self.subject.project.source:
                known = Lines.of(self.file(path).read_bytes())
            self._lines[path] = known
        return known

    def place(self, path: str, span: Span) -> Place:
        """Where a span stands. A finding about a whole file is at 1:1."""
        lines = self.lines(path)
        start = lines.position(span.start)
        if span.end == span.start:
            return Place(*start, *start)
        return Place(*start, *lines.position(span.end))

    def from_here(self, path: str) -> str:
        """A finding's file relative to the current folder."""
        return Path(os.path.relpath(self.file(path), self.here)).as_posix()

    def from_repository(self, path: str) -> str:
        """A finding's file relative to the git repository, as CI services want it; without one, to the current folder."""
        return Path(os.path.relpath(self.file(path), self.repository)).as_posix()

    def fails(self, found: Diagnostic) -> bool:
        """Whether a finding fails the run."""
        return self.fail_on is not None and found.severity >= self.fail_on

    @property
    def repository(self) -> Path:
        """The folder of the git repository around the vault, else the current folder where the vault lies in it, else the vault."""
        if self._repository is None:
            around = (self.root, *self.root.parents)
            found = next((folder for folder in around if (folder / ".git").exists()), None)
            self._repository = found or (self.here if self.here in around else self.root)
        return self._repository

    @property
    def summary(self) -> Summary:
        """The counts, of the part that was asked for."""
        counts = [both for path, both in self.subject.counts.items() if self.scope.covers(path)]
        levels = Counter(d.severity for d in self.diagnostics)
        return Summary(
            notes=len(counts),
            links=sum(links for links, _ in counts),
            embeds=sum(embeds for _, embeds in counts),
            assets=sum(map(self.scope.covers, self.subject.scan.assets)),
            errors=levels[Severity.ERROR],
            warnings=levels[Severity.WARNING],
            infos=levels[Severity.INFO],
        )
