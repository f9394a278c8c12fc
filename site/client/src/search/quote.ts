// What to quote of a note's text: the words around those that were asked for, and the sections that they head.

import { within } from "./names";
import type { Clause } from "./query";
import { marks, type Term, words } from "./words";

export type Section = readonly [anchor: string, heading: string, text: string];
/** Text in pieces; `marked` are the words that were asked for. */
export type Quote = readonly Readonly<{ text: string; marked: boolean }>[];

const BEFORE = 50;
const LENGTH = 180;

/** The place of a text that says most of what was asked for; null where it says none of it. */
export function quote(sections: readonly Section[], clauses: readonly Clause[]): { quote: Quote; anchor: string; word: string } | null {
  const terms = clauses.flat();
  const best = starts(sections, terms).reduce<Start | null>((most, one) => (one.said > (most?.said ?? 0) ? one : most), null);
  if (best === null) return null;
  const { line, anchor, at } = best;
  const start = at <= BEFORE ? 0 : line.indexOf(" ", at - BEFORE) + 1;
  const end = line.length - start <= LENGTH ? line.length : Math.max(line.lastIndexOf(" ", start + LENGTH), at + 1);
  const shown = `${start > 0 ? "… " : ""}${line.slice(start, end)}${end < line.length ? " …" : ""}`;
  const word = /^[\p{L}\p{N}\p{M}]+/u.exec(line.slice(at))?.[0] ?? "";
  return { quote: marked(shown, terms), anchor, word };
}

type Start = Readonly<{ line: string; anchor: string; at: number; said: number }>;

/** Where a quote may begin, and how many of the terms it then says. */
function starts(sections: readonly Section[], terms: readonly Term[]): Start[] {
  return sections.flatMap(([anchor, , text]) =>
    text.split("\n").flatMap((line) => {
      const found = marks(line, terms);
      return found.map(({ start }) => {
        const near = found.filter((mark) => mark.start >= start && mark.end < start + LENGTH - BEFORE);
        return { line, anchor, at: start, said: new Set(near.map(({ term }) => term)).size };
      });
    }),
  );
}

export function marked(text: string, terms: readonly Term[]): Quote {
  const out: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const { start, end } of marks(text, terms)) {
    out.push({ text: text.slice(at, start), marked: false }, { text: text.slice(start, end), marked: true });
    at = end;
  }
  out.push({ text: text.slice(at), marked: false });
  return out.filter((piece) => piece.text !== "");
}

/** The sections whose headings answer every clause. */
export function headed(sections: readonly Section[], clauses: readonly Clause[]): Section[] {
  return sections.filter(([anchor, heading]) => {
    const said = words(heading);
    return anchor !== "" && clauses.every((clause) => within(said, clause) > 0);
  });
}
