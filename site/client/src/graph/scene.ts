// A graph on the screen: drawing, dragging, hovering. What surrounds it (search, filters, legend) is not known here, so
// that the map of a site and the neighbourhood of one note can share it.
//
// Sigma draws the marks and knows the camera. Lines, regions and labels are drawn on canvases of two dimensions around them: of fifty
// thousand lines those that are seen are few, and a graphics card that is emulated would draw all of them in each picture. From afar
// the marks are a picture, too.

import { createNodeBorderProgram } from "@sigma/node-border";
import { UndirectedGraph } from "graphology";
import Sigma from "sigma";
import { NodePointProgram } from "sigma/rendering";
import type { CameraState, Coordinates, MouseCoords, NodeDisplayData } from "sigma/types";

import type { GraphData, GraphEdge, GraphNode } from "./data";
import { drawEdges, innerEdges, type Places } from "./edges";
import { drawHover, Labels, Widths, type Box } from "./labels";
import { drawRegions, writeRegions, type View } from "./ground";
import { onPaletteChange, readPalette, topicColour, type Palette } from "./palette";
import { bundlesOf, isFar, regionsOf, type Bundle, type Region } from "./regions";
import { drawTexture, layTexture, type Texture } from "./texture";

interface NodeAttributes {
  readonly note: GraphNode;
  readonly label: string;
  readonly size: number;
  x: number;
  y: number;
}

/** What is on the map: whether each note is, by place, and which links; `found` stand out among the notes, where something is looked for. */
export interface Shown {
  readonly notes: readonly boolean[];
  readonly edges: readonly GraphEdge[];
  readonly found: ReadonlySet<string> | null;
}

export interface SceneOptions {
  readonly onOpen: (note: GraphNode, newTab: boolean) => void;
  readonly onFocus: (note: GraphNode | null) => void;
}

const CLICK_TOLERANCE = 4;
const HOVER_DELAY = 40; // milliseconds

export class Scene {
  readonly graph = new UndirectedGraph<NodeAttributes>();
  readonly sigma: Sigma<NodeAttributes>;
  private readonly stop: () => void;
  private readonly labels = new Labels();
  private readonly widths = new Widths();
  private readonly regions: readonly Region[];
  private readonly bundles: readonly Bundle[];
  private readonly ranks: ReadonlyMap<number, number>;
  private readonly places: Places;
  private readonly ground: CanvasRenderingContext2D | null;
  private palette: Palette;
  private hovered: string | null = null;
  private selected: string | null = null;
  private near: ReadonlySet<string> = new Set();
  private nearEdges: readonly GraphEdge[] = [];
  private count = 0;
  private inner: readonly GraphEdge[] = [];
  private communities: ReadonlySet<number> = new Set();
  private far: boolean;
  /** The notes from afar; undefined until it is needed, and after something in it changed. */
  private texture: Texture | null | undefined;

