"""A fault in one note costs that note: a finding says so, its page shows the source, and the others are compiled as always."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from vaultc import check, faults
from vaultc.emit import emit, frame, source
from vaultc.emit import note as note_
from vaultc.parse import document, frontmatter
from vaultc.publish import mkdocs, whole
from vaultc.publish.engine import Target
from vaultc.resolve import Resolver
from vaultc.session import Session


class Panic(BaseException):
    """As the parser raises one, which is written in Rust."""


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(faults, "fatal", False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    bad = "# Bad\n\nspoilt [[good]] %%hidden%% [[draft]] [[missing]]\n\n[t](draft.md)\n"
    (folder / "bad.md").write_text(bad, encoding="utf-8")
    (folder / "draft.md").write_text("---\ndraft: true\n---\nx\n", encoding="utf-8")
    (folder / "good.md").write_text("# Good\n\nto [[bad]], ![[bad]] and [[gone]]\n", encoding="utf-8")
    return folder


def spoil(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, hit: Callable[..., bool]) -> None:
    """Let a function panic where `hit` says so of its arguments."""
    whole = getattr(owner, name)

    def spoilt(*arguments: Any, **options: Any) -> Any:
        if hit(*arguments):
            raise Panic("spoilt")
        return whole(*arguments, **options)

    monkeypatch.setattr(owner, name, spoilt)


def codes(session: Session, path: str) -> set[str]:
    return {d.code for d in session.diagnostics if d.path == path} - {"VC301", "VC302"}


def test_a_note_that_cannot_be_read(vault: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spoil(monkeypatch, document, "read", lambda data, body=0: b"spoilt" in data)
    session = Session.open(vault)
    assert codes(session, "bad.md") == {"VC006"}
    assert codes(session, "good.md") == {"VC201"}
    emitted = emit(session.vault, tmp_path / "docs")
    page = (tmp_path / "docs" / "bad.md").read_text(encoding="utf-8")
    assert source.NOTICE in page
    assert "spoilt [[good]]  an unpublished note [[missing]]" in page
    assert "draft" not in page
    assert "hidden" not in page
    assert "[bad](bad.md)" in (tmp_path / "docs" / "good.md").read_text(encoding="utf-8")
    assert emitted.findings == ()


def test_a_note_whose_front_matter_cannot_be_read_either_has_no_page(
    vault: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spoil(monkeypatch, frontmatter, "read", lambda path, data: path == "bad.md")
    session = Session.open(vault)
    assert codes(session, "bad.md") == {"VC006"}
    assert not session.vault.notes["bad.md"].published
    emit(session.vault, tmp_path / "docs")
    assert not (tmp_path / "docs" / "bad.md").exists()


def test_a_note_whose_links_cannot_be_resolved(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch, Resolver, "resolve", lambda self, reference, note: note.path == "bad.md")
    session = Session.open(vault)
    assert codes(session, "bad.md") == {"VC006"}
    assert codes(session, "good.md") == {"VC201"}


def test_a_note_that_cannot_be_checked(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch, check, "_about_references", lambda vault, note, *_: note.path == "bad.md")
    session = Session.open(vault)
    assert codes(session, "bad.md") == {"VC006"}
    assert codes(session, "good.md") == {"VC201"}


@pytest.mark.parametrize("where", ["lower", "page"])
def test_a_note_that_cannot_be_lowered(
    vault: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    if where == "lower":
        spoil(monkeypatch, note_, "lowered", lambda document, *rest: b"spoilt" in document.data)
    else:
        spoil(monkeypatch, frame, "page", lambda vault, layout, note, *rest: note.path == "bad.md")
    emitted = emit(Session.open(vault).vault, tmp_path / "docs")
    assert {(f.path, f.code) for f in emitted.findings} == {("bad.md", "VC006")}
    page = (tmp_path / "docs" / "bad.md").read_text(encoding="utf-8")
    assert source.NOTICE in page
    assert "hidden" not in page
    assert "draft" not in page
    good = (tmp_path / "docs" / "good.md").read_text(encoding="utf-8")
    assert "# Good" in good
    assert source.NOTICE not in good


def test_a_note_that_cannot_be_quoted_spoils_no_other(
    vault: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from vaultc.emit import backlinks

    spoil(monkeypatch, backlinks, "_mention", lambda vault, note, reference: note.path == "bad.md")
    emit(Session.open(vault).vault, tmp_path / "docs")
    assert "[Bad](bad.md)" in (tmp_path / "docs" / "good.md").read_text(encoding="utf-8")


def test_a_test_fails_where_a_user_loses_a_note(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert faults.fatal
    spoil(monkeypatch, document, "read", lambda data, body=0: b"spoilt" in data)
    with pytest.raises(Panic):
        _ = Session.open(vault).vault


class Spoilt(Preprocessor):
    """A generator that raises on one page."""

    def run(self, lines: list[str]) -> list[str]:
        if any("spoilt" in line and "`" not in line for line in lines) and "# Bad {#bad}" in lines:
            raise RecursionError("spoilt")
        return lines


class Spoils(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.preprocessors.register(Spoilt(md), "spoilt", 1000)


@pytest.mark.parametrize("alone", [True, False], ids=["page by page", "the whole site"])
def test_a_page_that_the_generator_cannot_render(
    alone: bool, vault: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    if alone:
        monkeypatch.setattr(whole, "reasons", lambda config: [])
    monkeypatch.chdir(tmp_path)
    session = Session.open(vault)
    for _ in range(2):  # such a page is not carried over without a word
        engine = mkdocs.MkDocs(session.project, Target(tmp_path / "site"))
        engine.config.markdown_extensions.append(Spoils())  # type: ignore[arg-type]
        published = session.publish(engine)
        assert {(f.path, f.code) for f in published.findings} == {("bad.md", "VC006")}
        assert bool(published.whole) is not alone
    page = (tmp_path / "site" / "bad" / "index.html").read_text(encoding="utf-8")
    assert source.NOTICE in page
    assert "spoilt [[good]]" in page
    assert "hidden" not in page.partition('data-vaultc="not-compiled"')[2].partition("</article>")[0]
    assert source.NOTICE not in (tmp_path / "site" / "good" / "index.html").read_text(encoding="utf-8")
