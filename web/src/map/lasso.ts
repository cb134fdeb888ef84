// What a lasso, a click or a cluster does to the selection.
import { kMostSelected, type Selection } from "../grid/selection";

export type How = "only" | "add" | "remove";

export function howOf(event: { shiftKey: boolean; altKey: boolean; ctrlKey: boolean; metaKey: boolean }): How {
  if (event.altKey) return "remove";
  return event.shiftKey || event.ctrlKey || event.metaKey ? "add" : "only";
}

/** The selection with the samples at these indices; `cursor` goes to the first of them. `left`: how many did not fit. */
export function taken(
  selection: Selection,
  ids: readonly number[],
  indices: readonly number[],
  how: How,
): { selection: Selection; left: number } {
  const chosen = new Set(how === "only" ? [] : selection.ids);
  let left = 0;
  for (const index of indices)
    if (how === "remove") chosen.delete(ids[index]!);
    else if (chosen.size < kMostSelected || chosen.has(ids[index]!)) chosen.add(ids[index]!);
    else ++left;
  const at = indices[0] ?? selection.cursor;
  return { selection: { ids: chosen, anchor: at, cursor: at }, left };
}
