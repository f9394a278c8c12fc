"""What notes, names and stored results say is text: on no way does it speak to a terminal, or to a CI service that reads a log."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.frontends.cli.conftest import Run, write
from tests.unit.bench.canned import CPU, ENVIRONMENT, point
from tests.unit.bench.canned import run as canned
from vaultc.bench.records.model import Claim
from vaultc.bench.records.store import append
from vaultc.text import guard, safe

# A title for the window, a hidden text, a command for the log, a line turned around, the controls of one byte, line ends.
EVIL = "\x1b]0;owned\x07 \x1b[8mhid \n::error::forged\r::notice::x ##[error]old ##vso[x]y \u202eturned\u2066 \x9b31m \x85 \u2028 \x7f \x00"
NAME = EVIL.replace("\x00", "").replace("\n", "").replace("/", "")[:90]
COLOUR = re.compile(r"\x1b\[[\d;]*m")
SPEAKS = re.compile("(?!\r\n)[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
COMMAND = re.compile(r"^\s*::|##\w*\[", re.M)
OURS = re.compile(r"^::(?:error|warning|notice) file=[^\n:]*::", re.M)
SNIPPET = "```python bench id={id}\nfrom vaultc import bench\n```\n"


def quoted(text: str) -> str:
    """A text in double quotes, as YAML reads it."""
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\u{ord(c):04x}" for c in text) + '"'


def conversation(text: str) -> dict[str, object]:
    """What ChatGPT would export."""
    said = {"author": {"role": "user"}, "id": text, "create_time": 1e9, "content": {"parts": [text, f"two {text}"]}}
    return {"title": text, "mapping": {text: {"message": said}}, "current_node": text, "conversation_id": text}


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A vault that says it wherever a vault can say anything."""
    line = EVIL.replace("\n", " ").replace("\r", " ")
    front = f"---\ntitle: {quoted(EVIL)}\naliases: [{quoted(line)}, nick]\ntags: [{quoted(line)}, ok]\nup: 3\nsummary: {quoted(EVIL)}\n---\n"
    root = write(
        tmp_path / f"v {NAME}",
        {
            "vaultc.toml": f"site_name = {quoted(EVIL)}\n{quoted(line)} = 1\n[severity]\n{quoted(line)} = 'error'\n",
            "::error::first.md": f"[[{line}]] [[Nick]] [[two]]\n",
            f"{NAME}.md": f"{front}# {line}\n\n[[gone {line}|{line}]] [m](<{line}.md#x>) ![[{line}.png]]\n\n[[two#{line}]] [[nick]]\n",
            "two.md": f"---\naliases: [nick]\n---\n## {line}\n\n#{line} two of {line} [[{NAME}]] [[two]] [[Nick]] {line}\n",
            f"new\nline::warning::x/{NAME[:40]}\n::debug::y.md": "[[two]] [[missing\n::error::m]]\n",
            "bench.md": SNIPPET.format(id="x") + SNIPPET.format(id=line) + f"```python bench {line}\n```\n",
        },
    )
    (tmp_path / f"{NAME}.md").write_text(f"# {line}\n\n{EVIL} two\n", encoding="utf-8")
    (tmp_path / "chat.json").write_text(json.dumps([conversation(EVIL)]), encoding="utf-8")
    (root / "mkdocs.yml").write_text(
        json.dumps(
            {
                "site_name": EVIL,
                "plugins": ["vaultc"],
                "hooks": [EVIL],
                "theme": {"name": "material", "custom_dir": EVIL},
                line: EVIL,
            }
        )
    )
    environment = replace(ENVIRONMENT, python=EVIL, torch=EVIL)
    machine = replace(CPU, name=f"CPU {EVIL}")
    claim = Claim(EVIL, "confirmed", EVIL)
    for day in (1, 2):
        made = replace(
            canned(point(0.1, 0.2, 0.3, sweep=EVIL, label=EVIL), day=day), message=EVIL, log=EVIL, claims=(claim,)
        )
        append(root, replace(made, environment=environment, machine=machine, commit=EVIL))
    return root


def harmless(raw: str, commands: bool = False) -> None:
    """Nothing but text, tabs and line ends; and no command but ours."""
    assert SPEAKS.search(raw) is None, ascii(raw[max(SPEAKS.search(raw).start() - 80, 0) :][:160])  # type: ignore[union-attr]
    rest = OURS.sub("", raw) if commands else raw
    assert COMMAND.search(rest) is None, ascii(rest[max(COMMAND.search(rest).start() - 80, 0) :][:160])  # type: ignore[union-attr]


