"""What a check found, kept on disk: a vault in which nothing changed is not linked and checked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vaultc import disk, kept
from vaultc.config import Project
from vaultc.diagnostics import Diagnostic
from vaultc.scan import Scan

_FILE = "findings"
# The code that findings depend on, relative to the package.
_CODE = ("*.py", "parse/*.py", "resolve/*.py", "graph/*.py", "check/**/*.py", "refactor/spelling.py")
_LIBRARIES = ("ftfy", "pymdownx", "pyromark", "rapidfuzz", "yaml")


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings about a vault, and how many links and embeds each note has."""

    diagnostics: tuple[Diagnostic, ...]
    counts: Mapping[str, tuple[int, int]]


def load(project: Project, scan: Scan, folder: Path | None) -> Checked | None:
    """What was found in a vault of exactly these files and this configuration, by this very code; else None."""
    if folder is None:
        return None
    return kept.load(folder / _FILE, Checked, _key(project, scan), scan.size)


def save(project: Project, scan: Scan, folder: Path | None, checked: Checked) -> None:
    """Keep what was found. It must follow from the files and the configuration alone."""
    if folder:
        kept.save(folder / _FILE, checked, _key(project, scan))


def _key(project: Project, scan: Scan) -> str:
    notes = [(source.path, source.digest) for source in scan.sources]
    said = (project.config, project.source, project.obsidian, project.findings)
    whole = (_version(), said, scan.assets, scan.hidden, scan.findings, notes)
    return disk.digest(repr(whole).encode("utf-8", "surrogateescape"))


@cache
def _version() -> str:
    return kept.version(_CODE, _LIBRARIES)
