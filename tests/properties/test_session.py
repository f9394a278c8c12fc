"""A session after any edits equals a fresh compile of the same files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.strategies import notes
from vaultc.session import Session

PATHS = ("a.md", "n.md", "dir/n.md", "dir/other.md", "Имя заметки.md")
edits = st.lists(st.tuples(st.sampled_from(PATHS), st.none() | notes), max_size=6)


def compiled(session: Session) -> tuple[object, ...]:
    vault = session.vault
    return vault.notes, vault.links, vault.graph.nodes, vault.graph.edges, session.diagnostics


def write(root: Path, path: str, text: str | None) -> None:
    file = root / path
    if text is None:
        file.unlink(missing_ok=True)
    else:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(PATHS), notes), edits, edits)
def test_a_session_follows_its_edits(
    files: dict[str, str], saved: list[tuple[str, str | None]], typed: list[tuple[str, str | None]]
) -> None:
    with tempfile.TemporaryDirectory() as name, mock.patch.dict(os.environ, XDG_CACHE_HOME=f"{name}/cache"):
        root = Path(name, "vault")
        root.mkdir()
        for path, text in files.items():
            write(root, path, text)
        session = Session.open(root)
        compiled(session)
        for path, change in saved:
            write(root, path, change)
            session.refresh()
            assert compiled(session) == compiled(Session.open(root))
        on_top: dict[str, str] = {}
        for path, new in typed:
            session.apply({path: new})
            if new is None:
                on_top.pop(path, None)
            else:
                on_top[path] = new
        now = compiled(session)
        for path, text in on_top.items():
            write(root, path, text)
        assert now == compiled(Session.open(root))
