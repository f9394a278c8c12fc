"""Vaults and surroundings as they should not be. A fault of a note is a finding, one of the machine a line and exit code 2."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vaultc.session import Session

VAULTC = [sys.executable, "-m", "vaultc"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    return folder


def write(root: Path, **notes: str) -> None:
    for name, text in notes.items():
        (root / f"{name}.md").write_text(text, encoding="utf-8")


def found(root: Path, *, but: tuple[str, ...] = ("VC301", "VC302")) -> list[tuple[str, str]]:
    return [(d.path, d.code) for d in Session.open(root).diagnostics if d.code not in but]


def run(*arguments: str | Path, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **(env or {})}
    return subprocess.run([*VAULTC, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=240)


def plain(result: subprocess.CompletedProcess[str]) -> str:
    """The message of a command that failed for its surroundings: one line, and no traceback."""
    assert result.returncode == 2, result
    assert "Traceback" not in result.stdout + result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("vaultc: ")]
    assert len(lines) == 1, result.stderr
    return lines[0]


# The vault


def test_a_note_of_thirty_thousand_lines(root: Path) -> None:
    body = "".join(f"Line {at} with [[b]] and `code` and #tag{at % 7} ^id-{at}\n\n" for at in range(15_000))
    write(root, a=f"# Long\n\n{body}[[gone]]\n", b="[[a#Long]] [[a#^id-14999]]")
    vault = Session.open(root).vault
    assert len(vault.notes["a.md"].references) == 15_001
    assert len(vault.notes["a.md"].blocks) == 15_000
    assert found(root) == [("a.md", "VC201")]


@pytest.mark.parametrize(
    "unit",
    ["> ", "- ", "[[", "![", "*a **b ", "(", "<div>", "`a", "%%", "[[a|", "  - x\n", "$", "|", "\\", "&amp", "#"],
)
def test_what_makes_parsers_slow_or_deep(root: Path, unit: str) -> None:
    write(root, a=unit * 5000, b="[[gone]]")
    note = Session.open(root).vault.notes["a.md"]
    assert (note.path, note.references, note.tags) == ("a.md", (), ())
    assert found(root) == [("b.md", "VC201")]


def test_a_deep_circle_and_a_long_chain_of_embeds(root: Path) -> None:
    for at in range(1200):
        write(root, **{f"n{at}": f"![[n{(at + 1) % 1200}]]"})
    assert [code for _, code in found(root)] == ["VC208"]


def test_symlinks_are_followed_only_to_files_inside(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("# Secret\n", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.md").write_text("# Secret\n", encoding="utf-8")
    (root / "dir").mkdir()
    write(root, real="# Real\n")
    (root / "inside.md").symlink_to("real.md")
    (root / "out.md").symlink_to(tmp_path / "secret.md")
    (root / "folder").symlink_to(tmp_path / "elsewhere")
    (root / "nowhere.md").symlink_to("no such file")
    (root / "one.md").symlink_to("two.md")
    (root / "two.md").symlink_to("one.md")
    (root / "dir" / "loop").symlink_to("..")
    write(root, a="[[inside]] [[out]] [[folder/x]] [[nowhere]] ![[out]] [[one]]")
    vault = Session.open(root).vault
    assert sorted(vault.notes) == ["a.md", "inside.md", "real.md"]
    assert "Secret" not in {note.title for note in vault.notes.values()}
    codes = found(root)
    refused = {path for path, code in codes if code == "VC001"}
    assert refused == {"out.md", "folder", "nowhere.md", "one.md", "two.md"}
    assert [code for path, code in codes if path == "a.md"] == ["VC201"] * 5


def test_a_note_that_would_fill_the_memory_is_not_read(root: Path) -> None:
    write(root, a="[[b]]")
    with (root / "b.md").open("wb") as stream:
        stream.truncate(1 << 40)  # takes no room
    assert found(root) == [("a.md", "VC201"), ("b.md", "VC001")]


def test_unreadable_notes_and_folders(root: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("not on this machine: permissions (the tests run as root)")
    write(root, a="[[b]]", b="[[a]]")
    (root / "dir").mkdir()
    (root / "b.md").chmod(0)
    (root / "dir").chmod(0)
    try:
        assert found(root) == [("a.md", "VC201"), ("b.md", "VC001"), ("dir", "VC001")]
    finally:
        (root / "dir").chmod(0o755)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="not on this machine: names that are not UTF-8")
def test_a_file_name_that_is_not_utf8(root: Path) -> None:
    (root / "a.md").write_text("ok", encoding="utf-8")
    with open(os.fsencode(root) + b"/\xd0bad.md", "wb"):  # noqa: PTH123
        pass
    assert [code for _, code in found(root)] == ["VC001"]


def test_a_damaged_cache_is_passed_over(root: Path) -> None:
    write(root, a="[[gone]]", b="[[a]]")
    first = Session.open(root)
    notes, findings = first.vault.notes, first.diagnostics
    kept = {file: file.read_bytes() for file in (first.project.build / "cache").iterdir()}
    assert len(kept) == 2
    for file, whole in kept.items():
        for damage in (
            b"",
            b"\x80",
            whole[:-7],
            whole[: len(whole) // 2],
            b"garbage" * 99,
            whole.replace(b"gone", b"g\xffne"),
        ):
            for other, data in kept.items():
                other.write_bytes(damage if other == file else data)
            session = Session.open(root)
            assert len(session.diagnostics) == len(findings)
            assert list(session.vault.notes) == list(notes)


# The machine


def test_no_such_vault(tmp_path: Path) -> None:
    assert "no such file or folder" in plain(run("check", "missing", cwd=tmp_path))


@pytest.mark.parametrize(
    "config", ["vault = ", "vault = 1", 'vault = "gone"', 'engine = "x"', "exclude = [1]", '[severity]\nVC201 = "loud"']
)
def test_a_configuration_that_cannot_be_used(root: Path, config: str) -> None:
    (root / "vaultc.toml").write_text(config, encoding="utf-8")
    assert "vaultc.toml" in plain(run("check", root, cwd=root))


def small(root: Path) -> None:
    write(root, index="# Home\n\n[[a]]\n", a="# A\n\n[[index]]\n")


def site(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


WRONG = {
    "index.md": b"# Home\n\n[[gone]] [[../../etc/passwd]] ![[out]] ![[index]] [x](/etc/passwd) ![](../../etc/passwd)\n",
    "README.md": b"wants the same address",
    "bytes.md": b"not UTF-8: \xcf\xf0\xe8\xe2\xe5\xf2 [[index]]",
    "utf16.md": "# Широкий\n".encode("utf-16"),
    "nul.md": b"a\0b [[index]] \0",
    "yaml.md": b"---\ntitle: [x\n---\n# Broken\n",
    "list.md": b"---\n- one\n- two\n---\n# List\n",
    "empty.md": b"",
    "fence.md": b"# Fence\n\n```python\n[[gone]]\n",
    "Twin.md": b"# One\n",
    "twin.md": b"# Other\n",
    "й.md": b"# NFC\n",
    "\u0438\u0306.md": b"# NFD\n",
    "topic.md": b"[[topic/part]]",
    "topic/part.md": b"![[topic]] [[topic]]",
    "templates/t.md": b"---\ntitle: {{title}}\n---\n[[{{date}}]] <% tp.file.title %> {% x %}\n",
    "html.md": b"# <script>alert(1)</script>\n\n<div>\n\n[[index]]\n\n</div\n\n<!-- open\n",
    "quote.md": b"> " * 120 + b"deep [[index]]\n\n" + b"- " * 120 + b"deep\n",
    "очень длинное имя, " * 4 + "сто восемьдесят байтов.md": "# Длинная\n\n[[index]]\n".encode(),
    "C#.md": b"[[C#]] #tag",
    "100%.md": b"[x](100%25.md) ^id\n",
    "a?b&c.md": b"[[a?b&c]]",
}


def test_a_site_of_everything_that_is_wrong(root: Path, tmp_path: Path) -> None:
    for name, data in WRONG.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(data)
    (tmp_path / "secret.md").write_text("a secret of this machine", encoding="utf-8")
    (root / "out.md").symlink_to(tmp_path / "secret.md")
    (root / "loop").symlink_to(".")
    before = site(root)
    result = run("build", root, "--site-dir", tmp_path / "site", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert site(root) == before
    pages = site(tmp_path / "site")
    titles = {name.removesuffix("/index.html") for name in pages}
    assert {name.removesuffix(".md") for name in WRONG} - {"index", "README"} <= titles
    assert not any(b"a secret of this machine" in data or b"root:x:" in data for data in pages.values())


def test_an_output_folder_that_cannot_be_written(root: Path, tmp_path: Path) -> None:
    small(root)
    (tmp_path / "file").write_text("", encoding="utf-8")
    message = plain(run("build", root, "--site-dir", tmp_path / "file" / "site", cwd=tmp_path))
    assert "file" in message
    (tmp_path / "cached").write_text("", encoding="utf-8")
    plain(
        run(
            "build",
            root,
            "--site-dir",
            tmp_path / "site",
            cwd=tmp_path,
            env={"XDG_CACHE_HOME": str(tmp_path / "cached")},
        )
    )


def test_a_read_only_output_folder(root: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("not on this machine: permissions (the tests run as root)")
    small(root)
    parent = tmp_path / "read only"
    parent.mkdir(mode=0o555)
    assert "read only" in plain(run("build", root, "--site-dir", parent / "site", cwd=tmp_path))


FULL = """
import builtins, errno, os, pathlib, sys
from vaultc.frontends.cli import main

