// What a reader asked to see, as the page's address says it: such an address can be kept and sent.

import type { GraphNode } from "./data";

export interface Filters {
  readonly query: string;
  readonly tag: string;
  readonly folder: string;
  /** Groups of the legend that are switched off. */
  readonly off: readonly string[];
  /** Whether notes are shown that the vault's configuration leaves out at first. */
  readonly all: boolean;
}

export function readFilters(hash: string): Filters {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: string): string => said.get(name) ?? "";
  return {
    query: text("q"),
    tag: text("tag"),
    folder: text("folder"),
    off: text("off").split(" ").filter((group) => group !== ""),
    all: said.has("all"),
  };
}

/** The fragment for an address, with `#`; empty where nothing is asked for. */
export function writeFilters({ query, tag, folder, off, all }: Filters): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries({ q: query, tag, folder, off: off.join(" ") })) {
    if (value !== "") said.set(name, value);
  }
  if (all) said.set("all", "1");
  const text = said.toString();
  return text === "" ? "" : `#${text}`;
}

/** Whether a note lies in one of these folders, or has one of these tags; those inside them count, too. */
export function belongs(note: GraphNode, names: readonly string[]): boolean {
  return names.some((name) => within(note.folder, name) || note.tags.some((tag) => within(tag.replace(/^#/, ""), name)));
}

export function within(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}
