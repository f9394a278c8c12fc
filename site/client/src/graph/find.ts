// Which notes a query means: as the site's search finds notes by their names, and by any part of them.

import { answer, named, type Name } from "../search/names";
import { parse } from "../search/query";
import type { GraphNode } from "./data";

/** Keeps what it read of the notes' names: nothing of that is done before somebody looks for something. */
export class Finder {
  private readonly read = new Map<GraphNode, { names: readonly Name[]; text: string }>();

  /** Those of some notes that a query means, in their order. */
  find(notes: readonly GraphNode[], query: string): readonly GraphNode[] {
    const part = fold(query);
    const { clauses } = parse(query);
    return notes.filter((note) => {
      const { names, text } = this.known(note);
      return text.includes(part) || answer(names, clauses)?.each.every((one) => one > 0) === true;
    });
  }

  private known(note: GraphNode): { names: readonly Name[]; text: string } {
    let found = this.read.get(note);
    if (found === undefined) {
      const all = [note.title, ...note.aliases];
      found = { names: all.map(named), text: fold([...all, note.id].join("\n")) };
      this.read.set(note, found);
    }
    return found;
  }
}

/** Text as it is compared: without case, without the accents that people leave out. */
function fold(text: string): string {
  return text.trim().normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}
