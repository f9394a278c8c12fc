"""What users are told of the configuration is what the code reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vaultc.config import Config, keys
from vaultc.frontends import configuration

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "vault" / "guide" / "Using vaultc.md"
TABLE = re.compile(r"\| Key \| Default \| Means \|\n(?:\|.*\n)+")


def test_the_guide_has_the_table_that_the_code_makes(request: pytest.FixtureRequest) -> None:
    """`--update-cases` writes it."""
    text = GUIDE.read_text(encoding="utf-8")
    if request.config.getoption("--update-cases"):
        text = TABLE.sub(lambda _: configuration.table(), text)
        GUIDE.write_text(text, encoding="utf-8")
    assert TABLE.findall(text) == [configuration.table()]


def test_the_table_has_each_key_and_each_value_that_it_takes() -> None:
    rows = {row.split("`")[1]: row for row in configuration.table().splitlines()[2:]}
    assert list(rows) == list(Config.__dataclass_fields__)
    for key in keys():
        assert all(f"`{choice}`" in rows[key.name] or f'"{choice}"' in rows[key.name] for choice in key.choices), (
            key.name
        )
    assert any(key.choices for key in keys())


def test_a_new_project_is_told_of_each_key() -> None:
    template = ROOT / "compiler" / "vaultc" / "frontends" / "templates" / "init" / "vaultc.toml"
    said = " ".join(line[1:] for line in template.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    assert {key.name for key in keys()} <= set(re.findall(r"\w+", said))