left = int(sys.argv.pop(1))
real = builtins.open


class Full:
    def __init__(self, stream): self.stream = stream
    def __getattr__(self, name): return getattr(self.stream, name)
    def __enter__(self): self.stream.__enter__(); return self
    def __exit__(self, *fault): return self.stream.__exit__(*fault)
    def __iter__(self): return iter(self.stream)
    def write(self, data):
        global left
        left -= len(data)
        if left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), getattr(self.stream, "name", None))
        return self.stream.write(data)


def limited(file, mode="r", *rest, **named):
    stream = real(file, mode, *rest, **named)
    return Full(stream) if set(mode) & set("wax+") and not isinstance(file, int) else stream


import io, shutil, tempfile
shutil._USE_CP_SENDFILE = shutil._USE_CP_COPY_FILE_RANGE = False
builtins.open = io.open = limited
os.fdopen = lambda fd, mode="r", *rest, **named: Full(real(fd, mode, *rest, **named)) if "w" in mode else real(fd, mode, *rest, **named)
main(sys.argv[1:])
"""


@pytest.mark.parametrize("left", [0, 200_000])
def test_a_full_disk_keeps_the_last_site(root: Path, tmp_path: Path, left: int) -> None:
    small(root)
    where = tmp_path / "site"
    assert run("build", root, "--site-dir", where, cwd=tmp_path).returncode == 0
    before = site(where)
    write(root, a="# Changed\n\n[[index]] and more\n")
    arguments = [sys.executable, "-c", FULL, str(left), "build", str(root), "--site-dir", str(where), "--clean"]
    result = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True)
    assert "No space left" in plain(result)
    assert site(where) == before
    assert run("build", root, "--site-dir", where, cwd=tmp_path).returncode == 0
    assert "Changed" in (where / "a" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", ['{"userIgnoreFilters": ["private/"],', '{"userIgnoreFilters": "private/"}', "[" * 9999, "[]"]
)
def test_what_obsidian_leaves_out_is_not_let_in_by_a_slip(text: str, root: Path, tmp_path: Path) -> None:
    (root / ".obsidian").mkdir()
    (root / ".obsidian" / "app.json").write_text(text)
    (root / "private").mkdir()
    write(root, **{"a": "# A\n", "private/b": "# Canary\n"})
    for command in ("check", "build"):
        assert "app.json" in plain(run(command, root, cwd=tmp_path))
    (root / ".obsidian" / "app.json").write_text("")
    assert run("check", root, cwd=tmp_path).returncode == 0


def test_what_the_generator_does_not_accept_is_named(root: Path, tmp_path: Path) -> None:
    small(root)
    assert "site_dir" in plain(run("build", root, "--site-dir", tmp_path, cwd=tmp_path))
    (root / "vaultc.toml").touch()
    (root / "mkdocs.yml").write_text("site_name: s\ntheme: {name: material, custom_dir: gone}\nplugins: [vaultc]\n")
    assert "custom_dir" in plain(run("build", root, "--trust", cwd=tmp_path))


def test_two_builds_at_once(root: Path, tmp_path: Path) -> None:
    small(root)
    where = tmp_path / "site"
    assert run("build", root, "--site-dir", where, cwd=tmp_path).returncode == 0
    before = site(where)
    with held(root):
        assert "nothing changed" in run("build", root, "--site-dir", where, cwd=tmp_path).stderr  # it writes nothing
        write(root, a="# Changed\n\n[[index]] and more\n")
        assert "another build" in plain(run("build", root, "--site-dir", where, cwd=tmp_path))
        assert site(where) == before
        assert run("check", root, cwd=tmp_path).returncode == 0
    assert run("build", root, "--site-dir", where, cwd=tmp_path).returncode == 0
    assert "Changed" in (where / "a" / "index.html").read_text(encoding="utf-8")


class held:  # noqa: N801
    """Another process that holds the build lock of a vault."""

    def __init__(self, root: Path) -> None:
        folder = Session.open(root).project.build
        program = f"from pathlib import Path; from vaultc.disk import locked\nwith locked(Path({str(folder)!r}), 'busy'): print('held', flush=True); input()"
        self.process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> None:
        assert self.process.stdout
        assert self.process.stdout.readline().strip() == b"held"

    def __exit__(self, *_: object) -> None:
        self.process.communicate(b"\n", timeout=60)


KILLED = """
import os, signal, sys
import mkdocs.utils
from pathlib import Path
from vaultc.frontends.cli import main
from vaultc.publish.site import Swap

