"""`vaultc mentions` and templates of `vaultc new`: what a writer asks for."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from tests.frontends.cli.conftest import Run, write

NOTES = {
    "Ring attention.md": "Blocks travel.\n",
    "Star attention.md": "Like ring attention, in two phases.\n",
    "b.md": "Ring attention and star attention; `ring attention`.\n",
}


def test_mentions_are_listed_and_become_links(run: Run, tmp_path: Path) -> None:
    vault = write(tmp_path / "v", NOTES)
    one = json.loads(run("mentions", "Ring attention", "--format", "json", cwd=vault).stdout)
    assert [(row["path"], row["line"], row["column"], row["text"], row["target"]) for row in one["mentions"]] == [
        ("Star attention.md", 1, 6, "ring attention", "Ring attention.md"),
        ("b.md", 1, 1, "Ring attention", "Ring attention.md"),
    ]
    every = run("mentions", cwd=vault)
    assert every.stderr == "3 unlinked mentions in 2 notes\n"
    assert every.stdout.splitlines()[:2] == [
        "Star attention.md:1:6: Like ring attention, in two phases.",
        "    ring attention -> Ring attention.md",
    ]
    run("mentions", "--fix", cwd=vault)
    text = (vault / "b.md").read_text(encoding="utf-8")
    assert text == "[[Ring attention]] and [[Star attention|star attention]]; `ring attention`.\n"
    assert json.loads(run("mentions", "--format", "json", cwd=vault).stdout)["mentions"] == []
    run("check", ".", cwd=vault)


def test_a_note_that_is_not_utf8_is_left_alone(run: Run, tmp_path: Path) -> None:
    vault = write(tmp_path / "v", NOTES)
    odd = "Ring attention costs 1 \u20ac.\n".encode("cp1252")
    (vault / "odd.md").write_bytes(odd)
    done = run("mentions", "--fix", cwd=vault)
    assert (vault / "odd.md").read_bytes() == odd
    assert "left as it is" in done.stderr
    assert "odd.md" in done.stderr


def test_new_fills_a_template(run: Run, tmp_path: Path) -> None:
    vault = write(
        tmp_path / "v",
        {
            "Templates/Paper.md": '---\ntitle: "{{title}}"\n---\n# {{ Title }}\n{{date}} {{date:DD.MM.YYYY [at] }} {{other}}\n',
            ".obsidian/templates.json": '{"folder": "Templates"}',
        },
    )
    run("new", "Ring attention", "--template", "Paper", cwd=vault)
    today = datetime.now().astimezone()
    assert (vault / "Ring attention.md").read_text(encoding="utf-8") == (
        f'---\ntitle: "Ring attention"\n---\n# Ring attention\n{today:%Y-%m-%d} {today:%d.%m.%Y} at {{{{other}}}}\n'
    )
    run("new", "By path", "--template", "Templates/Paper.md", cwd=vault)
    missing = run("new", "Other", "--template", "None", cwd=vault, status=2).stderr
    assert "no template 'None'" in missing
    assert missing.count("\n") == 1
    assert not (vault / "Other.md").exists()
    assert "--alias" in run("new", "Other", "--template", "Paper", "--tag", "x", cwd=vault, status=2).stderr
