"""Stage 1: the files of a vault."""

import errno
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vaultc import disk
from vaultc.config import FILE, MOST, Project
from vaultc.diagnostics import Diagnostic, report
from vaultc.disk import TAG, digest
from vaultc.errors import VaultcError
from vaultc.model import SourceFile

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_PIECE = 1 << 16
# Bytes of a note that are read; nobody wrote a larger one.
_LARGEST = 1 << 26
# Nanoseconds: a file that was written so lately may be written again without another time.
_UNSETTLED = 2_000_000_000
_NEVER = {".git", "node_modules", "__pycache__", ".venv"}
_CODE_UNIT = re.compile(r"\\u([0-9a-fA-F]{4})")  # as JavaScript writes it


class Stamp(NamedTuple):
    """What a file system says of a file: when it was written, when anything about it changed, its size and its number."""

    written: int
    changed: int
    size: int
    number: int


@dataclass(frozen=True, slots=True)
class Scan:
    """The files of a vault, in order of path. `hidden` are files that are there but left out (dotted, excluded, ignored).

    `stamps` says of some notes when and how large their file was: as long as it is so, it need not be read again.
    """

    sources: tuple[SourceFile, ...]
    assets: tuple[str, ...]
    hidden: tuple[str, ...]
    findings: tuple[Diagnostic, ...]
    stamps: Mapping[str, Stamp] = field(default_factory=dict, compare=False)

    @property
    def size(self) -> int:
        """How many bytes all notes have together."""
        return sum(len(source.data) for source in self.sources)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two scans. `sources` are the notes that came or are others now, `gone` the notes that went; `assets`
    and `hidden` have what went and what came."""

    sources: tuple[SourceFile, ...]
    gone: tuple[str, ...]
    assets: tuple[frozenset[str], frozenset[str]]
    hidden: tuple[frozenset[str], frozenset[str]]


def changes(before: Scan, after: Scan) -> Changes:
    """What differs between two scans of a vault."""
    old = {source.path: source.digest for source in before.sources}
    sources = tuple(source for source in after.sources if old.pop(source.path, "") != source.digest)
    assets = _differ(before.assets, after.assets)
    return Changes(sources, tuple(old), assets, _differ(before.hidden, after.hidden))


def _differ(before: Iterable[str], after: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    old, new = frozenset(before), frozenset(after)
    return old - new, new - old


def scan(project: Project, before: Scan | None = None) -> Scan:
    """Read the notes of a project's vault and list its other files.

    With what was there `before`, only files are read whose size or times are others. A symlink is followed only to a file inside
    the vault. Raises VaultcError when the root cannot be listed.
    """
    sources: list[SourceFile] = []
    assets: list[str] = []
    hidden: list[str] = []
    findings: list[Diagnostic] = []
    stamps: dict[str, Stamp] = {}
    known = {source.path: source for source in before.sources if source.path in before.stamps} if before else {}
    settled = time.time_ns() - _UNSETTLED
    excluded = _excluded(project)
    try:
        os.listdir(project.root)
    except OSError as fault:
        raise VaultcError(f"{project.root}: {fault.strerror or fault}") from None
    for path, entry, shown in _walk(project.root, project, excluded, findings):
        if not shown:
            hidden.append(path)
        elif not is_note(path):
            assets.append(path)
        else:
            try:
                if before is not None and max((stamp := _stamp(entry))[:2]) < settled:
                    stamps[path] = stamp
                    if path in known and before.stamps[path] == stamp:
                        sources.append(known[path])
                        continue
                data = _contents(entry)
            except OSError as fault:
                findings.append(
                    report(
                        "VC001",
                        f"file cannot be read: {fault.strerror}",
                        path,
                        help="check its permissions and its size",
                    )
                )
                continue
            sources.append(source_file(path, data))
    sources.sort(key=lambda s: s.path)
    return Scan(tuple(sources), tuple(sorted(assets)), tuple(hidden), tuple(findings), stamps)


def over(project: Project, found: Scan, texts: Mapping[str, bytes]) -> Scan:
    """A scan with some texts in place of files, or beside them where the vault would hold a file of that path."""
    sources = {source.path: source for source in found.sources}
    left_out = {*found.hidden, *found.assets}
    fresh = [path for path in texts if path not in sources and path not in left_out]
    excluded = _excluded(project) if fresh else None
    for path, data in texts.items():
        if path in sources or (excluded and path in fresh and _admitted(path, excluded)):
            sources[path] = source_file(path, data)
    ordered = (sources[path] for path in sorted(sources)) if len(sources) > len(found.sources) else sources.values()
    return replace(found, sources=tuple(ordered))


def _admitted(path: str, excluded: Callable[[str, bool], bool]) -> bool:
    """Whether a new file of this path would be a note of the vault."""
    *folders, name = path.split("/")
    above = ["/".join(folders[: at + 1]) for at in range(len(folders))]
    plain = not any(part.startswith(".") or part in _NEVER for part in (*folders, name))
    return plain and is_note(path) and not excluded(path, False) and not any(excluded(it, True) for it in above)


def _stamp(path: str) -> Stamp:
    status = os.stat(path)
    return Stamp(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


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
    """What a file holds; twice as quick as a file object, and a scan does little else. Raises OSError, for one that is too
    large, too."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        pieces: list[bytes] = []
        size = 0
        while piece := os.read(handle, _PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > _LARGEST:
                raise OSError(errno.EFBIG, f"it is larger than {_LARGEST >> 20} MiB", path)
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
    listed = project.obsidian.excluded
    prefixes = tuple(entry.lstrip("/") for entry in listed if not (entry.startswith("/") and entry.endswith("/")))
    expressions = _expressions(project.root, [it for it in listed if len(it) > 2 and it[0] == it[-1] == "/"])
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
            else any(expression.search(path) for expression in expressions)
        )

    return excluded


