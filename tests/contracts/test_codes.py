"""Every code has one place that emits it, a page, and a line in the list of rules."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from vaultc.diagnostics import BY_NAME, CODES, Severity, select

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "compiler" / "vaultc"


def emitters() -> dict[str, set[str]]:
    """The modules that report each code."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "report"
                and node.args
            ):
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found[code.value].add(path.relative_to(PACKAGE).as_posix())
    return found


EMITTERS = emitters()


@pytest.mark.parametrize("code", CODES)
def test_one_module_emits_each_code(code: str) -> None:
    # VC001 is told by the scan alone, and so on: two places would soon say two things.
    assert len(EMITTERS[code]) == 1, f"{code} is reported by {sorted(EMITTERS[code]) or 'nothing'}"


def test_nothing_else_is_emitted() -> None:
    assert set(EMITTERS) <= set(CODES)


def test_rules_emit_their_own_code() -> None:
    for code, modules in EMITTERS.items():
        for module in modules:
            if module.startswith("check/rules/"):
                assert Path(module).stem == CODES[code].name.replace("-", "_")


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_page_in_the_list(code: str) -> None:
    page = f"{code} {CODES[code].name}"
    assert (ROOT / "vault" / "rules" / f"{page}.md").is_file()
    assert page in (ROOT / "vault" / "rules" / "index.md").read_text(encoding="utf-8")


def test_names_and_prefixes_select() -> None:
    assert len(BY_NAME) == len(CODES)
    assert all(select(kind.name) == (kind.code,) == select(kind.code.lower()) for kind in CODES.values())
    assert select("VC3") == ("VC301", "VC302", "VC303", "VC304", "VC305")
    assert select("nothing") == select("") == ()
    assert all(kind.severity is not Severity.OFF for kind in CODES.values())
