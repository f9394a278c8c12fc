// Which notes somebody may have meant who asked for an address that no page has.

import type { Note } from "./rank";
import { plain } from "./words";

const LEAST = 0.35;

/** The notes whose name or address is most like the address, the nearest first. */
export function nearest(notes: readonly Note[], address: string, most: number): Note[] {
  const asked = pairs(last(address));
  const found = notes.map((note) => {
    const names = [...note.names.map(({ text }) => text), last(note.url)];
    return { note, like: Math.max(...names.map((name) => likeness(asked, pairs(name)))) };
  });
  return found
    .filter(({ like }) => like >= LEAST)
    .sort((one, other) => other.like - one.like)
    .slice(0, most)
    .map(({ note }) => note);
}

function last(address: string): string {
  const parts = address.replace(/(?:\/index)?(?:\.html?)?\/*$/, "").split("/");
  return parts[parts.length - 1] ?? "";
}

/** How often each two letters follow one another in a text; a word begins and ends with a space. */
function pairs(text: string): Map<string, number> {
  const letters = [...` ${plain(text).replace(/[^\p{L}\p{N}]+/gu, " ").trim()} `];
  const out = new Map<string, number>();
  for (let at = 1; at < letters.length; at += 1) {
    const pair = `${letters[at - 1]}${letters[at]}`;
    out.set(pair, (out.get(pair) ?? 0) + 1);
  }
  return out;
}

/** Dice's coefficient: 1 for the same pairs of letters, 0 for none in common. */
function likeness(one: Map<string, number>, other: Map<string, number>): number {
  let common = 0;
  for (const [pair, count] of one) common += Math.min(count, other.get(pair) ?? 0);
  const sum = (counts: Map<string, number>): number => [...counts.values()].reduce((total, count) => total + count, 0);
  return (2 * common) / Math.max(1, sum(one) + sum(other));
}
