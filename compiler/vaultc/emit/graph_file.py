"""The data of the topic map: what a browser fetches to draw it, and nothing more."""

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from vaultc.emit.memo import Memo
from vaultc.emit.pages import Layout
from vaultc.emit.results import Measured
from vaultc.graph import Vault
from vaultc.graph.document import topics_of
from vaultc.graph.metrics import Metrics, measure
from vaultc.graph.near import Near, near
from vaultc.graph.topics import Topic
from vaultc.resolve.pages import url

SCHEMA = 2
"""Another one than that of `vaultc graph --format json`, which names both ends of each link: twice as much to fetch."""


def text(
    vault: Vault, layout: Layout, numbers: Mapping[str, Metrics], topics: Sequence[Topic], measured: Measured
) -> str:
    """The whole file.

    `{"schema", "root", "nodes": [{"id", "title", "community", "pagerank", "x", "y"}], "edges", "topics": [{"community", "name",
    "notes"}], "hidden"}`. A node has `url`, `tags`, `aliases` and `results` (what its benchmarks say) as well, and `exists` (false), where
    there is such a thing. `edges` has for each kind of link, and each node in order, the numbers of the nodes that its links of this
    kind lead to; nothing after the last node with one.
    """
    nodes = []
    for node in vault.graph.nodes.values():
        found = numbers[node.id]
        row: dict[str, Any] = {"id": node.id, "title": node.title}
        if node.exists:
            row |= {
                "url": url(layout.notes[node.id]),
                "tags": node.tags,
                "aliases": vault.notes[node.id].aliases,
                "results": measured.results(node.id),
            }
        row |= {"community": found.community, "pagerank": float(f"{found.pagerank:.3g}"), "x": found.x, "y": found.y}
        kept = {name: value for name, value in row.items() if value or name in _ALWAYS}
        nodes.append(kept if node.exists else {**kept, "exists": False})
    data = {
        "schema": SCHEMA,
        "root": vault.project.name,
        "nodes": nodes,
        "edges": _edges(vault),
        "topics": [topic._asdict() for topic in topics],
        "hidden": vault.project.config.map_hidden,
    }
    return _json(data)


_ALWAYS = frozenset({"id", "title", "community", "pagerank", "x", "y", "url"})


def _edges(vault: Vault) -> Mapping[str, Sequence[Sequence[int]]]:
    number = {node: at for at, node in enumerate(vault.graph.nodes)}
    out: dict[str, list[list[int]]] = {}
    for edge in vault.graph.edges:
        rows, at = out.setdefault(edge.kind, []), number[edge.source]
        rows.extend([] for _ in range(at + 1 - len(rows)))
        rows[at].append(number[edge.target])
    return {kind: [sorted(row) for row in rows] for kind, rows in sorted(out.items())}


def numbers(vault: Vault, memo: Memo) -> Mapping[str, Metrics]:
    """The numbers of every node, measured again when the graph is another one than that of which `memo` holds them."""
    nodes = [(node.id, node.exists, node.tags) for node in vault.graph.nodes.values()]
    shape = blake2b(repr(nodes).encode("utf-8", "surrogatepass"), digest_size=16)
    shape.update(repr([(edge.source, edge.target) for edge in vault.graph.edges]).encode("utf-8", "surrogatepass"))
    if memo.metrics[0] != shape.hexdigest():
        memo.metrics = (shape.hexdigest(), measure(vault.graph))
    return memo.metrics[1]


def topics(vault: Vault, memo: Memo) -> Sequence[Topic]:
    """What the vault is about, told again when the graph that `numbers` measured or a title is another one."""
    titles = repr([node.title for node in vault.graph.nodes.values()])
    key = blake2b(f"{memo.metrics[0]}{titles}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    if memo.topics[0] != key:
        memo.topics = (key, topics_of(vault.graph, memo.metrics[1]))
    return memo.topics[1]


def around(vault: Vault, memo: Memo) -> Mapping[str, Near]:
    """What lies around each note, told again when the graph is another one than that which `numbers` measured."""
    if memo.near[0] != memo.metrics[0]:
        memo.near = (memo.metrics[0], near(vault.graph))
    return memo.near[1]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
