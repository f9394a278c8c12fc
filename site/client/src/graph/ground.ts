// What lies under the notes: the regions of the topics, the links between them, and their names.

import { overlap, type Box, type Widths } from "./labels";
import { faded, type Palette } from "./palette";
import type { Bundle, Point, Region } from "./regions";

const MOST_BUNDLES = 60;
const ALWAYS_NAMED = 6;

export interface View {
  /** From the graph's plane to pixels of the stage. */
  readonly place: (point: Point) => Point;
  readonly colour: (community: number) => string;
  readonly palette: Palette;
  /** Whether single notes cannot be told apart: then regions carry the picture. */
  readonly far: boolean;
  readonly width: number;
  readonly height: number;
}

/** Draws regions and, far away, the links between them: the more, the wider. */
export function drawRegions(
  context: CanvasRenderingContext2D,
  regions: readonly Region[],
  bundles: readonly Bundle[],
  view: View,
): void {
  for (const region of regions) {
    const { x, y } = view.place(region);
    context.beginPath();
    context.arc(x, y, reach(region, view) + 8, 0, Math.PI * 2);
    context.fillStyle = faded(view.colour(region.community), view.far ? 0.16 : 0.07);
    context.fill();
  }
  if (!view.far) return;
  const at = new Map(regions.map((region) => [region.community, region]));
  const most = bundles[0]?.links ?? 1;
  context.strokeStyle = faded(view.palette.edgeStrong, 0.24);
  for (const { from, to, links } of bundles.slice(0, MOST_BUNDLES)) {
    const [one, two] = [at.get(from), at.get(to)];
    if (one === undefined || two === undefined) continue;
    const [start, end] = [view.place(one), view.place(two)];
    context.lineWidth = Math.max(0.8, 5 * (links / most));
    context.beginPath();
    context.moveTo(start.x, start.y);
    // Bent to one side, so that lines of one direction do not lie on each other.
    context.quadraticCurveTo(
      (start.x + end.x) / 2 + (end.y - start.y) * 0.12,
      (start.y + end.y) / 2 - (end.x - start.x) * 0.12,
      end.x,
      end.y,
    );
    context.stroke();
  }
}

/** Writes the names of the regions, the largest first, none over another or over one of the `marks`; the places that they take. */
export function writeRegions(context: CanvasRenderingContext2D, regions: readonly Region[], view: View, marks: readonly Box[], widths: Widths): Box[] {
  const taken: Box[] = [];
  context.textBaseline = "alphabetic";
  context.lineJoin = "round";
  context.strokeStyle = view.palette.ground;
  context.lineWidth = 4;
  for (const [rank, region] of regions.entries()) {
    const { x, y } = view.place(region);
    const radius = reach(region, view);
    const size = Math.round(Math.max(12, Math.min(22, radius * 0.28)));
    const width = widths.set(context, region.name, 650, size, view.palette.font);
    // A name far wider than its region would cover its neighbours; it comes when somebody goes nearer.
    if (rank >= ALWAYS_NAMED && width > 6 * radius) continue;
    // In the middle while notes are a texture; above or below them once they are there to be read.
    const bases = view.far ? [y + size / 3] : [y - radius - 10, y + radius + 10 + size * 0.7];
    const boxes = bases.map((base) => ({ left: x - width / 2, right: x + width / 2, top: base - size, bottom: base + size * 0.3 }));
    const box = boxes.find((place) => ![...taken, ...marks].some((other) => overlap(place, other)));
    if (box === undefined || box.right < 0 || box.left > view.width || box.bottom < 0 || box.top > view.height) continue;
    taken.push(box);
    const base = box.top + size;
    context.strokeText(region.name, box.left, base);
    context.fillStyle = view.far ? view.palette.ink : view.colour(region.community);
    context.fillText(region.name, box.left, base);
  }
  return taken;
}

function reach(region: Region, view: View): number {
  const middle = view.place(region);
  const rim = view.place({ x: region.x + region.radius, y: region.y });
  return Math.hypot(rim.x - middle.x, rim.y - middle.y);
}
