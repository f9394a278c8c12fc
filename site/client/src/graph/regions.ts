// Topics as regions: what the map says from far away, where single notes are too small to be read. Plain functions over data; the
// scene draws what they give.

import type { GraphData, GraphNode, Topic } from "./data";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Region {
  readonly community: number;
  readonly name: string;
  readonly notes: number;
  readonly x: number;
  readonly y: number;
  /** Far enough from the middle for nearly all of its notes. */
  readonly radius: number;
}

/** All links between two topics. */
export interface Bundle {
  readonly from: number;
  readonly to: number;
  readonly links: number;
}

/** The named topics, where `at` says that their notes lie. A few stray notes do not widen a region. */
export function regionsOf(topics: readonly Topic[], notes: readonly GraphNode[], at: (note: GraphNode) => Point): Region[] {
  const members = new Map<number, Point[]>();
  for (const note of notes) {
    const list = members.get(note.community);
    if (list === undefined) members.set(note.community, [at(note)]);
    else list.push(at(note));
  }
  return topics.flatMap((topic) => {
    const points = members.get(topic.community) ?? [];
    if (points.length === 0) return [];
    const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
    const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
    const far = points.map((point) => Math.hypot(point.x - x, point.y - y)).sort((a, b) => a - b);
    return [{ ...topic, x, y, radius: far[Math.floor((far.length - 1) * 0.95)] ?? 0 }];
  });
}

/** The links between named topics, the most first; links between notes of one topic and to what has no topic are left out. */
export function bundlesOf(topics: readonly Topic[], data: GraphData): Bundle[] {
  const named = new Set(topics.map((topic) => topic.community));
  const counts = new Map<string, { from: number; to: number; links: number }>();
  for (const { source, target } of data.edges) {
    const one = data.nodes[source]?.community ?? -1;
    const two = data.nodes[target]?.community ?? -1;
    if (one === two || !named.has(one) || !named.has(two)) continue;
    const [from, to] = one < two ? [one, two] : [two, one];
    const found = counts.get(`${from} ${to}`);
    if (found === undefined) counts.set(`${from} ${to}`, { from, to, links: 1 });
    else found.links += 1;
  }
  return [...counts.values()].sort((a, b) => b.links - a.links || a.from - b.from || a.to - b.to);
}

/** How strongly to draw each of so many lines on a stage, 0 to 1: fewer are seen one by one, many as a texture. */
export function edgeAlpha(edges: number): number {
  return Math.max(0.08, Math.min(0.9, 12 / Math.sqrt(Math.max(1, edges))));
}

/** Whether notes are too many to be told apart: so many of them on the screen at this ratio of the camera (1 shows all). */
export function isFar(notes: number, ratio: number): boolean {
  return notes * Math.min(1, ratio * ratio) > 700;
}
