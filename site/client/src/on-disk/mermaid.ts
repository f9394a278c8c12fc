// Takes the place of `mermaid.ts` in a site that is read from a disk.

import type { Mermaid } from "mermaid";

import { runScript } from "./script";

export async function loadMermaid(): Promise<Mermaid> {
  await runScript(new URL(/* relative to chunks/ */ "../mermaid.js", import.meta.url).href);
  return (window as unknown as { vaultcMermaid: { default: Mermaid } }).vaultcMermaid.default;
}
