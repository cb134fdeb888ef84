// The map on its canvas. Colours are the page's own, read from its style sheet.
import { hueOf } from "../parts/common";
import type { Lasso } from "./geometry";
import { kAside, kUnlabelled, type Points } from "./points";
import { paintSquares, pixelOf, type Look } from "./squares";
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
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  const size = pointSize(points.ids.length, zoom);
  if (points.ids.length > kFewForCircles) {
    const image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const raster = { pixels, width, height, ratio: devicePixelRatio };
    paintSquares(raster, points, view, selected, lookOf(ink, size, selected.size > 0));
    context.putImageData(image, 0, 0);
  } else {
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    circles(context, layersOf(context.canvas, points, view, size, selected, ink));
  }
}

const kBack = 0.85; // of points among which none is selected

function lookOf(ink: Ink, size: number, dimmed: boolean): Look {
  const shades = (alpha: number) => ({
    classes: ink.classes.map((colour) => pixelOf(colour, alpha)),
    none: pixelOf(ink.none, alpha),
    aside: pixelOf(ink.aside, alpha),
  });
  return { plain: shades(dimmed ? kDimmed : kBack), chosen: shades(1), halo: pixelOf(ink.text, 1), size };
}

interface Layer {
  colour: string;
  /** x, y, x, y ... in pixels of the page. */
  places: number[];
  size: number;
  alpha: number;
}

function layersOf(
  canvas: HTMLCanvasElement,
  points: Points,
  view: View,
  size: number,
  selected: ReadonlySet<number>,
  ink: Ink,
): Layer[] {
  const plain = new Map<string, number[]>();
  const chosen = new Map<string, number[]>();
  const [right, bottom] = [canvas.width / devicePixelRatio + size, canvas.height / devicePixelRatio + size];
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
  return [
    ...[...plain].map(([colour, places]) => ({ colour, places, size, alpha: chosen.size > 0 ? kDimmed : kBack })),
    ...[...chosen.values()].map((places) => ({ colour: ink.text, places, size: size + 3, alpha: 1 })),
    ...[...chosen].map(([colour, places]) => ({ colour, places, size: size + 1, alpha: 1 })),
  ];
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
