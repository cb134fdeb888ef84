// Which points a lasso holds, which is nearest, which lie together. Nothing here touches the page.
import type { Points } from "./points";
import type { View } from "./view";

/** A polygon as x, y, x, y ... in pixels; its end joins its beginning. */
export type Lasso = number[];

/** Lengthens the lasso by a step, unless that is too short to matter: fewer corners are tested sooner. */
export function drawn(lasso: Lasso, x: number, y: number, shortest = 3): boolean {
  const last = lasso.length - 2;
  if (last >= 0 && Math.hypot(x - lasso[last]!, y - lasso[last + 1]!) < shortest) return false;
  lasso.push(x, y);
  return true;
}

/** Whether the point is inside, by how often a line to the right of it crosses the polygon's sides (even-odd). */
export function inside(lasso: Lasso, x: number, y: number): boolean {
  let within = false;
  for (let i = 0, j = lasso.length - 2; i < lasso.length; j = i, i += 2) {
    const [ay, by] = [lasso[i + 1]!, lasso[j + 1]!];
    if (ay > y === by > y) continue;
    if (x < ((lasso[j]! - lasso[i]!) * (y - ay)) / (by - ay) + lasso[i]!) within = !within;
  }
  return within;
}

/** Indices of the points in the lasso. */
export function held(points: Points, view: View, lasso: Lasso): number[] {
  const found: number[] = [];
  if (lasso.length < 6) return found;
  const [left, right] = ends(lasso, 0);
  const [top, bottom] = ends(lasso, 1);
  for (let i = 0; i < points.x.length; ++i) {
    const x = view.left + points.x[i]! * view.width;
    const y = view.top + points.y[i]! * view.height;
    // A point without a place is NaN, which is in no box.
    if (x >= left && x <= right && y >= top && y <= bottom && inside(lasso, x, y)) found.push(i);
  }
  return found;
}

function ends(lasso: Lasso, axis: 0 | 1): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (let i = axis; i < lasso.length; i += 2) {
    least = Math.min(least, lasso[i]!);
    most = Math.max(most, lasso[i]!);
  }
  return [least, most];
}

/** The point nearest to (x, y) pixels, no further than `reach`; undefined: none. */
export function nearest(points: Points, view: View, x: number, y: number, reach = Infinity): number | undefined {
  let found: number | undefined;
  let least = reach * reach;
  for (let i = 0; i < points.x.length; ++i) {
    const dx = view.left + points.x[i]! * view.width - x;
    const dy = view.top + points.y[i]! * view.height - y;
    const away = dx * dx + dy * dy;
    if (away <= least) {
      if (away === least && found !== undefined) continue;
      least = away;
      found = i;
    }
  }
  return found;
}

const kDirections: Record<string, [number, number]> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/** The point that an arrow key leads to: the nearest one ahead, those aside counting as further; undefined: none is
 * there, or the key is no arrow. Points in the same place are one after the other to the right. */
export function towards(points: Points, view: View, at: number, key: string): number | undefined {
  const direction = kDirections[key];
  if (!direction) return undefined;
  const [across, down] = direction;
  let found: number | undefined;
  let least = Infinity;
  for (let i = 0; i < points.x.length; ++i) {
    if (i === at) continue;
    const dx = (points.x[i]! - points.x[at]!) * view.width;
    const dy = (points.y[i]! - points.y[at]!) * view.height;
    if (dx === 0 && dy === 0) {
      const next = across !== 0 && Math.sign(i - at) === across;
      if (next && (least > 0 || Math.abs(i - at) < Math.abs(found! - at))) [least, found] = [0, i];
      continue;
    }
    const ahead = dx * across + dy * down;
    const aside = Math.abs(dx * down) + Math.abs(dy * across);
    const away = ahead + 2 * aside;
    if (ahead > 0 && aside <= 2 * ahead && away < least) [least, found] = [away, i];
  }
  return found;
}

/** The points that hang together with `at` in steps of about `reach` pixels: the map is cut into squares of that
 * side, and squares that touch hang together if there are points in them. */
export function cluster(points: Points, view: View, at: number, reach: number): number[] {
  const squares = new Map<number, number[]>();
  const kRow = 1 << 20;
  const square = (i: number) =>
    Math.floor((points.x[i]! * view.width) / reach) + kRow * Math.floor((points.y[i]! * view.height) / reach);
  for (let i = 0; i < points.x.length; ++i) {
    if (Number.isNaN(points.x[i]!)) continue;
    const key = square(i);
    const there = squares.get(key);
    if (there) there.push(i);
    else squares.set(key, [i]);
  }
  const found: number[] = [];
  const open = [square(at)];
  while (open.length > 0) {
    const key = open.pop()!;
    const there = squares.get(key);
    if (!there) continue;
    squares.delete(key);
    found.push(...there);
    for (const row of [-kRow, 0, kRow]) for (const column of [-1, 0, 1]) open.push(key + row + column);
  }
  return found.sort((a, b) => a - b);
}
