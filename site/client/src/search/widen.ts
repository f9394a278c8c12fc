// The theme's search finds what begins like the words of a query. A word is cut to its stem first, so that it finds its
// other forms too: Russian nouns have a dozen.

import { stemmer as english } from "@orama/stemmers/english";
import { stemmer as russian } from "@orama/stemmers/russian";

const SHORTEST = 4;

/** The query with its plain words cut to stems; quoted words and those with an operator stay as they are. */
export function widen(query: string): string {
  return query
    .split(/("[^"]*"|\s+)/)
    .map((part) => (/^\p{L}{5,}$/u.test(part) ? stem(part.toLowerCase()) : part))
    .join("");
}

function stem(word: string): string {
  const cut = /\p{Script=Cyrillic}/u.test(word) ? russian(word) : english(word).replace(/[ei]$/, "");
  // A stem that is no beginning of the word (`feet`, `foot`) would not find the word itself.
  return cut.length >= SHORTEST && word.startsWith(cut) ? cut : word;
}