where, count = sys.argv.pop(1), int(sys.argv.pop(1))
owner, name = {"object": (Path, "replace"), "page": (mkdocs.utils, "write_file"), "swap": (Swap, "done")}[where]
real = getattr(owner, name)


def deadly(*arguments):
    global count
    count -= 1
    if count < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments)


setattr(owner, name, deadly)
main(sys.argv[1:])
"""


@pytest.mark.skipif(os.name == "nt", reason="not on this machine: POSIX signals")
@pytest.mark.parametrize("moment, count", [("object", 2), ("page", 1), ("swap", 0)])
def test_a_build_that_is_killed_keeps_the_last_site(root: Path, tmp_path: Path, moment: str, count: int) -> None:
    small(root)
    where = tmp_path / "site"
    assert run("build", root, "--site-dir", where, cwd=tmp_path).returncode == 0
    before = site(where)
    write(root, a="# Changed\n\n[[index]]\n", b="[[a]]", c="[[b]]")
    killed = [sys.executable, "-c", KILLED, moment, str(count), "build", str(root), "--site-dir", str(where)]
    assert subprocess.run(killed, cwd=tmp_path, capture_output=True).returncode == -signal.SIGKILL
    assert site(where) == before
    assert run("build", root, "--site-dir", where, cwd=tmp_path).returncode == 0
    assert "Changed" in (where / "a" / "index.html").read_text(encoding="utf-8")
    assert [p.name for p in where.parent.iterdir() if p.name.startswith(".site.")] == []
