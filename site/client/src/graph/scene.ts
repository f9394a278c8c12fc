// A graph on the screen: drawing, dragging, hovering. What surrounds it (search, filters, legend) is not known here, so
// that the map of a site and the neighbourhood of one note can share it.

import { createNodeBorderProgram } from "@sigma/node-border";
import { UndirectedGraph } from "graphology";
import Sigma from "sigma";
import { EdgeLineProgram } from "sigma/rendering";
import type { CameraState, Coordinates, EdgeDisplayData, MouseCoords, NodeDisplayData } from "sigma/types";

import type { GraphData, GraphNode } from "./data";
import { drawHover, Labels, type Box } from "./labels";
import { drawRegions, writeRegions, type View } from "./ground";
import { mixed, onPaletteChange, readPalette, topicColour, type Palette } from "./palette";
import { bundlesOf, edgeAlpha, isFar, regionsOf, type Bundle, type Region } from "./regions";

interface NodeAttributes {
  readonly note: GraphNode;
  readonly label: string;
  readonly size: number;
  /** Rank of the community by size, from 0. */
  readonly rank: number;
  x: number;
  y: number;
}

export interface SceneOptions {
  /** Rank of each community by size: the largest get colours of their own. */
  readonly ranks: ReadonlyMap<number, number>;
  readonly onOpen: (note: GraphNode, newTab: boolean) => void;
  readonly onFocus: (note: GraphNode | null) => void;
}

const CLICK_TOLERANCE = 4;

export class Scene {
  readonly graph = new UndirectedGraph<NodeAttributes>();
  readonly sigma: Sigma<NodeAttributes>;
  private readonly stop: () => void;
  private readonly labels = new Labels();
  private palette: Palette;
  private hovered: string | null = null;
  private selected: string | null = null;
  private near: ReadonlySet<string> = new Set();
  private visible: ReadonlySet<string> | null = null;
  private readonly regions: readonly Region[];
  private readonly bundles: readonly Bundle[];
  private readonly alpha: number;
  private far = false;
  private found: ReadonlySet<string> | null = null;
  /** Communities with a note on the map. */
  private shown: ReadonlySet<number> = new Set();

