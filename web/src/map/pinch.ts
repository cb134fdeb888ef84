// Two fingers on the map: what is between them stays between them.
import { panned, zoomed, type View } from "./view";

type Place = [x: number, y: number];

/** The fingers that are down, by their pointers' ids. */
export class Pinch {
  private readonly fingers = new Map<number, Place>();

  down(id: number, x: number, y: number): void {
    this.fingers.set(id, [x, y]);
  }

  up(id: number): void {
    this.fingers.delete(id);
  }

  get count(): number {
    return this.fingers.size;
  }

  /** A finger went there: how the view follows; undefined where it is no finger, or not one of two. */
  move(id: number, x: number, y: number): ((view: View, fit: View) => View) | undefined {
    const before = this.span();
    if (!this.fingers.has(id)) return undefined;
    this.fingers.set(id, [x, y]);
    const after = this.span();
    if (!before || !after) return undefined;
    const factor = after.length / Math.max(1, before.length);
    return (view, fit) => {
      const moved = panned(view, after.x - before.x, after.y - before.y, fit);
      return zoomed(moved, factor, after.x, after.y, fit);
    };
  }

  private span(): { x: number; y: number; length: number } | undefined {
    if (this.fingers.size !== 2) return undefined;
    const [[ax, ay], [bx, by]] = [...this.fingers.values()] as [Place, Place];
    return { x: (ax + bx) / 2, y: (ay + by) / 2, length: Math.hypot(ax - bx, ay - by) };
  }
}
