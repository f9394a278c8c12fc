// What a reader asked to see, as the page's address says it: such an address can be kept and sent. And which notes that are.

import type { GraphData, GraphNode } from "./data";
import { around, shortestPath, type Network } from "./network";
import { COMMUNITY_COLOURS } from "./palette";

export interface Filters {
  readonly query: string;
  readonly tag: string;
  readonly folder: string;
  /** The name of a topic. */
  readonly topic: string;
  /** A kind of link: notes without one are left out. */
  readonly kind: string;
  /** A verdict, `measured`, or `wanted`: linked to, but not written yet. */
  readonly status: string;
  /** Groups of the legend that are switched off. */
  readonly off: readonly string[];
  /** Whether notes are shown that the vault's configuration leaves out at first. */
  readonly all: boolean;
  /** The note that the map shows; with a `depth` only what so many links reach from it, with `to` the way between the two. */
  readonly note: string;
  readonly depth: number;
  readonly to: string;
}

const TEXTS = { query: "q", tag: "tag", folder: "folder", topic: "topic", kind: "kind", status: "status", note: "note", to: "to" } as const;
const DEEPEST = 9;

export function readFilters(hash: string): Filters {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: string): string => said.get(name) ?? "";
  const depth = Math.trunc(Number(text("depth")));
  return {
    ...(Object.fromEntries(Object.entries(TEXTS).map(([name, short]) => [name, text(short)])) as Record<keyof typeof TEXTS, string>),
    off: text("off").split(" ").filter((group) => group !== ""),
    all: said.has("all"),
    depth: depth > 0 ? Math.min(depth, DEEPEST) : 0,
  };
}

/** The fragment for an address, with `#`; empty where nothing is asked for. */
export function writeFilters(filters: Filters): string {
  const said = new URLSearchParams();
  for (const [name, short] of Object.entries(TEXTS)) {
    const value = filters[name as keyof typeof TEXTS];
    if (value !== "") said.set(short, value);
  }
  if (filters.off.length > 0) said.set("off", filters.off.join(" "));
  if (filters.all) said.set("all", "1");
  if (filters.depth > 0) said.set("depth", String(filters.depth));
  const text = said.toString();
  return text === "" ? "" : `#${text}`;
}

export interface Chosen {
  /** Whether each note is on the map, by place. */
  readonly shown: readonly boolean[];
  /** The way that was asked for; null where there is none. */
  readonly path: readonly GraphNode[] | null;
}

/** The notes that filters leave; `network` is that of the kind of links they ask for. */
export function choose(data: GraphData, network: Network, filters: Filters): Chosen {
  const { tag, folder, topic, kind, status, note, depth, to } = filters;
  const off = new Set(filters.off);
  const place = (id: string): number | undefined => data.nodes.find((each) => each.id === id)?.at;
  const from = note === "" ? undefined : place(note);
  const end = to === "" ? undefined : place(to);
  const path = from === undefined || end === undefined ? null : shortestPath(network, from, end);
  const near = path !== null ? new Set(path) : from !== undefined && depth > 0 && end === undefined ? around(network, from, depth) : null;
  const shown = data.nodes.map(
    (each) =>
      (near === null || near.has(each.at)) &&
      (tag === "" || each.tags.some((name) => within(name, tag))) &&
      (folder === "" || within(each.folder, folder)) &&
      (topic === "" || data.topics[each.rank]?.name === topic) &&
      (kind === "" || (network[each.at]?.length ?? 0) > 0) &&
      (status === "" || (status === "wanted" ? !each.exists : each.results.includes(status))) &&
      !off.has(groupOf(each)) &&
      (filters.all || !belongs(each, data.hidden)),
  );
  return { shown, path: path?.flatMap((at) => data.nodes[at] ?? []) ?? null };
}

/** The entry of the legend that a note belongs to. */
export function groupOf({ exists, rank }: GraphNode): string {
  return !exists ? "missing" : rank < COMMUNITY_COLOURS ? String(rank) : "other";
}

/** Whether a note lies in one of these folders, or has one of these tags; those inside them count, too. */
export function belongs(note: GraphNode, names: readonly string[]): boolean {
  return names.some((name) => within(note.folder, name) || note.tags.some((tag) => within(tag, name)));
}

export function within(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

/** How often each path occurs, counted for its parents too: `a/b` is also an `a`. */
export function counted(paths: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) {
    for (let slash = path.indexOf("/"); ; slash = path.indexOf("/", slash + 1)) {
      const prefix = slash < 0 ? path : path.slice(0, slash);
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
      if (slash < 0) break;
    }
  }
  return counts;
}
