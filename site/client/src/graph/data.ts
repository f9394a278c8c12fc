// What `graph.json` holds, read with suspicion: a page may be older or newer than the script.

export interface GraphNode {
  readonly id: string;
  readonly title: string;
  /** A missing note is a node too: some note links to it. */
  readonly exists: boolean;
  readonly tags: readonly string[];
  /** Other names of the note, in any language: people search by them. */
  readonly aliases: readonly string[];
  /** The folder of the note's path; empty at the vault's root and for missing notes. */
  readonly folder: string;
  readonly community: number;
  readonly pagerank: number;
  readonly x: number;
  readonly y: number;
  /** The page's path from the site's root, not encoded; null for a missing note. */
  readonly url: string | null;
}

export interface GraphEdge {
  readonly source: string;
  readonly target: string;
}

/** A community that has a name, with the number of its notes. */
export interface Topic {
  readonly community: number;
  readonly name: string;
  readonly notes: number;
}

export interface GraphData {
  readonly nodes: readonly GraphNode[];
  /** Each pair of linked notes once, whatever the number and the direction of its links; no links to itself. */
  readonly edges: readonly GraphEdge[];
  /** All links, repeated ones too. */
  readonly links: number;
  /** The largest first. */
  readonly topics: readonly Topic[];
  /** Folders and tags whose notes the map leaves out at first. */
  readonly hidden: readonly string[];
}

export class GraphError extends Error {}

const SCHEMA = 1;

export async function loadGraph(address: URL): Promise<GraphData> {
  const response = await fetch(address);
  if (!response.ok) throw new GraphError(`${address.pathname} answers ${response.status}`);
  return parseGraph(await response.json());
}

export function parseGraph(raw: unknown): GraphData {
  if (!isRecord(raw) || raw["schema"] !== SCHEMA || !Array.isArray(raw["nodes"]) || !Array.isArray(raw["edges"])) {
    throw new GraphError(`the graph is not of schema ${SCHEMA}: build the site again`);
  }
  const nodes = raw["nodes"].filter(isRecord).map(readNode);
  const known = new Set(nodes.map((node) => node.id));
  const pairs = new Map<string, GraphEdge>();
  let links = 0;
  for (const edge of raw["edges"].filter(isRecord)) {
    const { source, target } = edge;
    if (typeof source !== "string" || typeof target !== "string" || !known.has(source) || !known.has(target)) continue;
    links += 1;
    if (source === target) continue;
    const [low, high] = source < target ? [source, target] : [target, source];
    pairs.set(JSON.stringify([low, high]), { source: low, target: high });
  }
  const topics = Array.isArray(raw["topics"]) ? raw["topics"].filter(isRecord).map(readTopic) : [];
  return { nodes, edges: [...pairs.values()], links, topics, hidden: texts(raw["hidden"]) };
}

function readTopic(raw: Record<string, unknown>): Topic {
  return {
    community: Math.trunc(number(raw["community"], -1)),
    name: text(raw["name"]),
    notes: Math.max(0, Math.trunc(number(raw["notes"], 0))),
  };
}

function readNode(raw: Record<string, unknown>, index: number): GraphNode {
  const id = text(raw["id"]);
  const exists = raw["exists"] !== false;
  const slash = id.lastIndexOf("/");
  return {
    id,
    title: text(raw["title"]) || id,
    exists,
    tags: texts(raw["tags"]),
    aliases: texts(raw["aliases"]),
    folder: exists && slash > 0 ? id.slice(0, slash) : "",
    community: Math.trunc(number(raw["community"], -1)),
    pagerank: Math.max(0, number(raw["pagerank"], 0)),
    // Without a position, a place on a sunflower: no two nodes on one point, and no randomness.
    x: number(raw["x"], Math.sqrt(index) * Math.cos(index * 2.4)),
    y: number(raw["y"], Math.sqrt(index) * Math.sin(index * 2.4)),
    url: exists && typeof raw["url"] === "string" ? raw["url"] : null,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}
