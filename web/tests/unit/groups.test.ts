import { describe, expect, it } from "vitest";
import type { Group } from "../../src/api/types";
import { decided, pageOf, pagesOf, shownOf, spoken, tally, warningsOf } from "../../src/groups/groups";

const kClasses = ["yes", "no"];
const group = (what: Partial<Group> = {}): Group => ({
  samples: [11, 12, 13, 14, 15],
  labels: [0, 0, 0, 1, -1],
  contradictory: true,
  splits: { train: 5 },
  sources: 1,
  seconds: 3,
  warnings: [],
  ...what,
});

describe("a group of near-duplicates", () => {
  it("tells its labels, the most first", () => {
    expect(tally(group(), kClasses, "")).toEqual([["yes", 3], [null, 1], ["no", 1]]);
    expect(spoken(group(), kClasses, "")).toBe(
      "5 pictures, labels that contradict one another: 3 yes, 1 without a label, 1 no",
    );
    expect(spoken(group({ labels: [-2, -2, -2, -2, -2], contradictory: false }), kClasses, "maybe")).toBe(
      "5 pictures, labels: 5 maybe",
    );
  });
  it("shows the few beside the many", () => {
    expect(shownOf(group(), 3)).toEqual([0, 3, 4]);
    expect(shownOf(group(), 4)).toEqual([0, 3, 4, 1]);
    expect(shownOf(group(), 99)).toEqual([0, 3, 4, 1, 2]);
    expect(shownOf(group({ samples: [], labels: [] }), 3)).toEqual([]);
  });
  it("warns in words where one label for all would hide something", () => {
    expect(warningsOf(group())).toEqual([]);
    const all = group({
      warnings: ["time", "sources", "splits"],
      seconds: 200,
      sources: 6,
      splits: { train: 3, validation: 1, test: 1 },
    });
    const [time, sources, splits] = warningsOf(all);
    expect(time).toContain("span 3:20 of one video");
    expect(sources).toContain("6 sources");
    expect(splits).toBe(
      "Its pictures are in training (3), validation (1) and test (1): the test asks about what was learned.",
    );
    expect(warningsOf(group({ warnings: ["splits"], splits: { train: 3, validation: 1 } }))[0]).toContain("measured");
  });
  it("is of one mind once it is decided", () => {
    expect(decided(group(), "no", kClasses)).toMatchObject({ labels: [1, 1, 1, 1, 1], contradictory: false });
    expect(decided(group(), "maybe", kClasses).labels).toEqual([-2, -2, -2, -2, -2]);
  });
  it("has its place on a page of the order", () => {
    const order = Array.from({ length: 45 }, (_, index) => index);
    expect([pagesOf(order), pagesOf([]), pagesOf(order.slice(0, 40))]).toEqual([3, 1, 2]);
    expect(pageOf(order, 2)).toEqual([40, 41, 42, 43, 44]);
  });
});
