// What taking a step back came to, in words.
import type { Undone } from "../api/types";
import { count, plural } from "./words";

export function undoneWords({ result, samples, stand }: Undone): string {
  if (result === "nothing") return "There is nothing to take back.";
  if (stand === 0) return `Taken back: ${plural(samples.length, "label")}.`;
  const whose = `${count(stand)} ${stand === 1 ? "stands" : "stand"}: somebody has decided anew since then`;
  return `Taken back: ${samples.length === 0 ? "nothing" : plural(samples.length, "label")}. ${whose}.`;
}
