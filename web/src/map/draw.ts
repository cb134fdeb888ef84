// The map on its canvas. Colours are the page's own, read from its style sheet.
import { hueOf } from "../parts/common";
import type { Lasso } from "./geometry";
import { kAside, kUnlabelled, type Points } from "./points";
import type { View } from "./view";

export interface Ink {
  /** Of the classes, in their order. */
  classes: string[];
  none: string;
  aside: string;
  text: string;
  accent: string;
}

export function inkOf(classes: string[]): Ink {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim() || "#888";
  return {
    classes: classes.map((name) => colour(`hue-${hueOf(name)}`)),
    none: colour("hue-none"),
    aside: colour("hue-unsure"),
    text: colour("ink"),
    accent: colour("accent"),
  };
}

const kFewForCircles = 3000;
const kDimmed = 0.35;

/** Pixels across a point: smaller where there are many, larger where the map is zoomed. */
export function pointSize(amount: number, zoom: number): number {
  const least = amount > 50_000 ? 2 : amount > 10_000 ? 3 : amount > kFewForCircles ? 4 : 7;
  return Math.min(14, least * Math.sqrt(zoom));
}

/** All points; where some are selected the others step back. */
export function drawPoints(
  context: CanvasRenderingContext2D,
  points: Points,
  view: View,
  zoom: number,
  selected: ReadonlySet<number>,
  ink: Ink,
): void {
  const { width, height } = context.canvas;
  const ratio = devicePixelRatio;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const size = pointSize(points.ids.length, zoom);
  const plain = new Map<string, number[]>();
  const chosen = new Map<string, number[]>();
  const [right, bottom] = [width / ratio + size, height / ratio + size];
  for (let i = 0; i < points.ids.length; ++i) {
    const x = view.left + points.x[i]! * view.width;
    const y = view.top + points.y[i]! * view.height;
    if (!(x > -size && y > -size && x < right && y < bottom)) continue; // also those without a place
    const label = points.labels[i]!;
    const colour = label === kUnlabelled ? ink.none : label === kAside ? ink.aside : (ink.classes[label] ?? ink.none);
    const layer = selected.has(points.ids[i]!) ? chosen : plain;
    const there = layer.get(colour);
    if (there) there.push(x, y);
    else layer.set(colour, [x, y]);
  }
  const back = chosen.size > 0 ? kDimmed : 0.85;
  const layers: Layer[] = [
    ...[...plain].map(([colour, places]) => ({ colour, places, size, alpha: back })),
    ...[...chosen.values()].map((places) => ({ colour: ink.text, places, size: size + 3, alpha: 1 })),
    ...[...chosen].map(([colour, places]) => ({ colour, places, size: size + 1, alpha: 1 })),
  ];
  if (points.ids.length > kFewForCircles) squares(context, layers);
  else circles(context, layers);
}

interface Layer {
  colour: string;
  /** x, y, x, y ... in pixels of the page. */
  places: number[];
  size: number;
  alpha: number;
}

function circles(context: CanvasRenderingContext2D, layers: Layer[]): void {
  for (const { colour, places, size, alpha } of layers) {
    context.globalAlpha = alpha;
    context.fillStyle = colour;
    context.beginPath();
    for (let i = 0; i < places.length; i += 2) {
      context.moveTo(places[i]! + size / 2, places[i + 1]!);
      context.arc(places[i]!, places[i + 1]!, size / 2, 0, 2 * Math.PI);
    }
    context.fill();
  }
  context.globalAlpha = 1;
}

/** Where there are many: written into the pixels, which takes a tenth of the time of as many shapes. */
function squares(context: CanvasRenderingContext2D, layers: Layer[]): void {
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (const { colour, places, size, alpha } of layers) {
    const value = pixelOf(colour, alpha);
    const side = Math.max(1, Math.round(size * devicePixelRatio));
    for (let i = 0; i < places.length; i += 2) {
      const left = Math.max(0, Math.round(places[i]! * devicePixelRatio - side / 2));
      const top = Math.max(0, Math.round(places[i + 1]! * devicePixelRatio - side / 2));
      const right = Math.min(width, left + side);
      const bottom = Math.min(height, top + side);
      for (let y = top; y < bottom; ++y) pixels.fill(value, y * width + left, y * width + right);
    }
  }
  context.putImageData(image, 0, 0);
}

/** A colour of the style sheet, "#rrggbb", as a pixel. */
export function pixelOf(colour: string, alpha: number): number {
  const rgb = /^#[0-9a-f]{6}$/i.test(colour) ? parseInt(colour.slice(1), 16) : 0x888888;
  const bytes = Uint8Array.of(rgb >> 16, (rgb >> 8) & 255, rgb & 255, Math.round(255 * alpha));
  return new Uint32Array(bytes.buffer)[0]!; // in the machine's own order of bytes, as the pixels are
}

export function drawLasso(context: CanvasRenderingContext2D, lasso: Lasso, ink: Ink): void {
  if (lasso.length < 4) return;
  context.beginPath();
  context.moveTo(lasso[0]!, lasso[1]!);
  for (let i = 2; i < lasso.length; i += 2) context.lineTo(lasso[i]!, lasso[i + 1]!);
  context.closePath();
  context.globalAlpha = 0.12;
  context.fillStyle = ink.accent;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = ink.accent;
  context.lineWidth = 1.5;
  context.stroke();
}

/** Around the point that the keys or the mouse are at. */
export function drawRing(context: CanvasRenderingContext2D, x: number, y: number, ink: Ink): void {
  context.beginPath();
  context.arc(x, y, 9, 0, 2 * Math.PI);
  context.strokeStyle = ink.text;
  context.lineWidth = 2;
  context.stroke();
}
