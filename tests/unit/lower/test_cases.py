"""The cases of tests/cases/lowering: what an author writes, and the Markdown that it is published as.

A case is a heading and two fenced blocks, `input` and `output`. The heading `# … (Obsidian)` says that CommonMark alone reads
the input otherwise; every other case must also render to the very tree that an independent CommonMark reader gives its input.
`--update-cases` writes what the compiler says into the `output` blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.unit.lower.outline import oracle, rendered, tree
from vaultc.emit.lower import Plan, lower
from vaultc.parse.document import read

FOLDER = Path(__file__).parents[2] / "cases" / "lowering"


@dataclass(frozen=True, slots=True)
class Case:
    """`lines` are those of the output block in the file, fences excluded, from 0."""

    source: Path
    title: str
    given: str
    expected: str
    lines: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.source.stem}: {self.title}"


def cases(source: Path) -> Iterator[Case]:
    title = given = ""
    tokens = MarkdownIt("commonmark").parse(source.read_text(encoding="utf-8"))
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            title = tokens[at + 1].content
        elif token.type == "fence" and token.map:
            if token.info == "input":
                given = token.content
            else:
                assert token.info == "output", f"{source.name}: {title}: unknown block `{token.info}`"
                yield Case(source, title, given, token.content, (token.map[0] + 1, token.map[1] - 1))


CASES = [case for source in sorted(FOLDER.glob("*.md")) for case in cases(source)]


def lowered(text: str) -> str:
    return lower(read(text.replace("→", "\t").encode()), Plan())


@pytest.mark.parametrize("source", sorted(FOLDER.glob("*.md")), ids=lambda source: source.stem)
def test_lowered(source: Path, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-cases"):
        lines = source.read_text(encoding="utf-8").split("\n")
        for case in reversed(list(cases(source))):
            lines[slice(*case.lines)] = lowered(case.given).removesuffix("\n").split("\n")
        source.write_text("\n".join(lines), encoding="utf-8")
    found = list(cases(source))
    assert {case.title: lowered(case.given) for case in found} == {case.title: case.expected for case in found}


@pytest.mark.parametrize("case", [c for c in CASES if "(Obsidian)" not in c.title], ids=str)
def test_same_tree(case: Case) -> None:
    text = case.given.replace("→", "\t")
    assert tree(rendered(lowered(case.given))) == tree(oracle(text))
