"""A session after any changes equals a fresh compile of the same files, and says rightly what they changed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.properties.strategies import notes
from vaultc.graph import delta
from vaultc.graph.delta import Delta
from vaultc.session import Session

NOTES = (
    "a.md", "n.md", "Dir/n.md", "dir/n.md", "dir/other.md", "dir/index.md", "dir/deep/n.md", "index.md", "README.md", "n/index.md",
    "c#.md", "Имя заметки.md", "out/n.md",
)  # fmt: skip
ASSETS = ("a b.png", "dir/n.png", "plain", "dir/drawing.excalidraw.md", "out/x.pdf")
CONFIGURATIONS = (
    "",
    "exclude = ['out']\n",
    "[severity]\norphan = 'error'\nVC2 = 'warning'\nVC206 = 'off'\n",
    "nonsense = 1\n",
)
NAMES = ("a", "n", "other", "dir/n", "./n", "../n", "dir/", "dir", ".", "index", "c#", "имя заметки", "Nick", "nich", "Long title", "drawing",
         "n.png", "plain", "gone", "gone/other", "n.md", "a&b", "/n", "out/n", "x.pdf", "")  # fmt: skip
FRAGMENTS = ("", "#H", "#h", "#Part", "#H#Part", "#^id", "#own", "#c")


name = st.sampled_from(NAMES)
target = st.builds(str.__add__, name, st.sampled_from(FRAGMENTS)).filter(bool)
pieces = st.one_of(
    target.map("[[{}]]".format),
    target.map("![[{}]]".format),
    st.builds("[[{}|{}]]".format, target, target),
    st.builds("[text]({})".format, target.map(lambda it: it.replace(" ", "%20"))),
    target.map("[text][ref]\n\n[ref]: {}\n".format),
    st.sampled_from(("# H", "## Part", "# c", "### H {#own}", "text ^id", "^id", "<a id=own>", "# [[n]]", "word")),
    st.sampled_from(("<!-- vaultc: ignore VC2 -->", "<!-- vaultc: ignore -->")),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A note that links to others of these files, and has what they can link to."""
    front = draw(
        st.lists(
            st.one_of(
                name.filter(bool).map("aliases: ['{}']".format),
                st.sampled_from(("title: Long title", "title: n", "title: a&b")),
                st.sampled_from(("publish: false", "draft: true", "draft: no", "tags: [x]")),
                target.map("up: '[[{}]]'".format),
            ),
            max_size=3,
            unique_by=lambda line: line.partition(":")[0],
        )
    )
    body = draw(st.lists(pieces, max_size=6))
    head = "---\n" + "\n".join(front) + "\n---\n" if front else ""
    return head + "\n\n".join(body) + "\n"


written = st.one_of(texts(), texts(), texts(), notes)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("save"), st.sampled_from(NOTES), written),
        st.tuples(st.just("append"), st.sampled_from(NOTES), pieces),
        st.tuples(st.just("append"), st.sampled_from(NOTES), pieces),
        st.tuples(st.just("cut"), st.sampled_from(NOTES), st.none()),
        st.tuples(st.just("cut"), st.sampled_from(NOTES), st.none()),
        st.tuples(st.just("delete"), st.sampled_from((*NOTES, *ASSETS)), st.none()),
        st.tuples(st.just("move"), st.sampled_from((*NOTES, *ASSETS)), st.sampled_from(NOTES)),
        st.tuples(st.just("attach"), st.sampled_from(ASSETS), st.none()),
        st.tuples(st.just("type"), st.sampled_from(NOTES), written),
        st.tuples(st.just("close"), st.sampled_from(NOTES), st.none()),
        st.tuples(st.just("configure"), st.just("vaultc.toml"), st.sampled_from(CONFIGURATIONS)),
        st.tuples(st.just("configure"), st.just(".gitignore"), st.sampled_from(("", "other.md\n", "/n.md\n"))),
    ),
    min_size=1,
    max_size=8,
)
Step = tuple[str, str, str | None]


def compiled(session: Session) -> tuple[object, ...]:
    vault = session.vault
    graph = vault.graph
    names = vault.index
    tables = names.files, names.stems, names.tails, names.aliases, names.titles, names.folders, names.within
    similar = [names.similar(name) for name in NAMES]
    order = [*vault.notes], [*vault.links]
    whole = vault.notes, vault.links, vault.ends, vault.sources, tables, similar, order, graph.nodes, graph.edges
    return *whole, session.diagnostics, session.counts


def put(root: Path, path: str, text: str | None) -> None:
    file = root / path
    if text is None:
        file.unlink(missing_ok=True)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))


def change(root: Path, session: Session, unsaved: dict[str, str], step: Step) -> Delta:
    """Do one step on the disk or in the editor, and tell the session."""
    kind, path, text = step
    if kind in ("type", "close"):
        unsaved.pop(path, None)
        if text is not None:
            unsaved[path] = text
        return session.apply({path: text})
    if kind == "move":
        if (root / path).is_file() and text and not (root / text).exists():
            put(root, text, (root / path).read_bytes().decode("utf-8", "surrogatepass"))
            put(root, path, None)
    elif kind in ("append", "cut"):
        if (root / path).is_file():
            lines = (root / path).read_bytes().decode("utf-8", "surrogatepass").splitlines(keepends=True)
            put(root, path, "".join([*lines, f"\n{text}\n"] if text else lines[:-1]))
    elif kind == "attach":
        put(root, path, "")
    else:
        put(root, path, text)
    return session.refresh()


def mirrored(root: Path, folder: Path, unsaved: dict[str, str]) -> Session:
    """A fresh session on a copy of the files, with what is unsaved saved."""
    for file in root.rglob("*"):
        if file.is_file() and "build" not in file.relative_to(root).parts:
            put(folder, file.relative_to(root).as_posix(), file.read_bytes().decode("utf-8", "surrogatepass"))
    for path, text in unsaved.items():
        put(folder, path, text)
    return Session.open(folder)


def in_a_folder(check: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory() as name, mock.patch.dict(os.environ, XDG_CACHE_HOME=f"{name}/cache"):
        check(Path(name).resolve())


@settings(max_examples=100)
@example({"n.md": "[[../n#Part]] [[n#../../x]]\n", "c#.md": ""}, [("delete", "c#.md", None)])
@given(st.dictionaries(st.sampled_from(NOTES), written, max_size=6), steps)
def test_a_session_follows_its_changes(files: dict[str, str], changes: list[Step]) -> None:
    def check(folder: Path) -> None:
        root = folder / "vault"
        root.mkdir()
        for path, text in files.items():
            put(root, path, text)
        put(root, "vaultc.toml", "")
        session = Session.open(root)
        unsaved: dict[str, str] = {}
        for at, step in enumerate(changes):
            before, found = session.vault, session._findings.by_path
            kept = compiled(session)
            told = change(root, session, unsaved, step)
            fresh = mirrored(root, folder / str(at), unsaved)
            assert compiled(session) == compiled(fresh)
            assert told == delta.between(before, session.vault, found, session._findings.by_path)
            assert kept[0] == before.notes
            assert kept[1] == before.links
        again = Session.open(root)  # what lies in the caches is what was saved
        assert compiled(again) == compiled(mirrored(root, folder / "last", {}))

    in_a_folder(check)
