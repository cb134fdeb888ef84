// What a comparison found, in words and numbers.
import type { ComparisonFigures, Interval, Verdict } from "../api/types";
import type { Figure } from "../parts/common";
import { count, percent } from "./words";

export function verdictWords(verdict: Verdict): string {
  if (verdict.different === null) return "cannot be told";
  return verdict.different ? "different" : "may be chance";
}

/** "p 0.006"; with all questions together in mind, where that is known. */
export function chanceWords(verdict: Verdict): string {
  const p = verdict.p_together ?? verdict.p;
  return p === null ? "" : p < 0.001 ? "p < 0.001" : `p ${p.toFixed(3)}`;
}

/** "−2.4" of a share of −0.024 */
export function points(share: number): string {
  return `${share < 0 ? "−" : ""}${Math.abs(100 * share).toFixed(1)}`;
}

export function comparisonFigures(found: ComparisonFigures): Figure[] {
  const figures: Figure[] = [];
  const share = (name: string, value: Interval | null | undefined) =>
    value &&
    figures.push({ name, value: percent(value.value), note: `95 %: ${percent(value.low)}–${percent(value.high)}` });
  share(`Taught by A: ${found.a}`, found.accuracy?.a);
  share(`Taught by B: ${found.b}`, found.accuracy?.b);
  const apart = found.accuracy?.difference;
  if (apart)
    figures.push({
      name: "A against B",
      value: `${points(apart.value)} points`,
      note: `95 %: ${points(apart.low)} to ${points(apart.high)}`,
    });
  figures.push({ name: "Pictures tested", value: count(found.tested), note: `${found.seeds} seeds` });
  return figures;
}
