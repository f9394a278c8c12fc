"""Stage 1: the files of a vault."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vaultc.config import FILE, Project
from vaultc.diagnostics import Diagnostic, report
from vaultc.disk import TAG, digest
from vaultc.errors import VaultcError
from vaultc.model import SourceFile

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_PIECE = 1 << 16
_NEVER = {".git", "node_modules", "__pycache__", ".venv"}


@dataclass(frozen=True, slots=True)
class Scan:
    """The files of a vault, in order of path. `hidden` are files that are there but left out (dotted, excluded, ignored)."""

    sources: tuple[SourceFile, ...]
    assets: tuple[str, ...]
    hidden: tuple[str, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def size(self) -> int:
        """How many bytes all notes have together."""
        return sum(len(source.data) for source in self.sources)


def scan(project: Project) -> Scan:
    """Read the notes of a project's vault and list its other files.

    A symlink is followed only to a file inside the vault. Raises VaultcError when the root cannot be listed.
    """
    root = project.root
    sources: list[SourceFile] = []
    assets: list[str] = []
    hidden: list[str] = []
    findings: list[Diagnostic] = []
    excluded = _excluded(project)
    try:
        os.listdir(root)
    except OSError as fault:
        raise VaultcError(f"{root}: {fault.strerror or fault}") from None
    for path, entry, shown in _walk(root, project, excluded, findings):
        if not shown:
            hidden.append(path)
        elif not is_note(path):
            assets.append(path)
        else:
            try:
                data = _contents(entry)
            except OSError as fault:
                findings.append(
                    report("VC001", f"file cannot be read: {fault.strerror}", path, help="check its permissions")
                )
                continue
            sources.append(source_file(path, data))
    sources.sort(key=lambda s: s.path)
    return Scan(tuple(sources), tuple(sorted(assets)), tuple(hidden), tuple(findings))


def source_file(path: str, data: bytes) -> SourceFile:
    """A source file of these bytes."""
    return SourceFile(path, data, digest(data))


def is_note(path: str) -> bool:
    """Whether a path is a note's: Markdown, but no drawing that only looks like it."""
    lower = path.lower()
    return lower.endswith(".md") and not lower.endswith(".excalidraw.md")


def _walk(
    root: Path, project: Project, excluded: Callable[[str, bool], bool], findings: list[Diagnostic]
) -> Iterator[tuple[str, str, bool]]:
    """Every file: path relative to the root, path to open, and whether it is part of the vault."""
    top = os.path.realpath(root)
    outputs = {os.path.join(os.path.realpath(project.build.parent), project.build.name)}
    stack: list[tuple[str, str, bool]] = [("", top, True)]
    while stack:
        prefix, folder, shown = stack.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda e: e.name)
        except OSError as fault:
            if shown:
                message = f"folder cannot be read: {fault.strerror}"
                findings.append(report("VC001", message, prefix.rstrip("/"), help="check its permissions"))
            continue
        if prefix and any(e.name == TAG for e in entries):
            continue
        for entry in entries:
            try:
                path = prefix + entry.name
                path.encode()
            except UnicodeEncodeError:
                bad = (prefix + entry.name).encode("utf-8", "replace").decode()
                findings.append(report("VC001", "file name is not UTF-8", bad, help="rename the file"))
                continue
            link = entry.is_symlink()
            if link and not _inside(entry.path, top):
                if shown and not entry.name.startswith("."):
                    what = "symlink leads out of the vault" if os.path.exists(entry.path) else "symlink leads nowhere"
                    findings.append(
                        report("VC001", f"{what}; it is not followed", path, help="copy the file into the vault")
                    )
                continue
            if entry.is_dir():
                if link or entry.name in _NEVER or entry.path in outputs:
                    continue  # what a link inside the vault leads to is scanned where it lies
                visible = shown and not entry.name.startswith(".") and not excluded(path, True)
                if visible or not entry.name.startswith("."):
                    stack.append((path + "/", entry.path, visible))
            elif entry.is_file():
                visible = shown and not entry.name.startswith(".") and path != FILE and not excluded(path, False)
                yield path, entry.path, visible


def _contents(path: str) -> bytes:
    """What a file holds; twice as quick as a file object, and a scan does little else."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        pieces = []
        while piece := os.read(handle, _PIECE):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(handle)


def _inside(path: str, top: str) -> bool:
    try:
        real = os.path.realpath(path, strict=True)
    except OSError:
        return False
    return real == top or real.startswith(top + os.sep)


def _excluded(project: Project) -> Callable[[str, bool], bool]:
    """Whether a path is left out, by `exclude`, by `.gitignore` or by Obsidian's own list."""
    own = _patterns(project.config.exclude, str(project.source)) if project.config.exclude else None
    git = _gitignores(project.root)
    prefixes = tuple(p.lstrip("/") for p in project.obsidian.excluded if not (p.startswith("/") and p.endswith("/")))
    patterns = [p[1:-1] for p in project.obsidian.excluded if len(p) > 2 and p.startswith("/") and p.endswith("/")]
    expressions = []
    for pattern in patterns:
        try:
            expressions.append(re.compile(pattern, re.I))
        except (re.error, RecursionError, OverflowError):
            continue  # Obsidian passes over it, too
    if not (project.config.exclude or git or prefixes or expressions):
        return lambda path, folder: False

    def excluded(path: str, folder: bool) -> bool:
        name = path + "/" if folder else path
        if own and own.match_file(name):
            return True
        if any(spec.match_file(prefix + name) for prefix, spec in git):
            return True
        return (
            name.startswith(prefixes)
            if prefixes and name.startswith(prefixes)
            else any(e.search(path) for e in expressions)
        )

    return excluded


def _patterns(lines: Iterable[str], source: str = "") -> "GitIgnoreSpec":
    """The patterns as one. One that cannot be read raises VaultcError, naming the `source`; without one, it is passed over, as
    git does it."""
    from pathspec import GitIgnoreSpec  # slow to import, and many vaults have no patterns

    kept = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
            kept.append(line)
        except (ValueError, re.error, RecursionError, OverflowError):
            if source:
                raise VaultcError(f"{source}: `exclude` has a pattern that cannot be read: `{line}`") from None
    return GitIgnoreSpec.from_lines(kept)


def _gitignores(root: Path) -> "list[tuple[str, GitIgnoreSpec]]":
    """The `.gitignore` files that govern the vault, from the repository's root down to the vault's."""
    out = []
    for folder in (root, *root.parents):
        file = folder / ".gitignore"
        if file.is_file():
            prefix = "" if folder == root else root.relative_to(folder).as_posix() + "/"
            spec = _patterns(file.read_text(encoding="utf-8", errors="replace").splitlines())
            if not (prefix and spec.match_file(prefix)):  # asked for an ignored folder, we read it
                out.append((prefix, spec))
        if (folder / ".git").exists():
            return out
    return [item for item in out if item[0] == ""]
