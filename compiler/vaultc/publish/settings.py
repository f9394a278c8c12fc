"""A project's `mkdocs.yml` read for data: what shows on pages, as text. What would run, or read other files, needs trust."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import yaml
from markupsafe import escape

from vaultc import disk, trust
from vaultc.config import Project
from vaultc.errors import VaultcError
from vaultc.publish.sanitize import untagged

_LONGEST = 1 << 20
_MOST_ALIASES = 16
_MOST_STARS = 6  # in one pattern
_MOST_FILES = 10_000
_LARGEST = 1 << 26  # of a file that would run
_PASSED: Final = frozenset([".git", ".venv", "venv", "node_modules", "__pycache__", "build"])
_REFUSED: Final = object()  # a value that is no data of its kind

_WORD = re.compile(r"[\w.-]+")
_ICON = re.compile(r"\w[\w/-]*")
_SWITCH: Final = "material/brightness-6"
_ICONS: Final = "alternate annotation close edit logo menu next previous repo search share top view".split()
_FILE = re.compile(r"(?!/)(?!.*\.\.)[\w./ -]+")
_TOOLTIPS: Final = "content.tooltips"
_THEMES: Final = ("material", "mkdocs", "readthedocs")
# Extensions of Markdown that read no file; their options are data where they are numbers, or yes and no.
_EXTENSIONS: Final = frozenset(
    "abbr admonition attr_list codehilite def_list extra fenced_code footnotes legacy_attrs legacy_em md_in_html nl2br sane_lists "
    "smarty tables toc wikilinks".split()
) | frozenset(
    f"pymdownx.{name}"
    for name in "arithmatex betterem blocks.admonition blocks.caption blocks.definition blocks.details blocks.html blocks.tab caret "
    "critic details escapeall extra fancylists highlight inlinehilite keys magiclink mark progressbar quotes saneheaders smartsymbols "
    "striphtml superfences tabbed tasklist tilde".split()
)
# What vaultc sets itself, or what only other commands of MkDocs read.
_UNUSED: Final = frozenset("docs_dir dev_addr draft_docs remote_branch remote_name strict validation watch".split())


class _Unread(str):
    """A value with a tag that means something to MkDocs' own loader, as text; never data."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`fields` are the settings that are data, as MkDocs may be given them; `refused` are the others, as the file in `folder` has
    them."""

    fields: Mapping[str, Any]
    refused: Mapping[str, Any]
    folder: Path

    def needs(self) -> trust.Needs:
        """The settings refused, each with what it would do. Reads the files that would run, wherever they are: for a user who said or
        says yes to them. Raises VaultcError where that cannot be."""
        try:
            files = _files(self.folder, self.refused)
            return {key: f"{value!r} {files}" if files else repr(value) for key, value in self.refused.items()}
        except OSError as fault:
            raise VaultcError(f"{fault.filename or self.folder}: {fault.strerror or fault}") from None
        except (ValueError, RecursionError) as fault:
            raise VaultcError(f"{self.folder}: a setting of its `mkdocs.yml` names no file: {fault}") from None


def read(path: Path) -> Settings:
    """What a `mkdocs.yml` says. Runs nothing of it, and raises VaultcError when it is no YAML, or no mapping."""
    table = _load(path)
    try:
        fields, refused = _sorted_out(table)
    except (VaultcError, RecursionError) as fault:  # a value may hold itself
        raise VaultcError(f"{path}: {fault}") from None
    fields["site_dir"] = str(path.parent / fields.get("site_dir", "site"))
    if "theme" in table:
        fields["theme"] = {"name": "material", **fields.get("theme", {})}
    return Settings(fields, refused, path.parent)


def _sorted_out(table: Mapping[Any, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings that are data, and those that are not."""
    fields: dict[str, Any] = {}
    refused: dict[str, Any] = {}
    for key, value in table.items():
        if key in _UNUSED:
            continue
        kept = _FIELDS[key](value, refused) if key in _FIELDS else _REFUSED
        if kept is _REFUSED:
            refused[str(key)] = value
        else:
            fields[key] = kept
    return fields, refused


def ignored(project: Project) -> tuple[str, ...]:
    """The settings of a project that are not heeded, since its user does not trust it with them. Raises VaultcError as `read` does."""
    found = read(project.mkdocs) if project.mkdocs else None
    if found is None or project.trusted or granted(project, found):
        return project.ignored
    return (*project.ignored, *found.refused)


def files(project: Project) -> Iterator[Path]:
    """The `mkdocs.yml` that a project brings, and what says whether it is trusted."""
    if project.folder and project.mkdocs:
        yield project.mkdocs
        yield trust.place(project.folder)


def granted(project: Project, found: Settings) -> bool:
    """Whether its user trusts a project with all that asks for it. Of a project that was never trusted nothing more is read."""
    if project.folder is None or not trust.place(project.folder).is_file():
        return False
    return trust.granted(project.folder, {**project.needs, **found.needs()})


