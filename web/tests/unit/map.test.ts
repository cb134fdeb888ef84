import { describe, expect, it } from "vitest";
import { kMostSelected, kNothing } from "../../src/grid/selection";
import { cluster, drawn, held, inside, nearest, towards, type Lasso } from "../../src/map/geometry";
import { howOf, taken } from "../../src/map/lasso";
import { Pinch } from "../../src/map/pinch";
import { labelName, labelNumber, pointsOf, relabelled, type Points } from "../../src/map/points";
import { paintSquares, pixelOf, type Look } from "../../src/map/squares";
import { panned, resized, whole, withSight, zoomed } from "../../src/map/view";
import { viewOf } from "../../src/parts/view_choice";

const kUnit = { left: 0, top: 0, width: 100, height: 100 };
const points = (...places: [number, number][]): Points => ({
  ids: places.map((_, index) => 10 * (index + 1)),
  labels: Int16Array.from(places, () => 0),
  x: Float32Array.from(places, ([x]) => x),
  y: Float32Array.from(places, ([, y]) => y),
});

describe("a lasso", () => {
  const square: Lasso = [10, 10, 90, 10, 90, 90, 10, 90];
  const horseshoe: Lasso = [0, 0, 90, 0, 90, 90, 60, 90, 60, 30, 30, 30, 30, 90, 0, 90];
  it("holds what is inside, and not what it goes around", () => {
    expect(inside(square, 50, 50)).toBe(true);
    expect(inside(square, 5, 50)).toBe(false);
    expect(inside(horseshoe, 10, 80)).toBe(true);
    expect(inside(horseshoe, 45, 80)).toBe(false);
    expect(inside(horseshoe, 75, 80)).toBe(true);
  });
  it("counts a corner once, whichever way it is drawn", () => {
    const diamond: Lasso = [50, 0, 100, 50, 50, 100, 0, 50];
    const other: Lasso = [0, 50, 50, 100, 100, 50, 50, 0];
    for (const lasso of [diamond, other]) {
      expect(inside(lasso, 20, 50)).toBe(true); // level with two corners
      expect(inside(lasso, -5, 50)).toBe(false);
      expect(inside(lasso, 105, 50)).toBe(false);
    }
  });
  it("leaves out what is drawn around twice", () => {
    const eight: Lasso = [0, 0, 50, 0, 50, 50, 0, 50, 0, 0, 50, 0, 50, 50, 0, 50];
    expect(inside(eight, 25, 25)).toBe(false);
  });
  it("selects points where they are shown, and none without a place", () => {
    const some = points([0.5, 0.5], [0.05, 0.5], [NaN, NaN], [0.3, 0.3]);
    expect(held(some, kUnit, square)).toEqual([0, 3]);
    expect(held(some, { left: -450, top: -450, width: 1000, height: 1000 }, square)).toEqual([0]);
    expect(held(some, kUnit, [10, 10, 90, 90])).toEqual([]);
  });
  it("is drawn in steps that matter", () => {
    const lasso: Lasso = [];
    expect([drawn(lasso, 0, 0), drawn(lasso, 1, 1), drawn(lasso, 3, 0)]).toEqual([true, false, true]);
    expect(lasso).toEqual([0, 0, 3, 0]);
  });
  it("agrees with the winding of many points in a circle", () => {
    const circle: Lasso = Array.from({ length: 400 }, (_, i) => {
      const turn = (2 * Math.PI * Math.floor(i / 2)) / 200;
      return 50 + 30 * (i % 2 === 0 ? Math.cos(turn) : Math.sin(turn));
    });
    const wrong: number[][] = [];
    for (let x = 0; x <= 100; x += 3)
      for (let y = 0; y <= 100; y += 3) {
        const away = Math.hypot(x - 50, y - 50);
        if (Math.abs(away - 30) > 0.1 && inside(circle, x, y) !== away < 30) wrong.push([x, y]);
      }
    expect(wrong).toEqual([]);
  });
});