  constructor(
    private readonly stage: HTMLElement,
    private readonly data: GraphData,
    private shown: Shown,
    private readonly options: SceneOptions,
  ) {
    this.palette = readPalette(stage);
    const scale = sizes(data.nodes, Math.min(stage.clientWidth, stage.clientHeight));
    const turned = isWide(data.nodes) !== stage.clientWidth >= stage.clientHeight;
    for (const note of data.nodes) {
      this.graph.addNode(note.id, {
        note,
        label: note.title,
        size: scale(note),
        // A wide layout on a tall screen is laid on its side: the map fills the room there is.
        x: turned ? note.y : note.x,
        y: turned ? -note.x : note.y,
      });
    }
    this.places = { xs: new Float64Array(data.nodes.length), ys: new Float64Array(data.nodes.length) };
    this.regions = regionsOf(data.topics, data.nodes, (note) => this.graph.getNodeAttributes(note.id));
    this.bundles = bundlesOf(data.topics, data);
    this.ranks = new Map(data.topics.map((topic, rank) => [topic.community, rank]));
    this.take(shown);
    this.far = isFar(this.count, 1);

    const many = this.graph.order > 1_500;
    this.sigma = new Sigma<NodeAttributes>(this.graph, stage, {
      allowInvalidContainer: true,
      defaultNodeType: "note",
      nodeProgramClasses: {
        note: NodePointProgram,
        // Hollow: what is not written yet.
        wanted: createNodeBorderProgram<NodeAttributes>({
          borders: [
            { size: { value: 0.28 }, color: { attribute: "rim" } },
            { size: { fill: true }, color: { attribute: "color" } },
          ],
        }),
      },
      nodeReducer: (id, node) => this.nodeLook(id, node),
      defaultDrawNodeLabel: (_, node) => this.labels.add(node),
      defaultDrawNodeHover: (context, node) => drawHover(context, node, this.palette),
      labelSize: 13,
      labelWeight: "500",
      labelDensity: many ? 2 : 4,
      labelGridCellSize: 100,
      labelRenderedSizeThreshold: many ? 3.5 : 3,
      zIndex: true,
      stagePadding: Math.max(32, Math.min(90, stage.clientWidth * 0.07)),
      minCameraRatio: 0.01,
      maxCameraRatio: 4,
      enableCameraRotation: false,
      // Marks grow as one goes nearer, but not until they are all there is to see.
      zoomToSizeRatioFunction: (ratio) => Math.max(1 / 3, Math.sqrt(ratio)),
      doubleClickZoomingRatio: 1.6,
    });
    this.sigma.createCanvasContext("regions", { style: { pointerEvents: "none" } });
    const { regions } = this.sigma.getCanvases();
    if (regions !== undefined) stage.prepend(regions);
    this.ground = regions?.getContext("2d") ?? null;
    // Nothing is drawn on these; a browser would lay them over the others in each picture all the same.
    for (const name of ["edges", "edgeLabels"]) this.sigma.getCanvases()[name]?.style.setProperty("display", "none");
    this.sigma.resize(true);
    this.listen();
    this.sigma.scheduleRender();
    // A canvas does not write anew by itself when a font arrives.
    document.fonts.addEventListener("loadingdone", this.rewrite);
    const unobserve = onPaletteChange(() => {
      this.palette = readPalette(this.stage);
      this.texture = undefined;
      this.rewrite();
    });
    // Sigma follows the window's size only; the stage changes with what stands around it, too.
    const resized = new ResizeObserver(() => this.sigma.scheduleRender());
    resized.observe(stage);
    this.stop = () => {
      resized.disconnect();
      document.fonts.removeEventListener("loadingdone", this.rewrite);
      unobserve();
    };
  }

  destroy(): void {
    this.stop();
    this.sigma.kill();
  }

  /** Shows other notes or links than before: those alone, as large as they fit. */
  filter(shown: Shown): void {
    const same = shown.notes.every((is, at) => is === this.shown.notes[at]);
    this.take(shown);
    if (!same) this.far = isFar(this.count, this.sigma.getCamera().ratio);
    this.refocus();
    if (!same) this.reset();
  }

  /** Marks a note and its neighbours until another one is marked, or none. */
  select(id: string | null): void {
    this.selected = id !== null && this.graph.hasNode(id) ? id : null;
    this.refocus();
  }

  /** Brings a note to the middle of the screen, near enough to read its surroundings. */
  centre(id: string): void {
    const place = this.sigma.getNodeDisplayData(id);
    if (place === undefined) return;
    const { ratio } = this.sigma.getCamera();
    this.move({ x: place.x, y: place.y, ratio: Math.min(ratio, this.graph.order > 60 ? 0.5 : 1) });
  }

  zoom(factor: number): void {
    const { ratio } = this.sigma.getCamera();
    this.move({ ratio: this.sigma.getCamera().getBoundedRatio(ratio * factor) });
  }

  pan(dx: number, dy: number): void {
    const { x, y, ratio } = this.sigma.getCamera();
    this.move({ x: x + dx * ratio, y: y + dy * ratio });
  }

