import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { afterPaint } from "../../src/grid/after_paint";

let frames: (() => void)[] = [];
const frame = () => {
  for (const draw of frames.splice(0)) draw();
};
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => frames.push(draw));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("what can wait is done after the frame, in its order, unless it was called off", () => {
  const done: string[] = [];
  afterPaint(() => done.push("first"));
  const callOff = afterPaint(() => done.push("passed"));
  afterPaint(() => {
    done.push("second");
    afterPaint(() => done.push("in the next frame"));
  });
  callOff();
  frame();
  expect(done).toEqual([]);
  vi.runAllTimers();
  expect(done).toEqual(["first", "second"]);
  frame();
  vi.runAllTimers();
  expect(done).toEqual(["first", "second", "in the next frame"]);
});