def _load(path: Path) -> dict[Any, Any]:
    try:
        text = disk.read(path, _LONGEST, follow=True).decode("utf-8-sig")
        if (
            sum(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.CSafeLoader))
            > _MOST_ALIASES
        ):
            raise VaultcError(f"{path}: more than {_MOST_ALIASES} YAML aliases: write their values out")
        table = yaml.load(text, Loader=_loader())  # noqa: S506 (a safe loader that makes text of unknown tags)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as fault:
        raise VaultcError(f"{path}: {' '.join(str(fault).split())}") from None
    if not isinstance(table, dict):
        raise VaultcError(f"{path}: no mapping of settings")
    return table


def _loader() -> type[yaml.CSafeLoader]:
    class Loader(yaml.CSafeLoader):
        pass

    def unread(loader: yaml.CSafeLoader, suffix: str, node: yaml.Node) -> _Unread:
        return _Unread(f"{suffix} {yaml.serialize(node)}")

    yaml.add_multi_constructor("", unread, Loader=Loader)
    return Loader


# -- the settings that are data: each function gives the value to use, or `_REFUSED`; parts refused go into the table beside ---------

_Reader = Callable[[Any, dict[str, Any]], Any]


def _text(value: Any, refused: dict[str, Any]) -> Any:
    return value if isinstance(value, str) and not isinstance(value, _Unread) else _REFUSED


def _html(value: Any, refused: dict[str, Any]) -> Any:
    """A text that themes print as it is."""
    return str(escape(untagged(value))) if _text(value, refused) is not _REFUSED else _REFUSED


def _flag(value: Any, refused: dict[str, Any]) -> Any:
    return value if isinstance(value, bool) else _REFUSED


def _address(value: Any, refused: dict[str, Any]) -> Any:
    if _text(value, refused) is _REFUSED or urlsplit(value.strip()).scheme.lower() not in (
        "",
        "http",
        "https",
        "mailto",
    ):
        return _REFUSED
    return quote(value.strip(), safe="%/:=&?~#+!$,;@()*[]")


def _matching(pattern: re.Pattern[str]) -> _Reader:
    return lambda value, refused: value if isinstance(value, str) and pattern.fullmatch(value) else _REFUSED


def _list(each: _Reader) -> _Reader:
    def read(value: Any, refused: dict[str, Any]) -> Any:
        kept = [each(item, refused) for item in value] if isinstance(value, list) else [_REFUSED]
        return _REFUSED if any(item is _REFUSED for item in kept) else kept

    return read


def _mapping(name: str, fields: Mapping[str, _Reader]) -> _Reader:
    def read(value: Any, refused: dict[str, Any]) -> Any:
        if not isinstance(value, dict):
            return _REFUSED
        kept = {key: fields[key](item, refused) if key in fields else _REFUSED for key, item in value.items()}
        refused |= {f"{name}.{key}": value[key] for key, item in kept.items() if item is _REFUSED}
        return {key: item for key, item in kept.items() if item is not _REFUSED}

    return read


def _theme(value: Any, refused: dict[str, Any]) -> Any:
    return _THEME({"name": value} if isinstance(value, str) else value, refused)


def _language(value: Any, refused: dict[str, Any]) -> Any:
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z]+)?", value) else _REFUSED


def _languages(value: Any, refused: dict[str, Any]) -> Any:
    return _list(_language)(value if isinstance(value, list) else [value], refused)


def _palette(value: Any, refused: dict[str, Any]) -> Any:
    return (_list(_SCHEME) if isinstance(value, list) else _SCHEME)(value, refused)


def _toggle(value: Any, refused: dict[str, Any]) -> Any:
    """A switch between colours; Material makes no page of one that has no icon."""
    kept = _TOGGLE(value, refused)
    return kept if kept is _REFUSED else {"icon": _SWITCH, **kept}


def _one_icon(value: Any, refused: dict[str, Any]) -> Any:
    """The name of an icon that Material has."""
    if not isinstance(value, str) or not _ICON.fullmatch(value):
        return _REFUSED
    places = getattr(find_spec("material"), "submodule_search_locations", None) or ()
    return value if any(Path(place, "templates/.icons", f"{value}.svg").is_file() for place in places) else _REFUSED


def _features(value: Any, refused: dict[str, Any]) -> Any:
    """Names of features, without one whose script takes text for HTML."""
    kept = _list(_matching(_WORD))(value, refused)
    if kept is _REFUSED or _TOOLTIPS not in kept:
        return kept
    refused[f"theme.features.{_TOOLTIPS}"] = _TOOLTIPS
    return [name for name in kept if name != _TOOLTIPS]


def _icon(value: Any, refused: dict[str, Any]) -> Any:
    return _mapping("theme.icon", dict.fromkeys(_ICONS, _one_icon))(value, refused)


def _patterns(value: Any, refused: dict[str, Any]) -> Any:
    """Patterns of files to leave out; not to heed them would publish what should not be."""
    if _text(value, refused) is _REFUSED or any(
        line.count("*") > _MOST_STARS or len(line) > 400 for line in value.splitlines()
    ):
        raise VaultcError(f"`exclude_docs` must be patterns of at most {_MOST_STARS} stars")
    return value


