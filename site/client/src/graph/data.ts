// What `graph.json` holds, read with suspicion: a page may be older or newer than the script.

export interface GraphNode {
  /** Its place among the nodes of the graph. */
  readonly at: number;
  readonly id: string;
  readonly title: string;
  /** A missing note is a node too: some note links to it. */
  readonly exists: boolean;
  readonly tags: readonly string[];
  /** Other names of the note, in any language: people search by them. */
  readonly aliases: readonly string[];
  /** The folder of the note's path; empty at the vault's root and for missing notes. */
  readonly folder: string;
  /** What its benchmarks say: `measured`, and the verdicts on what they claim. */
  readonly results: readonly string[];
  readonly community: number;
  /** The rank of its topic by size, from 0; Infinity where it belongs to none. */
  readonly rank: number;
  readonly pagerank: number;
  readonly x: number;
  readonly y: number;
  /** The page's path from the site's root, not encoded; null for a missing note. */
  readonly url: string | null;
}

/** Two linked notes, by place. */
export interface GraphEdge {
  readonly source: number;
  readonly target: number;
  /** A set of bits: bit n stands for `GraphData.kinds[n]`. */
  readonly kinds: number;
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
  /** The kinds of links that there are, as the compiler calls them. */
  readonly kinds: readonly string[];
  /** All links, repeated ones too. */
  readonly links: number;
  /** The largest first. */
  readonly topics: readonly Topic[];
  /** Folders and tags whose notes the map leaves out at first. */
  readonly hidden: readonly string[];
}

export class GraphError extends Error {}

const SCHEMA = 2;

export async function loadGraph(address: URL): Promise<GraphData> {
  const response = await fetch(address);
  if (!response.ok) throw new GraphError(`${address.pathname} answers ${response.status}`);
  return parseGraph(await response.json());
}

export function parseGraph(raw: unknown): GraphData {
  if (!isRecord(raw) || raw["schema"] !== SCHEMA || !Array.isArray(raw["nodes"]) || !isRecord(raw["edges"])) {
    throw new GraphError(`the graph is not of schema ${SCHEMA}: build the site again`);
  }
  const topics = Array.isArray(raw["topics"]) ? raw["topics"].filter(isRecord).map(readTopic) : [];
  const ranks = new Map(topics.map((topic, rank) => [topic.community, rank]));
  const nodes = raw["nodes"].map((node, at) => readNode(isRecord(node) ? node : {}, at, ranks));
  return { nodes, ...readEdges(raw["edges"], nodes.length), topics, hidden: texts(raw["hidden"]) };
}

function readEdges(raw: Record<string, unknown>, count: number): Pick<GraphData, "edges" | "kinds" | "links"> {
  const kinds = Object.keys(raw).slice(0, 30); // as many as there are bits
  const pairs = new Map<number, { source: number; target: number; kinds: number }>();
  let links = 0;
  for (const [bit, kind] of kinds.entries()) {
    const rows: unknown = raw[kind];
    if (!Array.isArray(rows)) continue;
    for (const [from, ends] of rows.slice(0, count).entries()) {
      for (const to of Array.isArray(ends) ? ends : []) {
        if (!Number.isInteger(to) || to < 0 || to >= count) continue;
        links += 1;
        if (from === to) continue;
        const [source, target] = from < to ? [from, to] : [to, from];
        const known = pairs.get(source * count + target);
        if (known === undefined) pairs.set(source * count + target, { source, target, kinds: 1 << bit });
        else known.kinds |= 1 << bit;
      }
    }
  }
  return { edges: [...pairs.values()], kinds, links };
}

function readTopic(raw: Record<string, unknown>): Topic {
  return {
    community: Math.trunc(number(raw["community"], -1)),
    name: text(raw["name"]),
    notes: Math.max(0, Math.trunc(number(raw["notes"], 0))),
  };
}

function readNode(raw: Record<string, unknown>, at: number, ranks: ReadonlyMap<number, number>): GraphNode {
  const id = text(raw["id"]);
  const exists = raw["exists"] !== false;
  const slash = id.lastIndexOf("/");
  const community = Math.trunc(number(raw["community"], -1));
  return {
    at,
    id,
    title: text(raw["title"]) || id,
    exists,
    tags: texts(raw["tags"]).map((tag) => tag.replace(/^#/, "")),
    aliases: texts(raw["aliases"]),
    folder: exists && slash > 0 ? id.slice(0, slash) : "",
    results: texts(raw["results"]),
    community,
    rank: ranks.get(community) ?? Infinity,
    pagerank: Math.max(0, number(raw["pagerank"], 0)),
    // Without a position, a place on a sunflower: no two nodes on one point, and no randomness.
    x: number(raw["x"], Math.sqrt(at) * Math.cos(at * 2.4)),
    y: number(raw["y"], Math.sqrt(at) * Math.sin(at * 2.4)),
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
