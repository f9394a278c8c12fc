// What things are called, and how well that answers a query. Notes, tags and the points of the map are found by this.

import type { Clause } from "./query";
import { likeness, words } from "./words";

export type Name = Readonly<{ text: string; words: readonly string[] }>;

/** How well a name answers: for each clause between 0 and 1, and how much of the name was asked for. */
export type Answer = Readonly<{ name: Name; each: readonly number[]; coverage: number }>;

export function named(text: string): Name {
  return { text, words: words(text) };
}

/** The name that answers best; the first of two that do equally well. Null where none answers any clause. */
export function answer(names: readonly Name[], clauses: readonly Clause[]): Answer | null {
  let best: Answer | null = null;
  for (const name of names) {
    const each = clauses.map((clause) => within(name.words, clause));
    const said = each.reduce((sum, one, at) => sum + one * (clauses[at]?.length ?? 0), 0);
    if (said === 0) continue;
    const found = { name, each, coverage: said / Math.max(1, name.words.length) };
    if (best === null || weight(found) > weight(best)) best = found;
  }
  return best;
}

/** What an answer is worth beside others. */
export function weight({ each, coverage }: Answer): number {
  return each.reduce((sum, one) => sum + one, 0) * (1 + 2 * Math.min(1, coverage));
}

/** How well the words of a clause stand in a name one after the other. */
export function within(name: readonly string[], clause: Clause): number {
  let best = 0;
  for (let start = 0; start + clause.length <= name.length; start += 1) {
    const least = Math.min(...clause.map((term, at) => likeness(term, name[start + at] ?? "")));
    if (least > best) best = least;
  }
  return best;
}
