import assert from "node:assert/strict";
import { test } from "node:test";

import { parseGraph, type GraphNode } from "../src/graph/data";
import { belongs, readFilters, writeFilters } from "../src/graph/filters";
import { mixed } from "../src/graph/palette";
import { bundlesOf, edgeAlpha, isFar, regionsOf } from "../src/graph/regions";

const note = (id: string, community: number, x = 0, y = 0) => ({ id, title: id, community, x, y, tags: ["a/b"] });
const graph = parseGraph({
  schema: 1,
  nodes: [note("r/a", 0, -1), note("r/b", 0, 1), note("c", 1), note("d", 1), note("e", 2)],
  edges: [
    { source: "r/a", target: "c" },
    { source: "c", target: "r/a" },
    { source: "d", target: "r/b" },
    { source: "r/a", target: "r/b" },
    { source: "e", target: "c" },
  ],
  topics: [
    { community: 0, name: "Rules", notes: 2 },
    { community: 1, name: "Units", notes: 2 },
    { community: 7, name: "Nobody", notes: 3 },
  ],
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

test("a share of a colour over another", () => {
  assert.equal(mixed("#ff0000", "#0000ff", 0.5), "#800080");
  assert.equal(mixed("red", "#0000ff", 0.5), "red");
});

test("filters survive the address, whatever stands in them", () => {
  const asked = { query: "a&b=c #d", tag: "я/b", folder: "x y", off: ["0", "missing"], all: true };
  assert.deepEqual(readFilters(writeFilters(asked)), asked);
  assert.equal(writeFilters(readFilters("")), "");
});

test("what is hidden at first is hidden with all inside", () => {
  const [first] = graph.nodes as [GraphNode];
  assert.deepEqual([["a"], ["a/b/c"], ["r"], []].map((names) => belongs({ ...first, folder: "r/s" }, names)), [true, false, true, false]);
});
