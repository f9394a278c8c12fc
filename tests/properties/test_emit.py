"""Object files after any edits equal those of a first emitting, whatever a session remembers."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties import test_site as site
from tests.properties.strategies import notes
from vaultc.emit import emit
from vaultc.session import Session

paths = st.sampled_from([f"{name}.md" for name in site.NAMES])
edits = st.one_of(
    st.tuples(st.just("write"), paths, notes | site.notes),
    st.tuples(st.just("delete"), paths, st.just("")),
    st.tuples(st.just("rename"), paths, st.sampled_from(["new.md", "dir/e.md", "b.md"])),
    st.tuples(st.just("write"), st.sampled_from(["p.png", "q.png"]), st.just("")),
    st.tuples(
        st.just("write"), st.just("vaultc.toml"), st.sampled_from(["", 'dialect = "material"', 'site_name = "N"'])
    ),
)


@settings(max_examples=60)
@given(st.dictionaries(paths, site.notes | notes, min_size=1), st.lists(edits, max_size=5))
def test_object_files_follow_the_edits(vault: dict[str, str], later: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name, mock.patch.dict(os.environ, XDG_CACHE_HOME=f"{name}/cache"):
        root = Path(name, "vault")
        root.mkdir()
        for path, text in vault.items():
            site.change(root, "write", path, text)
        session = Session.open(root)
        session.emit()
        for number, (kind, path, value) in enumerate(later):
            site.change(root, kind, path, value)
            session.refresh()
            fresh = emit(Session.open(root).vault, Path(name, f"fresh{number}"))
            for known in (session.emit(), Session.open(root).emit()):  # from memory, and from what is kept on disk
                assert site.contents(known.folder) == site.contents(fresh.folder)
                assert (known.titles, known.digests, known.findings) == (fresh.titles, fresh.digests, fresh.findings)
