"""The graph in the formats of other programs. The same vault gives the same bytes: no date, no order of chance."""

import io
import json
import re
from typing import Any, Literal

import networkx as nx

from vaultc.graph import Edge, Vault
from vaultc.graph.document import graph_json
from vaultc.publish import pyvis_html
from vaultc.text import for_xml, safe

GraphFormat = Literal["json", "graphml", "gexf", "html", "text"]
FORMATS: tuple[GraphFormat, ...] = ("json", "graphml", "gexf", "html", "text")


def render(vault: Vault, form: GraphFormat) -> str:
    """The vault's graph as text in one of `FORMATS`, ending in a newline.

    Raises VaultcError for `html` where the extra `pyvis` is not installed.
    """
    if form == "text":
        return _text(vault)  # which needs none of the numbers
    document = graph_json(vault)
    match form:
        case "json":
            return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        case "graphml":
            return _xml(nx.generate_graphml(_attributed(document), named_key_ids=True))
        case "gexf":
            # networkx stamps the day; two builds of one vault must not differ.
            return re.sub(r' lastmodifieddate="[^"]*"', "", _xml(nx.generate_gexf(_attributed(document))))
        case "html":
            return pyvis_html.render(document)


def _attributed(document: dict[str, Any]) -> "nx.MultiDiGraph[str]":
    """A networkx graph with the document's values as attributes that XML can hold: tags as one text."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in document["nodes"]:
        values = {key: _clean(value) for key, value in node.items() if key not in ("id", "tags")}
        graph.add_node(_clean(node["id"]), **values, label=_clean(node["title"]), tags=_clean(" ".join(node["tags"])))
    for edge in document["edges"]:
        graph.add_edge(_clean(edge["source"]), _clean(edge["target"]), kind=edge["kind"], line=edge["line"])
    return graph


def _clean(value: Any) -> Any:
    return for_xml(value) if isinstance(value, str) else value


def _xml(lines: Any) -> str:
    out = io.StringIO()
    out.write('<?xml version="1.0" encoding="utf-8"?>\n')
    for line in lines:
        out.write(line + "\n")
    return out.getvalue()


def _text(vault: Vault) -> str:
    """Counts, then each note with what it links to, for reading and for `grep`."""
    graph = vault.graph
    leaving: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        leaving.setdefault(edge.source, []).append(edge)
    missing = sum(not node.exists for node in graph.nodes.values())
    out = [f"{len(graph.nodes) - missing} notes, {missing} missing, {len(graph.edges)} links"]
    for node in graph.nodes.values():
        edges = leaving.get(node.id, [])
        mark = "" if node.exists else " (missing)"
        out.append(f"\n{safe(node.id)}{mark}: {len(graph.incoming.get(node.id, ()))} in, {len(edges)} out")
        out += (f"  {vault.lines(e.source).number(e.start)}: {e.kind} {safe(e.target)}" for e in edges)
    return "\n".join(out) + "\n"
