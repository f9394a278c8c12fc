"""A vault in which nothing changed is not checked again, and one in which anything did is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vaultc import pipeline
from vaultc.check import memo
from vaultc.diagnostics import Edit, Fix, Label, report
from vaultc.graph import Vault
from vaultc.session import Session
from vaultc.text import Span

FILES = {
    "vaultc.toml": "[severity]\norphan = 'warning'\n",
    "a.md": "---\naliases: [Nick]\n---\n[[b]] [[Nick]] [[gone]] ![[x.png]] \n",
    "b.md": "[[a]] ![[b]]\n",
    "x.png": "",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def linked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one whenever a vault is linked."""
    calls: list[int] = []
    real = pipeline.link

    def link(*arguments: object) -> Vault:
        calls.append(1)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "link", link)
    return calls


def test_what_is_kept_is_what_was_found(vault: Path, linked: list[int]) -> None:
    first, second = Session.open(vault), Session.open(vault)
    assert first.diagnostics == second.diagnostics != ()
    assert first.counts == second.counts == {"a.md": (3, 1), "b.md": (1, 1)}
    assert len(linked) == 1
    assert second.diagnostics == pipeline.findings(second.vault).diagnostics


@pytest.mark.parametrize(
    "change",
    [
        lambda v: (v / "b.md").write_text("[[a]]\n"),
        lambda v: (v / "gone.md").write_text("[[a]] [[b]]\n"),
        lambda v: (v / "b.md").rename(v / "c.md"),
        lambda v: (v / "x.png").unlink(),
        lambda v: (v / "vaultc.toml").write_text("[severity]\norphan = 'off'\nVC2 = 'off'\n"),
        lambda v: (v / "vaultc.toml").write_text("nonsense = 1\n"),
        lambda v: (v / ".gitignore").write_text("b.md\n"),
        lambda v: (v / "build/cache/findings").write_bytes(b"\x80\x05nonsense"),
        lambda v: (v / "build/cache/findings").unlink(),
    ],
)
def test_any_change_is_seen(vault: Path, linked: list[int], change: Callable[[Path], object]) -> None:
    assert Session.open(vault).diagnostics
    change(vault)
    after = Session.open(vault)
    assert after.diagnostics == pipeline.findings(after.vault).diagnostics
    assert len(linked) == 2


def test_an_overlay_is_never_kept(vault: Path) -> None:
    session = Session.open(vault)
    on_disk = session.diagnostics
    session.apply({"b.md": "[[nowhere]]\n"})
    assert session.diagnostics != on_disk
    assert Session.open(vault).diagnostics == on_disk
    session.apply({"b.md": None})
    assert session.diagnostics == on_disk


def test_findings_about_measurements_are_found_anew(vault: Path, linked: list[int]) -> None:
    (vault / "b.md").write_text("[[a]]\n\n```python bench id=x\nprint(1)\n```\n")
    assert Session.open(vault).diagnostics == Session.open(vault).diagnostics
    assert len(linked) == 2


def test_a_finding_keeps_all_its_parts(vault: Path) -> None:
    session = Session.open(vault)
    found = report(
        "VC201",
        "message",
        "a.md",
        Span(1, 2),
        labels=(Label("b.md", Span(3, 4), "label"),),
        help="help",
        suggestions=("one", "two"),
        fix=Fix("fix", (Edit("a.md", Span(1, 2), "text"),)),
    )
    memo.save(session.project, session.scan, vault / "kept", memo.Checked((found,), {"a.md": (1, 2)}))
    assert memo.load(session.project, session.scan, vault / "kept") == memo.Checked((found,), {"a.md": (1, 2)})
