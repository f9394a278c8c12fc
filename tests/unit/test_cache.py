"""The cache of parsed notes: an unchanged file is parsed once, what comes back is what was parsed, and the file stays small."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from vaultc import many
from vaultc.model import SourceFile
from vaultc.parse import cache, parse_all
from vaultc.scan import source_file

TEXT = """---
aliases: [Other {n}]
tags: [a, b/c]
title: Note {n}
day: 2026-01-02
at: !!timestamp 2026-01-02 03:04:05
---
# Note {n} #tag ^head

[[x#h|label]] ![[i.png|300]] [t](dir/n.md#h) [d] <i id="own"></i> <!-- vaultc: ignore VC201 -->

[d]: there.md

```python bench id=b{n}
pass
```

- item ^block-{n}
"""


class Parsed:
    """Loads through a cache in `folder` and knows which files had to be parsed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths: list[str] = []

    def load(self, sources: Sequence[SourceFile]) -> list[str]:
        self.paths.clear()
        assert cache.load(sources, self.folder, self._progress) == parse_all(sources)
        return list(self.paths)

    def _progress(self, files: Sequence[SourceFile]) -> Iterator[SourceFile]:
        for file in files:
            self.paths.append(file.path)
            yield file

    @property
    def size(self) -> int:
        return (self.folder / "notes").stat().st_size


@pytest.fixture
def parsed(tmp_path: Path) -> Parsed:
    return Parsed(tmp_path / "cache")


def sources(number: int, edition: int = 0) -> list[SourceFile]:
    """`number` notes, of which the first has another text in each edition."""
    texts = [TEXT.format(n=n) for n in range(number)]
    texts[0] += f"edition {edition}\n"
    texts[-1] += "\xff[[\n---\n: :"
    return [source_file(f"d/n{n}.md", text.encode("latin-1")) for n, text in enumerate(texts)]


def test_only_what_changed_is_parsed(parsed: Parsed) -> None:
    assert len(parsed.load(sources(40))) == 40
    assert parsed.load(sources(40)) == []
    assert parsed.load(sources(40, 1)) == ["d/n0.md"]
    assert parsed.load(sources(40, 1)) == []
    assert parsed.load(sources(41, 1)) == ["d/n39.md", "d/n40.md"]
    assert parsed.load(sources(41, 1)[::-1]) == []


def test_a_moved_note_is_parsed_for_its_place(parsed: Parsed) -> None:
    here = sources(4)
    there = [source_file("e/" + source.path, source.data) for source in here]
    parsed.load(here)
    assert parsed.load(there) == ["e/d/n0.md", "e/d/n1.md", "e/d/n2.md", "e/d/n3.md"]


def test_the_file_does_not_grow_without_end(parsed: Parsed) -> None:
    parsed.load(sources(40))
    size = parsed.size
    for edition in range(1, 60):
        assert parsed.load(sources(40, edition)) == ["d/n0.md"]
        assert parsed.size < 1.3 * size
    parsed.load(sources(2, 59))
    assert parsed.size < 0.2 * size


def test_it_is_written_when_notes_come_or_go_and_only_then(parsed: Parsed) -> None:
    every = sources(40)
    parsed.load(every)
    first = (parsed.folder / "notes").stat()
    parsed.load(every)
    assert (parsed.folder / "notes").stat().st_ino == first.st_ino
    assert parsed.load(every[:10]) == []
    assert parsed.size < 0.4 * first.st_size
    assert parsed.load(every[:11]) == ["d/n10.md"]


@pytest.mark.skipif(sys.platform != "linux", reason="not on this machine: Linux")
def test_notes_that_helpers_parse_are_kept_and_in_order(parsed: Parsed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_WORTH", 5)
    monkeypatch.setattr(many, "_processors", lambda: 3)
    assert len(parsed.load(sources(40))) == 14
    assert parsed.load(sources(40)) == []
