// The search: a dialog over the page, with results that the keyboard walks through.

import { h } from "../dom";
import { address, loadTable, loadText, loadWords, wordsPart } from "./parts";
import { parse, type Query } from "./query";
import { headed, marked, type Quote, quote, type Section } from "./quote";
import { type Hit, type Note, rank, rankTags, readNote, type Table, type TagRow } from "./rank";
import { wording } from "./wording";
import { part } from "./words";

const NOTES = 10;
const SECTIONS = 6;
const TAGS = 6;
const PAUSE = 80; // between two letters that somebody types
const SHORTEST = 3; // a beginning of a word that is looked for in the text of notes

interface Option {
  /** What it stays the same by when its quote has come, and with it the place that it leads to. */
  readonly key: string;
  readonly href: string;
  readonly name: readonly (Node | string)[];
  readonly where: string;
  readonly quote: Quote;
}

type Texts = ReadonlyMap<string, readonly Section[]>;

class Search {
  private readonly says = wording(document.documentElement.lang);
  private readonly input = h("input", {
    type: "text", // in a field of type "search" Escape empties it first
    inputmode: "search",
    role: "combobox",
    "aria-label": this.says.search,
    "aria-controls": "vc-find-results",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    placeholder: this.says.placeholder,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "go",
  });
  private readonly results = h("div", { id: "vc-find-results", role: "listbox", "aria-label": this.says.search });
  private readonly status = h("p", { role: "status", "data-part": "status" });
  private readonly dialog: HTMLDialogElement;
  private table: Promise<{ table: Table; notes: readonly Note[] }> | undefined;
  private turn = 0; // of the query that is being answered: what comes for an older one is too late
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private shown: readonly Option[] = [];
  private active = -1;

  constructor() {
    const close = h("button", { type: "button", "data-part": "close", "aria-label": this.says.close, title: this.says.close }, "×");
    this.dialog = h(
      "dialog",
      { class: "vc-find__dialog", "data-vaultc": "search-dialog", "aria-label": this.says.search },
      h("div", { "data-part": "head" }, this.input, close),
      this.status,
      this.results,
      h("p", { "data-part": "keys", "aria-hidden": "true" }, this.says.keys),
    );
    document.body.append(this.dialog);
    close.addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog || (event.target instanceof Element && event.target.closest("a") !== null)) this.dialog.close();
    });
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("input", () => {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => void this.answer(), PAUSE);
    });
  }

  /** Open the dialog; what was typed before it was there is asked for, else the last query stands, to be typed over. */
  open(typed: string): void {
    if (!this.dialog.open) this.dialog.showModal();
    this.input.focus();
    if (typed === "") this.input.select();
    else this.input.value = typed;
    if (typed !== "") void this.answer();
    else this.load().catch(() => this.say(this.says.failed));
  }

  private load(): Promise<{ table: Table; notes: readonly Note[] }> {
    this.table ??= loadTable().then((table) => ({ table, notes: table.notes.map(readNote) }));
    this.table.catch(() => (this.table = undefined)); // the next letter tries again
    return this.table;
  }

  private onKey(event: KeyboardEvent): void {
    event.stopPropagation(); // the theme listens for letters on the whole page
    const options = this.options();
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined && options.length > 0) this.choose((this.active + step + options.length) % options.length);
    else if (event.key === "Enter" && event.target === this.input) {
      const option = options[Math.max(0, this.active)];
      if (option === undefined) return;
      if (event.ctrlKey || event.metaKey) window.open(option.href, "_blank", "noopener");
      else option.click();
    } else return;
    event.preventDefault();
  }

  private options(): HTMLAnchorElement[] {
    return [...this.results.querySelectorAll<HTMLAnchorElement>("[role=option]")];
  }

  private choose(index: number): void {
    this.active = index;
    for (const [at, option] of this.options().entries()) {
      option.setAttribute("aria-selected", String(at === index));
      if (at !== index) continue;
      option.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", option.id);
    }
  }

  private async answer(): Promise<void> {
    const turn = ++this.turn;
    const query = parse(this.input.value);
    try {
      const { table, notes } = await this.load();
      await Promise.all(partsOf(query, table).map(loadWords));
      if (turn !== this.turn) return;
      const hits = rank(notes, query, (word) => wordsPart(part(word, table.words)));
      const asked = query.clauses.length > 0 || query.tags.length > 0;
      const found = asked ? hits : [];
      const tags = rankTags(table.tags, query).slice(0, TAGS);
      this.show(query, found, tags, new Map());
      this.choose(this.options().length > 0 ? 0 : -1);
      this.say(!asked ? "" : found.length === 0 && tags.length === 0 ? this.says.nothing : this.says.found(found.length));
      if (query.clauses.length === 0) return;
      const texts = await textsOf([...found.slice(0, NOTES), ...found.filter((hit) => hit.headed).slice(0, SECTIONS)], table);
      if (turn !== this.turn) return;
      const chosen = this.shown[this.active]?.key;
      this.show(query, found, tags, texts);
      this.choose(Math.max(0, this.shown.findIndex(({ key }) => key === chosen)));
    } catch {
      if (turn === this.turn) this.say(this.says.failed);
    }
  }

  private say(text: string): void {
    this.status.textContent = text;
  }

  private show(query: Query, hits: readonly Hit[], tags: readonly TagRow[], texts: Texts): void {
    const groups: readonly (readonly [string, readonly Option[]])[] = [
      [this.says.notes, hits.slice(0, NOTES).map((hit) => noteOption(hit, query, texts.get(hit.note.id)))],
      [this.says.sections, hits.flatMap((hit) => sectionOptions(hit, query, texts.get(hit.note.id))).slice(0, SECTIONS)],
      [this.says.tags, tags.map(tagOption)],
    ];
    this.shown = groups.flatMap(([, options]) => options);
    let count = 0;
    const parts = groups
      .filter(([, options]) => options.length > 0)
      .map(([name, options], at) => {
        const id = `vc-find-group-${at}`;
        const rows = options.map((option) => row(option, `vc-find-result-${count++}`));
        return h("div", { role: "group", "aria-labelledby": id }, h("div", { id, "data-part": "group", role: "presentation" }, name), ...rows);
      });
    this.results.replaceChildren(...parts);
    this.input.setAttribute("aria-expanded", String(count > 0));
    this.input.removeAttribute("aria-activedescendant");
    this.active = -1;
  }
}

