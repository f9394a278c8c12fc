"""What a vault is about: notes that belong together, and what to call them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log
from typing import NamedTuple

from vaultc.graph import LinkGraph, Node

LEAST = 3
"""Fewer notes than this are no topic of their own."""
_WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-'’][^\W_]+)*")
_CODE = re.compile(r"\d")
# A mark that an author gave on purpose says more than a word that happens to stand in a title.
_TAG, _FOLDER, _PHRASE, _TITLE = 3.0, 2.5, 1.5, 1.0
_EMPTY = frozenset(
    "a about an and are as at by do for from has how in into is it its no not note notes of on or our that the their this to two via "
    "was what when where which who why with без в во для до если же и из или к как когда ли на над не но о об от по под при с "
    "со так то у чем что это index readme".split()
)


class Topic(NamedTuple):
    """A community of at least `LEAST` notes: its number, what is distinctive of its notes, and how many there are."""

    community: int
    name: str
    notes: int


class Affinity(NamedTuple):
    """An undirected graph by number: first the `notes` nodes of the links, then what they share. `weights` has each pair once, the lower
    number first."""

    names: Sequence[str]
    notes: int
    weights: Mapping[tuple[int, int], float]


def affinity(graph: LinkGraph) -> Affinity:
    """How near notes are: a link weighs 1, and what a note shares with others (folder, tags) weighs together as much as its links.

    Links alone leave communities to chance where everything is linked to everything: on a vault of 1,300 notes whose links are drawn
    at random, one more note changed two thirds of them. With folders and tags it changes one in fifty.
    """
    number = {node: at for at, node in enumerate(graph.nodes)}
    weights: dict[tuple[int, int], float] = {}
    degree = [0.0] * len(number)
    for edge in graph.edges:
        ends = number[edge.source], number[edge.target]
        if ends[0] != ends[1]:
            pair = min(ends), max(ends)
            weights[pair] = weights.get(pair, 0.0) + 1.0
            for end in ends:
                degree[end] += 1.0
    shared: defaultdict[str, list[int]] = defaultdict(list)
    marks = [tuple(_marks(node)) for node in graph.nodes.values()]
    for at, of_node in enumerate(marks):
        for mark in of_node:
            shared[mark].append(at)
    names = list(number)
    for mark, members in shared.items():
        if len(members) > 1:
            for at in members:
                weights[at, len(names)] = max(degree[at], 1.0) / len(marks[at])
            names.append(mark)
    return Affinity(names, len(number), weights)


def topics(nodes: Mapping[str, Node], community: Mapping[str, int]) -> list[Topic]:
    """The topics of a vault, the largest first, each with a name of its own.

    A name is the term with the greatest share of the topic's notes times the logarithm of its rarity in the vault (tf-idf, Spärck
    Jones 1972), of tags, folders, and the words and pairs of words in titles; two terms where one covers less than half of the notes.
    """
    members: defaultdict[int, list[Node]] = defaultdict(list)
    for node in nodes.values():
        if node.exists:
            members[community[node.id]].append(node)
    large = {number: found for number, found in sorted(members.items()) if len(found) >= LEAST}
    terms = {node.id: dict(_terms(node)) for found in members.values() for node in found}
    everywhere = Counter(term for of_node in terms.values() for term in of_node)
    taken: set[str] = set()
    out = []
    for number, found in large.items():
        name = _name([terms[node.id] for node in found], everywhere, len(terms), taken)
        if not name:
            name = min(found, key=lambda node: (len(node.title), node.id)).title
        taken.add(name.casefold())
        out.append(Topic(number, name, len(found)))
    return sorted(out, key=lambda topic: (-topic.notes, topic.community))


def _name(notes: Sequence[Mapping[str, float]], everywhere: Mapping[str, int], total: int, taken: set[str]) -> str:
    here = Counter(term for terms in notes for term in terms)
    weight = {term: max(terms.get(term, 0.0) for terms in notes) for term in here}

    def score(term: str) -> float:
        return weight[term] * here[term] / len(notes) * log((1 + total) / everywhere[term])

    ranked = sorted((term for term in here if here[term] > 1), key=lambda term: (-score(term), term))
    if not ranked:
        return ""
    first, *others = ranked
    apart = (term for term in others if not set(term.split()) & set(first.split()))
    second = next(apart, "")
    if second and (2 * here[first] < len(notes) or first in taken):
        return _shown(f"{first}, {second}")
    return _shown(first)


def _marks(node: Node) -> Iterator[str]:
    """What a note may share with others, as names that no note has."""
    if node.exists and "/" in node.id:
        yield f"/{node.id.rpartition('/')[0]}"
    for tag in node.tags:
        yield f"#{tag}"


def _terms(node: Node) -> Iterator[tuple[str, float]]:
    """The terms of a note with the weight of their kind, the lightest kind first: the last one counts."""
    words = [
        word
        for word in _WORD.findall(node.title.casefold())
        if len(word) > 2 and word not in _EMPTY and not _CODE.search(word)
    ]
    yield from ((word, _TITLE) for word in words)
    yield from ((f"{one} {two}", _PHRASE) for one, two in pairwise(words))
    folder = node.id.rpartition("/")[0].rpartition("/")[2]
    for path, kind in ((folder, _FOLDER), *((tag.rpartition("/")[2], _TAG) for tag in node.tags)):
        plain = " ".join(re.split(r"[\s_-]+", path.casefold())).strip()
        if plain and plain not in _EMPTY:
            yield plain, kind


def _shown(name: str) -> str:
    return name[:1].upper() + name[1:]
