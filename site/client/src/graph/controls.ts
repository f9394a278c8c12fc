// What a reader sets: the search, the filters, the legend. They read and write `Filters`, and know nothing of the picture.

import { h, option } from "../dom";
import type { GraphData, GraphNode } from "./data";
import { counted, groupOf, type Filters } from "./filters";
import type { Finder } from "./find";
import { COMMUNITY_COLOURS } from "./palette";

const KINDS: Readonly<Record<string, string>> = {
  link: "wiki-links",
  embed: "embeds",
  property: "in properties",
  markdown: "Markdown links",
};
const STATES: Readonly<Record<string, string>> = {
  measured: "measured",
  confirmed: "confirmed",
  refuted: "refuted",
  undecided: "undecided",
  unmeasured: "claimed, not measured",
  wanted: "not written yet",
};
const DEPTHS = [1, 2, 3, 4];
const MOST_OFFERED = 12;

type Choice = "tag" | "folder" | "topic" | "kind" | "status";

export class Controls {
  readonly search: HTMLInputElement;
  readonly element: HTMLElement;
  private readonly choices: Readonly<Record<Choice, HTMLSelectElement>>;
  private readonly depth = h("select", { name: "Depth" }, option("0", "any distance"), ...DEPTHS.map((n) => option(String(n), `${n} away`)));
  private readonly note = h("input", { type: "search", list: "vc-map-note", name: "Around", autocomplete: "off" });
  private readonly to = h("input", { type: "search", list: "vc-map-to", name: "Path to", autocomplete: "off" });
  private readonly more: HTMLDetailsElement;
  private readonly legend: HTMLFieldSetElement;
  private readonly all = h("input", { type: "checkbox" });
  /** What a note is called where one is chosen: its title, or its path where others have that title. */
  private readonly called = new Map<string, GraphNode>();
  private readonly names = new Map<string, string>();

  /** `listed` is the id of the list that the search leads into. */
  constructor(
    private readonly data: GraphData,
    private readonly finder: Finder,
    listed: string,
  ) {
    for (const note of data.nodes) {
      const name = this.called.has(note.title) ? note.id : note.title;
      this.called.set(name, note);
      this.names.set(note.id, name);
    }
    this.search = h("input", {
      class: "vc-map__search",
      type: "search",
      role: "combobox",
      placeholder: "Find a note",
      "aria-label": "Find a note on the map",
      "aria-controls": listed,
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
    });
    this.choices = this.makeChoices();
    this.legend = this.makeLegend();
    // The label holds the options, too: without a name of its own a control would be called by all of them.
    const row = (label: string, control: HTMLElement, ...parts: Node[]): HTMLElement => {
      control.setAttribute("aria-label", label);
      return h("label", { class: "vc-map__choice" }, `${label} `, control, ...parts);
    };
    const select = (...names: Choice[]): HTMLElement[] =>
      names.flatMap((name) => (this.choices[name].length > 1 ? [row(this.choices[name].name, this.choices[name])] : []));
    const way = [row("Around", this.note, this.offer(this.note)), row("Depth", this.depth), row("Path to", this.to, this.offer(this.to))];
    this.more = h("details", { class: "vc-map__more" }, h("summary", {}, "More filters"), ...select("topic", "kind", "status"), ...way);
    const filters = h("div", { class: "vc-map__filters" }, ...select("tag", "folder"), this.more);
    if (data.hidden.length > 0) filters.append(h("label", { class: "vc-map__all" }, this.all, ` also ${data.hidden.join(", ")}`));
    this.element = h("div", { class: "vc-map__controls" }, this.search, filters, this.legend);
  }

  read(): Filters {
    const { choices } = this;
    const boxes = [...this.legend.querySelectorAll("input")];
    return {
      query: this.search.value,
      tag: choices.tag.value,
      folder: choices.folder.value,
      topic: choices.topic.value,
      kind: choices.kind.value,
      status: choices.status.value,
      off: boxes.filter((box) => !box.checked).map((box) => box.value),
      all: this.all.checked,
      note: this.meant(this.note)?.id ?? "",
      depth: Number(this.depth.value),
      to: this.meant(this.to)?.id ?? "",
    };
  }

