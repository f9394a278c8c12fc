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

/** How wide words are, in any size: measured once, for that takes longer than to write them. */
export class Widths {
  private readonly known = new Map<string, number>();

  /** Forgets everything: another font has come. */
  clear(): void {
    this.known.clear();
  }

  /** Sets the font of `context`, and says how wide `text` is in it. */
  set(context: CanvasRenderingContext2D, text: string, weight: number, size: number, family: string): number {
    const key = `${weight} ${family} ${text}`;
    let width = this.known.get(key);
    if (width === undefined) {
      context.font = `${weight} 100px ${family}`;
      width = context.measureText(text).width / 100;
      this.known.set(key, width);
    }
    context.font = `${weight} ${size}px ${family}`;
    return width * size;
  }
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

  /** `first` says which labels come before all others, whatever their size; none covers what is `taken`, nor one of the `marks`. */
  write(
    context: CanvasRenderingContext2D,
    palette: Palette,
    first: (node: Labelled) => boolean,
    taken: readonly Box[],
    marks: readonly Box[],
    widths: Widths,
  ): void {
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = palette.ground;
    context.fillStyle = palette.ink;
    const edge = context.canvas.clientWidth;
    const written = [...taken];
    for (const node of this.waiting.sort((a, b) => Number(first(b)) - Number(first(a)) || b.size - a.size)) {
      const label = shortened(node.label);
      if (label === "") continue;
      const width = widths.set(context, label, 500, SIZE, palette.font);
      const gap = node.size + 4;
      // Right of the mark, left of it, above or below: in full, over no other label, and where it hides no mark.
      const box = [
        [node.x + gap, node.y],
        [node.x - gap - width, node.y],
        [node.x - width / 2, node.y - gap - SIZE * 0.6],
        [node.x - width / 2, node.y + gap + SIZE * 0.6],
      ]
        .map(([left = 0, y = 0]) => ({ left, right: left + width, top: y - SIZE * 0.6, bottom: y + SIZE * 0.6 }))
        .filter(({ left, right }) => left >= 0 && right <= edge)
        .find((place) => ![...written, ...marks].some((other) => overlap(place, other)));
      if (box === undefined) continue;
      written.push(box);
      const y = (box.top + box.bottom) / 2 + SIZE / 3;
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
