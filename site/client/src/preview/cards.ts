// Previews of links: a card on hover, on focus and on a long press. Links in a card open the next one.

import { h } from "../dom";
import { type Preview, shown, type Shown } from "./content";
import { Intent } from "./intent";
import { target } from "./target";

const ROOT = new URL(/* relative to chunks/ */ "../../../", import.meta.url).href;
const CARD = '[data-vaultc="preview"]';
const PRESS = 450;
const GAP = 8;

const loaded = new Map<string, Promise<Preview | null>>();
const open: { card: HTMLElement; link: HTMLElement }[] = [];
const intent = new Intent<HTMLAnchorElement>((link) => void show(link), () => closeFrom(0));
let wanted: HTMLAnchorElement | undefined;
let pressed = false; // a long press has opened a card: the click that ends it leads nowhere

async function load(file: string): Promise<Preview | null> {
  const answer = await fetch(file);
  return answer.ok ? ((await answer.json()) as Preview) : null;
}

/** Listen from now on; `links` selects those that may have a preview, `first` is the event that was seen before. */
export function start(links: string, first: Event): void {
  const linkOf = (event: Event): HTMLAnchorElement | null =>
    event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(`${links}, ${CARD} a[href]`) : null;
  const inCard = (event: Event): boolean => event.target instanceof Element && event.target.closest(CARD) !== null;

  const reach = (event: Event, after?: number): void => {
    const link = linkOf(event);
    if (link !== null && link !== wanted) intent.want((wanted = link), after);
    else if (link !== null || inCard(event)) intent.keep();
  };
  const leave = (): void => {
    wanted = undefined;
    intent.leave();
  };
  const over = (event: PointerEvent): void => {
    if (event.pointerType === "touch") return;
    if (linkOf(event) !== null || inCard(event)) reach(event);
    else if (open.length > 0 || wanted !== undefined) leave();
  };
  const press = (event: PointerEvent): void => {
    pressed = false;
    if (!inCard(event)) dismiss();
    wanted = undefined;
    if (event.pointerType === "touch") reach(event, PRESS);
  };
  const release = (event: PointerEvent): void => {
    if (event.pointerType !== "touch") return;
    intent.keep();
    pressed = wanted !== undefined && open.some(({ link }) => link === wanted);
  };

  document.addEventListener("pointerover", over);
  document.addEventListener("pointerdown", press);
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", release);
  document.addEventListener("focusin", (event) => {
    if (event.target instanceof Element && event.target.matches(":focus-visible")) reach(event);
  });
  document.addEventListener("focusout", (event) => {
    if (linkOf(event) !== null) leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") dismiss();
  });
  document.addEventListener("contextmenu", (event) => {
    if (wanted !== undefined && open.some(({ link }) => link === wanted) && matchMedia("(hover: none)").matches) event.preventDefault();
  });
  document.addEventListener(
    "click",
    (event) => {
      if (pressed) event.preventDefault();
      pressed = false;
    },
    true,
  );
  if (first instanceof PointerEvent) (first.type === "pointerdown" ? press : over)(first);
  else reach(first);
}

function dismiss(): void {
  wanted = undefined;
  intent.dismiss();
}

function closeFrom(depth: number): void {
  for (const { card, link } of open.splice(depth)) {
    card.remove();
    link.removeAttribute("aria-describedby");
  }
}

async function show(link: HTMLAnchorElement): Promise<void> {
  const found = target(link.href, location.href, ROOT);
  const depth = open.findIndex(({ card }) => card.contains(link)) + 1;
  if (open[depth]?.link === link) return;
  closeFrom(depth);
  if (found === null) return;
  let preview = loaded.get(found.file);
  if (preview === undefined) loaded.set(found.file, (preview = load(found.file)));
  const content = await preview;
  const what = content && shown(content, found.anchor);
  if (!what || wanted !== link || !link.isConnected || open[depth] !== undefined) return;
  const card = cardOf(what, depth);
  document.body.append(card);
  link.setAttribute("aria-describedby", card.id);
  open.push({ card, link });
  place(card, link);
  for (const formula of card.querySelectorAll<HTMLElement>(".arithmatex")) {
    void import("../math").then(({ renderMath }) => renderMath(formula));
  }
}

function cardOf(what: Shown, depth: number): HTMLElement {
  const body = h("div", { "data-part": "text" }, ...nodes(what.html));
  const headings = h("ul", {}, ...what.headings.map((html) => h("li", {}, ...nodes(html))));
  return h(
    "aside",
    { "data-vaultc": "preview", class: "md-typeset", role: "tooltip", id: `vaultc-preview-${depth}` },
    h("p", { "data-part": "title" }, what.title),
    what.section === "" ? null : h("p", { "data-part": "section" }, ...nodes(what.section)),
    body,
    what.headings.length === 0 ? null : headings,
  );
}

/** The compiler's HTML, its links seen from here. */
function nodes(html: string): Node[] {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const link of body.querySelectorAll("a")) link.href = new URL(link.getAttribute("href") ?? "", ROOT).href;
  return [...body.childNodes];
}

function place(card: HTMLElement, link: HTMLElement): void {
  const line = link.getClientRects()[0] ?? link.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const below = line.bottom + GAP + height <= innerHeight || line.top < height + GAP;
  const left = Math.max(GAP, Math.min(line.left, document.documentElement.clientWidth - width - GAP));
  const top = below ? Math.min(line.bottom + GAP, innerHeight - height - GAP) : line.top - GAP - height;
  card.style.left = `${left}px`;
  card.style.top = `${Math.max(GAP, top)}px`;
}
