"""Commands that write: --fix, baselines and mv."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.frontends.cli.conftest import Run, write


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def crooked(tmp_path: Path) -> Path:
    """A vault where each kind of safe repair is due, with a BOM, CRLF, tabs and a missing last newline."""
    return write(
        tmp_path / "crooked",
        {
            ".obsidian/app.json": "{}",
            "a/Real Note.md": '---\naliases: [Nick, "C# note"]\nup: "[[nick]]"\n---\n# Head\n\ntext ^id\n',
            "a/dup.md": "x\n",
            "b/dup.md": "y\n",
            "pic.png": b"",
            "index.md": (
                "\ufeff# Start [[Nick]]\r\n\r\n| a | b |\r\n|---|---|\r\n|\t[[nick#^id]] | [[REAL note.md#head]] |\r\n\r\n"
                "[[dup]]\t[[old/place/Real Note]] [m](A/REAL%20note.md#head) ![[PIC.PNG|30]] [[Nick|lab]] [[C# note]] "
                "[[gone]] `[[nick]]`"
            ).encode(),
            "Юникод.md": "[[\u0438\u0306од]] [[REAL NOTE]]\n",
            "\u0439од.md": "[[юникод]]\n",
        },
    )


def test_fix_repairs_what_has_one_meaning_and_no_other_byte(run: Run, crooked: Path) -> None:
    before = snapshot(crooked)
    done = run("check", crooked, "--fix", "--format", "concise", "--ignore", "VC3", status=1)
    assert "rewrote 13 links in 4 notes" in done.stderr
    assert [line.split(": ")[-1] for line in done.stdout.splitlines()] == ["no note named `gone`"]
    after = snapshot(crooked)
    assert after["index.md"].decode() == (
        "\ufeff# Start [[Real Note|Nick]]\r\n\r\n| a | b |\r\n|---|---|\r\n|\t[[Real Note#^id\\|nick]] | [[Real Note#head]] |\r\n\r\n"
        "[[a/dup]]\t[[Real Note]] [m](a/Real%20Note.md#head) ![[pic.png|30]] [[Real Note|lab]] [[Real Note|C# note]] "
        "[[gone]] `[[nick]]`"
    )
    assert b'up: "[[Real Note|nick]]"' in after["a/Real Note.md"]
    assert after["Юникод.md"].decode() == "[[\u0439од]] [[Real Note]]\n"
    assert after["\u0439од.md"].decode() == "[[Юникод]]\n"
    assert {path for path in after if after[path] != before[path]} == {
        "index.md",
        "a/Real Note.md",
        "Юникод.md",
        "\u0439од.md",
    }
    again = run("check", crooked, "--fix", "--format", "concise", "--ignore", "VC3", status=1)
    assert "nothing to repair" in again.stderr
    assert snapshot(crooked) == after


def test_fix_changes_only_what_was_asked_for(run: Run, crooked: Path) -> None:
    before = snapshot(crooked)
    run("check", crooked / "Юникод.md", "--fix")
    assert {path for path, data in snapshot(crooked).items() if data != before[path]} == {"Юникод.md"}


def test_diff_changes_nothing_and_can_be_applied(run: Run, crooked: Path) -> None:
    before = snapshot(crooked)
    for options in (("--diff",), ("--fix", "--diff")):
        done = run("check", crooked, *options, status=1, cwd=crooked)
        assert snapshot(crooked) == before
    assert "-[[юникод]]\n+[[Юникод]]\n" in done.stdout
    assert "--fix would rewrite 13 links in 4 notes" in done.stderr
    run("check", crooked, "--diff", "--output", "all.patch", status=1, cwd=crooked)
    subprocess.run(["git", "apply", "-p0", "--whitespace=nowarn", "all.patch"], cwd=crooked, check=True)
    assert "nothing to repair" in run("check", crooked, "--fix", status=1).stderr


def test_a_patch_in_a_file_is_exact(run: Run, tmp_path: Path) -> None:
    odd = "a\x1b[1m \x85 \u2028 \x0b \u202e ::b\r x\r\n::error::\n"
    vault = write(tmp_path / "v", {"a.md": f"{odd}[[B]]\n{odd}", "b.md": "[[a]]\n"})
    run("check", ".", "--diff", "--output", "../all.patch", cwd=vault)
    subprocess.run(["git", "apply", "-p0", "--whitespace=nowarn", "../all.patch"], cwd=vault, check=True)
    assert (vault / "a.md").read_bytes().decode() == f"{odd}[[b]]\n{odd}"


def test_fix_leaves_a_note_that_is_not_utf8(run: Run, tmp_path: Path) -> None:
    vault = write(tmp_path / "v", {"a.md": b"\xff [[B]] [[nick]]\n", "b.md": "---\naliases: [nick]\n---\n[[A]]\n"})
    run("check", vault, "--fix", "--fail-on", "never")
    assert (vault / "a.md").read_bytes() == b"\xff [[B]] [[nick]]\n"
    assert (vault / "b.md").read_bytes().endswith(b"[[a]]\n")


def test_fix_keeps_a_heading_that_others_link_to(run: Run, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "x/n.md": "a\n",
        "y/n.md": "b\n",
        "h.md": "# About [[n]]\n",
        "i.md": "[[h#About n]] [[n]]\n",
    }
    vault = write(tmp_path / "v", files)
    run("check", vault, "--fix", "--select", "VC2", "--fail-on", "error")
    assert (vault / "h.md").read_text() == "# About [[n]]\n"


def test_a_baseline_passes_over_what_is_known(run: Run, vault: Path) -> None:
    base = vault.parent / "baseline.json"
    assert "4 findings recorded" in run("check", vault, "--write-baseline", base).stderr
    clean = run("check", vault, "--baseline", base, "--fail-on", "info")
    assert "nothing to report" in clean.stdout
    assert "passed over 4 known findings" in clean.stderr
    # The lines shift, a known finding comes a second time, another is new.
    text = (vault / "index.md").read_text(encoding="utf-8")
    (vault / "index.md").write_text(f"---\ntitle: x\n---\n\nnew\n\n{text}\n[[Gide]] [[Fresh]]\n", encoding="utf-8")
    done = run("check", vault, "--baseline", base, "--format", "concise", status=1)
    assert [line.split(": ")[0] for line in done.stdout.splitlines()] == ["vault/index.md:13:1", "vault/index.md:13:10"]


def test_a_baseline_says_what_is_gone(run: Run, vault: Path) -> None:
    base = vault.parent / "baseline.json"
    run("check", vault, "--write-baseline", base)
    (vault / "index.md").write_text("[[Guide]]\n", encoding="utf-8")
    done = run("check", vault, "--baseline", base)
    assert "2 findings gone" in done.stderr
    assert "  index.md: VC201 no note named `Gide`" in done.stderr
    (vault / ".obsidian").mkdir()
    assert "gone" not in run("check", vault / "a", "--baseline", base).stderr  # only what was looked for can be gone
    assert "gone" not in run("check", vault, "--baseline", base, "--select", "VC3").stderr


def test_a_baseline_is_stable_and_checked(run: Run, vault: Path) -> None:
    one, two = vault.parent / "1.json", vault.parent / "2.json"
    run("check", vault, "--write-baseline", one)
    run("check", "vault/", "--write-baseline", two)
    assert one.read_bytes() == two.read_bytes()
    assert json.loads(one.read_text(encoding="utf-8"))["findings"][0] == {
        "path": "Guide.md",
        "code": "VC206",
        "message": "`Handbook` is an alias of `Guide`",
        "count": 1,
    }
    for text in (
        "",
        "[]",
        '{"schema": 1}',
        '{"schema": 2, "findings": []}',
        '{"schema": 1, "findings": [{"path": 1}]}',
    ):
        one.write_text(text)
        assert len(run("check", vault, "--baseline", one, status=2).stderr.splitlines()) == 1


def test_mv_renames_a_note_and_every_link_to_it(run: Run, crooked: Path) -> None:
    run("check", crooked, "--fix", "--fail-on", "never")
    done = run("mv", "Real Note", "new/Other name", cwd=crooked)
    assert "a/Real Note.md -> new/Other name.md" in done.stdout
    after = snapshot(crooked)
    assert "a/Real Note.md" not in after
    assert b'up: "[[Other name|nick]]"' in after["new/Other name.md"]
    assert after["index.md"].decode().startswith("\ufeff# Start [[Other name|Nick]]\r\n")
    assert "[m](new/Other%20name.md#head)" in after["index.md"].decode()
    run("check", crooked, "--select", "VC2", "--ignore", "VC201", "--fail-on", "info")


def test_mv_moves_a_folder_with_its_relative_links(run: Run, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        ".obsidian/app.json": "{}",
        "index.md": "[[dir/sub/one]] [[one]] ![](dir/pic.png) [x][d]\n\n[d]: dir/sub/one.md#head\n",
        "dir/sub/one.md": "# Head\n\n[[../two]] [up](../../index.md) ![](../pic.png) [[#Head]]\n",
        "dir/two.md": "[[./sub/one]] [[index]]\n",
        "dir/pic.png": b"png",
    }
    vault = write(tmp_path / "v", files)
    run("mv", "dir", "deep/er/place", cwd=vault)
    after = {path: data.decode() for path, data in snapshot(vault).items() if not path.startswith(".")}
    assert after == {
        "index.md": "[[deep/er/place/sub/one]] [[one]] ![](deep/er/place/pic.png) [x][d]\n\n[d]: deep/er/place/sub/one.md#head\n",
        "deep/er/place/sub/one.md": "# Head\n\n[[../two]] [up](../../../../index.md) ![](../pic.png) [[#Head]]\n",
        "deep/er/place/two.md": "[[./sub/one]] [[index]]\n",
        "deep/er/place/pic.png": "png",
    }
    run("check", vault, "--select", "VC2")


def test_mv_rewrites_links_that_it_would_capture(run: Run, tmp_path: Path) -> None:
    files = {
        ".obsidian/app.json": "",
        "a/Apple.md": "x\n",
        "b/Pear.md": "y\n",
        "c/n.md": "[[Apple]] [[Pear]] [[Plum]]\n",
    }
    vault = write(tmp_path / "v", files)
    run("mv", "b/Pear.md", "Apple.md", cwd=vault)  # beats every other Apple
    assert (vault / "c/n.md").read_text() == "[[a/Apple]] [[Apple]] [[Plum]]\n"
    done = run("mv", "Apple.md", "Plum.md", cwd=vault)
    assert (vault / "c/n.md").read_text() == "[[a/Apple]] [[Plum]] [[Plum]]\n"
    assert "1 link that led nowhere leads here now" in done.stderr


def test_mv_respells_links_when_only_the_case_changes(run: Run, tmp_path: Path) -> None:
    vault = write(
        tmp_path / "v",
        {
            ".obsidian/app.json": "{}",
            "d/alpha.md": "---\naliases: [nick]\n---\n# A\n",
            "b.md": "[[alpha]] [[d/alpha#A|x]] [t](d/alpha.md) [[nick]] [r][d] [[gone]]\n\n[d]: d/alpha.md\n",
        },
    )
    done = run("mv", "alpha", "Alpha", cwd=vault)
    assert "rewrote 4 links in 1 note" in done.stderr
    assert (vault / "b.md").read_text() == (
        "[[Alpha]] [[d/Alpha#A|x]] [t](d/Alpha.md) [[nick]] [r][d] [[gone]]\n\n[d]: d/Alpha.md\n"
    )
    run("mv", "d", "D", cwd=vault)
    assert "[[D/Alpha#A|x]] [t](D/Alpha.md)" in (vault / "b.md").read_text()


def test_mv_rewrites_the_cards_of_a_canvas(run: Run, tmp_path: Path) -> None:
    card = r"see [[Alpha|the first]], [[d/Alpha#^b]] and [m](d/Alpha.md)\n\"file\": \"d/Alpha.md\" [[gone]] é"
    canvas = (
        '{\r\n\t"nodes":[\r\n\t\t{"id":"1","type":"file","file":"d/Alpha.md","subpath":"#A"},\r\n'
        f'\t\t{{"id":"2","type":"text","text":"{card}"}},\r\n\t\t{{"id":"3","type":"file","file":"d/Alpha.md.png"}}\r\n\t],\r\n'
        '\t"edges":[{"id":"e","label":"d/Alpha.md"}]\r\n}'
    )
    vault = write(
        tmp_path / "v",
        {
            ".obsidian/app.json": "{}",
            "d/Alpha.md": "# A\n\ntext ^b\n",
            "Map.canvas": canvas,
            "broken.canvas": '{"nodes":[{"file":"d/Alpha.md"',
        },
    )
    before = snapshot(vault)
    name = 'Бета "q"'
    dry = run("mv", "Alpha", name, "--dry-run", cwd=vault)
    assert snapshot(vault) == before
    done = run("mv", "Alpha", name, cwd=vault)
    assert "rewrote 4 links in 0 notes and 1 canvas file" in done.stderr
    escaped = name.replace('"', r"\"")
    assert (vault / "Map.canvas").read_bytes().decode() == canvas.replace(
        '"file":"d/Alpha.md",', f'"file":"d/{escaped}.md",'
    ).replace(
        r"[[Alpha|the first]], [[d/Alpha#^b]] and [m](d/Alpha.md)",
        rf"[[{escaped}|the first]], [[d/{escaped}#^b]] and [m](d/Бета%20%22q%22.md)",
    )
    assert (vault / "broken.canvas").read_bytes() == before["broken.canvas"]
    assert "+++ Map.canvas" in dry.stdout
    run("mv", name, "Alpha", cwd=vault)
    assert snapshot(vault) == before


def test_mv_dry_run_changes_nothing(run: Run, crooked: Path) -> None:
    before = snapshot(crooked)
    done = run("mv", "a", "z", "--dry-run", cwd=crooked)
    assert "+" in done.stdout
    assert "would rewrite" in done.stderr
    assert snapshot(crooked) == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("nothing", "x", "no note named 'nothing'"),
        ("dup", "x", "may be a/dup.md, b/dup.md"),
        ("a/dup.md", "b/dup.md", "already there"),
        ("a/dup.md", "../out.md", "not in the vault"),
        ("a/dup.md", "a/dup.md", "where it is already"),
        ("a/dup.md", "b/DUP.md", "differs only in case"),
        ("a/dup.md", ".hidden.md", "hidden"),
        ("a", "a/b/c", "into itself"),
        (".", "x", "is a vault"),
        ("a/Real Note.md", "a|b", "choose another name"),
    ],
)
def test_mv_refuses_in_one_line(run: Run, crooked: Path, old: str, new: str, words: str) -> None:
    before = snapshot(crooked)
    done = run("mv", old, new, cwd=crooked, status=2)
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert snapshot(crooked) == before
