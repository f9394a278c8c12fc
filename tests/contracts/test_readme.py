"""What the README shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from vaultc.frontends.cli.check import check

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOTES = {
    "index.md": "Begin with [[Long sequences]], then [[Linear attention]].\n",
    "Linear attention.md": "Cheaper than the exact form: see [[Long sequences#Costs]].\n",
    "Long sequences.md": "Known ways are sparse attention, [[Linear atention]] and recurrence.\n\n"
    "## What it costs\n\nMuch. Back to [[index]].\n",
}


def test_the_output_of_check_is_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    for name, text in NOTES.items():
        path = tmp_path / "notes" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(check, ["notes"])
    assert result.exit_code == 1
    assert f"```\n$ vaultc check notes\n{result.output}```\n" in README


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"])
def test_links_lead_to_files(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = [unquote(target) for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("target", ["site", "test"])
def test_the_two_commands_exist(target: str) -> None:
    assert f"make {target} " in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
