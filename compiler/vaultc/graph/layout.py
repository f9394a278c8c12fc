"""Where to draw the nodes: topics as discs side by side, the notes of each inside its own.

A picture that a reader knows must not move when a note is added, and a site must equal that of a clean build. So nothing is kept from
the last layout; what one note can change is kept small: names say where everything begins, sizes count in
steps, and each topic is laid out by itself.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import count
from math import ceil, cos, hypot, log, pi, sin, sqrt

from vaultc.graph.topics import LEAST, Affinity

Point = tuple[float, float]
_SEED = 20261121
_SMALL = 500  # nodes; from here on repulsion is only that of near ones, and rounds are fewer
_GAP = 1.12  # between discs, in radii


def place(near: Affinity, community: Sequence[int]) -> list[Point]:
    """A place in -1 … 1 for each note of `near`, given the community of each.

    Each topic is a disc whose area is in proportion to its size, in steps; its name says where it would be, and it goes as near as there
    is room. Inside, Fruchterman and Reingold's layout (1991) of the topic's own links, which no other topic disturbs. Nodes of smaller
    communities share one disc.
    """
    members: defaultdict[int, list[int]] = defaultdict(list)
    for at, number in enumerate(community):
        members[number].append(at)
    large = {number: found for number, found in members.items() if len(found) >= LEAST}
    single = [found for found in members.values() if len(found) < LEAST]
    links = _inner(near, community)
    keys = _keys(near, large)
    # By name, for the numbers of communities and their order are chance.
    order = sorted(large, key=lambda number: keys[number])
    loose = [at for found in single for at in found]
    groups = [large[number] for number in order] + ([loose] if loose else [])
    radii = [_stepped(sqrt(len(group))) for group in groups]
    centres = _packed([keys[number] for number in order], radii[: len(order)])
    if loose:  # below the rest
        low = min((y - radius for (_, y), radius in zip(centres, radii, strict=False)), default=0.0)
        centres.append((0.0, low - _GAP * radii[-1]))
    places: list[Point] = [(0.0, 0.0)] * len(community)
    for group, radius, (x, y) in zip(groups, radii, centres, strict=True):
        if group is loose:
            inside = _scattered(near.names, single)
        else:
            inside = _drawn(near.names, group, links.get(community[group[0]], ()))
        for at, (dx, dy) in zip(group, inside, strict=True):
            places[at] = x + dx * radius * 0.92, y + dy * radius * 0.92
    return _fitted(places, centres, radii)


def _keys(near: Affinity, large: Mapping[int, Sequence[int]]) -> Mapping[int, str]:
    """For each topic the folder, tag or note that holds most of it together: seldom another one when a note is added."""
    number = {at: topic for topic, found in large.items() for at in found}
    held: defaultdict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (a, b), weight in near.weights.items():
        if a not in number:
            continue
        if b >= near.notes:
            held[number[a]][near.names[b]] += 1.0
        elif number.get(b) == number[a]:
            for end in (a, b):
                held[number[a]][near.names[end]] += min(weight, 1.0) / 2
    return {
        topic: min(found, key=lambda name: (-found[name], name)) if (found := held[topic]) else near.names[members[0]]
        for topic, members in large.items()
    }


def _packed(keys: Sequence[str], radii: Sequence[float]) -> list[Point]:
    """Centres of discs that do not overlap, from the largest: each as near as there is room to where its name wants it.

    One after the other, so that what changes moves only those that meet it, and not all as forces would.
    """
    room = sqrt(sum(radius * radius for radius in radii))
    centres: dict[int, Point] = {}
    for at in sorted(range(len(keys)), key=lambda at: (-radii[at], keys[at])):
        x, y = _normal(keys[at])
        x, y = 0.5 * room * x, 0.5 * room * y
        taken = [(*centre, _GAP * (radii[at] + radii[other])) for other, centre in centres.items()]
        centres[at] = next(
            (u, v)
            for u, v in _around(x, y, radii[at] / 2)
            if all((u - p) ** 2 + (v - q) ** 2 >= apart * apart for p, q, apart in taken)
        )
    return [centres[at] for at in range(len(keys))]


def _around(x: float, y: float, step: float) -> Iterator[Point]:
    """Points about one, on rings, for ever."""
    yield x, y
    for ring in count(1):
        for turn in range(6 * ring):
            angle = 2 * pi * turn / (6 * ring)
            yield x + ring * step * cos(angle), y + ring * step * sin(angle)


def _inner(near: Affinity, community: Sequence[int]) -> Mapping[int, Sequence[tuple[int, int, float]]]:
    """The links within each community."""
    links: defaultdict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for (a, b), weight in near.weights.items():
        if b < near.notes and community[a] == community[b]:
            links[community[a]].append((a, b, weight))
    return links


def _drawn(names: Sequence[str], group: Sequence[int], links: Sequence[tuple[int, int, float]]) -> list[Point]:
    """A topic's nodes in the unit disc, by force from where their names put them."""
    import igraph  # slow to import, and `check` never needs it

    number = {at: place for place, at in enumerate(group)}
    graph = igraph.Graph(n=len(group), edges=[(number[a], number[b]) for a, b, _ in links])
    graph.es["weight"] = [weight for _, _, weight in links]
    side = sqrt(len(group))
    start = [(x * side, y * side) for x, y in (_normal(names[at]) for at in group)]
    large = len(group) > _SMALL
    with seeded():
        drawn = graph.layout_fruchterman_reingold(
            weights="weight", niter=150 if large else 500, seed=start, grid=large
        ).coords
    x0, y0 = _mean(drawn)
    moved = [(x - x0, y - y0) for x, y in drawn]
    # Ranks of the distance in place of the distance: the disc is filled evenly, and what strays far does not shrink the rest.
    order = sorted(range(len(group)), key=lambda at: (hypot(*moved[at]), names[group[at]]))
    out: list[Point] = [(0.0, 0.0)] * len(group)
    for rank, at in enumerate(order):
        x, y = moved[at]
        far = hypot(x, y) or 1.0
        radius = sqrt((rank + 0.5) / len(group))
        out[at] = x / far * radius, y / far * radius
    return out