def _expressions(root: Path, entries: Iterable[str]) -> "list[re.Pattern[str]]":
    """The regular expressions of Obsidian's list, matched in linear time whatever they are. Raises VaultcError for one that cannot be
    read: nobody can tell what it was to leave out."""
    out = []
    for entry in entries:
        import re2  # few vaults have any

        options = re2.Options()
        options.case_sensitive = options.log_errors = False
        try:
            out.append(re2.compile(_CODE_UNIT.sub(r"\\x{\1}", entry[1:-1]), options))
        except re2.error:
            help = "write it without look-around and references to groups, in Obsidian's settings, or name the folders"
            what = f"the excluded files have an expression that cannot be read: `{entry}`"
            raise VaultcError(f"{root / '.obsidian/app.json'}: {what}: {help}") from None
    return out


def _patterns(lines: Sequence[str], source: str = "") -> "GitIgnoreSpec":
    """The patterns as one, matched in linear time. One that cannot be read raises VaultcError, naming the `source`; without one,
    it is passed over, as git does it."""
    from pathspec import GitIgnoreSpec  # slow to import, and many vaults have no patterns

    with suppress(*_unreadable()):
        return GitIgnoreSpec.from_lines(lines, backend="re2")
    kept = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line], backend="re2")
            kept.append(line)
        except _unreadable():
            if source:
                raise VaultcError(f"{source}: `exclude` has a pattern that cannot be read: `{line}`") from None
    try:
        return GitIgnoreSpec.from_lines(kept, backend="re2")
    except _unreadable():
        raise VaultcError(f"{source or '.gitignore'}: too many patterns") from None


def _unreadable() -> tuple[type[Exception], ...]:
    """What a pattern raises that is none."""
    import re2

    return (ValueError, re.error, re2.error, RecursionError, OverflowError)


def _gitignores(root: Path) -> "list[tuple[str, GitIgnoreSpec]]":
    """The `.gitignore` files that govern the vault, from the repository's root down to the vault's."""
    out = []
    for folder in (root, *root.parents):
        file = folder / ".gitignore"
        if os.path.lexists(file):
            prefix = "" if folder == root else root.relative_to(folder).as_posix() + "/"
            try:
                lines = disk.read(file, MOST, follow=True).decode("utf-8", "replace").splitlines()
            except FileNotFoundError:  # a symlink that leads nowhere
                lines = []
            except OSError as fault:  # what it leaves out must not be let in
                raise VaultcError(f"{file}: {fault.strerror or fault}") from None
            spec = _patterns(lines)
            if not (prefix and spec.match_file(prefix)):  # asked for an ignored folder, we read it
                out.append((prefix, spec))
        if (folder / ".git").exists():
            return out
    return [item for item in out if item[0] == ""]
