// Colours come from the style sheet, so that one place decides them, and follow Material's palette as it is switched.

export interface Palette {
  readonly ground: string;
  readonly ink: string;
  readonly faint: string;
  readonly edge: string;
  readonly edgeStrong: string;
  readonly missing: string;
  /** One for each topic by size; further topics begin anew, for a region has its name besides. */
  readonly communities: readonly string[];
  /** What belongs to no topic. */
  readonly other: string;
  readonly font: string;
}

export const COMMUNITY_COLOURS = 10;

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--vc-map-${name}`).trim();
  return {
    ground: read("ground"),
    ink: read("ink"),
    faint: read("faint"),
    edge: read("edge"),
    edgeStrong: read("edge-strong"),
    missing: read("missing"),
    communities: Array.from({ length: COMMUNITY_COLOURS }, (_, index) => read(`c${index}`)),
    other: read("other"),
    font: style.fontFamily,
  };
}

/** Calls back whenever the reader, or the system, turns the page light or dark. Returns what stops it. */
export function onPaletteChange(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] });
  return () => observer.disconnect();
}

/** A colour of the style sheet (`#rrggbb`), let through by so much: 0 to 1. Anything else stays as it is. */
export function faded(colour: string, alpha: number): string {
  const share = Math.round(Math.max(0, Math.min(1, alpha)) * 255);
  return /^#[0-9a-f]{6}$/i.test(colour) ? `${colour}${share.toString(16).padStart(2, "0")}` : colour;
}

/** The colour of the topic of this rank, from 0; Infinity is no topic. */
export function topicColour(palette: Palette, rank: number): string {
  return palette.communities[rank % COMMUNITY_COLOURS] ?? palette.other;
}