def _nav(value: Any, refused: dict[str, Any]) -> Any:
    if isinstance(value, list):
        kept = [_nav(item, refused) for item in value]
        return _REFUSED if any(item is _REFUSED for item in kept) else kept
    if isinstance(value, dict):
        inside = {_text(key, refused): _nav(item, refused) for key, item in value.items()}
        return _REFUSED if any(_REFUSED in pair for pair in inside.items()) else inside
    if isinstance(value, str) and not isinstance(value, _Unread) and value.endswith(".md"):
        return value if not set("<>\"'") & set(value) and ":" not in value.partition("/")[0] else _REFUSED
    return _address(value, refused)


def _named(name: str, known: Mapping[str, _Reader]) -> _Reader:
    """A list of names, each perhaps with options."""

    def read(value: Any, refused: dict[str, Any]) -> Any:
        if isinstance(value, dict):
            value = [{key: options} for key, options in value.items()]
        if not isinstance(value, list):
            return _REFUSED
        kept: list[Any] = []
        for item in value:
            single = (
                item
                if isinstance(item, dict) and len(item) == 1
                else {item: {}}
                if isinstance(item, str)
                else {"": item}
            )
            for key, options in single.items():
                if key not in known or isinstance(key, _Unread):
                    refused[f"{name}.{key}"] = options
                else:
                    kept.append({key: known[key](options or {}, refused)})
        return kept

    return read


def _options(name: str) -> _Reader:
    def read(value: Any, refused: dict[str, Any]) -> Any:
        if not isinstance(value, dict):
            return {}
        kept = {key: option for key, option in value.items() if isinstance(option, (bool, int))}
        refused |= {f"{name}.{key}": option for key, option in value.items() if key not in kept}
        return kept

    return read


_TOGGLE: Final = _mapping("theme.palette.toggle", {"icon": _one_icon, "name": _html})
_SCHEME: Final = _mapping(
    "theme.palette",
    {
        "media": _html,
        "scheme": _matching(_WORD),
        "primary": _matching(_WORD),
        "accent": _matching(_WORD),
        "toggle": _toggle,
    },
)
_THEME: Final = _mapping(
    "theme",
    {
        "name": lambda value, refused: value if value in _THEMES else _REFUSED,
        "language": _language,
        "direction": _matching(re.compile("ltr|rtl")),
        "font": lambda value, refused: False,  # nothing is fetched from another host
        "favicon": _matching(_FILE),
        "logo": _matching(_FILE),
        "features": _features,
        "palette": _palette,
        "icon": _icon,
    },
)
_FIELDS: Final[Mapping[str, _Reader]] = {
    "site_name": _text,
    "site_description": _text,
    "site_author": _text,
    "site_url": _address,
    "site_dir": _matching(_FILE),
    "repo_url": _address,
    "repo_name": _html,
    "edit_uri": _address,
    "copyright": _html,
    "use_directory_urls": _flag,
    "exclude_docs": _patterns,
    "nav": _nav,
    "theme": _theme,
    "plugins": _named(
        "plugins",
        {"search": _mapping("plugins.search", {"lang": _languages}), "vaultc": lambda value, refused: {}},
    ),
    "markdown_extensions": _named("markdown_extensions", {name: _options(name) for name in _EXTENSIONS}),
    "extra": _mapping("extra", {"generator": _flag, "homepage": _address}),
}


def _files(folder: Path, refused: Mapping[str, Any]) -> str:
    """A digest of the files that would run: hooks and what they can import, templates, configurations that are inherited.

    Raises OSError for one that cannot be read or is too large, ValueError for a name that no file can have.
    """
    found: list[Path] = []
    hooks = refused.get("hooks")
    for hook in hooks if isinstance(hooks, list) else ():
        place = (folder / str(hook)).parent
        found += [folder / str(hook), *(_below(place, ".py") if place != folder else folder.glob("*.py"))]
    if any(key.startswith(("plugins.", "markdown_extensions.")) for key in refused):
        found += folder.glob("*.py")  # some plugins run what lies beside the configuration
    if "theme.custom_dir" in refused:
        found += _below(folder / str(refused["theme.custom_dir"]), "")
    if "INHERIT" in refused:
        parent = folder / str(refused["INHERIT"])
        found += [
            parent,
            *_below(parent.parent, ".py"),
            *_below(parent.parent, ".yml"),
            *_below(parent.parent, ".html"),
        ]
    files = [path for path in sorted(set(found)) if path.is_file()]
    digests = [f"{path} {disk.digest(disk.read(path, _LARGEST, follow=True))}" for path in files]
    return disk.digest("\n".join(digests).encode("utf-8", "surrogateescape")) if digests else ""


def _below(folder: Path, ending: str) -> Iterator[Path]:
    count = 0
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _PASSED]
        for name in files:
            if name.endswith(ending):
                count += 1
                if count > _MOST_FILES:
                    raise VaultcError(
                        f"{folder}: more than {_MOST_FILES} files would have to be trusted: move the hooks to a folder of their own"
                    )
                yield Path(here) / name
