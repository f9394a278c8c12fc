// What runs on every page: nearly nothing. Each part is fetched where the page has something for it.

const parts: readonly { selector: string; mount: (host: HTMLElement) => Promise<unknown> }[] = [
  {
    selector: '[data-vaultc="topic-map"]',
    mount: async (host) => (await import("./graph/topic-map")).mountTopicMap(host),
  },
  { selector: ".arithmatex", mount: async (host) => (await import("./math")).renderMath(host) },
];

function mountAll(): void {
  for (const { selector, mount } of parts) {
    for (const host of document.querySelectorAll<HTMLElement>(`${selector}:not([data-mounted])`)) {
      host.dataset["mounted"] = "";
      mount(host).catch((error: unknown) => console.error("vaultc:", selector, error));
    }
  }
}

// With instant navigation Material swaps the page and says so; without it, its stream speaks once.
type Stream = { subscribe(callback: () => void): unknown };
const pages = (window as { document$?: Stream }).document$;
if (pages === undefined) mountAll();
else pages.subscribe(mountAll);