describe("the selection on the map", () => {
  const ids = [10, 20, 30, 40];
  const event = (keys: object) => ({ shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...keys });
  it("is replaced, added to with Shift, taken from with Alt", () => {
    expect([howOf(event({})), howOf(event({ shiftKey: true })), howOf(event({ altKey: true, shiftKey: true }))]).toEqual([
      "only",
      "add",
      "remove",
    ]);
    const one = taken(kNothing, ids, [1, 2], "only").selection;
    expect([...one.ids]).toEqual([20, 30]);
    expect(one.cursor).toBe(1);
    const two = taken(one, ids, [3], "add").selection;
    expect([...two.ids]).toEqual([20, 30, 40]);
    expect([...taken(two, ids, [1, 3], "remove").selection.ids]).toEqual([30]);
    expect(taken(two, ids, [], "only").selection).toEqual({ ids: new Set(), anchor: 3, cursor: 3 });
  });
  it("is never larger than one step relabels", () => {
    const many = Array.from({ length: kMostSelected + 5 }, (_, index) => index + 1);
    const { selection, left } = taken(kNothing, many, many.map((_, index) => index), "only");
    expect(selection.ids.size).toBe(kMostSelected);
    expect(left).toBe(5);
  });
});

describe("points", () => {
  it("are read as the server writes them", () => {
    const x = btoa(String.fromCharCode(0, 0, 0xfe, 0xff, 0xff, 0xff));
    const y = btoa(String.fromCharCode(0xff, 0x7f, 0, 0, 0xff, 0xff));
    const read = pointsOf({ ids: [1, 2, 3], labels: [0, -1, -2], x, y });
    expect([...read.x]).toEqual([0, 1, NaN]);
    expect(read.y[0]).toBeCloseTo(0.5, 3);
    expect(read.y[2]).toBeNaN();
    expect([...read.labels]).toEqual([0, -1, -2]);
  });
  it("take a label before the server says it", () => {
    const before = points([0, 0], [1, 1]);
    const after = relabelled(before, new Set([20]), labelNumber("unsure", ["yes", "no"]));
    expect([...after.labels]).toEqual([0, -2]);
    expect([...before.labels]).toEqual([0, 0]);
    expect([0, 1, -1, -2].map((label) => labelName(label, ["yes", "no"], "maybe"))).toEqual(["yes", "no", null, "maybe"]);
  });
});

describe("a pixel", () => {
  it("has the style sheet's colour", () => {
    const bytes = (pixel: number) => [...new Uint8Array(Uint32Array.of(pixel).buffer)];
    expect(bytes(pixelOf("#0a7468", 1))).toEqual([0x0a, 0x74, 0x68, 255]);
    expect(bytes(pixelOf("#FF9E5E", 0.2))).toEqual([0xff, 0x9e, 0x5e, 51]);
    expect(bytes(pixelOf("teal", 1))).toEqual([0x88, 0x88, 0x88, 255]);
  });
});

describe("squares of many points", () => {
  const look: Look = {
    plain: { classes: [1, 2], none: 3, aside: 4 },
    chosen: { classes: [11, 12], none: 13, aside: 14 },
    halo: 9,
    size: 1,
  };
  const paint = (some: Points, chosen: number[], ratio = 1) => {
    const raster = { pixels: new Uint32Array(100), width: 10, height: 10, ratio };
    paintSquares(raster, some, { left: 0, top: 0, width: 10, height: 10 }, new Set(chosen), look);
    return (x: number, y: number) => raster.pixels[10 * y + x];
  };
  it("have their label's colour, and are cut at the edges", () => {
    const some = points([0.35, 0.35], [0.55, 0.55], [0.75, 0.75], [0.95, 0.35], [0, 0], [1, 1], [NaN, NaN], [7, 7]);
    some.labels.set([0, 1, -1, -2, 0, 0, 0, 0]);
    const at = paint(some, []);
    expect([at(3, 3), at(5, 5), at(7, 7), at(9, 3), at(0, 0), at(4, 4), at(9, 9)]).toEqual([1, 2, 3, 4, 1, 0, 0]);
  });
  it("are larger with a rim, and above the others, where they are chosen", () => {
    const some = points([0.5, 0.5], [0.5, 0.5], [0.6, 0.5]);
    const at = paint(some, [10]);
    expect([at(5, 5), at(4, 4), at(3, 3), at(6, 6), at(6, 5), at(7, 5)]).toEqual([11, 11, 9, 9, 9, 0]);
  });
  it("grow with the screen's pixels", () => {
    const at = paint(points([0.2, 0.2]), [], 3);
    expect([at(5, 5), at(7, 7), at(8, 8), at(4, 5)]).toEqual([1, 1, 0, 0]);
  });
});

