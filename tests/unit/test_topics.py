"""Topics: which notes belong together, what that is called, and a picture of them that stays as it is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import hypot
from statistics import median

import pytest

from vaultc.graph import Edge, LinkGraph, Node
from vaultc.graph.metrics import measure
from vaultc.graph.topics import topics


def areas(count: int, size: int) -> LinkGraph:
    """Notes in folders, each linked to any others: only the folders say what belongs together."""
    chance = random.Random(5)
    ids = [f"area{area:02}/n{at}.md" for area in range(count) for at in range(size)]
    edges = tuple(Edge(source, chance.choice(ids), "link", at) for source in ids for at in range(6))
    return LinkGraph({name: Node(name, name, True) for name in ids}, edges)


def one_more(graph: LinkGraph, name: str) -> LinkGraph:
    chance = random.Random(name)
    ends = chance.sample(list(graph.nodes), 4)
    nodes = dict(sorted({**graph.nodes, name: Node(name, name, True)}.items()))
    edges = [*graph.edges, *(Edge(name, end, "link", at) for at, end in enumerate(ends))]
    return LinkGraph(nodes, tuple(sorted(edges, key=lambda edge: edge.source)))


def mingled() -> LinkGraph:
    """Notes in folders with half of their links inside, and tags across: many ways to part them are nearly as good as the best."""
    chance = random.Random(0)
    ids = [f"area{area:02}/n{at}.md" for area in range(9) for at in range(13)]
    edges = []
    for source in ids:
        inside = [name for name in ids if name.partition("/")[0] == source.partition("/")[0]]
        edges += [Edge(source, chance.choice(inside if chance.random() < 0.5 else ids), "link", at) for at in range(3)]
    tags = {name: (f"t{chance.randrange(5)}",) if chance.random() < 0.3 else () for name in ids}
    return LinkGraph({name: Node(name, name, True, tags[name]) for name in ids}, tuple(edges))


@pytest.mark.parametrize(
    "graph, name",
    [
        (areas(16, 20), "area00/a new one.md"),
        (areas(16, 20), "area07/zz.md"),
        (areas(16, 20), "zz.md"),
        (mingled(), "area05/new.md"),
    ],
)
def test_one_more_note_leaves_the_others_where_they_are(graph: LinkGraph, name: str) -> None:
    before, after = measure(graph), measure(one_more(graph, name))
    xs, ys = [m.x for m in before.values()], [m.y for m in before.values()]
    diagonal = hypot(max(xs) - min(xs), max(ys) - min(ys))
    moved = [hypot(m.x - after[node].x, m.y - after[node].y) / diagonal for node, m in before.items()]
    assert median(moved) <= 0.01


def test_what_shares_a_folder_or_a_tag_is_a_topic_though_links_go_anywhere() -> None:
    measured = measure(areas(16, 20))
    found = {node.partition("/")[0]: m.community for node, m in measured.items()}
    assert len(set(found.values())) == 16
    assert all(m.community == found[node.partition("/")[0]] for node, m in measured.items())


def test_topics_lie_apart() -> None:
    measured = measure(areas(9, 12))
    for one in range(9):
        mine = [m for m in measured.values() if m.community == one]
        x, y = sum(m.x for m in mine) / 12, sum(m.y for m in mine) / 12
        reach = max(hypot(m.x - x, m.y - y) for m in mine)
        assert all(hypot(m.x - x, m.y - y) > reach for m in measured.values() if m.community != one)


def named(groups: Sequence[Sequence[tuple[str, tuple[str, ...]]]]) -> list[str]:
    nodes, community = {}, {}
    for number, group in enumerate(groups):
        for title, tags in group:
            path = f"{title}.md"
            nodes[path], community[path] = Node(path, title, True, tags), number
    return [topic.name for topic in topics(nodes, community)]


def test_a_topic_is_named_by_what_sets_it_apart() -> None:
    caches = [(f"{which} cache", ("all",)) for which in ("Paged", "Shared", "Rolling", "Quantised")]
    reading = [(f"VC20{at} about linear attention", ("all",)) for at in range(3)]
    tagged = [(f"Note {at}", ("all", "units/gpu_memory")) for at in range(3)]
    assert named([caches, reading, tagged]) == ["Cache", "Linear attention", "Gpu memory"]


def test_a_topic_that_nothing_sets_apart_has_the_name_of_a_note() -> None:
    assert named([[("VC201", ()), ("One", ()), ("Three", ())]]) == ["One"]


def test_two_notes_are_no_topic() -> None:
    assert named([[("One", ()), ("Two", ())]]) == []


def test_numbers_of_codes_are_no_words() -> None:
    assert named([[(f"VC20{at} links", ()) for at in range(4)], [(f"VC30{at} files", ()) for at in range(3)]]) == [
        "Links",
        "Files",
    ]
