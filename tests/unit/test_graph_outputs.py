"""The graph as data: its numbers against networkx, its files read back by the libraries that own the formats."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner

from vaultc.errors import VaultcError
from vaultc.frontends.cli.graph import graph as command
from vaultc.graph import Edge, LinkGraph, Node, Vault, metrics
from vaultc.graph.document import graph_json
from vaultc.graph.metrics import measure
from vaultc.publish import pyvis_html
from vaultc.publish.graphs import FORMATS, GraphFormat, render
from vaultc.session import Session

NOTES = {
    "index.md": "[[a]] and [[a|again]]\n\n![[dir/b]]\n",
    "a.md": "---\ntags: [x, y]\nup: '[[index]]'\n---\n[[Gone#h]] [[#self]] [t](dir/b.md) ![[pic.png]]\n\n# self\n",
    "dir/b.md": "# Б\n\n![p](../pic.png) [[dir/]] [[draft]]\n",
    "draft.md": "---\ndraft: true\n---\n[[a]]\n",
    "alone.md": "",
    "pic.png": "",
}


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for path, text in NOTES.items():
        file = tmp_path / "vault" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Session.open(tmp_path / "vault").vault


def ring(nodes: int, islands: int = 0) -> LinkGraph:
    ids = [f"{at}.md" for at in range(nodes + islands)]
    chords = [(at, at * at % nodes) for at in range(0, nodes, 3)]
    ends = [(at, (at + 1) % nodes) for at in range(nodes)] + chords + chords[:5]
    edges = tuple(Edge(ids[a], ids[b], "link", at) for at, (a, b) in enumerate(ends))
    return LinkGraph({name: Node(name, name, True) for name in ids}, edges)


def test_json_is_as_the_commands_promise(vault: Vault) -> None:
    document = graph_json(vault)
    assert list(document) == ["schema", "root", "nodes", "edges", "topics"]
    assert document["schema"] == 1
    assert document["root"] == str(vault.project.root)
    keys = ["id", "title", "exists", "tags", "community", "pagerank", "betweenness", "x", "y"]
    assert all(list(node) == keys for node in document["nodes"])
    assert [(node["id"], node["title"], node["exists"], node["tags"]) for node in document["nodes"]] == [
        ("a.md", "a", True, ["x", "y"]),
        ("alone.md", "alone", True, []),
        ("dir/b.md", "Б", True, []),
        ("index.md", "index", True, []),
        ("Gone", "Gone", False, []),
    ]
    assert [(e["source"], e["target"], e["kind"], e["line"]) for e in document["edges"]] == [
        ("a.md", "index.md", "property", 3),
        ("a.md", "Gone", "link", 5),
        ("a.md", "a.md", "link", 5),
        ("a.md", "dir/b.md", "markdown", 5),
        ("index.md", "a.md", "link", 1),
        ("index.md", "a.md", "link", 1),
        ("index.md", "dir/b.md", "embed", 3),
    ]
    json.dumps(document, allow_nan=False)


def test_a_published_graph_has_addresses_and_no_machine_path(vault: Vault) -> None:
    document = graph_json(vault, {"a.md": "a/", "index.md": ""})
    assert {node["id"]: node["url"] for node in document["nodes"]} == {
        "a.md": "a/",
        "alone.md": None,
        "dir/b.md": None,
        "index.md": "",
        "Gone": None,
    }
    assert document["root"] == "vault"


def power_iteration(graph: LinkGraph) -> dict[str, float]:
    """PageRank from its definition: a reader follows any link of the page, or now and then, or where none leads on, jumps."""
    leaving: dict[str, list[str]] = {node: [] for node in graph.nodes}
    for edge in graph.edges:
        leaving[edge.source].append(edge.target)
    rank = dict.fromkeys(graph.nodes, 1 / len(graph.nodes))
    for _ in range(200):
        stuck = sum(rank[node] for node, ends in leaving.items() if not ends)
        new = dict.fromkeys(graph.nodes, (0.15 + 0.85 * stuck) / len(graph.nodes))
        for node, ends in leaving.items():
            for end in ends:
                new[end] += 0.85 * rank[node] / len(ends)
        rank = new
    return rank


@pytest.mark.parametrize("nodes, islands", [(60, 0), (150, 40)])
def test_centralities_equal_their_definitions(nodes: int, islands: int) -> None:
    graph = ring(nodes, islands)
    measured = measure(graph)
    simple: nx.DiGraph[str] = nx.DiGraph(graph.nx)
    assert {node: m.pagerank for node, m in measured.items()} == pytest.approx(power_iteration(graph), rel=1e-4)
    betweenness = nx.betweenness_centrality(simple)
    assert {node: m.betweenness for node, m in measured.items()} == pytest.approx(betweenness, rel=1e-4, abs=1e-9)


def test_a_large_graph_is_estimated_near_the_exact_values(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = ring(300)
    exact = measure(graph)
    monkeypatch.setattr(metrics, "EXACT", 100)
    monkeypatch.setattr(metrics, "PIVOTS", 100)
    estimated = measure(graph)
    top = sorted(exact, key=lambda node: -exact[node].betweenness)[:20]
    error = sum(abs(exact[node].betweenness - estimated[node].betweenness) for node in top)
    assert 0 < error < 0.1 * sum(exact[node].betweenness for node in top)


@pytest.mark.parametrize("nodes", [0, 1, 2, 7])
def test_small_and_broken_up_graphs_have_numbers_too(nodes: int) -> None:
    graph = LinkGraph({str(at): Node(str(at), "", True) for at in range(nodes)}, ())
    measured = measure(graph)
    assert list(measured) == list(graph.nodes)
    assert sorted(m.community for m in measured.values()) == list(range(nodes))
    assert all(-1 <= m.x <= 1 and -1 <= m.y <= 1 for m in measured.values())
    assert len({(m.x, m.y) for m in measured.values()}) == nodes


def test_linked_groups_are_communities_the_largest_first() -> None:
    def clique(name: str, size: int) -> list[tuple[str, str]]:
        return [(f"{name}{a}", f"{name}{b}") for a in range(size) for b in range(size) if a < b]

    pairs = [*clique("small", 4), *clique("large", 7), ("small0", "large0")]
    nodes = {name: Node(name, name, True) for pair in pairs for name in pair}
    measured = measure(LinkGraph(nodes, tuple(Edge(a, b, "link", 0) for a, b in pairs)))
    assert all(m.community == (0 if name.startswith("large") else 1) for name, m in measured.items())


def test_every_process_gives_the_same_bytes(vault: Vault) -> None:
    root = vault.project.root
    program = "import sys; from vaultc.frontends.cli.graph import graph; graph()"

    def run(form: str, seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", program, str(root), "--format", form]
        return subprocess.run(command, capture_output=True, check=True, env=environment).stdout

    for form in ("json", "gexf"):
        assert run(form, "1") == run(form, "2") != b""


@pytest.mark.parametrize("form", FORMATS)
def test_a_vault_without_notes_has_a_graph(form: GraphFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "empty").mkdir()
    assert render(Session.open(tmp_path / "empty").vault, form).endswith("\n")


def read_back(form: str, text: str) -> Any:
    stream = io.BytesIO(text.encode())
    return nx.read_graphml(stream) if form == "graphml" else nx.read_gexf(stream)


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_xml_is_read_back_by_networkx(form: GraphFormat, vault: Vault) -> None:
    text = render(vault, form)
    assert not re.search(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", text)
    graph = read_back(form, text)
    assert sorted(graph.nodes) == sorted(vault.graph.nodes)
    assert sorted((s, t, d["kind"]) for s, t, d in graph.edges(data=True)) == sorted(e[:3] for e in vault.graph.edges)
    assert graph.nodes["a.md"]["tags"] == "x y"
    assert graph.nodes["Gone"]["exists"] is False


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_what_xml_cannot_hold_does_not_break_it(
    form: GraphFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "a.md").write_text('---\ntitle: "a\\x01<b>&\\uFFFE"\n---\n[[x\x0by]]\n', encoding="utf-8")
    text = render(Session.open(tmp_path / "v").vault, form)
    assert len(read_back(form, text)) == 2


def test_text_names_every_note_and_link(vault: Vault) -> None:
    assert render(vault, "text") == (
        "4 notes, 1 missing, 7 links\n"
        "\na.md: 3 in, 4 out\n  3: property index.md\n  5: link Gone\n  5: link a.md\n  5: markdown dir/b.md\n"
        "\nalone.md: 0 in, 0 out\n"
        "\ndir/b.md: 2 in, 0 out\n"
        "\nindex.md: 1 in, 3 out\n  1: link a.md\n  1: link a.md\n  3: embed dir/b.md\n"
        "\nGone (missing): 1 in, 0 out\n"
    )


def hostile(title: str) -> dict[str, Any]:
    node = {
        "id": title,
        "title": title,
        "exists": True,
        "tags": [],
        "community": 0,
        "pagerank": 1.0,
        "x": 0.0,
        "y": 0.0,
    }
    return {"root": f"/tmp/{title}", "nodes": [node], "edges": []}


@pytest.mark.parametrize(
    "title",
    ["</script><img src=x onerror=alert(1)>", "<b href=x onclick=alert(1)>", '"]);alert(1);//', "</title><script>"],
)
def test_a_title_is_data_in_the_page(title: str) -> None:
    page = pyvis_html.render(hostile(title))
    plain = pyvis_html.render(hostile("harmless"))
    for mark in ("<img", "<b ", "<script", "</script", "</title"):
        assert page.count(mark) == plain.count(mark)
    assert ".innerHTML = nodeData" not in page, "pyvis shows tooltips as HTML when one holds `href`"


def test_the_page_asks_no_other_host(vault: Vault) -> None:
    page = render(vault, "html")
    assert not re.search(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", page)
    assert not re.search(r"""(?:@import|url\()\s*["']?(?:https?:)?//""", page)
    assert "default-src 'none'" in page


def test_without_pyvis_the_extra_is_named(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvis.network", None)
    with pytest.raises(VaultcError, match=r"vaultc\[pyvis\]"):
        render(vault, "html")


def test_output_goes_to_a_file_whole_or_not_at_all(vault: Vault, tmp_path: Path) -> None:
    file = tmp_path / "graph.json"
    arguments = [str(vault.project.root), "--format", "json", "--output", str(file)]
    assert CliRunner().invoke(command, arguments, catch_exceptions=False).output == ""
    assert json.loads(file.read_text(encoding="utf-8"))["schema"] == 1
    arguments[-1] = str(tmp_path / "no folder" / "graph.json")
    result = CliRunner().invoke(command, arguments)
    assert isinstance(result.exception, VaultcError)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
