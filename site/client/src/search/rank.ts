// Which notes answer a query, and in what order: by what they are called, and by where the words stand in them.

import { answer, type Name, named, weight, within } from "./names";
import { type Clause, type Query, tagged } from "./query";
import { likeness, type Term, words } from "./words";

/** A note in the table that the compiler wrote: `[id, url, title, aliases, tags]`, empty ends left out. */
export type Row = readonly [id: string, url: string, title?: string, aliases?: readonly string[], tags?: readonly string[]];
export type TagRow = readonly [name: string, url: string, notes: number];
export type Table = Readonly<{ words: number; texts: number; tags: readonly TagRow[]; notes: readonly Row[] }>;
/** Where words stand: `id.3.#17 …` for each, the numbers of those in headings marked. */
export type Part = Readonly<Record<string, string>>;

// What a name is worth beside the text, and a name that is not the title beside the title.
const NAME = 2;
const OTHER = 0.9;

export interface Note {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly tags: readonly string[];
  /** The title first. */
  readonly names: readonly Name[];
}

export interface Hit {
  readonly note: Note;
  readonly score: number;
  /** The name that the note was found by; null where it was by its text alone. */
  readonly by: Name | null;
  /** Whether that name answers every clause. */
  readonly named: boolean;
  /** Whether every clause stands in headings: then sections may answer. */
  readonly headed: boolean;
}

export function readNote([id, url, title, aliases, tags]: Row): Note {
  const shown = title || (url.replace(/\/$/, "").split("/").pop() ?? url);
  return { id, url, title: shown, tags: tags ?? [], names: [shown, ...(aliases ?? [])].map(named) };
}

/** The notes that answer most of a query, the best first. `parts` gives the part of the index that a word stands in, where it is loaded. */
export function rank(notes: readonly Note[], { clauses, tags }: Query, parts: (word: string) => Part | undefined): Hit[] {
  const standing = clauses.map((clause) => stands(clause, parts));
  const rare = standing.map((found) => Math.log(1 + notes.length / Math.max(1, found.size)) / Math.log(1 + notes.length));
  const found: (Hit & { met: number })[] = [];
  for (const note of notes) {
    if (!tags.every((asked) => note.tags.some((tag) => tagged(tag, asked)))) continue;
    const called = answer(note.names, clauses);
    const places = standing.map((one) => one.get(note.id));
    const met = clauses.filter((_, at) => (called?.each[at] ?? 0) > 0 || places[at] !== undefined).length;
    if (met === 0 && clauses.length > 0) continue;
    const text = places.reduce((sum, place, at) => sum + (place === undefined ? 0 : (rare[at] ?? 0) * (place.weight / (place.weight + 2))), 0);
    const name = called === null ? 0 : weight(called) * (called.name === note.names[0] ? 1 : OTHER);
    const headed = clauses.length > 0 && places.every((place) => place?.headed === true);
    const whole = called?.each.every((one) => one > 0) === true;
    found.push({ note, score: NAME * name + text, met, headed, by: called?.name ?? null, named: whole });
  }
  const most = Math.max(0, ...found.map(({ met }) => met));
  return found
    .filter(({ met }) => met === most)
    .sort((a, b) => b.score - a.score || a.note.title.localeCompare(b.note.title));
}

/** The tags that answer a query. */
export function rankTags(tags: readonly TagRow[], query: Query): TagRow[] {
  const { clauses } = query;
  return tags
    .filter(([name]) =>
      query.tags.length > 0
        ? query.tags.some((asked) => tagged(name, asked))
        : clauses.length > 0 && clauses.every((clause) => within(words(name), clause) > 0),
    )
    .sort(([a, , many], [b, , more]) => more - many || a.localeCompare(b));
}

type Place = Readonly<{ weight: number; headed: boolean }>;

/** How heavily a clause stands in each note, by its name in the index. */
function stands(clause: Clause, parts: (word: string) => Part | undefined): Map<string, Place> {
  const each = clause.map((term) => places(term, parts(term.word) ?? {}));
  const out = new Map<string, Place>();
  for (const [id, first] of each[0] ?? []) {
    let weight = 0;
    let headed = false;
    for (const [place, { like, heading }] of first) {
      if (!each.slice(1).every((next, at) => next.get(id)?.has(place + at + 1) === true)) continue;
      weight += heading ? 3 * like : like;
      headed ||= heading;
    }
    if (weight > 0) out.set(id, { weight, headed });
  }
  return out;
}

/** Where a term stands: by the note's name in the index, then by place. */
function places(term: Term, part: Part): Map<string, Map<number, { like: number; heading: boolean }>> {
  const out = new Map<string, Map<number, { like: number; heading: boolean }>>();
  for (const word of Object.keys(part)) {
    const like = likeness(term, word);
    if (like === 0) continue;
    for (const entry of (part[word] ?? "").split(" ")) {
      const [id = "", ...numbers] = entry.split(".");
      let found = out.get(id);
      if (found === undefined) out.set(id, (found = new Map()));
      for (const number of numbers) {
        const heading = number.startsWith("#");
        found.set(Number(heading ? number.slice(1) : number), { like, heading });
      }
    }
  }
  return out;
}
