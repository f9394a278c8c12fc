"""Numbers for every node of the graph: how central it is, what it belongs to, where to draw it.

All are made by igraph from fixed seeds: the same graph gives the same numbers in every process.
"""

from collections.abc import Mapping, Sequence
from math import log10
from typing import Any, NamedTuple

from vaultc.graph import LinkGraph
from vaultc.graph.layout import place, seeded
from vaultc.graph.topics import affinity

EXACT = 2000
"""Up to this many nodes betweenness is exact; above, it is estimated from `PIVOTS` of them."""
PIVOTS = 500
TRIES, ENOUGH = 20, 20_000
"""Communities are the best of so many attempts, fewer where nodes times attempts would be more than enough: one attempt may end in
another optimum when a note is added, the best one seldom does."""


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
    communities are those of Leiden (Traag et al. 2019) by modularity, in the graph of links and shared folders and tags
    (`affinity`); places are those of `layout.place`.
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
    near = affinity(graph)
    drawn = igraph.Graph(
        n=len(near.names), edges=list(near.weights), edge_attrs={"weight": list(near.weights.values())}
    )
    with seeded():
        # Modularity joins small topics of a large graph (Fortunato and Barthélemy 2007): the more notes, the finer.
        fine = max(1.0, 1.0 + log10(len(ids) / 100))
        tries = max(1, min(TRIES, ENOUGH // len(ids)))
        parted = (
            drawn.community_leiden("modularity", weights="weight", n_iterations=4, resolution=fine)
            for _ in range(tries)
        )
        found = max(parted, key=lambda clustering: clustering.quality).membership
    communities = found[: len(ids)]
    places = place(near, communities)
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