/** The parts of the index that a query needs. The beginning of a word says where it stands only when it is long enough. */
function partsOf({ clauses }: Query, table: Table): number[] {
  const needed = clauses.flat().filter((term) => !term.open || [...term.word].length >= SHORTEST);
  return [...new Set(needed.map((term) => part(term.word, table.words)))];
}

async function textsOf(hits: readonly Hit[], table: Table): Promise<Texts> {
  const ids = [...new Set(hits.map(({ note }) => note.id))];
  const found = await Promise.all(ids.map(async (id) => [id, (await loadText(part(id, table.texts)))[id] ?? []] as const));
  return new Map(found);
}

function noteOption({ note, by, named }: Hit, query: Query, sections: readonly Section[] = []): Option {
  const terms = query.clauses.flat();
  const said = quote(sections, query.clauses);
  const alias = by !== null && by !== note.names[0] ? by.text : null;
  const title = spans(marked(note.title, terms));
  const name = alias === null ? title : [...spans(marked(alias, terms)), " → ", ...title];
  const place = !named && said !== null ? `#${encodeURIComponent(said.anchor)}:~:text=${fragment(said.word)}` : "";
  return { key: note.id, href: address(note.url) + place, name, where: note.url.split("/").slice(0, -2).join("/"), quote: said?.quote ?? [] };
}

function sectionOptions({ note, headed: may }: Hit, query: Query, sections: readonly Section[] = []): Option[] {
  if (!may) return [];
  return headed(sections, query.clauses).map(([anchor, heading]) => ({
    key: `${note.id}#${anchor}`,
    href: `${address(note.url)}#${encodeURIComponent(anchor)}`,
    name: spans(marked(heading, query.clauses.flat())),
    where: note.title,
    quote: [],
  }));
}

function tagOption([name, url, notes]: TagRow): Option {
  return { key: `#${name}`, href: address(url), name: [`#${name}`], where: String(notes), quote: [] };
}

function row({ href, name, where, quote: said }: Option, id: string): HTMLElement {
  return h(
    "a",
    { role: "option", id, href, tabindex: "-1", "aria-selected": "false" },
    h("span", { "data-part": "name" }, ...name),
    where === "" ? null : h("span", { "data-part": "where" }, where),
    said.length === 0 ? null : h("span", { "data-part": "quote" }, ...spans(said)),
  );
}

function spans(text: Quote): (Node | string)[] {
  return text.map((piece) => (piece.marked ? h("mark", {}, piece.text) : piece.text));
}

/** A word in a text fragment, where a hyphen would mean something. */
function fragment(word: string): string {
  return encodeURIComponent(word).replaceAll("-", "%2D");
}

let search: Search | undefined;

export function open(typed: string): void {
  search ??= new Search();
  search.open(typed);
}
