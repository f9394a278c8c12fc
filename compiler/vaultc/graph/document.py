"""The graph as plain data: what `vaultc graph --format json` prints and the site's map reads."""

from collections.abc import Mapping
from typing import Any

from vaultc.graph import Vault
from vaultc.graph.metrics import measure

SCHEMA = 1


def graph_json(vault: Vault, urls: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The graph of a vault, ready for `json.dumps`.

    `{"schema", "root", "nodes": [{"id", "title", "exists", "tags", "community", "pagerank", "betweenness", "x", "y"}],
    "edges": [{"source", "target", "kind", "line"}]}`: published notes in order of path, then missing ones; edges as they stand,
    lines from 1. With `urls` (page addresses by note) each node has a `url` as well, None where it has no page, and `root` is the
    vault's name, for a published file must not tell where it was built.
    """
    metrics = measure(vault.graph)
    nodes: list[dict[str, Any]] = []
    for node in vault.graph.nodes.values():
        numbers = metrics[node.id]
        record: dict[str, Any] = {
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
        if urls is not None:
            record["url"] = urls.get(node.id)
        nodes.append(record)
    lines = {path: vault.lines(path) for path in {edge.source for edge in vault.graph.edges}}
    edges = [
        {"source": e.source, "target": e.target, "kind": e.kind, "line": lines[e.source].number(e.start)}
        for e in vault.graph.edges
    ]
    root = str(vault.project.root) if urls is None else vault.project.name
    return {"schema": SCHEMA, "root": root, "nodes": nodes, "edges": edges}
