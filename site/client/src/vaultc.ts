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

// Links of a page's text show where they lead. Nothing is fetched for that before a reader reaches for the first one.
const LINKS =
  ".md-content__inner a[href]:not(.headerlink, .footnote-ref, .footnote-backref, .md-button, .md-content__button, [data-vaultc='tags'] a)";
const REACHES = ["pointerover", "pointerdown", "focusin"] as const;

let last: Event | undefined; // the reader may be elsewhere when the code for it has come

async function reached(event: Event): Promise<void> {
  const loading = last !== undefined;
  if (!loading && !(event.target instanceof Element && event.target.closest(LINKS) !== null)) return;
  if (event.type === "pointerover" && (event as PointerEvent).pointerType === "touch") return; // it goes down next
  last = event;
  if (loading) return;
  const { start } = await import("./preview/cards");
  for (const name of REACHES) document.removeEventListener(name, reached);
  start(LINKS, last);
}
for (const name of REACHES) document.addEventListener(name, reached);
