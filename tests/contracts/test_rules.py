"""Rules are records, each code has one, and a rule added as CONTRIBUTING says is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from vaultc import check, diagnostics
from vaultc.check import rules
from vaultc.check.measured import MEASUREMENTS
from vaultc.check.rule import FileRule, GraphRule, NoteRule, ReferenceRule
from vaultc.diagnostics import CODES, Code, Diagnostic, Severity, report
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Resolution
from vaultc.session import Session

PACKAGE = Path(__file__).parents[2] / "compiler" / "vaultc"
FILES = {
    "a.md": "---\ntitle: First\nup: '[[b]]'\n---\n[[b]] ![[b#H]] [t](b.md) [[gone]] [[Nick]] ![](x.png) [[dir/]]\n",
    "b.md": "---\naliases: [Nick]\n---\n# H\n[[a]]\n",
    "dir/c.md": "[[#own]]\n\n# own\n",
}
TOY = {
    name: Code(f"VC9{at}", name, Severity.INFO) for at, name in enumerate(("each-note", "each-link", "all-links"), 10)
}


def test_each_code_has_one_rule() -> None:
    every = [*rules.FILES, *rules.REFERENCES, *rules.GRAPH, *rules.NOTES, *MEASUREMENTS]
    assert Counter(rule.code for rule in every) == Counter(list(CODES))
    for rule in every:
        assert (rule.name, rule.severity) == (CODES[rule.code].name, CODES[rule.code].severity)


@pytest.mark.parametrize("rule", rules.FILES, ids=lambda rule: rule.code)
def test_a_rule_about_files_names_the_module_that_finds_it(rule: FileRule) -> None:
    module = PACKAGE / rule.where.replace(".", "/")
    source = module.with_suffix(".py").read_text(encoding="utf-8")
    assert f'"{rule.code}"' in source


def each_note(vault: Vault, note: Note) -> Iterator[Diagnostic]:
    yield report(TOY["each-note"].code, note.title, note.path)


def each_link(vault: Vault, note: Note, reference: Reference, resolution: Resolution) -> Iterator[Diagnostic]:
    for word in ("one", "two"):
        yield report(TOY["each-link"].code, f"{word} {reference.target}", note.path, reference.span)


def gather(vault: Vault, note: Note) -> int | None:
    return len(note.references) or None


def all_links(numbers: Mapping[str, int]) -> Iterator[Diagnostic]:
    yield report(TOY["all-links"].code, f"{sum(numbers.values())} links", min(numbers))


def test_rules_that_are_added_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for code in TOY.values():
        monkeypatch.setitem(diagnostics.CODES, code.code, code)
    for table, rule in (
        ("NOTES", NoteRule(TOY["each-note"].code, each_note)),
        ("REFERENCES", ReferenceRule(TOY["each-link"].code, each_link)),
        ("GRAPH", GraphRule(TOY["all-links"].code, gather, all_links)),
    ):
        monkeypatch.setattr(check, table, (*getattr(rules, table), rule))
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    session = Session.open(tmp_path)
    said = Counter((d.name, d.message) for d in session.diagnostics if d.name in TOY)
    references = [reference.target for note in session.vault.notes.values() for reference in note.references]
    assert len(references) == 10
    assert said == Counter(
        [("each-note", note.title) for note in session.vault.notes.values()]
        + [("each-link", f"{word} {target}") for target in references for word in ("one", "two")]
        + [("all-links", "10 links")]
    )
    told = session.apply({"dir/c.md": "[[a]] [[b]]\n"})
    assert "all-links" in {d.name for d in session.diagnostics if d.message == "11 links"}
    assert told.findings == ("a.md", "dir/c.md")
