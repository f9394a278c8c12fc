// What runs on every page: nearly nothing. Each part is fetched where the page has something for it.

import { h } from "./dom";

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

// Films and posts of other sites: a link, until a click puts in its place the frame that it names. A vault in the generator's own
// dialect can write any attribute, so that only frames of these are taken.
const FRAMES = /^https:\/\/(www\.youtube-nocookie|platform\.twitter)\.com\/embed\//;

document.addEventListener("click", (event) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
  const card = event.target.closest<HTMLElement>('[data-vaultc="card"]');
  const source = card?.dataset["frame"] ?? "";
  if (card === null || !FRAMES.test(source)) return;
  event.preventDefault();
  event.stopPropagation(); // the theme would go where the link leads
  const allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  const referrerpolicy = "strict-origin-when-cross-origin"; // without an origin YouTube shows nothing
  const frame = h("iframe", { "data-vaultc": "frame", src: source, title: card.textContent, allow, referrerpolicy });
  card.replaceWith(frame);
  frame.focus();
}, true);

// Links of a page's text show where they lead. Nothing is fetched for that before a reader reaches for the first one.
const LINKS =
  ".md-content__inner a[href]:not(.headerlink, .footnote-ref, .footnote-backref, .md-button, .md-content__button, [data-vaultc='tags'] a, svg a)";
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

// The search, loaded when somebody reaches for it. What is typed meanwhile is not lost.
const find = (): Promise<typeof import("./search/dialog")> => import("./search/dialog");
const button = document.querySelector<HTMLElement>('[data-vaultc="search"]');
let typed: string | null = null; // while it is loading

async function search(): Promise<void> {
  if (typed !== null) return;
  typed = "";
  try {
    (await find()).open(typed);
  } finally {
    typed = null;
  }
}

function onKey(event: KeyboardEvent): void {
  const held = event.ctrlKey || event.metaKey;
  const busy = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable], dialog") !== null;
  if (event.altKey || busy) return;
  if (typed !== null && !held && event.key.length === 1) typed += event.key;
  else if (held ? event.code === "KeyK" && !event.shiftKey : event.key === "/") void search();
  else return;
  event.preventDefault();
  event.stopPropagation(); // the theme turns pages by letters
}

if (button !== null) {
  button.addEventListener("click", search);
  for (const name of ["pointerenter", "focus"]) button.addEventListener(name, () => void find(), { once: true });
  document.addEventListener("keydown", onKey);
}

export {};