def _scattered(names: Sequence[str], single: Sequence[Sequence[int]]) -> list[Point]:
    """Nodes of small communities in the unit disc: each by name, those of one community side by side."""
    out: list[Point] = []
    beside = 0.5 / sqrt(sum(map(len, single)))
    for found in single:
        u, v = _digest(names[found[0]])
        radius, angle = sqrt(u), 2 * pi * v
        out.extend((radius * cos(angle) + at * beside, radius * sin(angle)) for at in range(len(found)))
    return out


def _fitted(places: Sequence[Point], centres: Sequence[Point], radii: Sequence[float]) -> list[Point]:
    """Places scaled so that the discs just fit: a single node does not decide how large all the others are."""
    discs = list(zip(centres, radii, strict=True))
    left, right = min(x - r for (x, _), r in discs), max(x + r for (x, _), r in discs)
    low, high = min(y - r for (_, y), r in discs), max(y + r for (_, y), r in discs)
    half = max(right - left, high - low) / 2
    return [
        (_coordinate((x - (left + right) / 2) / half), _coordinate((y - (low + high) / 2) / half)) for x, y in places
    ]


def _stepped(radius: float) -> float:
    """The next power of the fourth root of 2: one more note seldom changes it."""
    return float(2 ** (ceil(4 * log(radius, 2) - 1e-9) / 4))


def _mean(points: Sequence[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _normal(name: str) -> Point:
    """Two numbers of a normal distribution that depend on a name alone, after Box and Muller (1958)."""
    u, v = _digest(name)
    radius = sqrt(-2 * log(u))
    return radius * cos(2 * pi * v), radius * sin(2 * pi * v)


def _digest(name: str) -> tuple[float, float]:
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest[:4]) + 1) / (2**32 + 1), int.from_bytes(digest[4:]) / 2**32


def _coordinate(value: float) -> float:
    return round(value, 4) + 0.0  # no negative zero


@contextmanager
def seeded() -> Iterator[None]:
    """Let igraph draw from a generator of our own; it has only one for the whole process, and each layout must begin anew."""
    import igraph

    igraph.set_random_number_generator(random.Random(_SEED))  # noqa: S311
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)
