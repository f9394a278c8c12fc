// The words of a text as search compares them: as `compiler/vaultc/publish/search/words.py` wrote them into the index. The index has
// words as they stand; which of them are forms of one word is known here alone.

import { stemmer as english } from "@orama/stemmers/english";
import { stemmer as russian } from "@orama/stemmers/russian";

/** A word that is asked for: `open` while it may go on, `exact` where its other forms are not meant. */
export type Term = Readonly<{ word: string; open: boolean; exact: boolean }>;

// Accents, which people leave out; the breve of a Russian `й` makes another letter.
const ACCENTS = /(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f]/gu;
const WORD = /[\p{L}\p{N}]+/gu;
const BEGINNING = 3;
const SPELLED = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const stems = new Map<string, string>();

/** A text without case, accents and compatibility forms. */
export function plain(text: string): string {
  return text.normalize("NFKD").toLowerCase().replace(ACCENTS, "").normalize("NFKC");
}

/** The words of a text, in order. */
export function words(text: string): string[] {
  return plain(text).match(WORD) ?? [];
}

/** In which of the parts of an index a word stands: FNV-1a over its first letters. */
export function part(word: string, parts: number): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode([...word].slice(0, BEGINNING).join(""))) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return (value >>> 0) % parts;
}

/** What the forms of a word have in common. */
export function stem(word: string): string {
  let found = stems.get(word);
  if (found === undefined) {
    found = /\p{Script=Cyrillic}/u.test(word) ? russian(word) : english(word);
    stems.set(word, found);
  }
  return found;
}

/** Whether two stems are of one word. The Russian stemmer takes the end of some nouns for that of a verb: «память», «памят-и». */
function alike(one: string, other: string): boolean {
  if (one === other) return true;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length >= 4 && long === `${short}т`;
}

/** How much a word is the one that is asked for: 1 for the word itself, 0 for another. */
export function likeness(term: Term, word: string): number {
  if (word === term.word) return 1;
  if (!term.exact && alike(stem(word), stem(term.word))) return 0.8;
  return term.open && word.startsWith(term.word) ? 0.6 : 0;
}

/** The stretches of a text that are words that are asked for. */
export function marks(text: string, terms: readonly Term[]): { start: number; end: number; term: Term }[] {
  return [...text.matchAll(SPELLED)].flatMap((found) => {
    const word = plain(found[0]);
    const term = terms.find((asked) => likeness(asked, word) > 0);
    return term === undefined ? [] : [{ start: found.index, end: found.index + found[0].length, term }];
  });
}
