"""The resolver against a plain reading of the rules that looks at every file for every link."""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from vaultc import pipeline
from vaultc.config import Config, Project
from vaultc.parse import parse
from vaultc.resolve import Ambiguous, Resolution, Resolved
from vaultc.scan import Scan, is_note, source_file

FOLDERS = ("", "a/", "b/", "a/b/", "A/", "b/a/")
STEMS = ("n", "N", "m", "index", "README", "a", "b", "é", "e\u0301", "n.x", "long name")
ASSETS = ("p.png", "n.png", "d.excalidraw.md")


@dataclass(frozen=True)
class Files:
    """Paths of a vault; `aliases` and `titles` are (name, path of the note)."""

    paths: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...]
    titles: tuple[tuple[str, str], ...]


def key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def called(path: str, name: str) -> bool:
    """Whether a link's text says this path, with or without `.md`."""
    return key(path) == key(name) or (path.endswith(".md") and key(path[:-3]) == key(name))


def best(paths: Iterable[str], name: str) -> tuple[str, ...]:
    """Shortest first, then the alphabet; of twins in case or form only those spelled like the link, if there are any."""
    paths = sorted(paths, key=lambda path: (len(path), path))
    if len(paths) > 1 and all(key(path) == key(paths[0]) for path in paths):
        exact = [p for p in paths if any(p == n or p.endswith("/" + n) for n in (name, name + ".md"))]
        return tuple(exact or paths)
    return tuple(paths)


def folder_note(files: Files, folder: str) -> tuple[str, ...]:
    here = best([f for f in folders(files) if key(f) == key(folder)], folder) if folder else ("",)
    if not here:
        return ()
    for note in ("index", "readme", key(folder).rpartition("/")[2]):
        found = [p for p in files.paths if p.endswith(".md") and key(p) == key(posixpath.join(folder, note + ".md"))]
        if found:
            return best(found, "")[:1]
    return ("/",) if not folder else (here[0] + "/",)


def folders(files: Files) -> set[str]:
    return {path[:end] for path in files.paths for end, sign in enumerate(path) if sign == "/"}


def look_up(files: Files, name: str, folder: str, markdown: bool) -> tuple[str, ...] | None:
    """Where a link leads, the best first: empty for nowhere, None for outside of the vault."""
    slash, name = name.endswith("/"), name.rstrip("/")
    beside = posixpath.normpath(posixpath.join(folder, name))
    if name.startswith(("./", "../")) or name in (".", "..") or markdown:
        if beside.startswith(".."):
            return None
        at = "" if beside == "." else beside
        found = [] if slash else [p for p in files.paths if called(p, at)]
        if found or (found := list(folder_note(files, at))):
            return best(found, at)
        if not markdown or name.startswith(("./", "../")) or name in (".", ".."):
            return ()
    if not slash:
        for wanted in (name, beside):
            if found := [p for p in files.paths if called(p, wanted)]:
                return best(found, name)
        parts = len(name.split("/"))
        if found := [p for p in files.paths if called("/".join(p.split("/")[-parts:]), name)]:
            return best(found, name)
    for at in (name, beside):
        if found := list(folder_note(files, at)):
            return tuple(found)
    if not markdown:
        for names in (files.aliases, files.titles):
            if found := list({p for alias, p in names if key(alias) == key(name)}):
                return tuple(sorted(found, key=lambda p: (len(p), p)))
    return ()


@st.composite
def vaults(draw: st.DrawFn) -> dict[str, bytes]:
    paths = draw(
        st.lists(
            st.tuples(st.sampled_from(FOLDERS), st.sampled_from((*(s + ".md" for s in STEMS), *ASSETS))).map("".join),
            min_size=1,
            max_size=10,
            unique=True,
        )
    )
    names = st.sampled_from(("alias", "Alias", "n", "other one", "m"))
    files = {}
    for path in paths:
        alias, title = draw(st.none() | names), draw(st.none() | names)
        front = (f"aliases: ['{alias}']\n" if alias else "") + (f"title: {title}\n" if title else "")
        files[path] = f"---\n{front}---\n".encode() if front else b""
    return files


@st.composite
def link_texts(draw: st.DrawFn) -> str:
    prefix = draw(st.sampled_from(("", "", "", "./", "../", "../../", "a/", "b/", "a/b/", "A/B/")))
    name = draw(st.sampled_from((*STEMS, *ASSETS, "alias", "ALIAS", "Other One", "gone", "a", "a/b")))
    return prefix + name + draw(st.sampled_from(("", "", "", ".md", "/")))


def meant(resolution: Resolution) -> tuple[str, ...] | None:
    if isinstance(resolution, Ambiguous):
        return resolution.candidates
    if isinstance(resolution, Resolved):
        return (resolution.path,)
    return None if resolution.missing == "outside" else ()


@settings(max_examples=200)
@given(vaults(), st.lists(link_texts(), min_size=1, max_size=8), st.sampled_from(FOLDERS), st.booleans())
def test_links_lead_where_the_rules_say(files: dict[str, bytes], links: list[str], folder: str, markdown: bool) -> None:
    linking = folder + "the linking note.md"
    written = "\n\n".join(f"[x](<{link}>)" if markdown else f"[[{link}]]" for link in links)
    files = {**files, linking: written.encode()}
    sources = tuple(source_file(path, data) for path, data in sorted(files.items()) if is_note(path))
    assets = tuple(sorted(path for path in files if not is_note(path)))
    project = Project(Path("/nowhere"), Config())
    vault = pipeline.link(project, Scan(sources, assets, (), ()), lambda all_: [parse(source) for source in all_])
    known = Files(
        tuple(files),
        tuple((alias, n.path) for n in vault.notes.values() for alias in n.aliases if key(alias) != key(n.stem)),
        tuple((n.title, n.path) for n in vault.notes.values() if key(n.title) != key(n.stem)),
    )
    got = [meant(resolution) for resolution in vault.links[linking]]
    assert got == [look_up(known, link, folder.rstrip("/"), markdown) for link in links]
