// What a reader asks for: words, `"phrases"` and `#tags`.

import { plain, type Term, words } from "./words";

/** Words that stand one after the other; most clauses are of one word. */
export type Clause = readonly Term[];
export type Query = Readonly<{ clauses: readonly Clause[]; tags: readonly Readonly<{ name: string; open: boolean }>[] }>;

const PARTS = /#([\p{L}\p{N}_/-]*)|["«“„]([^"»”“]*)(["»”“]?)|([^\s"«“„#]+)/gu;

/** The last word of what is typed may go on. */
export function parse(text: string): Query {
  const clauses: Clause[] = [];
  const tags: { name: string; open: boolean }[] = [];
  for (const found of text.matchAll(PARTS)) {
    const [whole, tag, phrase, closed, rest] = found;
    const last = found.index + whole.length === text.length && !closed;
    if (tag !== undefined) {
      if (tag !== "") tags.push({ name: plain(tag), open: last });
    } else {
      const exact = phrase !== undefined;
      const terms = words(phrase ?? rest ?? "").map((word, at, all) => ({ word, exact, open: last && at === all.length - 1 }));
      if (exact && terms.length > 0) clauses.push(terms);
      else clauses.push(...terms.map((term) => [term]));
    }
  }
  return { clauses, tags };
}

/** Whether a tag, or one above it, is asked for. */
export function tagged(tag: string, asked: Query["tags"][number]): boolean {
  const name = plain(tag);
  return name === asked.name || name.startsWith(`${asked.name}/`) || (asked.open && name.startsWith(asked.name));
}
