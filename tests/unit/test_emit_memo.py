"""What is kept of the object files: believed while they are those that were written, and only by the code that made them."""

import os
from pathlib import Path

import pytest

from vaultc import kept
from vaultc.emit import Memo
from vaultc.emit.memo import File, Part
from vaultc.graph.metrics import Metrics

PART = Part("key", ("p.png",), (), "{}")
NUMBERS = {"a.md": Metrics(0.5, 0.25, 0, -0.5, 1.0)}


def test_a_file_stands_while_it_is_the_one_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("text")
    os.utime(path, ns=(0, 5_000_000_000))
    assert File("key", "digest", "title", 4, 5_000_000_000).stands(str(path))
    for size, changed in ((3, 5_000_000_000), (5, 5_000_000_000), (4, 4_999_999_999), (4, 5_000_000_001)):
        assert not File("key", "digest", "title", size, changed).stands(str(path))
    assert not File("key", "digest", "title", 4, 5_000_000_000).stands(str(tmp_path / "gone"))
    link = tmp_path / "link"
    link.symlink_to("text")  # as long as the file, and as old
    os.utime(link, ns=(0, 5_000_000_000), follow_symlinks=False)
    assert not File("key", "digest", "title", 4, 5_000_000_000).stands(str(link))


def test_what_is_kept_comes_back_to_the_same_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Memo()
    one.parts, one.files = {"a.md": PART}, {"a.md": File("key", "digest", "A", 1, 2)}
    one.metrics, one.picture = ("numbers", NUMBERS), ("shown", "<svg>")
    one.save(tmp_path / "objects")
    again = Memo.load(tmp_path / "objects", 0)
    assert (again.parts, again.files, again.metrics, again.picture) == (one.parts, one.files, one.metrics, one.picture)
    monkeypatch.setattr(kept, "version", lambda code, libraries: "another")
    assert Memo.load(tmp_path / "objects", 0).state == Memo().state
    assert Memo.load(tmp_path / "absent", 0).state == Memo().state


@pytest.mark.parametrize("change", ["parts", "files", "metrics", "picture"])
def test_any_change_is_kept(change: str) -> None:
    one, other = Memo(), Memo()
    assert one.state == other.state
    news = {
        "parts": {"a.md": PART},
        "files": {"a.md": File("key", "digest", "A", 1, 2)},
        "metrics": ("numbers", {}),
        "picture": ("shown", "<svg>"),
    }
    setattr(other, change, news[change])
    assert one.state != other.state
