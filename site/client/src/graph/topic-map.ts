// The topic map: all notes of the site, with search, filters and a legend, by pointer, finger and keyboard.

import { h, option } from "../dom";
import { answer, type Name, named } from "../search/names";
import { parse } from "../search/query";
import { GraphError, loadGraph, type GraphData, type GraphNode } from "./data";
import { belongs, readFilters, within, writeFilters } from "./filters";
import { COMMUNITY_COLOURS } from "./palette";
import { Scene } from "./scene";

const MOST_RESULTS = 60;

/** Fills `host` with the map of `host.dataset.graph`, an address relative to the page. Never rejects. */
export async function mountTopicMap(host: HTMLElement): Promise<void> {
  host.replaceChildren(h("p", { class: "vc-map__note", role: "status" }, "Loading the map…"));
  try {
    const source = new URL(host.dataset["graph"] ?? "graph.json", document.baseURI);
    const data = await loadGraph(source);
    if (data.nodes.length === 0) {
      host.replaceChildren(h("p", { class: "vc-map__note" }, "There is nothing to map yet: the vault has no notes."));
      return;
    }
    new TopicMap(host, data, new URL(".", source));
  } catch (error) {
    const reason = error instanceof GraphError ? `: ${error.message}.` : ".";
    host.replaceChildren(h("p", { class: "vc-map__note", role: "alert" }, `The map cannot be shown${reason}`));
    if (!(error instanceof GraphError)) console.error(error);
  }
}

class TopicMap {
  /** From the most linked one. */
  private readonly notes: readonly GraphNode[];
  private readonly search: HTMLInputElement;
  private readonly results = h("ul", { class: "vc-map__results", role: "listbox", id: "vc-map-results" });
  private readonly status = h("p", { class: "vc-map__status", "aria-live": "polite" });
  private readonly card = h("div", { class: "vc-map__card", hidden: true });
  private readonly tag: HTMLSelectElement;
  private readonly folder: HTMLSelectElement;
  private readonly legend: HTMLFieldSetElement;
  private readonly all = h("input", { type: "checkbox" });
  private readonly degree: ReadonlyMap<string, number>;
  private readonly names: ReadonlyMap<GraphNode, readonly Name[]>;
  private scene: Scene | null = null;
  private found: readonly GraphNode[] = [];
  private active = -1;

