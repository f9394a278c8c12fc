"""What stands before the `#`: from a name to the file it means."""

import html
import posixpath
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from vaultc.index import FOLDER_NOTES, Index
from vaultc.text import fold

Via = Literal["name", "folder", "alias", "title"]
_LONGEST = 4096  # no path is longer


class Found(NamedTuple):
    """The files a name may mean, best first (never empty), and by which rule it found them.

    A path that ends in a slash is a folder without an index note.
    """

    paths: tuple[str, ...]
    via: Via


class Outside(NamedTuple):
    """The name leads out of the vault."""

    path: str


def find(index: Index, name: str, folder: str, *, markdown: bool = False) -> Found | Outside | None:
    """The files that `name` means in a note of `folder`; the first rule that hits decides.

    `markdown` looks beside the note first, as a Markdown destination does.
    """
    absolute = slash = False
    path, beside = name, f"{folder}/{name}" if folder else name
    if "/" in name or name in (".", ".."):
        absolute, slash = name.startswith("/"), name.endswith("/")
        name = name.rstrip("/") if slash else name
        if name.startswith(("./", "../")) or name in (".", ".."):
            path = posixpath.normpath(posixpath.join(folder, name))
            if path == ".." or path.startswith("../"):
                return Outside(path)
            return _at(index, "" if path == "." else path, slash)
        path = posixpath.normpath(name) if "//" in name or "/." in name else name
        path = path.lstrip("/")
        if path == ".." or path.startswith("../"):
            return Outside(path)
        beside = "/".join(filter(None, (folder, "" if path == "." else path)))
    if markdown and not absolute and (found := _at(index, beside, slash)):
        return found
    if not slash:
        key = fold(path)
        if here := index.files.get(key) or (index.files.get(fold(beside)) if folder else None):
            return Found(_spelled(here, path), "name")
        folders, _, last = key.rpartition("/")
        if not folders:
            paths = index.stems.get(last, ())
        else:
            paths = index.ending(key)
        if paths:
            return Found(_spelled(paths, path), "name")
    if found := _folder(index, path) or (_folder(index, beside) if folder else None):
        return found
    if not markdown:
        if aliased := index.aliases.get(fold(name)):
            return Found(aliased, "alias")
        if titled := index.titles.get(fold(name)):
            return Found(titled, "title")
    if "&" in name and (plain := html.unescape(name)) != name:
        return find(index, plain, folder, markdown=markdown)
    return None


def hidden(index: Index, name: str, folder: str, *, markdown: bool = False) -> str | None:
    """The file that `name` would mean if nothing were left out of the vault."""
    relative = name.startswith(("./", "../"))
    wanted = [posixpath.normpath(posixpath.join(folder, name))] if relative or markdown else []
    if not relative:
        wanted += (name.strip("/"), posixpath.join(folder, name.strip("/")))
    for key in map(fold, wanted):
        if exact := [path for path in index.hidden.get(key, ()) if fold(path) in (key, f"{key}.md")]:
            return exact[0]
    key = fold(name).strip("/")
    return None if relative else next(iter(index.ending(key, hidden=True)), None)


def _at(index: Index, path: str, slash: bool) -> Found | None:
    return (None if slash else _file(index, path)) or _folder(index, path)


def _file(index: Index, path: str) -> Found | None:
    exact = index.files.get(fold(path))
    return Found(_spelled(exact, path), "name") if exact else None


def _folder(index: Index, path: str) -> Found | None:
    key = fold(path)
    if path and key not in index.folders:
        return None
    for note in (*FOLDER_NOTES, key.rpartition("/")[2]):
        if found := index.files.get(f"{key}/{note}.md" if key else f"{note}.md"):
            return Found(found[:1], "folder")
    return Found((_spelled(index.folders[key], path)[0] + "/" if path else "/",), "folder")


def _spelled(paths: Sequence[str], name: str) -> tuple[str, ...]:
    """`paths`, cut to the one that is spelled exactly as the link, when names differ only in case or Unicode form."""
    if len(paths) > 1 and all(fold(p) == fold(paths[0]) for p in paths[1:]):  # which the second decides, as a rule
        exact = tuple(p for p in paths if p in (name, f"{name}.md") or p.endswith((f"/{name}", f"/{name}.md")))
        return exact or tuple(paths)
    return tuple(paths)


def splits(target: str) -> Iterator[tuple[str, str | None]]:
    """The ways to cut a target into name and fragment, the longest name first: a `#` may belong to the name."""
    yield target, None
    at = min(len(target), _LONGEST)
    while (at := target.rfind("#", 0, at)) >= 0:
        yield target[:at].rstrip(), target[at + 1 :].strip()
