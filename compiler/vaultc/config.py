"""Configuration: which folder is the vault, and what its owner wants."""

import json
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from vaultc import disk, trust
from vaultc.diagnostics import Diagnostic, Severity, report, select
from vaultc.disk import cache, inside
from vaultc.errors import VaultcError
from vaultc.text import Span

FILE = "vaultc.toml"
Generator = Literal["mkdocs", "zensical"]
ADDRESS = re.compile(r"https?://[^\s/][^\s]*")
"""What the address of a site may be."""
# What becomes part of addresses and of the names of templates.
_SHAPES = {
    "site_url": (ADDRESS, "an address that begins with https://"),
    "language": (re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]+)?"), "the code of a language, such as en or pt-BR"),
}
# What stands in a header, and in an attribute.
_DIRECTIVE = re.compile("[a-z-]+")
_SOURCES = re.compile(r"[\w'*:/.@+=?%~ -]*", re.ASCII)
PAGES = ("home", "tags", "recent", "wanted", "health", "glossary")
"""What vaultc writes by itself and a site can do without; `home` is what stands on the first page before its text."""
# Bytes of a file of configuration that are read: one that came with a vault may be anything.
MOST = 1 << 20


@dataclass(frozen=True, slots=True)
class Config:
    """The keys of `vaultc.toml` (or `[tool.vaultc]`), with their defaults and what users are told that they mean."""

    vault: Annotated[str, "the folder of the notes, seen from the configuration"] = "."
    exclude: Annotated[tuple[str, ...], "patterns, as in `.gitignore`, of files to leave out"] = ()
    severity: Annotated[Mapping[str, str], "`error`, `warning`, `info` or `off` for codes, names or prefixes"] = field(
        default_factory=dict
    )
    fail_on: Annotated[Literal["error", "warning", "info", "never"], "the default of `--fail-on`"] = "error"
    site_name: Annotated[str, "the site's name, by default the folder's"] = ""
    site_url: Annotated[str, "the site's address, such as `https://notes.example.org/`"] = ""
    language: Annotated[
        str,
        "the site's language, as a code such as `en` or `pt-BR`; what vaultc itself says is in English, or with `ru` in Russian",
    ] = "en"
    engine: Annotated[Generator, "the generator"] = "mkdocs"
    dialect: Annotated[
        Literal["obsidian", "material"], "`material` leaves the text of notes alone but for its links"
    ] = "obsidian"
    note_folders: Annotated[
        Mapping[str, str],
        "by tag, in which folder `vaultc new` writes a note; a tag has that of the one above it",
    ] = field(default_factory=dict)
    map_hidden: Annotated[
        tuple[str, ...],
        "folders and tags whose notes the first page leaves out, and the topic map until the reader asks for them",
    ] = ()
    search: Annotated[
        Literal["vaultc", "theme"], "whose search the site has: `theme` keeps that of Material for MkDocs"
    ] = "vaultc"
    pages_hidden: Annotated[
        tuple[str, ...],
        f"what the site does without: `home` (what stands before the text of the first page), `{'`, `'.join(PAGES[1:])}`",
    ] = ()
    html: Annotated[Literal["sanitized", "trusted"], "`trusted` leaves scripts and all else in the HTML of notes"] = (
        "sanitized"
    )
    content_security_policy: Annotated[
        Mapping[str, str], "directives that stand for those of the policy that each page has"
    ] = field(default_factory=dict)


class Key(NamedTuple):
    """A key of the configuration: its name, its default, the values that it takes where they are few, what it means."""

    name: str
    default: Any
    choices: tuple[str, ...]
    meaning: str


