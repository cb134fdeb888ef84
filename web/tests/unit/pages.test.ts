import { describe, expect, it } from "vitest";
import type { Run, RunDetail, SettingField } from "../../src/api/types";
import { depth } from "../../src/parts/matrix";
import { rangeOf } from "../../src/parts/chart";
import { verdictOf } from "../../src/parts/classify";
import { chosenSamples } from "../../src/parts/mistakes";
import { noLabel } from "../../src/parts/filters";
import { differing } from "../../src/parts/run_table";
import { deviceFigures, figuresOf } from "../../src/state/figures";
import { formatRoute, parseRoute } from "../../src/state/route";
import { chosenNumber } from "../../src/state/runs";
import { changedSettings, objection, ordered } from "../../src/state/settings";
import { effectOf, thresholdsOf } from "../../src/state/thresholds";
import { bytes, dollars, duration, percent, when } from "../../src/state/words";

const run = (number: number, what: Partial<Run> = {}): Run => ({
  run: number,
  folder: "",
  gone: false,
  state: "done",
  at: "",
  validation_accuracy: 0.9,
  test_accuracy: null,
  int8_accuracy: null,
  settings: { alpha: 0.35, seed: number },
  labels: null,
  ...what,
});

describe("the address", () => {
  it("says page and view, and survives what it does not know", () => {
    const query = { class: "yes", text: "a&b=#?" };
    expect(parseRoute(formatRoute("data", query))).toEqual({ page: "data", query });
    expect(parseRoute("")).toEqual({ page: "data", query: {} });
    expect(parseRoute("#/nowhere?x=1").page).toBe("data");
    expect(formatRoute("model", { run: 3, text: "" })).toBe("#/model?run=3");
  });
});

describe("numbers", () => {
  it("are written as people read them", () => {
    expect(percent(0.9742)).toBe("97.4 %");
    expect(percent(null)).toBe("–");
    expect(percent(Number.NaN)).toBe("–");
    expect([0, 59.6, 61, 3729].map(duration)).toEqual(["0:00", "1:00", "1:01", "1:02:09"]);
    expect([0, 0.01234, 12.3, null].map(dollars)).toEqual(["$0", "$0.0123", "$12.30", "unknown"]);
    expect([17_640, 447_213, 12_345_678].map(bytes)).toEqual(["17,640 B", "447 KB", "12.3 MB"]);
    expect(when("nonsense")).toBe("nonsense");
    expect(when(null)).toBe("");
    expect(when("2026-11-28T12:00:00Z")).toMatch(/^2026-11-2\d \d\d:00$/);
  });
});

describe("a training's settings", () => {
  const fields: SettingField[] = [
    { key: "qat", type: "choice", choices: ["auto", "on"], value: "auto", standard: "auto", help: "" },
    { key: "epochs", type: "integer", value: 0, standard: 0, help: "" },
    { key: "alpha", type: "number", value: 0.35, standard: 0.35, help: "" },
    { key: "backbone", type: "text", value: "", standard: "", help: "" },
  ];
  it("sends what differs, each in its own type", () => {
    expect(changedSettings(fields, { epochs: "12", alpha: "0.35", backbone: "random", qat: "on" })).toEqual({
      epochs: 12,
      backbone: "random",
      qat: "on",
    });
    expect(changedSettings(fields, {})).toEqual({});
    expect(changedSettings(fields, { epochs: "1.5", alpha: "x" })).toEqual({});
    expect(changedSettings(fields, { epochs: "" })).toEqual({});
  });
  it("objects to what is no number", () => {
    expect(objection(fields[1]!, "1.5")).toContain("whole");
    expect(objection(fields[2]!, "x")).toContain("number");
    expect(objection(fields[2]!, "0.5")).toBeUndefined();
    expect(objection(fields[3]!, "x")).toBeUndefined();
  });
  it("stands in the order of use", () => {
    expect(ordered(fields).first.map((field) => field.key)).toEqual(["backbone", "alpha", "epochs"]);
  });
});

