"""The cases of tests/cases: small vaults in Markdown, with what the compiler should make of them.

A case is a heading and the fenced blocks below it, up to the next heading:

- any block whose info string has `file=NAME` is a file of the vault (`file=` runs to the end of the line); with the word
  `bytes` before it the text is the inside of a Python bytes literal, for what Markdown cannot hold;
- `references`: every reference with what it means, one a line: `path:line:col kind target "label" -> meaning`;
- `diagnostics`: every finding, `path:line:col code message`. Without this block there must be none. VC301 and VC302, which no
  small vault avoids, count only in a case that names one of them;
- `headings`, `blocks`, `tags`, `notes`: what was parsed, in the forms below.

A block that is not there is not compared. `--update-cases` writes what the compiler says into the blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.resolve import Ambiguous, Resolution, Resolved
from vaultc.session import Session
from vaultc.text import Lines

FOLDER = Path(__file__).parents[1] / "cases"
INCIDENTAL = frozenset({"VC301", "VC302"})


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its text and the lines, from 0, on which that stands in the case file."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Case:
    """`end` is the line after the case's last block."""

    source: Path
    title: str
    files: dict[str, bytes] = field(default_factory=dict)
    expected: dict[str, Block] = field(default_factory=dict)
    end: int = 0

    def __str__(self) -> str:
        return f"{self.source.stem}: {self.title}"


def cases(source: Path) -> Iterator[Case]:
    title, files, expected, end = "", dict[str, bytes](), dict[str, Block](), 0
    tokens = MarkdownIt("commonmark").parse(source.read_text(encoding="utf-8"))
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            if files:
                yield Case(source, title, files, expected, end)
            title, files, expected = tokens[at + 1].content, {}, {}
        elif token.type == "fence" and token.map:
            words, _, name = token.info.partition("file=")
            end = token.map[1]
            if name:
                assert name not in files, f"{source.name}: {title}: two files named {name}"
                files[name] = unescaped(token.content) if "bytes" in words.split() else token.content.encode()
            else:
                assert token.info in CANONICAL, f"{source.name}: {title}: unknown block `{token.info}`"
                expected[token.info] = Block(token.content, token.map[0] + 1, token.map[1] - 1)
    if files:
        yield Case(source, title, files, expected, end)


def unescaped(text: str) -> bytes:
    return text.removesuffix("\n").encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")


def references(vault: Vault) -> Iterator[str]:
    for note, reference, resolution in vault.references():
        at = vault.lines(note.path).position(reference.span.start)
        label = "" if reference.label is None else f' "{reference.label}"'
        place = f"{note.path}:{at.line}:{at.column}"
        yield f"{place} {reference.kind} {reference.target}{label} -> {meaning(resolution)}"


def meaning(resolution: Resolution) -> str:
    if isinstance(resolution, Ambiguous):
        return f"{meaning(resolution.chosen)} (of {', '.join(resolution.candidates)})"
    if isinstance(resolution, Resolved):
        marks = dict.fromkeys(str(mark) for mark in (resolution.kind, resolution.via) if mark not in ("note", "name"))
        anchor = f"#{resolution.anchor}" if resolution.anchor else ""
        return f"{resolution.path}{anchor}" + (f" ({', '.join(marks)})" if marks else "")
    inside = f" in {resolution.path}" if resolution.path else ""
    return f"no {resolution.missing} {resolution.name}{inside}" if resolution.missing != "outside" else "outside"


def diagnostics(vault: Vault, session: Session, wanted: frozenset[str]) -> Iterator[str]:
    for finding in session.diagnostics:
        if finding.code in INCIDENTAL - wanted:
            continue
        note = finding.path in vault.notes
        lines = vault.lines(finding.path) if note else Lines.of((vault.project.root / finding.path).read_bytes())
        at = lines.position(finding.span.start)
        yield f"{finding.path}:{at.line}:{at.column} {finding.code} {finding.message}"


def headings(vault: Vault, note: Note) -> Iterator[str]:
    for heading in note.headings:
        at = vault.lines(note.path).number(heading.span.start)
        yield f"{note.path}:{at} {'#' * heading.level} {heading.text} -> {heading.anchor}"


def blocks(vault: Vault, note: Note) -> Iterator[str]:
    lines = vault.lines(note.path)
    for block in note.blocks:
        last = lines.number(max(block.span.start, block.span.end - 1))
        yield f"{note.path}:{lines.number(block.id_span.start)} ^{block.id} -> {lines.number(block.span.start)}-{last}"


def tags(vault: Vault, note: Note) -> Iterator[str]:
    for tag in note.tags:
        at = vault.lines(note.path).position(tag.span.start)
        yield f"{note.path}:{at.line}:{at.column} #{tag.name}"


def notes(vault: Vault, note: Note) -> Iterator[str]:
    aliases = f" aka {', '.join(note.aliases)}" if note.aliases else ""
    yield f"{note.path} {note.title}{aliases}{'' if note.published else ' (unpublished)'}"


OF_A_NOTE: dict[str, Callable[[Vault, Note], Iterator[str]]] = {
    "headings": headings,
    "blocks": blocks,
    "tags": tags,
    "notes": notes,
}
CANONICAL = frozenset({"references", "diagnostics", *OF_A_NOTE})


def compiled(case: Case, folder: Path) -> dict[str, str]:
    """What the compiler says, in the blocks that the case has and in `diagnostics`."""
    for name, data in case.files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    session = Session.open(folder)
    vault = session.vault
    told = case.expected["diagnostics"].text if "diagnostics" in case.expected else ""
    out = {"diagnostics": list(diagnostics(vault, session, frozenset(re.findall(r"VC\d{3}", told))))}
    if "references" in case.expected:
        out["references"] = list(references(vault))
    for name in case.expected.keys() & OF_A_NOTE.keys():
        out[name] = [line for note in vault.notes.values() for line in OF_A_NOTE[name](vault, note)]
    return {name: "".join(f"{line}\n" for line in lines) for name, lines in out.items()}


def update(case: Case, said: dict[str, str]) -> None:
    """Write what the compiler says into the case's blocks; below them, a new block where there is something to report."""
    lines = case.source.read_text(encoding="utf-8").splitlines(keepends=True)
    current = next(c for c in cases(case.source) if c.title == case.title)
    if said["diagnostics"] and "diagnostics" not in current.expected:
        lines.insert(current.end, f"\n```diagnostics\n{said['diagnostics']}```\n")
    for name, block in sorted(current.expected.items(), key=lambda item: -item[1].start):
        lines[block.start : block.end] = said[name].splitlines(keepends=True)
    case.source.write_text("".join(lines), encoding="utf-8")


ALL = [case for source in sorted(FOLDER.glob("*.md")) for case in cases(source)]


@pytest.mark.parametrize("case", ALL, ids=str)
def test_case(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    said = compiled(case, tmp_path / "vault")
    if request.config.getoption("--update-cases"):
        update(case, said)
        return
    expected = {name: block.text for name, block in case.expected.items()}
    for name, block in {"diagnostics": "", **expected}.items():
        assert said[name].splitlines() == block.splitlines(), f"{name} of `{case}`"


def test_titles_are_unique() -> None:
    titles = [str(case) for case in ALL]
    assert len(set(titles)) == len(titles)
