"""Every format over one set of findings; `--update-cases` writes what they render now."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import jsonschema
import pytest

import vaultc
from vaultc import pipeline
from vaultc.config import Config, Project
from vaultc.diagnostics import CODES, Diagnostic, Label, Severity, report
from vaultc.frontends.render import FORMATS, renderer
from vaultc.frontends.report import Report
from vaultc.parse import parse
from vaultc.scan import Scan, source_file
from vaultc.text import Span

HERE = Path(__file__).parent
ROOT = Path("/repository/notes")
LONG = "word " * 60
NOTES = {
    "index.md": "\ufeff# Home\r\n\r\nText\r\n\tTab, then [[Gone]] and ![[Loop]].\r\n",
    "Loop.md": "![[index]]\n",
    "Широкие 字.md": "漢字かな [[Нет такой]] 😀 e\u0301 [[none]]\n",
    "50%, a:b.md": f"{LONG}[[far away]] {LONG}\n",
    "evil.md": "\x1b[31mred\x1b[0m [[\x1b]0;title\x07]] \u202eright to left\n",
    "two lines.md": "[a link over\ntwo lines](gone.md)\n",
}


def span(path: str, text: str) -> Span:
    start = NOTES[path].encode().index(text.encode())
    return Span(start, start + len(text.encode()))


def sample() -> tuple[Diagnostic, ...]:
    """Findings that are hard to print: wide text, tabs, a BOM, control characters, long lines, labels in two files."""
    gone = span("index.md", "[[Gone]]")
    loop = span("index.md", "![[Loop]]")
    wide = "Широкие 字.md"
    found = [
        report(
            "VC201",
            "no note named `Gone`",
            "index.md",
            gone,
            help="did you mean `Gun` or `One`?",
            suggestions=("Gun", "One"),
        ),
        report("VC301", "no note links here", "50%, a:b.md", help="link to it"),
        report("VC201", "no note named `Нет такой`", wide, span(wide, "[[Нет такой]]")),
        report("VC201", "no note named `none`", wide, span(wide, "[[none]]"), help="100% sure, or: not?\nsecond line"),
        report("VC206", "`far away` is an alias of `Loop`", "50%, a:b.md", span("50%, a:b.md", "[[far away]]")),
        report(
            "VC201",
            "no note named `\x1b]0;title\x07`",
            "evil.md",
            span("evil.md", "[[\x1b]0;title\x07]]"),
            help="<b>&amp;",
        ),
        report(
            "VC201", "no note named `gone.md`", "two lines.md", span("two lines.md", NOTES["two lines.md"].rstrip())
        ),
        report(
            "VC208",
            "embeds form a circle: `index.md` → `Loop.md` → `index.md`",
            "index.md",
            loop,
            labels=(
                Label("Loop.md", span("Loop.md", "![[index]]"), "embeds `index.md`"),
                Label("index.md", gone, "and here"),
            ),
            help="turn one of the embeds into a link",
        ),
        report(
            "VC303",
            "wants the same address as `b.md`",
            "Loop.md",
            labels=(Label("b.md", Span(0, 0), "keeps the address"),),
        ),
        report("VC101", "front matter is not YAML", "Loop.md", Span(4, 4)),
    ]
    return tuple(sorted(found, key=lambda d: d.sort_key))


def rendered(name: str, found: tuple[Diagnostic, ...], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(vaultc, "__version__", "0.1.0", raising=False)
    sources = tuple(source_file(path, text.encode()) for path, text in sorted(NOTES.items()))
    project = Project(ROOT, Config(), source=None)
    vault = pipeline.link(project, Scan(sources, ("a.png",), (), ()), lambda all_: [parse(source) for source in all_])
    return renderer(name)(Report(vault, found, here=ROOT.parent))


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_prints_the_sample(name: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    text = rendered(name, sample(), monkeypatch)
    file = HERE / "expected" / f"{name}.txt"
    if request.config.getoption("--update-cases"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    assert text == file.read_bytes().decode()


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_report_is_a_document_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = rendered(name, (), monkeypatch)
    if name == "human":
        assert click.unstyle(text) == "nothing to report in 6 notes with 6 links, 2 embeds, 1 asset\n"
    elif name in ("concise", "github"):
        assert text == ""
    elif name == "junit":
        assert ElementTree.fromstring(text).get("failures") == "0"
    else:
        assert json.loads(text)


@pytest.mark.parametrize("name", ["human", "concise"])
def test_nothing_in_a_note_speaks_to_the_terminal(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = click.unstyle(rendered(name, sample(), monkeypatch))
    assert not [c for c in text if (c < " " and c != "\n") or "\x7f" <= c <= "\x9f" or c == "\u202e"]


def test_carets_stand_under_the_link_in_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.cells import cell_len

    lines = click.unstyle(rendered("human", sample(), monkeypatch)).splitlines()
    at = next(i for i, line in enumerate(lines) if "漢字" in line)
    before = lines[at][: lines[at].index("[[Нет")]
    assert len(lines[at + 1]) - len(lines[at + 1].lstrip(" |")) == cell_len(before)
    assert lines[at + 1].count("^") == cell_len("[[Нет такой]]")
    assert all(cell_len(line) <= 100 for line in lines if " | " in line)


def test_github_takes_a_message_for_text(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = rendered("github", sample(), monkeypatch).splitlines()
    assert len(lines) == len(sample())
    assert any("file=notes/50%25%2C a%3Ab.md," in line for line in lines)
    assert any(line.endswith("::no note named `none`%0A100%25 sure, or: not?%0Asecond line") for line in lines)


def test_junit_is_xml_whatever_the_notes_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ElementTree.fromstring(rendered("junit", sample(), monkeypatch))
    failed = [found for found in sample() if found.severity is Severity.ERROR]
    assert len(list(whole.iter("failure"))) == len(failed) == int(whole.get("failures", ""))


def test_sarif_keeps_to_its_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    log = json.loads(rendered("sarif", sample(), monkeypatch))
    jsonschema.Draft7Validator.check_schema(SARIF)
    jsonschema.validate(log, SARIF)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == list(CODES)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    prints = [result["partialFingerprints"]["vaultc/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)
    with pytest.raises(jsonschema.ValidationError):  # the schema can say no
        jsonschema.validate({**log, "version": "2.0.0"}, SARIF)
    run["results"][0]["locations"][0]["physicalLocation"]["region"] = {"startLine": 0}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(log, SARIF)


def test_sarif_has_the_types_that_are_published_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = rendered("sarif", sample(), monkeypatch)
    assert mistyped(text, tmp_path) == ""
    assert "does not exist in type 'Result'" in mistyped(text.replace('"ruleId"', '"unknown"', 1), tmp_path)
    assert "not assignable" in mistyped(text.replace('"level": "error"', '"level": "fatal"', 1), tmp_path)


def mistyped(log: str, folder: Path) -> str:
    """What TypeScript says of a log, by the types of SARIF (@types/sarif) that nobody here wrote."""
    client = HERE.parents[2] / "site" / "client" / "node_modules"
    node = shutil.which("node", path=Path(sys.executable).parent) or shutil.which("node")
    if node is None or not (client / "@types" / "sarif").is_dir():
        pytest.skip("missing tool: Node and the packages of site/client (make test installs both)")
    (folder / "log.ts").write_text(
        f'import type {{ Log }} from "{client.as_posix()}/@types/sarif";\nexport const log: Log = {log};\n',
        encoding="utf-8",
    )
    compiler = [node, str(client / "typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--ignoreConfig"]
    done = subprocess.run([*compiler, "log.ts"], cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    return done.stdout + done.stderr


def _object(required: str = "", **properties: Any) -> dict[str, Any]:
    whole = {"type": "object", "properties": properties, "required": required.split(), "additionalProperties": False}
    return whole if required else {**whole, "minProperties": 1}


def _list(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


# What the standard (OASIS SARIF 2.1.0, with errata 01) says of the properties that vaultc writes, and no others: sections
# 3.13 to 3.58 for the objects, 3.4.3 for URIs, 3.30 for regions.
_TEXT = {"type": "string"}
_URI = {"type": "string", "format": "uri-reference", "pattern": r"^[^\s\\]*$"}
_COUNT = {"type": "integer", "minimum": 1}
_INDEX = {"type": "integer", "minimum": 0}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_MESSAGE = _object("text", text=_TEXT)
_ARTIFACT = _object("uri", uri=_URI, uriBaseId=_TEXT)
_REGION = _object("startLine", startLine=_COUNT, startColumn=_COUNT, endLine=_COUNT, endColumn=_COUNT)
_PHYSICAL = _object("artifactLocation", artifactLocation=_ARTIFACT, region=_REGION)
_LOCATION = _object("physicalLocation", id=_INDEX, physicalLocation=_PHYSICAL, message=_MESSAGE)
_REPLACEMENT = _object("deletedRegion", deletedRegion=_REGION, insertedContent=_MESSAGE)
_CHANGE = _object(
    "artifactLocation replacements", artifactLocation=_ARTIFACT, replacements=_list(_REPLACEMENT, minItems=1)
)
_RESULT = _object(
    "message",
    ruleId=_TEXT,
    ruleIndex=_INDEX,
    level=_LEVEL,
    message=_MESSAGE,
    locations=_list(_LOCATION),
    relatedLocations=_list(_LOCATION, uniqueItems=True),
    partialFingerprints={"type": "object", "additionalProperties": _TEXT},
    fixes=_list(
        _object("artifactChanges", description=_MESSAGE, artifactChanges=_list(_CHANGE, minItems=1)), uniqueItems=True
    ),
)
_RULE = _object(
    "id", id=_TEXT, name=_TEXT, shortDescription=_MESSAGE, help=_MESSAGE, defaultConfiguration=_object(level=_LEVEL)
)
_DRIVER = _object("name", name=_TEXT, version=_TEXT, rules=_list(_RULE, uniqueItems=True))
_RUN = _object(
    "tool",
    tool=_object("driver", driver=_DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    originalUriBaseIds={
        "type": "object",
        "additionalProperties": _object("uri", uri={**_URI, "pattern": "^file:///.*/$"}),
    },
    results=_list(_RESULT),
)
SARIF = _object("version runs", **{"$schema": _URI}, version={"const": "2.1.0"}, runs=_list(_RUN))
