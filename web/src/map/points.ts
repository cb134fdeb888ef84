// The samples as points: what the server sends, as arrays in the grid's order, so that an index means the same
// sample on the map and in the grid.
import type { MapReply } from "../api/types";

/** Places in the classes, or one of these. */
export const kUnlabelled = -1;
export const kAside = -2;
const kNoPlace = 0xffff;
const kLargest = 0xfffe;

export interface Points {
  ids: number[];
  /** Places in the classes; see above. */
  labels: Int16Array;
  /** 0...1; NaN where the sample has no place yet. */
  x: Float32Array;
  y: Float32Array;
}

export function pointsOf(reply: Pick<MapReply, "ids" | "labels" | "x" | "y">): Points {
  const [x, y] = [coordinates(reply.x), coordinates(reply.y)];
  for (let i = 0; i < x.length; ++i)
    if (x[i]! > 1 || y[i]! > 1) {
      x[i] = NaN;
      y[i] = NaN;
    }
  return { ids: reply.ids, labels: Int16Array.from(reply.labels), x, y };
}

/** Base64 of 16-bit numbers, little-endian, as shares of the largest; above 1: no place. */
function coordinates(text: string): Float32Array {
  const bytes = atob(text);
  const read = new Float32Array(bytes.length >> 1);
  for (let i = 0; i < read.length; ++i) {
    const number = bytes.charCodeAt(2 * i) + 256 * bytes.charCodeAt(2 * i + 1);
    read[i] = number === kNoPlace ? 2 : number / kLargest;
  }
  return read;
}

/** The points with another label for these samples; the places are shared. */
export function relabelled(points: Points, ids: ReadonlySet<number>, label: number): Points {
  const labels = points.labels.slice();
  points.ids.forEach((id, index) => {
    if (ids.has(id)) labels[index] = label;
  });
  return { ...points, labels };
}

/** The number of a label among the points. */
export function labelNumber(name: string, classes: string[]): number {
  const found = classes.indexOf(name);
  return found >= 0 ? found : kAside;
}

/** The word of a label's number; null: no label. */
export function labelName(number: number, classes: string[], unsure: string): string | null {
  if (number === kAside) return unsure || "unsure";
  return classes[number] ?? null;
}
