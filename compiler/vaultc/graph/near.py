"""What lies around each note in the graph: what links to it and what it links to, and notes that share neighbours with it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from math import log
from typing import Literal, NamedTuple

from vaultc.graph import LinkGraph

_MOST_LINKED = 8  # on either side
_MOST_RELATED = 5
_HUB = 50  # neighbours; to share a note that so many share says nothing
_NOTHING: frozenset[str] = frozenset()


class Related(NamedTuple):
    """A note that no link joins to the one it is related to, and the neighbour that says most about why: both link to it, both are
    linked from it, or it lies on the way from one to the other."""

    path: str
    why: Literal["to", "from", "way"]
    shared: str


class Near(NamedTuple):
    """The notes that link to a note, those that it links to (and that may link back), the most linked first, how many more there
    are, and those related to it, the closest first."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    more: int
    related: tuple[Related, ...]


def near(graph: LinkGraph) -> dict[str, Near]:
    """What lies around each existing note that has a link, by path.

    Related notes are ranked by the sum of 1/ln(neighbours) over the neighbours that they share (Adamic and Adar 2003).
    """
    targets: defaultdict[str, set[str]] = defaultdict(set)
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        if edge.source != edge.target and graph.nodes[edge.target].exists:
            targets[edge.source].add(edge.target)
            sources[edge.target].add(edge.source)
    around = {path: sorted(targets[path] | sources[path]) for path in graph.nodes if path in targets or path in sources}
    weights = {path: 1 / log(len(found)) for path, found in around.items() if 1 < len(found) <= _HUB}

    def linked(paths: Iterable[str]) -> list[str]:
        return sorted(paths, key=lambda path: (-len(sources.get(path, _NOTHING)), path))

    out = {}
    for path in sorted(around):
        to = linked(targets.get(path, _NOTHING))
        by = linked(sources.get(path, _NOTHING) - targets.get(path, _NOTHING))
        more = max(len(to) - _MOST_LINKED, 0) + max(len(by) - _MOST_LINKED, 0)
        closest = _related(path, around, weights)
        related = tuple(Related(one, _why(path, one, by_way, targets), by_way) for one, by_way in closest)
        out[path] = Near(tuple(by[:_MOST_LINKED]), tuple(to[:_MOST_LINKED]), more, related)
    return out


def _related(path: str, around: Mapping[str, list[str]], weights: Mapping[str, float]) -> list[tuple[str, str]]:
    """The notes that share most with one, each with the shared neighbour that weighs most."""
    scores: defaultdict[str, float] = defaultdict(float)
    best: dict[str, str] = {}
    shared = [one for one in around[path] if one in weights]
    for one in sorted(shared, key=lambda one: (-weights[one], one)):
        weight = weights[one]
        for other in around[one]:
            scores[other] += weight
            best.setdefault(other, one)
    for one in (path, *around[path]):
        scores.pop(one, None)
    closest = sorted(scores, key=lambda other: (-scores[other], other))[:_MOST_RELATED]
    return [(other, best[other]) for other in closest]


def _why(one: str, other: str, shared: str, targets: Mapping[str, Set[str]]) -> Literal["to", "from", "way"]:
    if shared in targets.get(one, _NOTHING) and shared in targets.get(other, _NOTHING):
        return "to"
    linked = targets.get(shared, _NOTHING)
    return "from" if one in linked and other in linked else "way"
