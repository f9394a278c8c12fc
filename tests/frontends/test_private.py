"""What is not published, and what a comment hides, is in nothing that a reader is given."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.frontends.test_build import run, write
from vaultc.parse.frontmatter import published, read

KEPT_BACK = [
    "---\nPublish: false\n---\n",
    "---\nPUBLISH: no\n---\n",
    "---\nDraft: true\n---\n",
    '---\npublish: "no"\n---\n',
    '---\n"Publish ": False # for now\n---\n',
    "---\r\nDRAFT: on\r\n---\r\n",
    "---\npublish: &a false\n---\n",
    "---\npublish: true\npublish: false\n---\n",
    "---\npublish: false\npublish: true\n---\n",
    '---\ndraft: true\n"draft": false\n---\n',
    "---\npublish:false\n---\n",
    "---\n- publish: false\n---\n",
    "---\ntitle: x publish: false\n---\n",
    "---\n{title: [x, Publish: off}\n---\n",
    "---\ntitle: [\nDraft : yes\n---\n",
    "---\n\ttitle: a\n\tpublish: false\n---\n",
    "---\npublish false\n---\n",
    "---\npublish=false\n---\n",
    "--- publish: false ---\n",
    "---draft: true---\n",
    "---\npublish: false\n\n",
    "\n---\npublish: false\n---\n",
    "\ufeff\ufeff---\npublish: false\n---\n",
    "\u00a0---\npublish: false\n---\n",
    "\u200b---\npublish: false\n---\n",
    "\0---\npublish: false\n---\n",
    "---\npublish：false\n---\n",
    "---\ntitle: x\npublish:\u00a0false\n---\n",
    "---\npublish\u00a0: false\n",
    "---\npublish：\u3000false\n---\n",
    "---\n\u200bpublish: false\n---\n",
    "---\ndra\u00adft: true\n---\n",
    "---\nＤＲＡＦＴ: true\n---\n",
    "---\ndraft: '\u00a0true'\n---\n",
    "---\n“publish”: false\n---\n",
    "---\n`draft`: true\n---\n",
    "---\ndraft:: true\n---\n",
    "---\ndraft:\n  - true\n",
    "—-\npublish: false\n—-\n",
    "+++\ndraft = true\n+++\n",
    "+++\ntitle = 'x'\n\ndraft=true\n+++\n",
    *(
        f"---\n{line}\n---\n"
        for line in (
            "publish -> false",
            "publish;false",
            "publish – no",
            "publish|false",
            "publish.false",
            "publish_false",
            "publish 'false'",
            "publish is false",
            "<publish>false</publish>",
            "do not publish",
            "title: [how not to publish notes",
            "publish ✗",
            "draft!",
            "draft -> true",
            "Draft",
            "title: [\npublish:\nlang: en",
            "__publish__: false",
            "title: [\n_publish_: false",
            "tags: [\n  draft",
        )
    ),
    "---\npublish -> false\n\n",
    "+++\ndraft; true\n+++\n",
]
PUBLIC = [
    "---\ntitle: why draft: no\n---\n",
    "---\ntitle: x: y\npublish: 2020-01-02\n---\n",
    "---\nPublish: TRUE\nDraft: No\n---\n",
    "---\npublish:\ndraft:\n---\n",
    "---\n\n# A rule, then prose: we publish: no ads\n",
    "---\ntitle: [how to write notes\npublish -> true\ndraft; no\n---\n",
    "---\nThis is a draft.\n\n",
    "---\nis_draft: [\ndg-publish: false\npublisher: x\n---\n",
    "— we publish: no ads\n",
    "---\nRepublish: false\nre-draft: true\n---\n",
    "+++\ndraft = false\n+++\n",
    "+++ draft = true\n",
    "+++\ntitle = 'x'\n+++\n\nwe say draft = true\n",
    "\u200bprose\n\n---\npublish: false\n---\n",
]


@pytest.mark.parametrize("text", KEPT_BACK)
def test_whatever_may_mean_private_is(text: str) -> None:
    front = read("n.md", text.encode())
    assert not published(front.metadata)
    well_formed = front.span.start < front.span.end
    assert well_formed or [finding.code for finding in front.findings] == ["VC101"]  # nobody wonders where the note is


@pytest.mark.parametrize("text", PUBLIC)
def test_nothing_else_is(text: str) -> None:
    assert published(read("n.md", text.encode()).metadata)


SECRET = "geheim"
NOTES = {
    "Geheimnis.md": "---\nDraft: true\ntitle: Geheimtitel\naliases: [Geheimalias]\ntags: [geheimwort]\n---\n# Geheimtitel\n\n"
    "## Geheimkopf\n\n[[Geheimziel]] [[A]] ![[geheim.png]]\n\ntext ^geheimblock\n",
    "left out/Geheim2.md": "text",
    "geheim.png": "png",
    ".gitignore": "left out/\n",
    "A.md": """# A

