"""Renaming keeps the graph: generated vaults, moved and compiled again."""

from collections import Counter
from pathlib import Path

from hypothesis import given, note, settings
from hypothesis import strategies as st

from vaultc import pipeline
from vaultc.config import Config, Project
from vaultc.errors import VaultcError
from vaultc.graph import Vault
from vaultc.parse import parse
from vaultc.refactor import fixes, moves
from vaultc.scan import Scan, source_file

FOLDERS = ("", "a/", "b/", "a/c/")
STEMS = ("One", "two words", "Три", "C#", "it's", "index", "a", "v1.2")
FREE = ("Neu", "новый лист", "x (y)", "50%", "q#r", "deep/er/place")


def compiled(files: dict[str, bytes]) -> Vault:
    sources = tuple(source_file(path, data) for path, data in sorted(files.items()) if path.endswith(".md"))
    assets = tuple(path for path in sorted(files) if not path.endswith(".md"))
    project = Project(Path("/nowhere"), Config())
    return pipeline.link(project, Scan(sources, assets, (), ()), lambda all_: [parse(source) for source in all_])


@st.composite
def links(draw: st.DrawFn, paths: list[str], folder: str) -> str:
    path = draw(st.sampled_from(paths))
    name = path.removesuffix(".md")
    up = "../" * folder.count("/")
    form = draw(st.sampled_from(("stem", "path", "relative", "suffix", "lower", "alias", "missing")))
    text = {
        "stem": name.rpartition("/")[2],
        "path": name,
        "relative": f"{up or './'}{name}",
        "suffix": "/".join(name.split("/")[-2:]),
        "lower": name.lower(),
        "alias": "alias of " + name,
        "missing": "no such " + name,
    }[form]
    text += draw(st.sampled_from(("", "", ".md" if form != "alias" else "")))
    fragment = draw(st.sampled_from(("", "", "#Head", "#head", "#^id", "#gone")))
    markdown = f"{up}{path}".replace(" ", "%20").replace("#", "%23") + fragment.replace(" ", "%20").lower()
    return draw(
        st.sampled_from(
            (
                f"[[{text}{fragment}]]",
                f"[[{text}{fragment}|label]]",
                f"![[{text}{fragment}]]",
                f"[words]({markdown})",
                f"[words](<{up}{path.replace('#', '%23')}{fragment}>)",
                f"| a | [[{text}\\|l]] |\n|---|---|\n| [[{text}]] | x |",
                f"[r][ref]\n\n[ref]: {markdown}",
                f"## about [[{text}]]",
            )
        )
    )


@st.composite
def vaults(draw: st.DrawFn) -> dict[str, bytes]:
    every = [f"{folder}{stem}.md" for folder in FOLDERS for stem in STEMS]
    paths = draw(st.lists(st.sampled_from(every), min_size=2, max_size=7, unique=True))
    assets = draw(st.lists(st.sampled_from(("pic.png", "a/pic.png", "b/data.csv")), max_size=2, unique=True))
    files = dict.fromkeys(assets, b"")
    for path in paths:
        folder = path.rpartition("/")[0] + "/" if "/" in path else ""
        body = draw(st.lists(links([*paths, *assets], folder), max_size=4))
        front = f'---\naliases: ["alias of {path.removesuffix(".md")}"]\nup: "{draw(links(paths, folder)).splitlines()[0]}"\n---\n'
        text = "\n\n".join((front if draw(st.booleans()) else "", "# Head", "words ^id", *body, ""))
        ending = draw(st.sampled_from(("\n", "\r\n")))
        files[path] = text.replace("\n", ending).encode()
    return files


def edges(vault: Vault, renamed: dict[str, str]) -> Counter[tuple[str, str, str]]:
    """The links by what they join. A broken relative link is left as it is written, and may then point out of the vault."""
    return Counter(
        (renamed.get(e.source, e.source), renamed.get(e.target, e.target), e.kind)
        for e in vault.graph.edges
        if e.target in vault.notes or not e.target.startswith(".")
    )


@settings(max_examples=150, deadline=None)
@given(vaults(), st.data())
def test_a_move_changes_nothing_but_the_name(files: dict[str, bytes], data: st.DataObject) -> None:
    before = compiled(files)
    folders = sorted({path.rpartition("/")[0] for path in files} - {""})
    old = data.draw(st.sampled_from([*files, *folders]))
    new = data.draw(st.sampled_from(FREE))
    if old in files:
        new += "." + old.rpartition(".")[2]
        if data.draw(st.booleans()):  # a name that others have, in another folder
            new = "new/" + old.rpartition("/")[2]
    try:
        move = moves.plan(before, old, new)
    except VaultcError as fault:
        note(str(fault))
        assert "choose another" in str(fault)
        return
    renamed = {path: new + path[len(old) :] for path in files if path == old or path.startswith(f"{old}/")}
    moved = {renamed.get(path, path): data for path, data in files.items()}
    moved |= move.texts
    after = compiled(moved)
    if not move.joined:
        assert edges(after, {}) == edges(before, renamed)
    assert {renamed.get(path, path) for path in before.notes} == set(after.notes)
    for path, data_ in moved.items():  # nothing but links changed
        original = files[next((o for o, n in renamed.items() if n == path), path)]
        assert data_.count(b"\n") == original.count(b"\n") and data_.count(b"\r") == original.count(b"\r")
    if not move.joined:
        back = moves.plan(after, new, old)
        again = {
            **{path.replace(new, old, 1) if path in renamed.values() else path: data for path, data in moved.items()},
            **back.texts,
        }
        assert edges(compiled(again), {}) == edges(before, {})


@settings(max_examples=100, deadline=None)
@given(vaults())
def test_fixes_are_idempotent_and_keep_the_graph(files: dict[str, bytes]) -> None:
    from vaultc.check import check

    before = compiled(files)
    repair = fixes.plan(before, check(before).diagnostics, lambda path: True)
    after = compiled({**files, **repair.texts})
    lost = edges(before, {}) - edges(after, {})
    assert all(target not in before.notes for _, target, _ in lost)
    again = fixes.plan(after, check(after).diagnostics, lambda path: True)
    assert not again.texts
