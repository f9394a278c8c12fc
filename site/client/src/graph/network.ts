// Who is linked to whom, by place: what lies around a note, and the way from one to another.

import type { GraphData } from "./data";

/** The neighbours of each note. */
export type Network = readonly (readonly number[])[];

/** The network of the links of one kind, or of all where `kind` is empty. */
export function networkOf({ nodes, edges, kinds }: GraphData, kind: string): Network {
  const wanted = kind === "" ? ~0 : 1 << kinds.indexOf(kind);
  const out: number[][] = nodes.map(() => []);
  for (const edge of edges) {
    if ((edge.kinds & wanted) === 0) continue;
    out[edge.source]?.push(edge.target);
    out[edge.target]?.push(edge.source);
  }
  return out;
}

/** The notes that so many links reach from one, itself first. */
export function around(network: Network, from: number, depth: number): ReadonlySet<number> {
  const found = new Set([from]);
  let rim = [from];
  for (let step = 0; step < depth && rim.length > 0; step += 1) {
    rim = rim.flatMap((at) => network[at] ?? []).filter((at) => !found.has(at) && found.add(at));
  }
  return found;
}

/** A shortest way between two notes, both ends with it; null where no links lead there. */
export function shortestPath(network: Network, from: number, to: number): readonly number[] | null {
  const before = new Map<number, number>([[from, from]]);
  let rim = [from];
  while (rim.length > 0 && !before.has(to)) {
    const next: number[] = [];
    for (const at of rim) {
      for (const end of network[at] ?? []) {
        if (before.has(end)) continue;
        before.set(end, at);
        next.push(end);
      }
    }
    rim = next;
  }
  if (!before.has(to)) return null;
  const path = [to];
  for (let at = to; at !== from; path.unshift(at)) at = before.get(at) ?? from;
  return path;
}
