// How many columns fit, and which samples are in view.

export interface Cells {
  columns: number;
  /** Pixels of a cell, without the gap. */
  width: number;
  height: number;
}

export const kGap = 8;
/** Below the picture: the label. */
export const kCaption = 26;

/** Cells of about `wanted` pixels across `width`, which fill it; at least two columns. */
export function cellsFor(width: number, wanted: number): Cells {
  const columns = Math.max(2, Math.floor((width + kGap) / (wanted + kGap)));
  const cell = Math.max(40, Math.floor((width - kGap * (columns - 1)) / columns));
  return { columns, width: cell, height: cell + kCaption };
}

export function rowsOf(total: number, columns: number): number {
  return Math.ceil(total / columns);
}

/** Samples of rows `first` to `last`, both counted in. */
export function samplesOf(first: number, last: number, columns: number, total: number): [number, number] {
  return [first * columns, Math.min(total, (last + 1) * columns) - 1];
}