describe("keys on the map", () => {
  const some = points([0.5, 0.5], [0.6, 0.5], [0.9, 0.5], [0.5, 0.4], [0.1, 0.1], [0.1, 0.1], [NaN, NaN]);
  it("lead to the nearest point that way", () => {
    expect(towards(some, kUnit, 0, "ArrowRight")).toBe(1);
    expect(towards(some, kUnit, 1, "ArrowRight")).toBe(2);
    expect(towards(some, kUnit, 2, "ArrowRight")).toBeUndefined();
    expect(towards(some, kUnit, 0, "ArrowUp")).toBe(3);
    expect(towards(some, kUnit, 0, "x")).toBeUndefined();
  });
  it("reach every one of several in the same place, and go on", () => {
    expect(towards(some, kUnit, 4, "ArrowRight")).toBe(5);
    expect(towards(some, kUnit, 5, "ArrowLeft")).toBe(4);
    expect(towards(some, kUnit, 5, "ArrowRight")).toBe(3);
  });
  it("select what hangs together, at the zoom that is shown", () => {
    expect(cluster(some, kUnit, 0, 10)).toEqual([0, 1, 3]);
    expect(cluster(some, { ...kUnit, width: 1000, height: 1000 }, 0, 10)).toEqual([0]);
    expect(cluster(some, kUnit, 4, 10)).toEqual([4, 5]);
  });
  it("and the mouse finds what is beneath it", () => {
    expect(nearest(some, kUnit, 58, 52, 5)).toBe(1);
    expect(nearest(some, kUnit, 75, 75, 5)).toBeUndefined();
    expect(nearest(points([NaN, NaN]), kUnit, 0, 0)).toBeUndefined();
  });
});

describe("the part of the map that is shown", () => {
  const fit = whole(436, 236);
  it("zooms about the mouse and never leaves its box", () => {
    expect(fit).toEqual({ left: 18, top: 18, width: 400, height: 200 });
    const near = zoomed(fit, 4, 118, 68, fit);
    expect((118 - near.left) / near.width).toBeCloseTo(0.25);
    expect((68 - near.top) / near.height).toBeCloseTo(0.25);
    expect(zoomed(near, 0.01, 0, 0, fit)).toEqual(fit);
    expect(zoomed(fit, 1e9, 18, 18, fit).width).toBe(60 * 400);
    expect(panned(near, 1e6, -1e6, fit)).toEqual({ ...near, left: 18, top: 18 + 200 - 800 });
    expect(panned(fit, 50, 50, fit)).toEqual(fit);
  });
  it("keeps its part when the window changes, and follows the keys", () => {
    const larger = whole(836, 436);
    const near = zoomed(fit, 2, 118, 68, fit);
    const after = resized(near, fit, larger);
    expect(after.width / larger.width).toBeCloseTo(2);
    expect((larger.left - after.left) / after.width).toBeCloseTo((fit.left - near.left) / near.width);
    const seen = withSight(near, 1, 1, fit);
    expect(seen.left + seen.width).toBeCloseTo(418);
    expect(withSight(near, 0.25, 0.25, fit)).toEqual(near);
  });
  it("is chosen by the address", () => {
    expect([viewOf({ view: "map" }), viewOf({ view: "x" }), viewOf({})]).toEqual(["map", "grid", "grid"]);
  });
});

describe("two fingers", () => {
  const fit = { left: 0, top: 0, width: 100, height: 100 };
  const spread = (view: typeof fit, ...moves: [number, number, number][]) => {
    const pinch = new Pinch();
    pinch.down(1, 40, 50);
    pinch.down(2, 60, 50);
    return moves.reduce((before, [id, x, y]) => pinch.move(id, x, y)?.(before, fit) ?? before, view);
  };
  it("zoom about what is between them", () => {
    const view = spread({ left: -100, top: -100, width: 300, height: 300 }, [1, 30, 50], [2, 70, 50]);
    expect(view.width).toBeCloseTo(600);
    expect(view.left + 0.5 * view.width).toBeCloseTo(50);
  });
  it("move the map where they go together", () => {
    const near = { left: -100, top: -100, width: 300, height: 300 };
    const view = spread(near, [1, 50, 50], [2, 70, 50]);
    expect(view.width).toBeCloseTo(300);
    expect(view.left).toBeCloseTo(-90);
  });
  it("do nothing alone, and a third changes nothing", () => {
    const pinch = new Pinch();
    pinch.down(1, 40, 50);
    expect(pinch.move(1, 30, 50)).toBeUndefined();
    expect(pinch.move(9, 30, 50)).toBeUndefined();
    pinch.down(2, 60, 50);
    pinch.down(3, 60, 90);
    expect(pinch.move(2, 90, 50)).toBeUndefined();
  });
});
