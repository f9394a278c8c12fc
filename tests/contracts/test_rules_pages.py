"""Every code has a page; its failing example yields exactly that code, its repaired one yields nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import frontmatter
import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from vaultc.bench.records import seal
from vaultc.bench.records.jobs import Job, make_job
from vaultc.diagnostics import CODES
from vaultc.frontends.cli.check import check
from vaultc.frontends.cli.explain import explain
from vaultc.parse.note import LONGEST, parse
from vaultc.scan import source_file
from vaultc.session import Session

PAGES = Path(__file__).parents[2] / "vault" / "rules"
# A vault of two notes can hardly avoid these; they count only on their own page.
INCIDENTAL = frozenset({"VC301", "VC302"})
_INFO = re.compile(r"\w+ example=(?P<kind>fail|fix) file=(?P<path>.+?)(?: setup=(?P<setup>[\w-]+))?")


@dataclass(frozen=True, slots=True)
class File:
    """One file of an example. `setup` names how it is made when Markdown cannot hold it."""

    path: str
    text: str
    setup: str | None


def page(code: str) -> Path:
    return PAGES / f"{code} {CODES[code].name}.md"


def example(code: str, kind: str) -> list[File]:
    """The files of the failing or the repaired example on a code's page."""
    files = []
    for token in MarkdownIt("commonmark").parse(page(code).read_text(encoding="utf-8")):
        if token.type == "fence" and "example=" in token.info:
            match = _INFO.fullmatch(token.info.strip())
            assert match, f"{code}: cannot read the block ```{token.info}"
            if match["kind"] == kind:
                files.append(File(match["path"], token.content, match["setup"]))
    return files


def write(files: Iterable[File], root: Path) -> None:
    """Lay an example out as a vault."""
    files = list(files)
    for file in files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        match file.setup:
            case None:
                path.write_text(file.text, encoding="utf-8")
            case "symlink-loop":
                path.symlink_to(path.name)
            case "not-utf8":
                path.write_bytes(file.text.encode("cp1251"))
            case "mojibake":
                path.write_text(file.text.encode().decode("mac_roman"), encoding="utf-8")
            case "long":
                path.write_text(file.text * (LONGEST // len(file.text) + 1), encoding="utf-8")
            case "current-key":
                path.write_text(results(file, files), encoding="utf-8")
            case "edited":
                kept, _, last = results(file, files).rstrip("\n").rpartition("\n")
                path.write_text(f"{kept}\n{last.replace('[0.01,', '[0.0001,')}\n", encoding="utf-8")
            case unknown:
                pytest.fail(f"no set-up is called {unknown}")


def results(file: File, files: Iterable[File]) -> str:
    """Lines of results for the snippet of an example, with the seals that are left out on the page."""
    folder, _, name = file.path.removeprefix("_results/").partition("/")
    previous, lines = seal.origin(folder, name.removesuffix(".jsonl")), []
    made = job(files)
    for line in file.text.replace("CURRENT", made.code_key).splitlines():
        lines.append(seal.sealed({**json.loads(line), "claims_key": made.claims_key}, previous))
        previous = json.loads(lines[-1])["digest"]
    return "\n".join(lines) + "\n"


def job(files: Iterable[File]) -> Job:
    """The one snippet of an example."""
    notes = (parse(source_file(file.path, file.text.encode())) for file in files if file.path.endswith(".md"))
    [snippet] = (snippet for note in notes for snippet in note.snippets)
    made = make_job(snippet.info, snippet.code, lambda _: None)
    assert isinstance(made, Job), made
    return made


@pytest.mark.parametrize("kind", ["fail", "fix"])
@pytest.mark.parametrize("code", CODES)
def test_example(code: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "vault"
    root.mkdir()
    files = example(code, kind)
    assert files, f"no {kind} example"
    write(files, root)
    found = Session.open(root).diagnostics
    wanted = {code} if kind == "fail" else set()
    assert {finding.code for finding in found} - (INCIDENTAL - {code}) == wanted, found


@pytest.mark.parametrize("code", CODES)
def test_page_tells_the_register(code: str) -> None:
    kind = CODES[code]
    post = frontmatter.load(str(page(code)))
    assert post["title"] == f"{code} {kind.name}"
    assert post["aliases"] == [code, kind.name]
    assert f"by default: **{kind.severity}**" in post.content


def test_every_page_has_a_code() -> None:
    assert {path.name for path in PAGES.iterdir()} == {page(code).name for code in CODES} | {"index.md"}


def test_index_lists_every_rule_with_its_severity() -> None:
    rows = re.findall(r"^\| \[\[(\S+) (\S+)\]\] \| (\w+) \|", (PAGES / "index.md").read_text(encoding="utf-8"), re.M)
    assert rows == [(kind.code, kind.name, str(kind.severity)) for kind in CODES.values()]


@pytest.mark.parametrize("code", CODES)
def test_explain_prints_the_examples_without_their_marks(code: str) -> None:
    result = CliRunner().invoke(explain, [code])
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"# {code} {CODES[code].name}\n")
    assert "example=" not in result.output
    for file in (*example(code, "fail"), *example(code, "fix")):
        assert file.text in result.output


@pytest.mark.parametrize("code", ["VC205", "VC206"])
def test_fix_writes_the_repaired_example(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(example(code, "fail"), tmp_path / "vault")
    result = CliRunner().invoke(check, ["--fix", str(tmp_path / "vault")])
    assert result.exit_code == 0, result.output
    for file in example(code, "fix"):
        assert (tmp_path / "vault" / file.path).read_text(encoding="utf-8") == file.text
