import { describe, expect, it } from "vitest";
import { cellsFor, kGap, rowsOf, samplesOf } from "../../src/grid/layout";
import { kNothing, moved, only, ranged, step, toggled } from "../../src/grid/selection";

describe("the grid's layout", () => {
  it("fills the width, with two columns at least", () => {
    for (const width of [300, 336, 777, 1200, 2500]) {
      const { columns, width: cell } = cellsFor(width, 132);
      expect(columns).toBeGreaterThanOrEqual(2);
      const used = columns * cell + (columns - 1) * kGap;
      expect(used).toBeLessThanOrEqual(width);
      expect(width - used).toBeLessThan(columns);
    }
    expect(cellsFor(100, 260).columns).toBe(2);
  });

  it("has a scroll bar that is true to the whole set and shorter than what browsers allow", () => {
    const { columns, height } = cellsFor(336, 100);
    const rows = rowsOf(100_000, columns);
    expect(rows * columns).toBeGreaterThanOrEqual(100_000);
    expect(rows * (height + kGap)).toBeLessThan(17_800_000); // Firefox's limit, the lowest
  });

  it("says which samples rows hold", () => {
    expect(samplesOf(0, 4, 6, 1000)).toEqual([0, 29]);
    expect(samplesOf(165, 166, 6, 1000)).toEqual([990, 999]);
    expect(rowsOf(0, 5)).toBe(0);
    expect(rowsOf(11, 5)).toBe(3);
  });
});

describe("the selection", () => {
  it("selects one, adds, leaves out, and takes ranges from the anchor", () => {
    const one = only(70, 7);
    expect([...one.ids]).toEqual([70]);
    const two = toggled(one, 90, 9);
    expect([...two.ids]).toEqual([70, 90]);
    expect([...toggled(two, 70, 7).ids]).toEqual([90]);
    const range = ranged(two, [90, 100, 110], 11);
    expect([...range.ids]).toEqual([90, 100, 110]);
    expect(range.anchor).toBe(9);
    expect([...ranged(two, [110], 11, true).ids]).toEqual([70, 90, 110]);
  });

  it("moves without selecting where the sample is not here", () => {
    expect(moved({ ...kNothing, ids: new Set([4]) }, 12)).toMatchObject({ cursor: 12, anchor: 12 });
  });

  it("steps by keys and stays inside", () => {
    const at = (key: string, from: number) => step(key, from, 6, 4, 100);
    expect(at("ArrowRight", 5)).toBe(6);
    expect(at("ArrowDown", 5)).toBe(11);
    expect(at("ArrowUp", 5)).toBe(0);
    expect(at("PageDown", 5)).toBe(29);
    expect(at("PageDown", 95)).toBe(99);
    expect(at("End", 5)).toBe(99);
    expect(at("Home", 50)).toBe(0);
    expect(at("x", 5)).toBeUndefined();
  });
});
