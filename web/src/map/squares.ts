// Many points, written into the pixels of a canvas: a tenth of the time of as many shapes. Nothing here touches the page.
import { kAside, kUnlabelled, type Points } from "./points";
import type { View } from "./view";

/** Pixels of a canvas, each a number as pixelOf() gives it. */
export interface Raster {
  pixels: Uint32Array;
  width: number;
  height: number;
  /** Of the canvas to one of the page. */
  ratio: number;
}

/** As pixelOf() gives them. */
export interface Shades {
  classes: number[];
  none: number;
  aside: number;
}

export interface Look {
  plain: Shades;
  chosen: Shades;
  /** Around those that are chosen. */
  halo: number;
  /** Pixels of the page across a point. */
  size: number;
}

/** A colour of the style sheet, "#rrggbb", as a pixel. */
export function pixelOf(colour: string, alpha: number): number {
  const rgb = /^#[0-9a-f]{6}$/i.test(colour) ? parseInt(colour.slice(1), 16) : 0x888888;
  const bytes = Uint8Array.of(rgb >> 16, (rgb >> 8) & 255, rgb & 255, Math.round(255 * alpha));
  return new Uint32Array(bytes.buffer)[0]!; // in the machine's own order of bytes, as the pixels are
}

/** All points as squares, the chosen ones over the others. */
export function paintSquares(raster: Raster, points: Points, view: View, chosen: ReadonlySet<number>, look: Look): void {
  const { ratio } = raster;
  const side = sideOf(look.size, ratio);
  const above = new Int32Array(Math.min(chosen.size, points.ids.length));
  let count = 0;
  for (let i = 0; i < points.x.length; ++i) {
    if (chosen.size > 0 && chosen.has(points.ids[i]!)) above[count++] = i;
    else square(raster, view, points, i, side, shadeOf(look.plain, points.labels[i]!));
  }
  const [wide, wider] = [sideOf(look.size + 1, ratio), sideOf(look.size + 3, ratio)];
  for (let at = 0; at < count; ++at) square(raster, view, points, above[at]!, wider, look.halo);
  for (let at = 0; at < count; ++at)
    square(raster, view, points, above[at]!, wide, shadeOf(look.chosen, points.labels[above[at]!]!));
}

function sideOf(size: number, ratio: number): number {
  return Math.max(1, Math.round(size * ratio));
}

function shadeOf(shades: Shades, label: number): number {
  if (label === kUnlabelled) return shades.none;
  return label === kAside ? shades.aside : (shades.classes[label] ?? shades.none);
}

function square(raster: Raster, view: View, points: Points, at: number, side: number, value: number): void {
  const { pixels, width, height, ratio } = raster;
  const x = Math.round((view.left + points.x[at]! * view.width) * ratio - side / 2);
  const y = Math.round((view.top + points.y[at]! * view.height) * ratio - side / 2);
  if (!(x > -side && y > -side && x < width && y < height)) return; // also those without a place
  const left = x < 0 ? 0 : x;
  const right = x + side > width ? width : x + side;
  const bottom = y + side > height ? height : y + side;
  for (let row = y < 0 ? 0 : y; row < bottom; ++row) {
    const end = row * width + right;
    for (let pixel = row * width + left; pixel < end; ++pixel) pixels[pixel] = value;
  }
}
