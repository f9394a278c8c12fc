"""The graph as plain data: what `vaultc graph --format json` prints and the site's map reads."""

from collections.abc import Mapping
from typing import Any

from vaultc.graph import Edge, LinkGraph, Node, Vault
from vaultc.graph.metrics import Metrics, measure
from vaultc.graph.topics import Topic, topics
from vaultc.text import Lines

SCHEMA = 1


def graph_json(vault: Vault, urls: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The graph of a vault, ready for `json.dumps`.

    `{"schema", "root", "nodes": [{"id", "title", "exists", "tags", "community", "pagerank", "betweenness", "x", "y"}],
    "edges": [{"source", "target", "kind", "line"}], "topics": [{"community", "name", "notes"}]}`: published notes in order of path, then missing ones; edges as they stand,
    lines from 1. With `urls` (page addresses by note) each node has a `url` as well, None where it has no page, and `root` is the
    vault's name, for a published file must not tell where it was built.
    """
    metrics = measure(vault.graph)
    nodes = [node_row(node, metrics[node.id]) for node in vault.graph.nodes.values()]
    if urls is not None:
        for row in nodes:
            row["url"] = urls.get(row["id"])
    lines = {path: vault.lines(path) for path in {edge.source for edge in vault.graph.edges}}
    edges = [edge_row(edge, lines[edge.source]) for edge in vault.graph.edges]
    root = str(vault.project.root) if urls is None else vault.project.name
    named = [topic._asdict() for topic in topics_of(vault.graph, metrics)]
    return {"schema": SCHEMA, "root": root, "nodes": nodes, "edges": edges, "topics": named}


def topics_of(graph: LinkGraph, numbers: Mapping[str, Metrics]) -> list[Topic]:
    """The topics of a graph whose numbers are known, the largest first."""
    return topics(graph.nodes, {node: found.community for node, found in numbers.items()})


def node_row(node: Node, numbers: Metrics) -> dict[str, Any]:
    """A node of the document."""
    return {
        "id": node.id,
        "title": node.title,
        "exists": node.exists,
        "tags": list(node.tags),
        "community": numbers.community,
        "pagerank": numbers.pagerank,
        "betweenness": numbers.betweenness,
        "x": numbers.x,
        "y": numbers.y,
    }


def edge_row(edge: Edge, lines: Lines) -> dict[str, Any]:
    """An edge of the document; `lines` are those of its source."""
    return {"source": edge.source, "target": edge.target, "kind": edge.kind, "line": lines.number(edge.start)}