def keys() -> tuple[Key, ...]:
    """The keys, in the order in which users are told of them."""
    default = Config()
    out = []
    for each in fields(Config):
        kind, meaning = get_args(each.type)  # of `Annotated`
        choices = get_args(kind) if get_origin(kind) is Literal else ()
        out.append(Key(each.name, getattr(default, each.name), choices, meaning))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Obsidian:
    """What Obsidian's own settings (`.obsidian/app.json`) say: `excluded` path prefixes, and whether one newline breaks a line."""

    excluded: tuple[str, ...] = ()
    hard_breaks: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """A vault and where its outputs go. `folder` is the project's, None for a stranger's vault; `findings` are about the configuration.

    `trusted` says that its user answers for its configuration, whatever stands in it; `needs` are the settings that asked for trust,
    `ignored` those of them that did not get it.
    """

    root: Path
    config: Config
    folder: Path | None = None
    source: Path | None = None
    obsidian: Obsidian = field(default_factory=Obsidian)
    findings: tuple[Diagnostic, ...] = ()
    trusted: bool = False
    needs: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def build(self) -> Path:
        """Where cache and object files go: the project's `build`, or a folder of the user's cache."""
        if self.folder:
            return self.folder / "build"
        key = blake2b(os.fsencode(self.root), digest_size=8).hexdigest()
        return cache() / f"{self.root.name[:40]}-{key}"

    @property
    def mkdocs(self) -> Path | None:
        """The configuration for MkDocs that the project brings, if any."""
        path = self.folder / "mkdocs.yml" if self.folder else None
        return path if path and path.is_file() else None

    def output(self, name: str) -> Path:
        """Where the output `name` goes, in `build`. Raises VaultcError when a symlink leads there: it may have come with the project."""
        return inside(self.folder, f"build/{name}") if self.folder else inside(self.build, name)

    @property
    def name(self) -> str:
        """The site's name: the configured one, else the folder's."""
        return self.config.site_name or (self.folder or self.root).name or "Vault"


def locate(path: Path, source: Path | None = None, *, trusted: bool = False) -> Project:
    """The project or stranger's vault that `path` (a folder or a note) belongs to; `source` names the configuration to use.

    A vault outside its project's folder needs trust: `trusted`, or given by the user before. Raises VaultcError when it has none,
    when `path` does not exist, or when the configuration cannot be read.
    """
    if not path.exists():
        raise VaultcError(f"{path}: no such file or folder")
    start = path.resolve()
    start = start if start.is_dir() else start.parent
    if source is not None:
        return _project(_read(source.resolve()), None, trusted)
    root: Path | None = None
    for folder in (start, *start.parents):
        found = next((c for name in (FILE, "pyproject.toml") if (c := _read(folder / name, required=False))), None)
        if found:
            vault = (folder / str(found.table.get("vault", "."))).resolve()
            if root == vault or (root is None and (start in (folder, vault) or vault in start.parents)):
                return _project(found, vault, trusted)
            break
        if root is None and (folder / ".obsidian").is_dir():
            root = folder
    root = root or start
    return Project(root, Config(), obsidian=_obsidian(root), trusted=trusted)


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    table: Mapping[str, Any]
    text: str


def _read(path: Path, required: bool = True) -> _Source | None:
    try:
        text = disk.read(path, MOST, follow=True).decode()
        import tomllib  # most vaults have nothing for it to read

        table: Any = tomllib.loads(text)
    except FileNotFoundError:
        if required:
            raise VaultcError(f"{path}: no such configuration file") from None
        return None
    except (OSError, ValueError, RecursionError) as fault:
        if path.name != FILE and not required:
            return None
        raise VaultcError(f"{path}: {getattr(fault, 'strerror', None) or fault}") from None
    if path.name == "pyproject.toml":
        tool = table.get("tool")
        table = tool.get("vaultc") if isinstance(tool, dict) else None
        if not isinstance(table, dict):
            if required:
                raise VaultcError(f"{path}: no [tool.vaultc] table")
            return None
    vault = table.get("vault", ".")
    if not isinstance(vault, str) or "\0" in vault:
        raise VaultcError(f"{path}: `vault` must be a text, the path of a folder")
    return _Source(path, table, text)


def misread(
    message: str, path: str, span: Span = Span(0, 0), *, help: str, suggestions: tuple[str, ...] = ()
) -> Diagnostic:
    """A finding about a setting of vaultc's or Obsidian's that cannot be heeded."""
    return report("VC004", message, path, span, help=help, suggestions=suggestions)


