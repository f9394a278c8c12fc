"""The topic map as a picture: what a page shows of it without a script."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import hypot, sqrt

from markupsafe import Markup

from vaultc.emit.markup import el, join, short, void
from vaultc.graph import LinkGraph
from vaultc.graph.layout import Point
from vaultc.graph.metrics import Metrics
from vaultc.graph.topics import LEAST, Topic

_WIDTH = 1000.0
_MARGIN = 60.0
_MOST_NOTES = 400
_MOST_BUNDLES = 24
_COLOURS = 10  # of the style, one for each topic by size; further topics begin anew
_LETTER = 0.56  # the width of a character of a name, in heights


def picture(graph: LinkGraph, numbers: Mapping[str, Metrics], topics: Sequence[Topic], shown: Sequence[str]) -> Markup:
    """The notes `shown` where the topic map has them, their `topics` as named regions, and the links between those as lines.

    The most central notes are drawn, and a topic is named where there is room. Empty where there are not three notes.
    """
    if len(shown) < 3:
        return Markup("")
    members: defaultdict[int, list[str]] = defaultdict(list)
    for path in shown:
        members[numbers[path].community].append(path)
    place, height = _frame([(numbers[path].x, numbers[path].y) for path in shown])
    named = [topic for topic in topics if len(members[topic.community]) >= LEAST]
    regions = {}
    for topic in named:
        points = [place(numbers[path]) for path in members[topic.community]]
        x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
        far = sorted(hypot(u - x, v - y) for u, v in points)
        regions[topic.community] = x, y, far[int((len(far) - 1) * 0.95)] + 14.0
    parts = [_region(*region, number) for number, region in regions.items()]
    parts += _bundles(graph, numbers, regions)
    most = max(numbers[path].pagerank for path in shown)
    central = sorted(shown, key=lambda path: (-numbers[path].pagerank, path))[:_MOST_NOTES]
    for path in reversed(central):
        x, y = place(numbers[path])
        kind = _kind(numbers[path].community) if numbers[path].community in regions else "vc-other"
        parts.append(void("circle", cx=x, cy=y, r=3.0 + 9.0 * sqrt(numbers[path].pagerank / most), class_=kind))
    parts += _names([(topic.name, *regions[topic.community]) for topic in named])
    return el("svg", join(parts, "\n"), class_="vc-picture", viewBox=f"0 0 {_WIDTH:g} {height:.0f}", aria_hidden="true")


def _frame(points: Sequence[Point]) -> tuple[Callable[[Metrics], Point], float]:
    """From the map's plane, where up is more, to the picture's; and how high that is."""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    low, high = min(y for _, y in points), max(y for _, y in points)
    scale = (_WIDTH - 2 * _MARGIN) / max(right - left, (high - low) / 1.1, 1e-6)
    inset = _MARGIN + (_WIDTH - 2 * _MARGIN - (right - left) * scale) / 2

    def place(numbers: Metrics) -> Point:
        return inset + (numbers.x - left) * scale, _MARGIN + (high - numbers.y) * scale

    return place, 2 * _MARGIN + (high - low) * scale


def _region(x: float, y: float, radius: float, number: int) -> Markup:
    return void("circle", cx=x, cy=y, r=radius, class_=f"vc-region {_kind(number)}")


def _kind(community: int) -> str:
    return f"vc-c{community % _COLOURS}"


def _bundles(
    graph: LinkGraph, numbers: Mapping[str, Metrics], regions: Mapping[int, tuple[float, float, float]]
) -> list[Markup]:
    """A line for the links between two topics: the more, the wider."""
    counts: Counter[tuple[int, int]] = Counter()
    for edge in graph.edges:
        one, two = sorted((numbers[edge.source].community, numbers[edge.target].community))
        if one != two and one in regions and two in regions:
            counts[one, two] += 1
    found = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_BUNDLES]
    lines = []
    for (one, two), links in found:
        (x1, y1, _), (x2, y2, _) = regions[one], regions[two]
        width = max(1.0, 9.0 * links / found[0][1])
        lines.append(void("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke_width=width, class_="vc-bundle"))
    return lines


def _names(named: Sequence[tuple[str, float, float, float]]) -> list[Markup]:
    """The names of the regions, the largest first, none over another."""
    taken: list[tuple[float, float, float, float]] = []
    out = []
    for name, x, y, radius in named:
        size = max(40.0, min(54.0, radius * 0.4))
        shown = short(name, 26)
        half = len(shown) * size * _LETTER / 2
        x = min(max(x, half), _WIDTH - half)
        box = (x - half, y - size, x + half, y + size * 0.3)
        if any(box[0] < c and a < box[2] and box[1] < d and b < box[3] for a, b, c, d in taken):
            continue
        taken.append(box)
        out.append(el("text", shown, x=x, y=y, font_size=size, text_anchor="middle"))
    return out
