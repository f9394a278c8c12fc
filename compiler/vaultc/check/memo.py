"""What a check found, kept on disk: a vault in which nothing changed is not linked and checked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from vaultc.config import Project
from vaultc.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from vaultc.parse.cache import DAMAGED, digest, restore, store
from vaultc.scan import Scan
from vaultc.text import Span

_FILE = "findings.pickle"
# The code that findings depend on, relative to the package.
_CODE = ("*.py", "parse/*.py", "resolve/*.py", "graph/*.py", "check/**/*.py", "refactor/spelling.py")


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings about a vault, and how many links and embeds each note has."""

    diagnostics: tuple[Diagnostic, ...]
    counts: Mapping[str, tuple[int, int]]


def load(project: Project, scan: Scan, folder: Path) -> Checked | None:
    """What was found in a vault of exactly these files and this configuration, by this very code; else None."""
    kept = restore(folder / _FILE, _key(project, scan))
    if kept is None:
        return None
    try:
        rows, counts = kept
        return Checked(tuple(_unpacked(*row) for row in rows), counts)
    except DAMAGED:
        return None


def save(project: Project, scan: Scan, folder: Path, checked: Checked) -> None:
    """Keep what was found. It must follow from the files and the configuration alone."""
    store(folder / _FILE, _key(project, scan), ([_packed(d) for d in checked.diagnostics], checked.counts))


def _key(project: Project, scan: Scan) -> str:
    key = blake2b(_version().encode(), digest_size=16)
    key.update(
        repr((project.config, project.source, project.obsidian, project.findings)).encode("utf-8", "surrogateescape")
    )
    key.update(repr((scan.assets, scan.hidden, scan.findings)).encode("utf-8", "surrogateescape"))
    for source in scan.sources:
        key.update(f"{source.path}\0{source.digest}\0".encode())
    return key.hexdigest()


@cache
def _version() -> str:
    package = Path(__file__).parent.parent
    return digest(path for pattern in _CODE for path in package.glob(pattern))


def _packed(found: Diagnostic) -> tuple[Any, ...]:
    labels = [(label.path, tuple(label.span), label.message) for label in found.labels]
    fix = found.fix and (found.fix.message, [(edit.path, tuple(edit.span), edit.text) for edit in found.fix.edits])
    return (
        found.code,
        found.name,
        int(found.severity),
        found.message,
        found.path,
        tuple(found.span),
        labels,
        found.help,
        found.suggestions,
        fix,
    )


def _unpacked(
    code: str,
    name: str,
    severity: int,
    message: str,
    path: str,
    span: tuple[int, int],
    labels: list[tuple[str, tuple[int, int], str]],
    help: str,
    suggestions: tuple[str, ...],
    fix: tuple[str, list[tuple[str, tuple[int, int], str]]] | None,
) -> Diagnostic:
    return Diagnostic(
        code,
        name,
        Severity(severity),
        message,
        path,
        Span(*span),
        tuple(Label(where, Span(*at), text) for where, at, text in labels),
        help,
        suggestions,
        fix and Fix(fix[0], tuple(Edit(where, Span(*at), text) for where, at, text in fix[1])),
    )
