// The topic map: all notes of the site, with search, filters and a legend, by pointer, finger and keyboard.

import { h } from "../dom";
import { Controls } from "./controls";
import { GraphError, loadGraph, type GraphData, type GraphNode } from "./data";
import { choose, readFilters, writeFilters, type Chosen, type Filters } from "./filters";
import { Finder } from "./find";
import { LongList } from "./list";
import { networkOf, type Network } from "./network";
import { COMMUNITY_COLOURS } from "./palette";
import { Scene, type Shown } from "./scene";

const KEY = "Colour: topic. Size: how much links lead there. Number: notes of a topic, neighbours of a note. From afar, wide lines: links between topics.";

/** Fills `host` with the map of `host.dataset.graph`, an address relative to the page. What stood there comes back, with a word on the
 * reason, where there can be no map. Never rejects. */
export async function mountTopicMap(host: HTMLElement): Promise<void> {
  const plain = [...host.childNodes];
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
    host.replaceChildren(h("p", { class: "vc-map__note", role: "alert" }, `The map cannot be shown${reason}`), ...plain);
    if (!(error instanceof GraphError)) console.error(error);
  }
}

class TopicMap {
  /** From the most linked one. */
  private readonly notes: readonly GraphNode[];
  private readonly finder = new Finder();
  private readonly controls: Controls;
  private readonly results = h("div", { class: "vc-map__results", role: "listbox", id: "vc-map-results", "aria-label": "Notes" });
  private readonly list = new LongList<GraphNode>(this.results, (note) => this.result(note));
  private readonly status = h("p", { class: "vc-map__status", "aria-live": "polite" });
  private readonly card = h("div", { class: "vc-map__card", hidden: true });
  private readonly networks = new Map<string, Network>();
  private network: Network;
  private scene: Scene | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly data: GraphData,
    /** The site's root, where the graph lies. */
    private readonly root: URL,
  ) {
    const network = this.linked("");
    this.network = network;
    const { compare } = new Intl.Collator();
    const links = ({ at }: GraphNode): number => network[at]?.length ?? 0;
    this.notes = [...data.nodes].sort((a, b) => links(b) - links(a) || compare(a.title, b.title));
    this.controls = new Controls(data, this.finder, this.results.id);

    const stage = h("div", {
      class: "vc-map__stage",
      tabindex: "0",
      role: "application",
      "aria-label": "Map of the notes. Arrow keys move it, plus and minus zoom, 0 shows all of it.",
    });
    const zoom = h(
      "div",
      { class: "vc-map__zoom" },
      button("+", "Zoom in", () => this.scene?.zoom(1 / 1.5)),
      button("−", "Zoom out", () => this.scene?.zoom(1.5)),
      button("⤢", "Show the whole map", () => this.scene?.reset()),
    );
    const key = h("p", { class: "vc-map__key" }, KEY);
    const panel = h("div", { class: "vc-map__panel" }, this.controls.element, this.results);
    host.replaceChildren(
      h("div", { class: "vc-map" }, panel, h("div", { class: "vc-map__view" }, stage, key, zoom, this.card), this.status),
    );

    const filters = readFilters(location.hash);
    this.controls.write(filters);
    const shown = this.update();
    this.scene = this.makeScene(stage, shown);
    this.point(filters);
    this.listen(stage);
  }

  private makeScene(stage: HTMLElement, shown: Shown): Scene | null {
    try {
      const scene = new Scene(stage, this.data, shown, {
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
    this.controls.listen(
      () => this.update(),
      () => {
        this.update();
        this.remember();
      },
    );
    this.controls.search.addEventListener("keydown", (event) => this.onSearchKey(event));
    stage.addEventListener("keydown", (event) => this.onStageKey(event));
    window.addEventListener("hashchange", () => {
      const filters = readFilters(location.hash);
      this.controls.write(filters);
      this.update();
      this.point(filters);
    });
  }

  private onSearchKey(event: KeyboardEvent): void {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") this.activate(this.list.step(key === "ArrowDown" ? 1 : -1));
    else if (key === "Enter") {
      if (this.list.marked === undefined) this.list.mark(0);
      const note = this.list.marked;
      if (note === undefined) return;
      if (note.url === null) this.show(note);
      else this.open(note, event.ctrlKey || event.metaKey);
    } else if (key === "Escape") {
      this.controls.search.value = "";
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

  /** Shows on the map what is marked in the list. */
  private activate(row: HTMLElement | null): void {
    const note = this.list.marked;
    if (row === null || note === undefined) return;
    this.controls.search.setAttribute("aria-activedescendant", row.id);
    this.show(note);
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

  private remember(): void {
    history.replaceState(history.state, "", `${location.pathname}${location.search}${writeFilters(this.controls.read())}`);
  }

  /** Marks the note that an address points at, where the map shows more than what lies around it. */
  private point({ note: id, depth, to }: Filters): void {
    const note = depth > 0 || to !== "" ? undefined : this.data.nodes.find((candidate) => candidate.id === id);
    if (note !== undefined) this.show(note);
  }

  private linked(kind: string): Network {
    const network = this.networks.get(kind) ?? networkOf(this.data, kind);
    this.networks.set(kind, network);
    return network;
  }

  /** Shows what the controls ask for, on the map and in the list. */
  private update(): Shown {
    const { data, controls } = this;
    const filters = controls.read();
    this.network = this.linked(filters.kind);
    const chosen = choose(data, this.network, filters);
    const notes = this.notes.filter(({ at }) => chosen.shown[at]);
    const sought = filters.query.trim() !== "";
    const found = sought ? this.finder.find(notes, filters.query) : notes;
    const bit = 1 << data.kinds.indexOf(filters.kind);
    const shown = {
      notes: chosen.shown,
      edges: filters.kind === "" ? data.edges : data.edges.filter(({ kinds }) => (kinds & bit) !== 0),
      found: sought ? new Set(found.map((note) => note.id)) : null,
    };
    this.scene?.filter(shown);
    controls.search.removeAttribute("aria-activedescendant");
    this.list.set(chosen.path !== null && !sought ? chosen.path.filter(({ at }) => chosen.shown[at]) : found);
    this.status.textContent = this.summary(filters, chosen, found.length);
    return shown;
  }

  /** One line on what is shown. */
  private summary({ note, to }: Filters, { path }: Chosen, found: number): string {
    const { data } = this;
    const missing = data.nodes.filter(({ exists }) => !exists).length;
    const way = path !== null ? path.map(({ title }) => title).join(" → ") : note !== "" && to !== "" ? "no links lead from one to the other" : "";
    const parts = [
      way,
      found < data.nodes.length ? `${found.toLocaleString("en")} of ${data.nodes.length.toLocaleString("en")} shown` : "",
      plural(data.nodes.length - missing, "note"),
      plural(data.links, "link"),
      missing > 0 ? `${missing} linked to but not written` : "",
    ];
    return parts.filter((part) => part !== "").join(" · ");
  }

  private result(note: GraphNode): HTMLElement {
    const links = this.network[note.at]?.length ?? 0;
    const label = [mark(note), h("span", { class: "vc-map__title" }, note.title), h("span", { class: "vc-map__count" }, `${links}`)];
    // The row itself leads to the note: nothing in an option can be reached by those who hear it.
    const row = { role: "option", title: note.id, tabindex: "-1" };
    const item = note.url === null ? h("div", row, ...label) : h("a", { ...row, href: this.address(note.url) }, ...label);
    item.addEventListener("pointerenter", () => this.scene?.select(note.id));
    item.addEventListener("pointerleave", () => this.scene?.select(null));
    return item;
  }

  /** The plate of the note that is marked: what a label has no room for. */
  private describe(note: GraphNode | null): void {
    this.card.hidden = note === null;
    if (note === null) return;
    const where = note.exists ? note.id : "linked to, but not written yet";
    const links = plural(this.network[note.at]?.length ?? 0, "neighbour");
    const lines = [
      note.url === null ? h("strong", {}, note.title) : h("a", { href: this.address(note.url) }, note.title),
      h("span", {}, `${where} · ${links}`),
    ];
    const tags = [...note.tags.map((tag) => `#${tag}`), ...note.results].join(" ");
    if (tags !== "") lines.push(h("span", { class: "vc-map__tags" }, tags));
    this.card.replaceChildren(...lines);
  }
}

function mark({ exists, rank }: GraphNode): HTMLElement {
  const colour = !exists ? "missing" : rank === Infinity ? "other" : String(rank % COMMUNITY_COLOURS);
  return h("i", { class: "vc-map__mark", "data-group": colour, "aria-hidden": "true" });
}

function button(face: string, label: string, action: () => void): HTMLButtonElement {
  const made = h("button", { type: "button", "aria-label": label, title: label }, face);
  made.addEventListener("click", action);
  return made;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
