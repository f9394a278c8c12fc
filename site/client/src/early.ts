// Runs before the theme's own script, which would fetch Mermaid from another host unless `mermaid` is defined.
// What is defined here loads the bundled Mermaid when the first diagram is to be drawn.
import type { Mermaid, MermaidConfig } from "mermaid";

let config: MermaidConfig = {};
let loaded: Promise<Mermaid> | undefined;

async function load(): Promise<Mermaid> {
  const { default: mermaid } = await import("mermaid");
  mermaid.initialize(config);
  return mermaid;
}

const onDemand: Pick<Mermaid, "initialize" | "render"> = {
  initialize(given) {
    config = given;
  },
  async render(...given) {
    loaded ??= load();
    return (await loaded).render(...given);
  },
};

Object.assign(window, { mermaid: onDemand });