  /** All that is shown, as large as it fits. */
  reset(): void {
    const visible = this.data.nodes.filter(({ at }) => this.shown.notes[at]);
    const places = visible.flatMap(({ id }) => this.sigma.getNodeDisplayData(id) ?? []);
    if (places.length === 0 || places.length === this.graph.order) {
      this.move({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
      return;
    }
    const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
    const [left, low] = [least(xs), least(ys)];
    const [right, high] = [-least(xs.map((x) => -x)), -least(ys.map((y) => -y))];
    const ratio = Math.min(1, Math.max(0.1, right - left, high - low));
    this.move({ x: (left + right) / 2, y: (low + high) / 2, ratio, angle: 0 });
  }

  /** Where a note is on the page, in pixels of the stage. */
  position(id: string): Coordinates {
    const { x, y } = this.graph.getNodeAttributes(id);
    return this.sigma.graphToViewport({ x, y });
  }

  /** The notes whose marks are at full strength now: all, those looked for, or the one under the pointer with its neighbours. */
  get highlighted(): readonly string[] {
    return this.focus === null ? [...(this.shown.found ?? this.graph.nodes())] : [...this.near];
  }

  private regionAt({ x, y }: Coordinates): Region | undefined {
    return this.regions.find(
      (region) => this.communities.has(region.community) && Math.hypot(region.x - x, region.y - y) < region.radius,
    );
  }

  /** Brings a topic to the middle of the screen, near enough to see its notes. */
  private approachRegion(region: Region): void {
    const { x, y } = this.sigma.viewportToFramedGraph(this.sigma.graphToViewport(region));
    const { width, height } = this.sigma.getDimensions();
    const rim = this.sigma.graphToViewport({ x: region.x + region.radius, y: region.y });
    const reach = Math.abs(rim.x - this.sigma.graphToViewport(region).x);
    const { ratio } = this.sigma.getCamera();
    this.move({ x, y, ratio: Math.min(ratio / 1.5, (ratio * 2.6 * reach) / Math.min(width, height)) });
  }

  private get focus(): string | null {
    return this.hovered ?? this.selected;
  }

  private move(to: Partial<CameraState>): void {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    void this.sigma.getCamera().animate(to, { duration: calm ? 0 : 300 });
  }

  private take(shown: Shown): void {
    this.shown = shown;
    this.texture = undefined;
    this.count = shown.notes.filter(Boolean).length;
    this.inner = innerEdges(shown.edges, this.data.nodes, (at) => shown.notes[at] === true);
    this.communities = new Set(this.data.nodes.filter(({ at }) => shown.notes[at]).map((note) => note.community));
  }

  private refocus(): void {
    const { focus, data } = this;
    const note = focus === null ? null : this.graph.getNodeAttribute(focus, "note");
    this.nearEdges = note === null ? [] : this.shown.edges.filter(({ source, target }) => source === note.at || target === note.at);
    const ends = this.nearEdges.flatMap(({ source, target }) => [data.nodes[source], data.nodes[target]]);
    this.near = new Set([note, ...ends].flatMap((end) => end?.id ?? []));
    this.sigma.refresh({ skipIndexation: true });
    this.options.onFocus(note);
  }

  private readonly rewrite = (): void => {
    this.widths.clear();
    this.sigma.refresh({ skipIndexation: true });
  };

  private nodeLook(id: string, node: NodeAttributes): Partial<NodeDisplayData> & { rim: string } {
    const { palette, focus } = this;
    const { found, notes } = this.shown;
    const { exists, rank, at } = node.note;
    const out = focus === null ? found?.has(id) : this.near.has(id); // undefined where nothing is asked for
    const dim = out === false;
    const colour = dim ? palette.faint : exists ? topicColour(palette, rank) : palette.missing;
    return {
      x: node.x,
      y: node.y,
      size: node.size,
      type: exists ? "note" : "wanted",
      hidden: notes[at] !== true || (this.far && out !== true),
      label: dim || (this.far && focus === null) ? null : node.label,
      forceLabel: focus !== null && (id === focus || (this.near.has(id) && this.near.size <= 40)),
      highlighted: id === focus,
      color: exists ? colour : palette.ground,
      rim: colour,
      zIndex: id === focus ? 3 : dim ? 0 : focus === null ? 1 : 2,
    };
  }

  private get view(): View {
    const { sigma, palette } = this;
    return {
      place: (point) => sigma.graphToViewport(point),
      colour: (community) => topicColour(palette, this.ranks.get(community) ?? Infinity),
      palette,
      far: this.far,
      ...sigma.getDimensions(),
    };
  }

  /** Near and far show other things; what a camera does in between is only drawn. */
  private approach(): void {
    const far = isFar(this.count, this.sigma.getCamera().ratio);
    if (far === this.far) return;
    this.far = far;
    this.sigma.scheduleRefresh({ layoutUnchange: true });
  }

  private drawGround(): void {
    const { view, sigma, ground, palette, nearEdges } = this;
    const layer = sigma.getCanvases()["labels"]?.getContext("2d");
    if (!ground || !layer) return;
    ground.clearRect(0, 0, view.width, view.height);
    const regions = this.regions.filter((region) => this.communities.has(region.community));
    const marked = this.focus !== null;
    drawRegions(ground, regions, this.bundles, view);
    if (view.far) this.layNotes(ground, view, marked || this.shown.found !== null);
    if (marked || !view.far) {
      this.locate();
      const { width, height } = view;
      const moving = sigma.getCamera().isAnimated() || sigma.getMouseCaptor().isMoving;
      drawEdges(ground, marked ? nearEdges : this.inner, this.places, palette, { width, height, moving });
    }
    const marks = marked || !view.far ? this.marks(view) : [];
    const taken = writeRegions(layer, regions, view, view.far ? [] : marks, this.widths);
    this.labels.write(layer, palette, ({ key }) => this.near.has(String(key)), taken, marks, this.widths);
  }

  private layNotes(ground: CanvasRenderingContext2D, { place, colour }: View, dim: boolean): void {
    if (this.texture === undefined) {
      const notes = this.data.nodes.filter(({ at }) => this.shown.notes[at]).sort((a, b) => a.pagerank - b.pagerank);
      const { missing } = this.palette;
      const dots = notes.map(({ id, community, exists }) => {
        const { x, y, size } = this.graph.getNodeAttributes(id);
        return { x, y, size, colour: exists ? colour(community) : missing };
      });
      this.texture = drawTexture(dots, this.sigma.getGraphToViewportRatio() ** -1 / this.sigma.getCamera().ratio);
    }
    if (this.texture !== null) layTexture(ground, this.texture, place, dim ? 0.15 : 0.7);
  }

  /** Writes down where the notes are on the stage: the camera's transformation is the same for all of them. */
  private locate(): void {
    const { xs, ys } = this.places;
    const origin = this.sigma.graphToViewport({ x: 0, y: 0 });
    const right = this.sigma.graphToViewport({ x: 1, y: 0 });
    const up = this.sigma.graphToViewport({ x: 0, y: 1 });
    this.graph.forEachNode((_, { note, x, y }) => {
      const shown = this.shown.notes[note.at] === true;
      xs[note.at] = shown ? origin.x + x * (right.x - origin.x) + y * (up.x - origin.x) : NaN;
      ys[note.at] = shown ? origin.y + x * (right.y - origin.y) + y * (up.y - origin.y) : NaN;
    });
  }

  /** Where marks are on the stage: no label may hide one. */
  private marks({ width, height }: View): Box[] {
    const { xs, ys } = this.places;
    const scale = this.sigma.scaleSize(1);
    const found: Box[] = [];
    this.graph.forEachNode((_, { note, size }) => {
      const x = xs[note.at] ?? NaN;
      const y = ys[note.at] ?? NaN;
      const reach = size * scale;
      if (!(x > -reach && y > -reach && x < width + reach && y < height + reach)) return;
      found.push({ left: x - reach, right: x + reach, top: y - reach, bottom: y + reach });
    });
    return found;
  }

  private listen(): void {
    const { sigma, graph, options } = this;
    sigma.on("beforeRender", () => this.labels.clear());
    sigma.on("afterRender", () => this.drawGround());
    sigma.getCamera().on("updated", () => this.approach());
    let held: { id: string; x: number; y: number; moved: boolean } | null = null;
    let dragged = false;

    // Sigma reads a pixel to know which mark lies under the pointer, and waits for that until all is drawn. While the map is moved, and
    // where no single marks are, nobody wants to know.
    const captor = sigma.getMouseCaptor();
    const moved = captor.listeners("mousemove");
    captor.removeAllListeners("mousemove");
    captor.on("mousemove", (event) => {
      const texture = this.far && this.focus === null && this.shown.found === null;
      if (!captor.isMouseDown && !texture) for (const look of moved) look(event);
    });

    // A pointer on its way asks for nothing: not while it moves the map, and not for what it only passes.
    let settled = 0;
    const hover = (node: string | null): void => {
      window.clearTimeout(settled);
      if (captor.isMouseDown) return;
      settled = window.setTimeout(() => {
        this.hovered = node;
        const leads = node !== null && graph.getNodeAttribute(node, "note").url !== null;
        this.stage.style.cursor = node === null ? "" : leads ? "pointer" : "help";
        this.refocus();
      }, HOVER_DELAY);
    };
    sigma.on("enterNode", ({ node }) => hover(node));
    sigma.on("leaveNode", () => hover(null));

    sigma.on("downNode", ({ node, event }) => {
      if (this.far && this.focus !== node) return; // a texture of marks: the map is meant, not one of them
      held = { id: node, x: event.x, y: event.y, moved: false };
      dragged = false;
      // The frame of reference must not follow the node that is being moved.
      if (!sigma.getCustomBBox()) sigma.setCustomBBox(sigma.getBBox());
    });
    sigma.on("moveBody", ({ event }) => {
      if (held === null) return;
      if (!held.moved && Math.hypot(event.x - held.x, event.y - held.y) < CLICK_TOLERANCE) {
        event.preventSigmaDefault();
        return;
      }
      held.moved = true;
      dragged = true;
      this.stage.style.cursor = "grabbing";
      const place = sigma.viewportToGraph(event);
      graph.mergeNodeAttributes(held.id, { x: place.x, y: place.y });
      event.preventSigmaDefault();
      event.original.preventDefault();
      event.original.stopPropagation();
    });
    const release = (): void => {
      if (held?.moved) this.stage.style.cursor = "";
      held = null;
    };
    sigma.on("upNode", release);
    sigma.on("upStage", release);

    sigma.on("clickNode", ({ node, event }) => {
      if (dragged) {
        dragged = false;
        return;
      }
      // A finger cannot hover: its first touch shows the note, its second one opens it.
      if (byTouch(event) && this.selected !== node) {
        this.hovered = null;
        this.select(node);
        return;
      }
      const { original } = event;
      options.onOpen(graph.getNodeAttribute(node, "note"), original.ctrlKey || original.metaKey);
    });
    sigma.on("clickStage", ({ event }) => {
      const region = this.far && this.focus === null ? this.regionAt(sigma.viewportToGraph(event)) : undefined;
      this.select(null);
      if (region !== undefined) this.approachRegion(region);
    });
  }
}

function byTouch(event: MouseCoords): boolean {
  return "touches" in event.original;
}

function least(values: readonly number[]): number {
  return values.reduce((less, value) => Math.min(less, value), Infinity);
}

function isWide(nodes: readonly GraphNode[]): boolean {
  const extent = (values: readonly number[]): number =>
    values.reduce((most, value) => Math.max(most, value), -Infinity) -
    values.reduce((least, value) => Math.min(least, value), Infinity);
  return extent(nodes.map((note) => note.x)) >= extent(nodes.map((note) => note.y));
}

/** Area in proportion to PageRank, within what can be seen and told apart, on a stage of `room` pixels across. */
function sizes(nodes: readonly GraphNode[], room: number): (note: GraphNode) => number {
  const top = nodes.reduce((most, note) => Math.max(most, note.pagerank), 0) || 1;
  const crowd = Math.max(0, Math.log10(nodes.length / 30));
  const fit = Math.max(0.6, Math.min(1, room / 600));
  const smallest = fit * Math.max(1.6, 4.5 - 1.3 * crowd);
  const largest = fit * Math.max(9, 17 - 3 * crowd);
  return (note) => smallest + (largest - smallest) * Math.sqrt(note.pagerank / top);
}
