// Mermaid, which is large.

import type { Mermaid } from "mermaid";

export async function loadMermaid(): Promise<Mermaid> {
  return (await import("mermaid")).default;
}
