"""Numbers for every node of the graph: how central it is, what it belongs to, where to draw it.

All are made by igraph from fixed seeds: the same graph gives the same numbers in every process.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, NamedTuple

from vaultc.graph import LinkGraph

EXACT = 2000
"""Up to this many nodes betweenness is exact; above, it is estimated from `PIVOTS` of them."""
PIVOTS = 500
_SEED = 20261121


class Metrics(NamedTuple):
    """The numbers of one node.

    `pagerank` (damping 0.85, each link counted as often as it stands, over all nodes 1 in sum) and `betweenness` (the share of
    the shortest directed paths between other nodes that pass here, 0 to 1) have six significant digits. `community` counts from 0,
    the largest first. `x` and `y` lie in -1 … 1.
    """

    pagerank: float
    betweenness: float
    community: int
    x: float
    y: float


def measure(graph: LinkGraph) -> dict[str, Metrics]:
    """The metrics of every node, by id.

    Betweenness is Brandes' (2001), over `EXACT` nodes the estimate from evenly spaced sources of Brandes and Pich (2007);
    communities are those of Leiden (Traag et al. 2019) by modularity; places come from Fruchterman and Reingold's layout (1991),
    begun where the node's id alone puts it, so that a small edit moves the picture little.
    """
    if not graph.nodes:
        return {}
    import igraph  # slow to import, and `check` never needs it

    ids = list(graph.nodes)
    number = {node: at for at, node in enumerate(ids)}
    links = [(number[e.source], number[e.target]) for e in graph.edges]
    directed = igraph.Graph(n=len(ids), edges=links, directed=True)
    pagerank = directed.pagerank(damping=0.85)
    betweenness = _betweenness(directed.simplify())
    near = igraph.Graph(n=len(ids), edges=links, edge_attrs={"weight": [1.0] * len(links)})
    near.simplify(combine_edges="sum")
    with _seeded():
        communities = near.community_leiden("modularity", weights="weight", n_iterations=4).membership
        places = _layout(near, ids)
    ranked = _ranked(communities)
    return {
        node: Metrics(_digits(pagerank[at]), _digits(betweenness[at]), ranked[communities[at]], *places[at])
        for at, node in enumerate(ids)
    }


def _betweenness(graph: Any) -> Sequence[float]:
    n = graph.vcount()
    if n < 3:
        return [0.0] * n
    pairs = (n - 1) * (n - 2)
    if n <= EXACT:
        return [count / pairs for count in graph.betweenness()]
    sources = [at * n // PIVOTS for at in range(PIVOTS)]
    return [min(count * n / PIVOTS / pairs, 1.0) for count in graph.betweenness(sources=sources)]


def _layout(graph: Any, ids: Sequence[str]) -> list[tuple[float, float]]:
    # A hub that holds every component by a thread keeps the islands near the mainland; it is not drawn.
    n = len(ids)
    components = graph.connected_components()
    held = graph.copy()
    if len(components) > 1:
        held.add_vertices(1)
        degree = graph.degree()
        held.add_edges(
            [(n, max(part, key=lambda at: degree[at])) for part in components], {"weight": [1.0] * len(components)}
        )
    start = [_start(node, n) for node in (*ids, "")[: held.vcount()]]
    drawn = held.layout_fruchterman_reingold(
        weights="weight", niter=500 if n <= EXACT else 150, seed=start, grid=n > 500
    ).coords[:n]
    left, right = min(x for x, _ in drawn), max(x for x, _ in drawn)
    low, high = min(y for _, y in drawn), max(y for _, y in drawn)
    half = max(right - left, high - low) / 2 or 1.0
    return [
        (_coordinate((x - (left + right) / 2) / half), _coordinate((y - (low + high) / 2) / half)) for x, y in drawn
    ]


def _start(node: str, n: int) -> tuple[float, float]:
    """A place that depends on the id alone, in a square whose area grows with the graph."""
    digest = blake2b(node.encode(), digest_size=8).digest()
    side = n**0.5
    return (int.from_bytes(digest[:4]) / 2**32 - 0.5) * side, (int.from_bytes(digest[4:]) / 2**32 - 0.5) * side


def _ranked(communities: Sequence[int]) -> Mapping[int, int]:
    """New numbers for communities: by size, then by their first node."""
    members: dict[int, int] = {}
    first: dict[int, int] = {}
    for at, community in enumerate(communities):
        members[community] = members.get(community, 0) + 1
        first.setdefault(community, at)
    return {c: rank for rank, c in enumerate(sorted(members, key=lambda c: (-members[c], first[c])))}


def _digits(value: float) -> float:
    return float(f"{value:.6g}")


def _coordinate(value: float) -> float:
    return round(value, 4) + 0.0  # no negative zero


@contextmanager
def _seeded() -> Iterator[None]:
    """Let igraph draw from a generator of our own; it has only one for the whole process."""
    import igraph

    igraph.set_random_number_generator(random.Random(_SEED))  # noqa: S311
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)
