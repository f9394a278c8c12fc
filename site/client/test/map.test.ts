import assert from "node:assert/strict";
import { test } from "node:test";

import { parseGraph, type GraphNode } from "../src/graph/data";
import { innerEdges } from "../src/graph/edges";
import { belongs, choose, counted, readFilters, writeFilters, type Filters } from "../src/graph/filters";
import { Finder } from "../src/graph/find";
import { around, networkOf, shortestPath } from "../src/graph/network";
import { bundlesOf, edgeAlpha, isFar, regionsOf } from "../src/graph/regions";

const note = (id: string, community: number, x = 0, y = 0) => ({ id, title: id, community, x, y, tags: ["a/b"] });
const graph = parseGraph({
  schema: 2,
  nodes: [
    note("r/a", 0, -1),
    { ...note("r/b", 0, 1), results: ["refuted", "measured"] },
    { ...note("c", 1), aliases: ["Внимание"] },
    note("d", 1),
    { ...note("e", 2), exists: false },
    note("alone", 2),
  ],
  edges: { embed: [[2]], link: [[1, 2, 2], [1], [0], [1], [2, 99, -1, "x"]] },
  topics: [
    { community: 0, name: "Rules", notes: 2 },
    { community: 1, name: "Units", notes: 2 },
    { community: 7, name: "Nobody", notes: 3 },
  ],
});

const nothing = readFilters("");
const chosen = (filters: Partial<Filters>): string[] => {
  const asked = { ...nothing, ...filters };
  const { shown } = choose(graph, networkOf(graph, asked.kind), asked);
  return graph.nodes.filter(({ at }) => shown[at]).map(({ id }) => id);
};

test("links count as often as they stand; a pair of notes is one line, whatever the number, direction and kind", () => {
  assert.equal(graph.links, 8);
  assert.deepEqual(graph.kinds, ["embed", "link"]);
  assert.deepEqual(
    graph.edges.map(({ source, target, kinds }) => [source, target, kinds]),
    [[0, 2, 3], [0, 1, 2], [1, 3, 2], [2, 4, 2]],
  );
});

test("a note knows the rank of its topic; one that is not written has no folder", () => {
  assert.deepEqual(graph.nodes.map(({ rank, folder }) => [rank, folder]), [[0, "r"], [0, "r"], [1, ""], [1, ""], [Infinity, ""], [Infinity, ""]]);
});

test("what lies around a note, and the way from one to another", () => {
  const network = networkOf(graph, "");
  assert.deepEqual([...around(network, 4, 1)].sort(), [2, 4]);
  assert.deepEqual([...around(network, 4, 9)].sort(), [0, 1, 2, 3, 4]);
  assert.deepEqual(shortestPath(network, 4, 3), [4, 2, 0, 1, 3]);
  assert.deepEqual([shortestPath(network, 2, 2), shortestPath(network, 2, 5)], [[2], null]);
  assert.equal(shortestPath(networkOf(graph, "embed"), 4, 3), null);
});

test("filters leave what they ask for", () => {
  assert.deepEqual(chosen({}), ["r/a", "r/b", "c", "d", "e", "alone"]);
  assert.deepEqual(chosen({ folder: "r" }), ["r/a", "r/b"]);
  assert.deepEqual(chosen({ topic: "Units" }), ["c", "d"]);
  assert.deepEqual(chosen({ kind: "embed" }), ["r/a", "c"]);
  assert.deepEqual(chosen({ status: "refuted" }), ["r/b"]);
  assert.deepEqual(chosen({ status: "wanted" }), ["e"]);
  assert.deepEqual(chosen({ off: ["0", "missing"] }), ["c", "d", "alone"]);
  assert.deepEqual(chosen({ note: "e", depth: 1 }), ["c", "e"]);
  assert.deepEqual(chosen({ note: "e" }).length, 6);
  assert.deepEqual(chosen({ note: "e", depth: 1, to: "r/a" }), ["r/a", "c", "e"]);
});

test("a way is told in its order; where there is none, there is no way", () => {
  const way = (to: string) => choose(graph, networkOf(graph, ""), { ...nothing, note: "e", to }).path?.map(({ id }) => id);
  assert.deepEqual([way("r/a"), way("alone"), way("gone")], [["e", "c", "r/a"], undefined, undefined]);
});

test("a note is found by any part of its names, in any language", () => {
  const found = (query: string) => new Finder().find(graph.nodes, query).map(({ id }) => id);
  assert.deepEqual([found("вним"), found("внимания"), found("R/")], [["c"], ["c"], ["r/a", "r/b"]]);
});

test("lines run within topics, between notes that are shown", () => {
  const lines = (shown: (at: number) => boolean) => innerEdges(graph.edges, graph.nodes, shown).map(({ source, target }) => [source, target]);
  assert.deepEqual([lines(() => true), lines((at) => at !== 1)], [[[0, 1]], []]);
});

test("a path counts for its parents, too", () => {
  assert.deepEqual([...counted(["a/b/c", "a", "a/b"])], [["a", 3], ["a/b", 2], ["a/b/c", 1]]);
});

test("a region lies around the notes of its topic; a topic without notes is none", () => {
  const found = regionsOf(graph.topics, graph.nodes, ({ x, y }) => ({ x, y }));
  assert.deepEqual(found[0], { community: 0, name: "Rules", notes: 2, x: 0, y: 0, radius: 1 });
  assert.equal(found.length, 2);
});

test("links between named topics are drawn together, those inside and elsewhere are not", () => {
  assert.deepEqual(bundlesOf(graph.topics, graph), [{ from: 0, to: 1, links: 2 }]);
});

test("the more lines, the fainter each; from afar and with many notes there are none", () => {
  assert.ok(edgeAlpha(100) > edgeAlpha(10_000));
  assert.ok(edgeAlpha(1_000_000) > 0);
  assert.deepEqual([isFar(5_000, 1), isFar(5_000, 0.2), isFar(110, 1), isFar(5_000, 3)], [true, false, false, true]);
});

test("filters survive the address, whatever stands in them", () => {
  const off = ["0", "missing"];
  const texts = { query: "a&b=c #d", tag: "я/b", folder: "x y", topic: "A, b", kind: "embed", status: "wanted", note: "a b.md", to: "c#.md" };
  const asked = { ...texts, off, all: true, depth: 2 };
  assert.deepEqual(readFilters(writeFilters(asked)), asked);
  assert.equal(writeFilters(readFilters("#depth=-3")), "");
  assert.equal(readFilters("#depth=1e9").depth, 9);
});

test("what is hidden at first is hidden with all inside", () => {
  const [first] = graph.nodes as [GraphNode];
  assert.deepEqual([["a"], ["a/b/c"], ["r"], []].map((names) => belongs({ ...first, folder: "r/s" }, names)), [true, false, true, false]);
});