QUESTIONS = [
    ("links", "two"),
    ("neighbours", "two", "--depth", "2"),
    ("path", "::error::first", "two"),
    ("tag", "ok"),
    ("property", "up"),
    ("links", EVIL.replace("\x00", "")),
]
COMMANDS = [
    *(("check", "--format", form) for form in ("human", "concise", "json", "sarif", "github", "junit")),
    ("check", "--diff"),
    ("check", "nowhere"),
    ("check", "--select", EVIL.replace("\x00", "")),
    ("check", "--baseline", f"../{NAME}"),
    ("check", "--write-baseline", f"../{NAME}/x"),
    ("build", "--site-dir", f"../{NAME}"),
    ("build", "--strict"),
    *(("graph", "--format", form) for form in ("text", "json", "graphml", "gexf", "html")),
    ("stats",),
    ("stats", "--format", "json"),
    ("backlinks", "two"),
    ("backlinks", "two", "--format", "json"),
    ("backlinks", NAME),
    ("backlinks", EVIL.replace("\x00", "")),
    ("mv", "two", "a/b", "--dry-run"),
    ("mv", NAME, f"a{NAME}", "--dry-run"),
    ("mv", NAME, "::error::first"),
    ("mv", "--abort"),
    ("new", NAME),
    ("new", "nick", "--tag", EVIL.replace("\x00", "")),
    ("new", "from a template", "--template", NAME),
    ("import", "../chat.json", f"../{NAME}.md", "--dry-run"),
    ("import", "../chat.json", "--into", NAME),
    ("import", EVIL.replace("\x00", "")),
    ("mentions",),
    ("mentions", "--format", "json"),
    ("mentions", "--fix"),
    *(("query", *words, "--format", form) for form in ("text", "json", "mermaid") for words in QUESTIONS),
    ("trust", "."),
    ("trust", "--forget", "."),
    ("trust", f"../{NAME}"),
    ("explain", EVIL.replace("\x00", "")),
    ("init", f"../i {NAME}"),
    ("bench", "list"),
    ("bench", "list", "--format", "json"),
    ("bench", "show"),
    ("bench", "show", "--format", "json"),
    ("bench", "compare", "x"),
    ("bench", "compare", "x", "--format", "json"),
    ("bench", "show", EVIL.replace("\x00", "")),
    ("bench", "export"),
    (EVIL.replace("\x00", ""),),
    (f"--{NAME}",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: ascii(" ".join(command[:3]))[1:40])
def test_no_command_lets_a_vault_speak(hostile: Path, environment: dict[str, str], command: tuple[str, ...]) -> None:
    for colours in ({}, {"FORCE_COLOR": "1"}) if command[0] in ("check", "stats", "bench") else ({},):
        vaultc = [sys.executable, "-m", "vaultc", *command]
        done = subprocess.run(vaultc, cwd=hostile, env={**environment, **colours}, capture_output=True, timeout=120)
        assert done.returncode in (0, 1, 2), done.stderr
        for raw in (done.stdout, done.stderr):
            text = raw.decode()
            assert "\x1b[8m" not in text and "\x1b]" not in text
            harmless(COLOUR.sub("", text) if colours else text, commands="github" in command)
        assert done.stdout or done.stderr


def test_the_log_of_mkdocs_is_guarded_too(hostile: Path, environment: dict[str, str]) -> None:
    (hostile / "mkdocs.yml").write_text(
        "site_name: x\ndocs_dir: .\nsite_dir: ../s\nplugins: [vaultc]\ntheme: material\n"
    )
    vault = hostile / "notes"
    vault.mkdir()
    for path in [*hostile.glob("*.md")]:
        path.rename(vault / path.name)
    (hostile / "mkdocs.yml").write_text("site_name: x\ndocs_dir: notes\nplugins: [vaultc]\ntheme: material\n")
    (hostile / "vaultc.toml").write_text('vault = "notes"\n')
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"], cwd=hostile, env=environment, capture_output=True, timeout=120
    )
    assert b"VC201" in done.stderr
    for line in done.stderr.decode().splitlines():
        if "VC" in line or "vaultc" in line:
            harmless(line)


def test_a_name_that_is_made_of_commands_keeps_its_line(run: Run, tmp_path: Path) -> None:
    vault = write(tmp_path / "v", {"a\nb.md": "[[gone]]\n"})
    (line,) = run("check", "--format", "concise", "--select", "VC2", cwd=vault, status=1).stdout.splitlines()
    assert line == "a\ufffdb.md:1:1: error VC201 unresolved-link: no note named `gone`"
    (line,) = run("check", "--format", "github", "--select", "VC2", cwd=vault, status=1).stdout.splitlines()
    assert line.startswith("::error file=a%0Ab.md,line=1,")


def test_a_guarded_text_keeps_colours_line_ends_and_meaning() -> None:
    assert guard("\x1b[1;31mred\x1b[0m\ta\r\nb\n") == "\x1b[1;31mred\x1b[0m\ta\r\nb\n"
    assert guard("\x1b[2J\x1b]0;x\x07\ra") == "\ufffd[2J\ufffd]0;x\ufffd\ufffda"
    assert guard("a ::b\n  ::c\n\u00a0::d ##[e]") == "a ::b\n  \ufffd:c\n\u00a0\ufffd:d #\ufffd[e]"
    assert guard("::error::\x1b\n", "commands") == "::error::\ufffd\n"
    assert guard('"\x7f\u202e##[x]"', "json") == r'"\u007f\u202e#\u0023[x]"'
    assert guard("<a>\u202e\n::x</a>", "xml") == "<a>&#8238;\n&#58;:x</a>"
    assert safe("a\tb\n\x1b[0m\u200f") == "a    b\ufffd\ufffd[0m\ufffd"