See [[Geheimnis]] and [[B]]. [[Geheimnis#Nope]] and [[Geheimalias]] [[Geheimnis#^nope]] ![[Geheimnis#Nope]] ![[Geheimnis]]
[[left out/Geheim2]] [[Geheim2]] [lab](Geheimnis.md#Nope) [](Geheimnis.md) ![](Geheimnis.md) [[B|a label]]

## About [[Geheimnis]]

| t |
|---|
| [[Geheimnis]] [[B]] ![[Geheimnis]] |

near [[B]] [[Geheimnis|a label]] %%Geheimkommentar%% [[B%%Geheimkommentar%%]] [[%%x|Geheim%%B|it%%Geheim%%self]]
![a %%Geheim%% [[Geheimnis]]](p.png) [outer [[Geheimnis]] text](B.md) [x [[Geheimnis]]](Geheimnis.md)

> [!note] about [[Geheimnis]]
> text [[B]]

A foot^[about [[Geheimnis]] and [[B]]] and [[#About Geheimnis|own heading]].
""",
    "B.md": '---\nsummary: about [[Geheimnis]], briefly\nup: "[[Geheimnis]]"\n---\n# B on [[Geheimnis]]\n\n[[A#About Geheimnis|there]]\n',
    "C.md": '---\ntitle: "C on [[Geheimnis]]"\n---\n[[B]]\n',
    "p.png": "png",
    "D.md": "[[board.canvas]] [[torn.canvas]] [[t.base]] [[d.excalidraw]] [[open.base]]\n",
    "board.canvas": json.dumps(
        {
            "nodes": [
                {"type": "file", "file": "Geheimnis.md", "subpath": "#Geheimkopf", "x": 7},
                {"type": "file", "file": "B.md"},
                {"type": "file", "file": "left out/Geheim2.md"},
                {"type": "group", "label": "on [[Geheimnis]]", "background": "geheim.png"},
                {
                    "type": "text",
                    "text": "see [[Geheimalias]], [[Geheim2|a label]], ![[geheim.png]] [x [[Geheimnis]]](B.md) %%geheim%% [l %%geheim%%](Geheimnis.md)",
                },
            ]
        }
    ),
    "torn.canvas": '{"nodes": [{"file": "Geheimnis.md"}',
    "t.base": "filters: file.hasLink('Geheimnis')\n",
    "d.excalidraw": '{"elements": [{"text": "[[geheimalias]]"}]}',
    "open.base": "filters: file.hasLink('B')\n",
}


@pytest.mark.parametrize(
    "engine",
    [
        "mkdocs",
        pytest.param(
            "zensical", marks=pytest.mark.skipif(find_spec("zensical") is None, reason="missing tool: zensical")
        ),
    ],
)
def test_a_site_and_its_graphs_tell_nothing(tmp_path: Path, engine: str) -> None:
    settings = 'site_url = "https://x.example/"\n'
    notes = write(tmp_path / "notes", {**NOTES, "vaultc.toml": settings})
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "NO_COLOR": "1"}
    done = run(home, "build", notes, "--engine", engine, "--site-dir", tmp_path / "site", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    assert (site / "feed.xml").is_file()
    for folder in (site, notes / "build/docs", *(tmp_path / "cache").rglob("zensical-*")):
        for path in folder.rglob("*"):
            relative = path.relative_to(folder).as_posix()
            assert SECRET not in relative.lower()
            if path.is_file() and not relative.startswith("assets/"):
                assert SECRET not in path.read_bytes().decode("utf-8", "replace").lower(), path
    page = (site / "A/index.html").read_text(encoding="utf-8")
    assert 'id="about-an-unpublished-note"' in page
    assert 'href="#about-an-unpublished-note">own heading</a>' in page
    assert page.count(">an unpublished note</span>") >= 8
    assert ">lab</span>" in page
    assert 'href="../B/">itself</a>' in page
    backlinks = (site / "B/index.html").read_text(encoding="utf-8")
    assert "See an unpublished note and <mark>B</mark>" in backlinks
    assert 'href="../A/#about-an-unpublished-note">there</a>' in backlinks
    board = json.loads((site / "board.canvas").read_text())["nodes"]
    assert board[0] == {"type": "file", "file": "an unpublished note", "x": 7}
    assert board[1] == {"type": "file", "file": "B.md"}
    assert board[4]["text"].startswith("see an unpublished note, a label, ")
    assert "[x an unpublished note](B.md)" in board[4]["text"]
    assert (site / "open.base").read_text() == NOTES["open.base"]
    titles = {node["id"]: node["title"] for node in json.loads((site / "graph.json").read_text())["nodes"]}
    assert titles["B.md"] == "B on an unpublished note"
    for form in ("json", "graphml", "gexf", "html", "text"):
        drawn = run(home, "graph", notes, "--format", form, cwd=tmp_path)
        assert drawn.returncode == 0, drawn.stderr
        assert SECRET not in drawn.stdout.lower(), form
