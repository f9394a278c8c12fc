"""The data of the topic map, put together from rows that are kept for each note."""

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from vaultc.emit.memo import Memo
from vaultc.emit.pages import Layout
from vaultc.graph import Vault
from vaultc.graph.document import SCHEMA, edge_row, node_row, topics_of
from vaultc.graph.metrics import Metrics, measure
from vaultc.graph.topics import Topic
from vaultc.resolve.pages import url


def rows(vault: Vault, path: str) -> str:
    """The edges that leave a note, as JSON separated by commas."""
    return ",".join(_json(edge_row(edge, vault.lines(path))) for edge in vault.graph.outgoing.get(path, ()))


def text(
    vault: Vault, layout: Layout, edges: Mapping[str, str], numbers: Mapping[str, Metrics], topics: Sequence[Topic]
) -> str:
    """The whole file, as `graph_json` has it; `edges` are the rows of each published note, `numbers` and `topics` those of the graph."""
    nodes = []
    for node in vault.graph.nodes.values():
        page = layout.notes.get(node.id) if node.exists else None
        row = {**node_row(node, numbers[node.id]), "url": url(page) if page else None}
        nodes.append(_json({**row, "aliases": list(vault.notes[node.id].aliases)} if node.exists else row))
    joined = ",".join(filter(None, (edges.get(path) for path in vault.notes)))
    hidden = _json(vault.project.config.map_hidden)
    named = _json([topic._asdict() for topic in topics])
    head = f'{{"schema":{SCHEMA},"root":{_json(vault.project.name)}'
    return f'{head},"nodes":[{",".join(nodes)}],"edges":[{joined}],"topics":{named},"hidden":{hidden}}}'


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


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