  constructor(
    private readonly host: HTMLElement,
    private readonly data: GraphData,
    /** The site's root, where the graph lies. */
    private readonly root: URL,
  ) {
    this.degree = degreesOf(data);
    this.names = new Map(data.nodes.map((note) => [note, [note.title, ...note.aliases].map(named)]));
    const linked = (note: GraphNode): number => this.degree.get(note.id) ?? 0;
    this.notes = [...data.nodes].sort((a, b) => linked(b) - linked(a) || a.title.localeCompare(b.title));
    this.search = h("input", {
      class: "vc-map__search",
      type: "search",
      role: "combobox",
      placeholder: "Find a note",
      "aria-label": "Find a note on the map",
      "aria-controls": this.results.id,
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
    });
    this.tag = this.choice("Tag", counted(data.nodes.flatMap((note) => note.tags.map((tag) => tag.replace(/^#/, "")))));
    this.folder = this.choice("Folder", counted(data.nodes.filter((n) => n.folder !== "").map((n) => n.folder)));
    this.legend = this.makeLegend();

    const stage = h("div", {
      class: "vc-map__stage",
      tabindex: "0",
      role: "application",
      "aria-label": "Map of the notes. Arrow keys move it, plus and minus zoom, 0 shows all of it.",
    });
    const zoom = h(
      "div",
      { class: "vc-map__zoom" },
      this.button("+", "Zoom in", () => this.scene?.zoom(1 / 1.5)),
      this.button("−", "Zoom out", () => this.scene?.zoom(1.5)),
      this.button("⤢", "Show the whole map", () => this.scene?.reset()),
    );
    const filters = h("div", { class: "vc-map__filters" });
    for (const select of [this.tag, this.folder]) {
      if (select.options.length > 1) filters.append(h("label", { class: "vc-map__choice" }, `${select.name} `, select));
    }
    if (data.hidden.length > 0) {
      filters.append(h("label", { class: "vc-map__all" }, this.all, ` also ${data.hidden.join(", ")}`));
    }
    const panel = h("div", { class: "vc-map__panel" }, this.search, filters, this.legend, this.results);
    host.replaceChildren(
      h("div", { class: "vc-map" }, panel, h("div", { class: "vc-map__view" }, stage, zoom, this.card), this.status),
    );

    this.restore();
    this.update();
    this.scene = this.makeScene(stage);
    this.update();
    this.listen(stage);
    this.followHash();
  }

  private makeScene(stage: HTMLElement): Scene | null {
    const ranks = new Map(this.data.topics.map((topic, rank) => [topic.community, rank]));
    try {
      const scene = new Scene(stage, this.data, {
        ranks,
        onOpen: (note, newTab) => this.open(note, newTab),
        onFocus: (note) => this.describe(note),
      });
      // For scripts of a site, and for tests: where the notes are on the screen.
      Object.assign(this.host, { scene });
      return scene;
    } catch (error) {
      console.warn("vaultc: the map is not drawn", error);
      stage.replaceWith(
        h("p", { class: "vc-map__note" }, "This browser draws no WebGL, so there is no picture: the list has every note."),
      );
      return null;
    }
  }

  private listen(stage: HTMLElement): void {
    this.search.addEventListener("input", () => this.update());
    this.tag.addEventListener("change", () => this.update());
    this.folder.addEventListener("change", () => this.update());
    this.legend.addEventListener("change", () => this.update());
    this.all.addEventListener("change", () => this.update());
    for (const part of [this.search, this.tag, this.folder, this.legend, this.all]) {
      part.addEventListener("change", () => this.remember());
    }
    this.search.addEventListener("keydown", (event) => this.onSearchKey(event));
    stage.addEventListener("keydown", (event) => this.onStageKey(event));
    window.addEventListener("hashchange", () => this.followHash());
  }

  private onSearchKey(event: KeyboardEvent): void {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") this.activate(this.active + (key === "ArrowDown" ? 1 : -1));
    else if (key === "Enter") {
      const note = this.found[Math.max(0, this.active)];
      if (note === undefined) return;
      if (note.url === null) this.show(note);
      else this.open(note, event.ctrlKey || event.metaKey);
    } else if (key === "Escape") {
      this.search.value = "";
      this.scene?.select(null);
      this.update();
    } else return;
    event.preventDefault();
    // Material listens for keys on the whole page: its search must not open.
    event.stopPropagation();
  }

  private onStageKey(event: KeyboardEvent): void {
    const { scene } = this;
    if (scene === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 0.08;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => scene.pan(-step, 0),
      ArrowRight: () => scene.pan(step, 0),
      ArrowUp: () => scene.pan(0, step),
      ArrowDown: () => scene.pan(0, -step),
      "+": () => scene.zoom(1 / 1.5),
      "=": () => scene.zoom(1 / 1.5),
      "-": () => scene.zoom(1.5),
      "0": () => scene.reset(),
      Escape: () => scene.select(null),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    action();
    event.preventDefault();
    event.stopPropagation();
  }

  /** Marks the result at `index`, counted round, on the list and on the map. */
  private activate(index: number): void {
    const count = this.results.children.length;
    if (count === 0) return;
    this.active = (index + count) % count;
    for (const [place, item] of [...this.results.children].entries()) {
      const chosen = place === this.active;
      item.setAttribute("aria-selected", String(chosen));
      if (!chosen) continue;
      item.scrollIntoView({ block: "nearest" });
      this.search.setAttribute("aria-activedescendant", item.id);
    }
    const note = this.found[this.active];
    if (note !== undefined) this.show(note);
  }

  private show(note: GraphNode): void {
    this.scene?.select(note.id);
    this.scene?.centre(note.id);
  }

  private open(note: GraphNode, newTab: boolean): void {
    if (note.url === null) {
      this.show(note);
      return;
    }
    const address = this.address(note.url);
    if (newTab) window.open(address, "_blank", "noopener");
    else location.assign(address);
  }

  /** `path` is data: encoded whole, it cannot become another host, a query or a script. */
  private address(path: string): string {
    return new URL(`./${path.split("/").map(encodeURIComponent).join("/")}`, this.root).href;
  }

  /** Sets the filters as the address has them. */
  private restore(): void {
    const said = readFilters(location.hash);
    this.search.value = said.query;
    this.tag.value = said.tag;
    this.folder.value = said.folder;
    // An address may name what is no longer there.
    for (const select of [this.tag, this.folder]) if (select.selectedIndex < 0) select.value = "";
    for (const box of this.legend.querySelectorAll("input")) box.checked = !said.off.includes(box.value);
    this.all.checked = said.all;
  }

  private remember(): void {
    const boxes = [...this.legend.querySelectorAll("input")];
    const hash = writeFilters({
      query: this.search.value,
      tag: this.tag.value,
      folder: this.folder.value,
      off: boxes.filter((box) => !box.checked).map((box) => box.value),
      all: this.all.checked,
    });
    history.replaceState(history.state, "", `${location.pathname}${location.search}${hash}`);
  }

  private update(): void {
    const query = fold(this.search.value);
    const { clauses } = parse(this.search.value);
    const closed = new Set(
      [...this.legend.querySelectorAll("input")].filter((box) => !box.checked).map((box) => box.value),
    );
    const shown = this.notes.filter(
      (note) =>
        (this.tag.value === "" || note.tags.some((tag) => within(tag.replace(/^#/, ""), this.tag.value))) &&
        (this.folder.value === "" || within(note.folder, this.folder.value)) &&
        !closed.has(this.group(note)) &&
        (this.all.checked || !belongs(note, this.data.hidden)),
    );
    const all = shown.length === this.notes.length;
    // As the site's search finds notes by their names, and by any part of them.
    const answers = (note: GraphNode): boolean =>
      fold([note.title, note.id, ...note.aliases].join("\n")).includes(query) ||
      answer(this.names.get(note) ?? [], clauses)?.each.every((one) => one > 0) === true;
    this.found = query === "" ? shown : shown.filter(answers);
    const ids = (notes: readonly GraphNode[]): ReadonlySet<string> => new Set(notes.map((note) => note.id));
    this.scene?.filter(all ? null : ids(shown), query === "" ? null : ids(this.found));
    this.active = -1;
    this.search.removeAttribute("aria-activedescendant");
    this.results.replaceChildren(...this.found.slice(0, MOST_RESULTS).map((note, index) => this.result(note, index)));
    const missing = this.data.nodes.filter((note) => !note.exists).length;
    const parts = [
      query !== "" || !all ? `${this.found.length} of ${this.notes.length} shown` : "",
      plural(this.notes.length - missing, "note"),
      plural(this.data.links, "link"),
      missing > 0 ? `${missing} linked to but not written` : "",
    ];
    this.status.textContent = parts.filter((part) => part !== "").join(" · ");
  }

  private result(note: GraphNode, index: number): HTMLLIElement {
    const mark = this.mark(note);
    const links = this.degree.get(note.id) ?? 0;
    const label = [mark, h("span", { class: "vc-map__title" }, note.title), h("span", { class: "vc-map__count" }, `${links}`)];
    const item = h(
      "li",
      { role: "option", id: `vc-map-result-${index}`, "aria-selected": "false", title: note.id },
      note.url === null ? h("span", {}, ...label) : h("a", { href: this.address(note.url), tabindex: "-1" }, ...label),
    );
    item.addEventListener("pointerenter", () => this.scene?.select(note.id));
    item.addEventListener("pointerleave", () => this.scene?.select(null));
    return item;
  }

  /** The plate of the note that is marked: what a label has no room for. */
  private describe(note: GraphNode | null): void {
    this.card.hidden = note === null;
    if (note === null) return;
    const where = note.exists ? note.id : "linked to, but not written yet";
    const links = plural(this.degree.get(note.id) ?? 0, "neighbour");
    const lines = [
      note.url === null ? h("strong", {}, note.title) : h("a", { href: this.address(note.url) }, note.title),
      h("span", {}, `${where} · ${links}`),
    ];
    const tags = note.tags.map((tag) => `#${tag.replace(/^#/, "")}`).join(" ");
    if (tags !== "") lines.push(h("span", { class: "vc-map__tags" }, tags));
    this.card.replaceChildren(...lines);
  }

  private group(note: GraphNode): string {
    if (!note.exists) return "missing";
    const rank = this.data.topics.findIndex((topic) => topic.community === note.community);
    return rank >= 0 && rank < COMMUNITY_COLOURS ? String(rank) : "other";
  }

  private mark(note: GraphNode): HTMLElement {
    const rank = this.data.topics.findIndex((topic) => topic.community === note.community);
    const colour = !note.exists ? "missing" : rank < 0 ? "other" : String(rank % COMMUNITY_COLOURS);
    return h("i", { class: "vc-map__mark", "data-group": colour, "aria-hidden": "true" });
  }

  private makeLegend(): HTMLFieldSetElement {
    const legend = h("fieldset", { class: "vc-map__legend" }, h("legend", {}, "Topics"));
    const sizes = new Map<string, number>();
    for (const note of this.notes) sizes.set(this.group(note), (sizes.get(this.group(note)) ?? 0) + 1);
    const entry = (group: string, name: string): void => {
      const size = sizes.get(group) ?? 0;
      if (size === 0) return;
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
    };
    this.data.topics.slice(0, COMMUNITY_COLOURS).forEach((topic, rank) => entry(String(rank), topic.name));
    entry("other", "Smaller topics");
    entry("missing", "Not written yet");
    legend.append(h("p", { class: "vc-map__key" }, "Colour: topic. Size: how much links lead there. Number: notes, or neighbours of one."));
    return legend;
  }

  private choice(name: string, values: ReadonlyMap<string, number>): HTMLSelectElement {
    const select = h("select", { name }, option("", "all"));
    for (const [value, count] of [...values].sort(([a], [b]) => a.localeCompare(b))) {
      select.append(option(value, `${value} (${count})`));
    }
    return select;
  }

  private button(face: string, label: string, action: () => void): HTMLButtonElement {
    const button = h("button", { type: "button", "aria-label": label, title: label }, face);
    button.addEventListener("click", action);
    return button;
  }

  /** `#note=dir/Name.md` in the page's address marks that note: other pages can point into the map. */
  private followHash(): void {
    const id = new URLSearchParams(location.hash.slice(1)).get("note");
    const note = id === null ? undefined : this.data.nodes.find((candidate) => candidate.id === id);
    if (note !== undefined) this.show(note);
  }
}

function degreesOf(data: GraphData): Map<string, number> {
  const degrees = new Map<string, number>();
  for (const { source, target } of data.edges) {
    for (const id of [source, target]) degrees.set(id, (degrees.get(id) ?? 0) + 1);
  }
  return degrees;
}

/** How often each path occurs, counted for its parents too: `a/b` is also an `a`. */
function counted(paths: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const parts = path.split("/");
    for (let length = 1; length <= parts.length; length += 1) {
      const prefix = parts.slice(0, length).join("/");
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  return counts;
}

/** Text as it is compared: without case, without the accents that people leave out. */
function fold(text: string): string {
  return text.trim().normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
