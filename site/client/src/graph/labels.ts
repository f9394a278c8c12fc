// Labels on the canvas: a halo in the ground's colour keeps them readable over lines and other marks.

import type { NodeDisplayData, PartialButFor } from "sigma/types";

import type { Palette } from "./palette";

type Labelled = PartialButFor<NodeDisplayData, "x" | "y" | "size" | "label" | "color">;

const LONGEST = 44;
const SIZE = 13;

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Collects the labels of one picture, then writes the weightiest that do not cover each other. */
export class Labels {
  private waiting: Labelled[] = [];

  clear(): void {
    this.waiting = [];
  }

  add(node: Labelled): void {
    this.waiting.push({ ...node });
  }

  /** `first` says which labels come before all others, whatever their size; no label covers what is `taken`, nor a mark. */
  write(
    context: CanvasRenderingContext2D,
    palette: Palette,
    first: (node: Labelled) => boolean,
    taken: readonly Box[],
    marks: readonly Box[],
  ): void {
    context.font = `500 ${SIZE}px ${palette.font}`;
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = palette.ground;
    context.fillStyle = palette.ink;
    const edge = context.canvas.clientWidth;
    const written = [...taken];
    for (const node of this.waiting.sort((a, b) => Number(first(b)) - Number(first(a)) || b.size - a.size)) {
      const label = shortened(node.label);
      if (label === "") continue;
      const width = context.measureText(label).width;
      const gap = node.size + 4;
      // Right of the mark or left of it, rather in full and where it hides no other mark, never over another label.
      const free = [node.x + gap, node.x - gap - width]
        .map((left) => ({ left, right: left + width, top: node.y - SIZE * 0.6, bottom: node.y + SIZE * 0.6 }))
        .filter((box) => !written.some((other) => overlap(box, other)));
      const inside = free.filter(({ left, right }) => left >= 0 && right <= edge);
      const box = inside.find((place) => !marks.some((mark) => overlap(place, mark))) ?? (first(node) ? (inside[0] ?? free[0]) : undefined);
      if (box === undefined) continue;
      written.push(box);
      const y = node.y + SIZE / 3;
      context.strokeText(label, box.left, y);
      context.fillText(label, box.left, y);
    }
  }
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** The note under the pointer: a ring in its colour, its name on a plate. */
export function drawHover(context: CanvasRenderingContext2D, node: Labelled, palette: Palette): void {
  const label = shortened(node.label);
  context.font = `600 ${SIZE}px ${palette.font}`;
  const x = node.x + node.size + 3;
  if (label !== "") {
    const width = context.measureText(label).width;
    context.fillStyle = palette.ground;
    context.strokeStyle = palette.edgeStrong;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(x, node.y - SIZE * 0.85, width + 10, SIZE * 1.7, 3);
    context.fill();
    context.stroke();
    context.fillStyle = palette.ink;
    context.fillText(label, x + 5, node.y + SIZE / 3);
  }
  context.beginPath();
  context.arc(node.x, node.y, node.size + 2.5, 0, Math.PI * 2);
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.5;
  context.stroke();
}

function shortened(label: string | null): string {
  const characters = [...(label ?? "")];
  return characters.length <= LONGEST ? characters.join("") : `${characters.slice(0, LONGEST - 1).join("")}…`;
}
