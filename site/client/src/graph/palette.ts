// Colours come from the style sheet, so that one place decides them, and follow Material's palette as it is switched.

export interface Palette {
  readonly ground: string;
  readonly ink: string;
  readonly faint: string;
  readonly edge: string;
  readonly edgeStrong: string;
  readonly missing: string;
  /** One for each of the largest communities, then none: the rest share `other`. */
  readonly communities: readonly string[];
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