  constructor(
    private readonly stage: HTMLElement,
    data: GraphData,
    private readonly options: SceneOptions,
  ) {
    this.palette = readPalette(stage);
    const scale = sizes(data.nodes, Math.min(stage.clientWidth, stage.clientHeight));
    const turned = isWide(data.nodes) !== stage.clientWidth >= stage.clientHeight;
    for (const note of data.nodes) {
      this.graph.mergeNode(note.id, {
        note,
        label: note.title,
        size: scale(note),
        rank: options.ranks.get(note.community) ?? Infinity,
        // A wide layout on a tall screen is laid on its side: the map fills the room there is.
        x: turned ? note.y : note.x,
        y: turned ? -note.x : note.y,
      });
    }
    for (const { source, target } of data.edges) this.graph.mergeEdge(source, target);
    this.regions = regionsOf(data.topics, data.nodes, (note) => this.graph.getNodeAttributes(note.id));
    this.bundles = bundlesOf(data.topics, data);
    this.shown = new Set(data.nodes.map((note) => note.community));
    this.alpha = edgeAlpha(this.graph.size);
    this.far = isFar(this.graph.order, 1);

    const many = this.graph.order > 1_500;
    this.sigma = new Sigma<NodeAttributes>(this.graph, stage, {
      allowInvalidContainer: true,
      defaultNodeType: "note",
      nodeProgramClasses: {
        note: createNodeBorderProgram<NodeAttributes>({
          borders: [
            { size: { attribute: "border", defaultValue: 0.1 }, color: { attribute: "rim" } },
            { size: { fill: true }, color: { attribute: "color" } },
          ],
        }),
      },
      // One pixel at any distance, and the cheapest line there is to draw.
      defaultEdgeType: "line",
      edgeProgramClasses: { line: EdgeLineProgram },
      nodeReducer: (id, node) => this.nodeLook(id, node),
      edgeReducer: (id) => this.edgeLook(id),
      defaultDrawNodeLabel: (_, node) => this.labels.add(node),
      defaultDrawNodeHover: (context, node) => drawHover(context, node, this.palette),
      labelSize: 13,
      labelWeight: "500",
      labelDensity: many ? 2 : 4,
      labelGridCellSize: 100,
      labelRenderedSizeThreshold: many ? 3.5 : 3,
      zIndex: true,
      hideEdgesOnMove: many,
      stagePadding: Math.max(32, Math.min(90, stage.clientWidth * 0.07)),
      minCameraRatio: 0.01,
      maxCameraRatio: 4,
      doubleClickZoomingRatio: 1.6,
    });
    this.sigma.createCanvasContext("regions", { style: { pointerEvents: "none" } });
    const { regions } = this.sigma.getCanvases();
    if (regions !== undefined) stage.prepend(regions);
    this.sigma.resize(true);
    this.listen();
    this.sigma.refresh({ skipIndexation: true });
    // A canvas does not write anew by itself when a font arrives.
    document.fonts.addEventListener("loadingdone", this.rewrite);
    const unobserve = onPaletteChange(() => {
      this.palette = readPalette(this.stage);
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

  /** Shows these notes alone, as large as they fit; null shows all. `found` stand out among them, where something is looked for. */
  filter(visible: ReadonlySet<string> | null, found: ReadonlySet<string> | null): void {
    const same = visible?.size === this.visible?.size && [...(visible ?? [])].every((id) => this.visible?.has(id));
    this.found = found;
    if (!same) {
      this.visible = visible;
      const notes = visible === null ? this.graph.nodes() : [...visible];
      this.shown = new Set(notes.map((id) => this.graph.getNodeAttribute(id, "note").community));
    }
    this.sigma.refresh({ skipIndexation: true });
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
    const places = [...(this.visible ?? [])].flatMap((id) => this.sigma.getNodeDisplayData(id) ?? []);
    if (places.length === 0) {
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
    return this.focus === null ? [...(this.found ?? this.graph.nodes())] : [...this.near];
  }

  private get focus(): string | null {
    return this.hovered ?? this.selected;
  }

  private move(to: Partial<CameraState>): void {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    void this.sigma.getCamera().animate(to, { duration: calm ? 0 : 300 });
  }

  private refocus(): void {
    const { focus } = this;
    this.near = new Set(focus === null ? [] : [focus, ...this.graph.neighbors(focus)]);
    this.sigma.refresh({ skipIndexation: true });
    this.options.onFocus(focus === null ? null : this.graph.getNodeAttribute(focus, "note"));
  }

  private readonly rewrite = (): void => {
    this.sigma.refresh({ skipIndexation: true });
  };

  private nodeLook(id: string, node: NodeAttributes): Partial<NodeDisplayData> & { rim: string; border: number } {
    const { palette } = this;
    const { exists } = node.note;
    const shown = this.visible === null || this.visible.has(id);
    const dim = this.focus === null ? this.found !== null && !this.found.has(id) : !this.near.has(id);
    const colour = exists ? (topicColour(palette, node.rank)) : palette.missing;
    return {
      x: node.x,
      y: node.y,
      size: node.size,
      hidden: !shown,
      label: dim || (this.far && this.focus === null) ? null : node.label,
      forceLabel: id === this.focus || (this.focus !== null && this.near.has(id) && this.near.size <= 40),
      highlighted: id === this.focus,
      color: dim ? palette.faint : exists ? colour : palette.ground,
      rim: dim ? palette.faint : exists ? palette.ground : colour,
      border: exists ? 0.1 : 0.28,
      zIndex: id === this.focus ? 3 : dim ? 0 : this.focus === null ? 1 : 2,
    };
  }

  private edgeLook(id: string): Partial<EdgeDisplayData> {
    const { focus, palette } = this;
    const [source, target] = this.graph.extremities(id);
    if (this.visible !== null && !(this.visible.has(source) && this.visible.has(target))) return { hidden: true };
    if (source === focus || target === focus) return { color: palette.edgeStrong, zIndex: 1 };
    // From afar the topics' own lines stand for these; between topics a note's links are shown when somebody asks for that note.
    const apart = this.graph.getNodeAttribute(source, "note").community !== this.graph.getNodeAttribute(target, "note").community;
    if (this.far || focus !== null || apart) return { hidden: true };
    return { color: mixed(palette.edgeStrong, palette.ground, this.alpha), zIndex: 0 };
  }

  private get view(): View {
    const { sigma, palette, options } = this;
    const { width, height } = sigma.getDimensions();
    return {
      place: (point) => sigma.graphToViewport(point),
      colour: (community) => topicColour(palette, options.ranks.get(community) ?? Infinity),
      palette,
      far: this.far,
      width,
      height,
    };
  }

  /** Near and far show other things; what a camera does in between is only drawn. */
  private approach(): void {
    const far = isFar(this.visible?.size ?? this.graph.order, this.sigma.getCamera().ratio);
    if (far === this.far) return;
    this.far = far;
    this.sigma.scheduleRefresh({ layoutUnchange: true });
  }

  private drawGround(): void {
    const { view, sigma } = this;
    const canvases = sigma.getCanvases();
    const ground = canvases["regions"]?.getContext("2d");
    const layer = canvases["labels"]?.getContext("2d");
    if (!ground || !layer) return;
    ground.clearRect(0, 0, view.width, view.height);
    const regions = this.regions.filter((region) => this.shown.has(region.community));
    drawRegions(ground, regions, this.bundles, view);
    const taken = writeRegions(layer, regions, view);
    this.labels.write(layer, this.palette, ({ key }) => this.near.has(String(key)), taken, this.marks(view));
  }

  /** Where marks are on the stage: no label may hide one. From afar there are no labels. */
  private marks({ far, width, height }: View): Box[] {
    if (far && this.focus === null) return [];
    const scale = this.sigma.scaleSize(1);
    const found: Box[] = [];
    for (const id of this.graph.nodes()) {
      const mark = this.sigma.getNodeDisplayData(id);
      if (mark === undefined || mark.hidden) continue;
      const { x, y } = this.sigma.framedGraphToViewport(mark);
      const size = mark.size * scale;
      if (x < -size || y < -size || x > width + size || y > height + size) continue;
      found.push({ left: x - size, right: x + size, top: y - size, bottom: y + size });
    }
    return found;
  }

  private listen(): void {
    const { sigma, graph, options } = this;
    sigma.on("beforeRender", () => this.labels.clear());
    sigma.on("afterRender", () => this.drawGround());
    sigma.getCamera().on("updated", () => this.approach());
    let held: { id: string; x: number; y: number; moved: boolean } | null = null;
    let dragged = false;

    sigma.on("enterNode", ({ node }) => {
      if (held?.moved) return;
      this.hovered = node;
      this.stage.style.cursor = graph.getNodeAttribute(node, "note").url === null ? "help" : "pointer";
      this.refocus();
    });
    sigma.on("leaveNode", () => {
      if (held?.moved) return;
      this.hovered = null;
      this.stage.style.cursor = "";
      this.refocus();
    });

    sigma.on("downNode", ({ node, event }) => {
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
    sigma.on("clickStage", () => this.select(null));
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