  write(filters: Filters): void {
    this.search.value = filters.query;
    for (const [name, select] of Object.entries(this.choices)) select.value = filters[name as Choice];
    this.depth.value = String(filters.depth);
    // An address may name what is no longer there.
    for (const select of [...Object.values(this.choices), this.depth]) if (select.selectedIndex < 0) select.selectedIndex = 0;
    this.note.value = this.names.get(filters.note) ?? "";
    this.to.value = this.names.get(filters.to) ?? "";
    for (const box of this.legend.querySelectorAll("input")) box.checked = !filters.off.includes(box.value);
    this.all.checked = filters.all;
    const { topic, kind, status, note, to } = filters;
    this.more.open = [topic, kind, status, note, to].some((value) => value !== "");
  }

  /** `typed` after each letter of the search, `chosen` when anything else is set. */
  listen(typed: () => void, chosen: () => void): void {
    this.search.addEventListener("input", typed);
    this.element.addEventListener("change", chosen);
  }

  private meant(input: HTMLInputElement): GraphNode | undefined {
    return this.called.get(input.value);
  }

  /** The notes that an input may mean, found as it is typed. */
  private offer(input: HTMLInputElement): HTMLDataListElement {
    const offered = h("datalist", { id: input.getAttribute("list") });
    input.addEventListener("input", () => {
      const found = input.value.trim() === "" ? [] : this.finder.find(this.data.nodes, input.value);
      offered.replaceChildren(...found.slice(0, MOST_OFFERED).map((note) => option(this.names.get(note.id) ?? note.id, note.id)));
    });
    return offered;
  }

  private makeChoices(): Record<Choice, HTMLSelectElement> {
    const { nodes, edges, kinds, topics } = this.data;
    const states = counted(nodes.flatMap((note) => (note.exists ? note.results : ["wanted"])));
    const links = kinds.map((kind, bit): [string, number] => [kind, edges.filter((edge) => (edge.kinds & (1 << bit)) !== 0).length]);
    const topical = topics.map(({ name, notes }): [string, number] => [name, notes]);
    return {
      tag: choice("Tag", byName(counted(nodes.flatMap((note) => note.tags)))),
      folder: choice("Folder", byName(counted(nodes.flatMap(({ folder }) => (folder === "" ? [] : [folder]))))),
      topic: choice("Topic", byName(topical)),
      kind: choice("Links", kinds.length > 1 ? links : [], KINDS),
      status: choice("Status", Object.keys(STATES).flatMap((name) => (states.has(name) ? [[name, states.get(name) ?? 0]] : [])), STATES),
    };
  }

  private makeLegend(): HTMLFieldSetElement {
    const legend = h("fieldset", { class: "vc-map__legend" }, h("legend", {}, "Topics"));
    const sizes = counted(this.data.nodes.map(groupOf));
    const names = this.data.topics.slice(0, COMMUNITY_COLOURS).map((topic, rank): [string, string] => [String(rank), topic.name]);
    for (const [group, name] of [...names, ["other", "Smaller topics"], ["missing", "Not written yet"]] as const) {
      const size = sizes.get(group) ?? 0;
      if (size === 0) continue;
      legend.append(
        h(
          "label",
          { title: name },
          h("input", { type: "checkbox", value: group, checked: true }),
          h("i", { class: "vc-map__mark", "data-group": group, "aria-hidden": "true" }),
          h("span", { class: "vc-map__title" }, name),
          h("span", { class: "vc-map__count" }, `${size}`),
        ),
      );
    }
    return legend;
  }
}

function choice(name: string, values: Iterable<readonly [string, number]>, said: Readonly<Record<string, string>> = {}): HTMLSelectElement {
  const options = [...values].map(([value, count]) => option(value, `${said[value] ?? value} (${count})`));
  return h("select", { name }, option("", "all"), ...options);
}

function byName(counts: Iterable<readonly [string, number]>): (readonly [string, number])[] {
  const { compare } = new Intl.Collator();
  return [...counts].sort(([a], [b]) => compare(a, b));
}
