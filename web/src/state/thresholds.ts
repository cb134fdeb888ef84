// What a threshold does: the higher it is, the less the net says, and the more of that is right. From the pictures by
// which training chose its thresholds (metrics.json, `promise`).
import { inside } from "./figures";

export interface ThresholdPoint {
  score: number;
  said: number;
  right: number;
}

export interface Thresholds {
  pictures: number;
  /** The highest score first; `said` and `right` count all pictures with that score or more. */
  points: ThresholdPoint[];
  classes: { class: string; score: number; said: number; right: number }[];
}

/** null: the run has no thresholds. */
export function thresholdsOf(metrics: unknown): Thresholds | null {
  const points = inside(metrics, "promise", "curve");
  const pictures = inside(metrics, "promise", "pictures");
  const classes = inside(metrics, "promise", "classes");
  if (!Array.isArray(points) || points.length < 2 || typeof pictures !== "number" || pictures <= 0) return null;
  return { pictures, points, classes: Array.isArray(classes) ? classes : [] };
}

export interface Effect {
  /** Share of the pictures about which the net says a class, 0...1. */
  coverage: number;
  /** Share of those that are right; null: nothing is said. */
  precision: number | null;
}

export function effectOf(thresholds: Thresholds, score: number): Effect {
  const point = thresholds.points.findLast((one) => one.score >= score);
  if (!point) return { coverage: 0, precision: null };
  return { coverage: point.said / thresholds.pictures, precision: point.said ? point.right / point.said : null };
}