describe("runs", () => {
  it("are compared by what they differ in", () => {
    expect(differing([run(1), run(2)])).toEqual(["seed"]);
    expect(differing([run(1)])).toEqual(["alpha", "seed"]);
    const noise = { ...run(1), settings: { labels_sha256: "a", train_samples: 1, alpha: 0.35 } };
    expect(differing([noise, { ...noise, settings: { ...noise.settings, labels_sha256: "b" } }])).toEqual(["alpha"]);
  });
  it("are chosen by the address, else the newest that is done", () => {
    const runs = [run(1), run(2), run(3, { state: "running", validation_accuracy: null })];
    expect(chosenNumber(runs, undefined)).toBe(2);
    expect(chosenNumber(runs, "1")).toBe(1);
    expect(chosenNumber(runs, "3")).toBe(2);
    expect(chosenNumber([], "1")).toBeUndefined();
  });
});

describe("figures", () => {
  const detail = (test: Record<string, unknown> | null): RunDetail => ({ ...run(1), curve: [], metrics: null, searched: false, test });
  it("leave out what nobody measured", () => {
    const test = { int8_host: { accuracy: 0.9742, interval95: [0.9355, 0.99] }, ram_bytes: null, arena_bytes: 17640 };
    expect(figuresOf(detail(test)).accuracy).toEqual([
      { name: "Test, int8", value: "97.4 %", note: "95 %: 93.5–99.0 %" },
      { name: "Validation", value: "90.0 %", note: undefined },
    ]);
    expect(deviceFigures(detail(test)).map((figure) => figure.name)).toEqual(["Arena"]);
    expect(deviceFigures(detail(null))).toEqual([]);
  });
});

describe("a chart's axis", () => {
  it("ends at 100 % for shares and leaves room around a flat curve", () => {
    expect(rangeOf(1, 1, true)).toEqual([0.98, 1]);
    const [low, high] = rangeOf(0.5, 0.9, true);
    expect(low).toBeCloseTo(0.468);
    expect(high).toBeCloseTo(0.932);
    expect(rangeOf(0, 2)[0]).toBe(0);
    expect(rangeOf(null, null)).toEqual([0, 1]);
  });
});

describe("thresholds", () => {
  const metrics = {
    promise: {
      pictures: 400,
      classes: [],
      curve: [
        { score: 0.99, said: 80, right: 80 },
        { score: 0.9, said: 300, right: 297 },
        { score: 0.5, said: 400, right: 390 },
      ],
    },
  };
  it("say less and err less the higher they are", () => {
    const thresholds = thresholdsOf(metrics)!;
    expect(effectOf(thresholds, 0.5)).toEqual({ coverage: 1, precision: 0.975 });
    expect(effectOf(thresholds, 0.7)).toEqual({ coverage: 0.75, precision: 0.99 });
    expect(effectOf(thresholds, 0.9)).toEqual({ coverage: 0.75, precision: 0.99 });
    expect(effectOf(thresholds, 1)).toEqual({ coverage: 0, precision: null });
  });
  it("are not shown where there are none", () => {
    expect(thresholdsOf({ promise: null })).toBeNull();
    expect(thresholdsOf(null)).toBeNull();
  });
});

describe("a classified picture", () => {
  const said = { class: "yes", score: 0.9, decided: true, known: true, scores: [], milliseconds: 1 };
  it("gets the device's answer", () => {
    expect(verdictOf(said)).toBe("yes");
    expect(verdictOf({ ...said, known: null })).toBe("yes"); // a net without a gate
    expect(verdictOf({ ...said, known: false, decided: false })).toContain("unlike");
    expect(verdictOf({ ...said, decided: false })).toContain("not sure");
  });
});

describe("mistakes", () => {
  const samples = [
    { id: 1, label: "yes", said: "no", score: 0.6 },
    { id: 2, label: "yes", said: "no", score: 0.9 },
    { id: 3, label: "no", said: "no", score: 0.99 },
  ];
  it("are listed the surest first, or a cell of the matrix", () => {
    expect(chosenSamples(samples, undefined).map((one) => one.id)).toEqual([2, 1]);
    expect(chosenSamples(samples, { label: "no", said: "no" }).map((one) => one.id)).toEqual([3]);
    expect(chosenSamples(samples, { label: "no", said: "yes" })).toEqual([]);
  });
  it("are coloured by their share of the row", () => {
    expect([0, 1, 99, 100].map((value) => depth(value, [value, 100 - value]))).toEqual([0, 1, 10, 10]);
    expect(depth(0, [0, 0])).toBe(0);
  });
});

describe("the filter for samples without a label", () => {
  it("is no class, whatever these are called", () => {
    expect(noLabel(["yes", "no"])).toBe("none");
    const classes = ["some", "none"];
    expect(classes).not.toContain(noLabel(classes));
  });
});
