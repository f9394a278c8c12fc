"""`vaultc import`, `vaultc mentions` and templates of `vaultc new`: what a writer asks for."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

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


def test_new_puts_a_note_in_the_folder_of_its_tag(run: Run, tmp_path: Path) -> None:
    vault = write(
        tmp_path / "v",
        {
            "vaultc.toml": '[note_folders]\n"topic/attention" = "attention"\n"#topic" = "more"\n',
            "t.md": "---\ntags: [Topic/memory]\n---\n",
        },
    )
    for tags, folder in ((["topic/attention/sparse"], "attention/"), (["x", "topic/new"], "more/"), (["topics"], "")):
        arguments = [word for tag in tags for word in ("--tag", tag)]
        title = f"Of {tags[-1].rpartition('/')[2]}"
        assert run("new", title, *arguments, cwd=vault).stdout == f"{folder}{title}.md\n"
    assert run("new", "By template", "--template", "t.md", cwd=vault).stdout == "more/By template.md\n"
    assert run("new", "Here", "--tag", "topic", "--folder", "other", cwd=vault).stdout == "other/Here.md\n"
    for wrong in ("../x", "/x", 5):
        write(vault, {"vaultc.toml": f"note_folders = {{ a = {json.dumps(wrong)} }}\n"})
        said = run("new", "Outside", "--tag", "a", cwd=vault, status=2).stderr
        assert "must name a folder of the vault for `a`" in said


def test_new_makes_links_where_it_is_named_when_asked_to(run: Run, tmp_path: Path) -> None:
    files = {
        "a.md": "Of tree attention, and tree attention.\n",
        "b.md": "[[Tree attention]] is tree attention.\n",
        "c.md": "---\ndraft: true\n---\nTree attention.\n",
    }
    vault = write(tmp_path / "v", files)
    plan = run("new", "Tree attention", "--link", "--dry-run", cwd=vault)
    assert plan.stdout.startswith("Tree attention.md\n    ---\n    title: Tree attention\n")
    assert "a.md:1:4: " in plan.stdout
    assert {path.name: path.read_text() for path in vault.iterdir()} == files
    done = run("new", "Tree attention", "--link", cwd=vault)
    assert "2 links made\n" in done.stderr
    assert (vault / "a.md").read_text() == "Of [[Tree attention|tree attention]], and tree attention.\n"
    assert (vault / "b.md").read_text() == files["b.md"]
    assert (vault / "c.md").read_text() == "---\ndraft: true\n---\n[[Tree attention]].\n"
    assert "already there" in run("new", "Tree attention", "--dry-run", cwd=vault, status=2).stderr
    write(vault, {"file": ""})
    assert "file" in run("new", "Under a file", "--folder", "file/x", cwd=vault, status=2).stderr


@pytest.mark.parametrize("name", ["Paper", "Templates/Paper.md"])
def test_a_template_outside_the_vault_is_not_read_through_a_symlink(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "key").write_text("secret")
    vault = write(tmp_path / "v", {".obsidian/templates.json": '{"folder": "Templates"}', "Templates/x.md": ""})
    (vault / "Templates/Paper.md").symlink_to(tmp_path / "key")
    assert "leads out of the vault" in run("new", "A", "--template", name, cwd=vault, status=2).stderr
    assert not (vault / "A.md").exists()
    run("new", "A", "--template", "../key", cwd=vault)
    assert (vault / "A.md").read_text() == "secret"


def test_an_import_makes_notes_with_links_and_repairs(run: Run, tmp_path: Path) -> None:
    vault = write(tmp_path / "v", {**NOTES, "Разреженное внимание.md": "[[b]]\n", ".obsidian/app.json": "{}"})
    damaged = "Здесь рассказано о разреженном внимании и ring attention: [[star_attention.md]].\n".encode().decode(
        "mac_roman"
    )
    write(tmp_path, {"out/a.txt": damaged})
    plan = run("import", tmp_path / "out/a.txt", "--into", "inbox", "--dry-run", cwd=vault)
    assert "a.txt -> inbox/a.md: 6 places repaired, 3 links made\n" in plan.stdout
    assert " -> разреженном\n" in plan.stdout
    assert not (vault / "inbox").exists()
    run("import", tmp_path / "out/a.txt", "--into", "inbox", cwd=vault)
    text = (vault / "inbox/a.md").read_text(encoding="utf-8")
    assert text == (
        "---\ntitle: a\nsource: a.txt\nlang: ru\n---\n\n"
        "Здесь рассказано о [[Разреженное внимание|разреженном внимании]] и [[Ring attention|ring attention]]: [[Star attention]].\n"
    )
    run("check", ".", cwd=vault)


def test_links_of_other_programs_lead_to_what_was_imported_with_them(run: Run, tmp_path: Path) -> None:
    dendron = "---\nid: x{}\ntitle: {}\nupdated: 1608518909864\n---\n{}\n"
    page = "0123456789abcdef0123456789abcdef"
    sources = {
        "proj.area.one.md": dendron.format(1, "One of all", "[[see|proj.area.two]] and ![[proj.area.two#Head]]"),
        "proj.area.two.md": dendron.format(2, "Two of all", "## Head"),
        "20240102030405 Zettel.md": "# A zettel\n\nSee [[20240102030406]].\n",
        "other.md": "# Other zettel\n\nID: 20240102030406\n",
        f"Top {page}.md": f"# Top\n\n[Below](Top%20{page}/Below%20it%20{page}.md)\n",
        f"Top {page}/Below it {page}.md": f"# Below it\n\n[Top](../Top%20{page}.md)\n",
    }
    write(tmp_path / "out", sources)
    vault = write(tmp_path / "v", NOTES)
    done = run("import", *(tmp_path / "out" / name for name in sources), "--into", "in", cwd=vault)
    assert "finding" not in done.stderr
    texts = {path.relative_to(vault / "in").as_posix(): path.read_text() for path in (vault / "in").rglob("*.md")}
    assert "[[Two of all|see]] and ![[Two of all#Head]]" in texts["proj/area/One of all.md"]
    assert "See [[Other zettel]]." in texts["A zettel.md"]
    assert "[Below](Below%20it.md)" in texts["Top.md"]
    assert "[Top](Top.md)" in texts["Below it.md"]
    run("check", ".", cwd=vault)


def test_many_notes_that_name_one_all_link_to_it(run: Run, tmp_path: Path) -> None:
    vault = write(tmp_path / "v", {"Ring attention.md": "x\n"})
    said = {"sender": "human", "text": "Ring attention\n"}
    talks = [{"name": f"Talk {number}", "chat_messages": [said]} for number in range(9)]
    write(tmp_path, {"c.json": json.dumps(talks)})
    run("import", tmp_path / "c.json", "--into", "in", cwd=vault)
    texts = [path.read_text(encoding="utf-8") for path in (vault / "in").iterdir()]
    assert [text.split("---\n")[2] for text in texts] == ["\n> [!question]\n> [[Ring attention]]\n"] * 9


def test_an_import_overwrites_nothing(run: Run, tmp_path: Path) -> None:
    vault = write(tmp_path / "v", {"A.md": "mine\n", "b/A.md": "x\n"})
    talk = {"name": "A", "chat_messages": [{"sender": "human", "text": "q"}]}
    write(tmp_path, {"c.json": json.dumps([talk, talk])})
    done = run("import", tmp_path / "c.json", cwd=vault, status=1)
    assert "A.md is already there" in done.stderr
    assert (vault / "A.md").read_text(encoding="utf-8") == "mine\n"
    assert "> q\n" in (vault / "A 2.md").read_text(encoding="utf-8")
    (vault / "dead.md").symlink_to("nowhere.md")
    write(tmp_path, {"dead.md": "y\n"})
    run("import", tmp_path / "dead.md", cwd=vault, status=1)
    assert not (vault / "nowhere.md").exists()


def test_what_cannot_be_imported_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    vault = write(tmp_path / "v", NOTES)
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(200 << 20)
    (tmp_path / "v.json").write_bytes(b"[{}")
    for source in (large, tmp_path / "v.json", tmp_path / "missing.txt", vault):
        said = run("import", source, cwd=vault, status=2).stderr
        assert said.count("\n") == 1
        assert source.name in said
        assert ("split it" in said) == (source is large)
    write(tmp_path, {"ok.md": "x\n", "p/vaultc.toml": 'vault = "v"\n', "p/v/a.md": "x\n"})
    outside = run("import", tmp_path / "ok.md", "--into", tmp_path / "p", cwd=tmp_path / "p/v", status=2).stderr
    assert "not in the vault" in outside
    assert sorted(path.name for path in vault.iterdir()) == sorted(NOTES)
