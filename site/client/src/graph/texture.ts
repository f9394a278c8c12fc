// The notes as one picture, drawn once: from afar they are a texture, and to draw thousands of marks anew in each picture of a
// moving map is what a browser without a graphics card cannot do.

import type { Point } from "./regions";

export interface Dot extends Point {
  /** In pixels of the stage, where all of the map is seen. */
  readonly size: number;
  readonly colour: string;
}

/** A picture and where it lies on the graph's plane, where up is more. */
export interface Texture {
  readonly picture: HTMLCanvasElement;
  readonly from: Point;
  readonly to: Point;
}

const DENSITY = 2; // so that it is still sharp at half the distance
const LONGEST = 4096;

/** Draws dots, the first ones lowest; `unit` is the length on the graph's plane of one pixel of the stage. Null where there are none. */
export function drawTexture(dots: readonly Dot[], unit: number): Texture | null {
  const reach = unit * dots.reduce((most, { size }) => Math.max(most, size), 1);
  const left = dots.reduce((least, { x }) => Math.min(least, x), Infinity) - reach;
  const right = dots.reduce((most, { x }) => Math.max(most, x), -Infinity) + reach;
  const low = dots.reduce((least, { y }) => Math.min(least, y), Infinity) - reach;
  const high = dots.reduce((most, { y }) => Math.max(most, y), -Infinity) + reach;
  const scale = Math.min(DENSITY / unit, LONGEST / Math.max(right - left, high - low));
  const picture = document.createElement("canvas");
  picture.width = Math.ceil((right - left) * scale);
  picture.height = Math.ceil((high - low) * scale);
  const context = picture.getContext("2d");
  if (context === null || dots.length === 0) return null;
  for (const { x, y, size, colour } of dots) {
    context.fillStyle = colour;
    context.beginPath();
    context.arc((x - left) * scale, (high - y) * scale, size * unit * scale, 0, Math.PI * 2);
    context.fill();
  }
  return { picture, from: { x: left, y: high }, to: { x: right, y: low } };
}

/** Lays a texture on the stage. */
export function layTexture(context: CanvasRenderingContext2D, texture: Texture, place: (point: Point) => Point, alpha: number): void {
  const [from, to] = [place(texture.from), place(texture.to)];
  context.globalAlpha = alpha;
  context.drawImage(texture.picture, from.x, from.y, to.x - from.x, to.y - from.y);
  context.globalAlpha = 1;
}
