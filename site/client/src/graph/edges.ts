// The lines between notes: one pixel wide at any zoom, and only those that somebody asked for or stands near enough to follow.

import type { GraphEdge, GraphNode } from "./data";
import { faded, type Palette } from "./palette";
import { edgeAlpha, type Point } from "./regions";

/** While the map moves, no more lines than this are drawn: the eye follows places then. */
const MOST_MOVING = 1_500;

/** Where each note is on the stage, by place; NaN where it is not shown. */
export interface Places {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

/** The lines that run within topics, where no note is asked for. */
export function innerEdges(edges: readonly GraphEdge[], nodes: readonly GraphNode[], shown: (at: number) => boolean): GraphEdge[] {
  return edges.filter(
    ({ source, target }) => nodes[source]?.community === nodes[target]?.community && shown(source) && shown(target),
  );
}

/** Draws the lines that meet the stage, the fainter the more they are. */
export function drawEdges(
  context: CanvasRenderingContext2D,
  edges: readonly GraphEdge[],
  { xs, ys }: Places,
  palette: Palette,
  size: Readonly<{ width: number; height: number; moving: boolean }>,
): void {
  const lines: [Point, Point][] = [];
  for (const { source, target } of edges) {
    const [start, end] = [
      { x: xs[source] ?? NaN, y: ys[source] ?? NaN },
      { x: xs[target] ?? NaN, y: ys[target] ?? NaN },
    ];
    if (meets(start.x, end.x, size.width) && meets(start.y, end.y, size.height)) lines.push([start, end]);
  }
  if (size.moving && lines.length > MOST_MOVING) return;
  context.lineWidth = 1;
  context.strokeStyle = faded(palette.edgeStrong, edgeAlpha(lines.length));
  // One by one: a single path of all would be a shape with thousands of crossings, which takes far longer to fill.
  for (const [start, end] of lines) {
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.lineTo(end.x, end.y);
    context.stroke();
  }
}

/** Whether what lies between two coordinates meets 0 … `length`; false where one is not known. */
function meets(one: number, two: number, length: number): boolean {
  return Math.max(one, two) >= 0 && Math.min(one, two) <= length;
}
