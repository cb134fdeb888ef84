// Which samples are selected, by id: a selection outlives scrolling, filters and what others change.

/** As many as the server relabels in one step. */
export const kMostSelected = 20_000;

export interface Selection {
  ids: ReadonlySet<number>;
  /** Where a range begins: an index in the present order. */
  anchor: number;
  /** Where the keys are. */
  cursor: number;
}

export const kNothing: Selection = { ids: new Set(), anchor: 0, cursor: 0 };

export function only(id: number, index: number): Selection {
  return { ids: new Set([id]), anchor: index, cursor: index };
}

export function toggled(selection: Selection, id: number, index: number): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: index, cursor: index };
}

/** From the anchor to `index`; `added`: to what is selected already. */
export function ranged(selection: Selection, range: number[], index: number, added = false): Selection {
  const ids = new Set(added ? [...selection.ids, ...range] : range);
  return { ids, anchor: selection.anchor, cursor: index };
}

export function moved(selection: Selection, index: number): Selection {
  return { ...selection, cursor: index, anchor: index };
}

/** Which index the key leads to from `at`; undefined where the key does not move. */
export function step(key: string, at: number, columns: number, rows: number, total: number): number | undefined {
  const to: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    PageDown: at + columns * rows,
    PageUp: at - columns * rows,
    Home: 0,
    End: total - 1,
  };
  const next = to[key];
  return next === undefined ? undefined : Math.max(0, Math.min(total - 1, next));
}