def _config(source: _Source) -> tuple[Config, tuple[Diagnostic, ...]]:
    """What a file of configuration says, and findings about what it says in vain. Raises VaultcError for a value that cannot be."""
    default = Config()
    known = [field.name for field in fields(Config)]
    values: dict[str, Any] = {}
    findings: list[Diagnostic] = []

    def unknown(key: str, message: str, near: tuple[str, ...], help: str) -> None:
        at = max(source.text.find(key), 0)
        start = len(source.text[:at].encode())
        span = Span(start, start + len(key.encode()))
        findings.append(misread(message, source.path.name, span, help=help, suggestions=near))

    for key, value in source.table.items():
        name = key.replace("-", "_")
        if name not in known:
            from rapidfuzz import process

            near = tuple(m[0] for m in process.extract(name, known, score_cutoff=60, limit=1))
            unknown(
                key, f"unknown configuration key `{key}`", near, f"did you mean `{near[0]}`?" if near else "remove it"
            )
            continue
        values[name] = _typed(source.path, key, value, getattr(default, name))
    for code, level in values.get("severity", {}).items():
        if not select(code):
            unknown(code, f"`{code}` is no code, name or prefix of one", (), "see `vaultc explain` for the codes")
        if str(level).upper() not in Severity.__members__:
            raise VaultcError(f"{source.path}: severity of `{code}` must be error, warning, info or off, not `{level}`")
    for each in keys():
        if each.choices and each.name in values and values[each.name] not in each.choices:
            raise VaultcError(f"{source.path}: `{each.name}` must be one of {', '.join(each.choices)}")
    for name in values.get("pages_hidden", ()):
        if name not in PAGES:
            raise VaultcError(f"{source.path}: `pages_hidden` knows {', '.join(PAGES)}, not `{name}`")
    for tag, folder in values.get("note_folders", {}).items():
        if not isinstance(folder, str) or PurePath(folder).is_absolute() or ".." in PurePath(folder).parts:
            raise VaultcError(f"{source.path}: `note_folders` must name a folder of the vault for `{tag}`")
    for name, sources in values.get("content_security_policy", {}).items():
        if not (_DIRECTIVE.fullmatch(name) and isinstance(sources, str) and _SOURCES.fullmatch(sources)):
            raise VaultcError(
                f"{source.path}: `content_security_policy` must be a table such as {{ script-src = \"'self' https://example.org\" }}"
            )
    for name, (shape, what) in _SHAPES.items():
        if values.get(name) and not shape.fullmatch(values[name]):
            raise VaultcError(f"{source.path}: `{name}` must be {what}")
    return Config(**values), tuple(findings)


def _typed(path: Path, key: str, value: object, like: object) -> object:
    """A value of the same type as the default. Raises VaultcError for another."""
    if isinstance(like, tuple):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise VaultcError(f"{path}: `{key}` must be a list of texts")
        return tuple(value)
    kind, what = (dict, "a table") if isinstance(like, dict) else (str, "a text")
    if not isinstance(value, kind):
        raise VaultcError(f"{path}: `{key}` must be {what}")
    return value


def _project(source: _Source | None, vault: Path | None, trusted: bool) -> Project:
    assert source is not None
    config, findings = _config(source)
    root = vault or (source.path.parent / config.vault).resolve()
    if not root.is_dir():
        raise VaultcError(f"{source.path}: the vault `{config.vault}` is not a folder")
    folder = source.path.parent
    needs = {} if root.is_relative_to(folder.resolve()) else {"vault": str(root)}
    if config.html == "trusted":
        needs["html"] = "trusted"
    if config.content_security_policy:
        needs["content_security_policy"] = json.dumps(config.content_security_policy, sort_keys=True)
    ignored: tuple[str, ...] = ()
    if not trusted and not trust.granted(folder, needs):
        if "vault" in needs:
            raise VaultcError(
                f"{source.path}: the vault `{config.vault}` lies outside the project: if the project is yours: vaultc trust {shlex.quote(str(folder))}"
            )
        config, ignored = replace(config, html="sanitized", content_security_policy={}), tuple(needs)
    return Project(
        root,
        config,
        folder,
        source.path,
        _obsidian(root),
        findings,
        trusted=trusted,
        needs=needs,
        ignored=ignored,
    )


def _obsidian(root: Path) -> Obsidian:
    path = root / ".obsidian" / "app.json"
    if not path.parent.is_dir():
        return Obsidian()
    # What it leaves out must not be let in by a slip.
    help = "correct it in Obsidian's settings, or remove the file"
    try:
        text = disk.read(path, MOST, follow=True)
        settings = json.loads(text) if text.strip() else {}
    except FileNotFoundError:
        settings = {}
    except (ValueError, RecursionError):
        raise VaultcError(f"{path}: not JSON: {help}") from None
    except OSError as fault:
        raise VaultcError(f"{path}: {fault.strerror or fault}") from None
    excluded = settings.get("userIgnoreFilters") or [] if isinstance(settings, dict) else None
    if not isinstance(excluded, list):
        raise VaultcError(f"{path}: `userIgnoreFilters` is not a list: {help}")
    return Obsidian(tuple(map(str, excluded)), not settings.get("strictLineBreaks", False))
