import { describe, expect, it } from "vitest";
import type { Job } from "../../src/api/types";
import { endedWords, liveCurve, progressWords, shareDone, withJob } from "../../src/state/jobs";

const job = (what: Partial<Job> = {}): Job => ({
  id: 1,
  verb: "train",
  state: "running",
  stage: "training",
  done: 0,
  total: 30,
  note: "",
  seconds: 0,
  seconds_left: null,
  messages: [],
  outcome: null,
  error: null,
  ...what,
});

describe("jobs", () => {
  it("keeps each once, in order", () => {
    const list = withJob(withJob([job({ id: 2 })], job({ id: 1 })), job({ id: 2, done: 5 }));
    expect(list.map((one) => [one.id, one.done])).toEqual([
      [1, 0],
      [2, 5],
    ]);
  });

  it("remembers a training's steps where the server does not", () => {
    let list: Job[] = [];
    for (const done of [0, 1, 1, 2]) list = withJob(list, job({ done, note: `loss 0.${done}00, right 90.0 %` }));
    expect(list[0]!.history?.map((step) => step.done)).toEqual([1, 2]);
    const told = [{ stage: "training", done: 1, note: "x" }];
    expect(withJob(list, job({ history: told }))[0]!.history).toEqual(told);
  });

  it("says how far it is", () => {
    expect(progressWords(job({ done: 12, seconds_left: 41 }))).toBe("training 12 of 30 · 0:41 left");
    expect(progressWords(job({ total: 0, done: 3 }))).toBe("training 3");
    expect(progressWords(job({ state: "waiting" }))).toContain("waiting");
    expect(shareDone(job({ done: 15 }))).toBe(0.5);
    expect(shareDone(job({ done: 31 }))).toBe(1);
    expect(shareDone(job({ total: 0 }))).toBeNull();
  });

  it("says what came of it", () => {
    expect(endedWords(job({ verb: "add", state: "done", outcome: { samples_added: 1200, skipped: 3 } }))).toContain(
      "1,200 samples added, 3 skipped",
    );
    const again = { samples_added: 0, already_there: 1, skipped: 0 };
    expect(endedWords(job({ verb: "add", state: "done", outcome: again }))).toContain(
      "0 samples added, 1 already there, 0 skipped",
    );
    expect(endedWords(job({ state: "stopped" }))).toContain("go on where it stopped");
    const error = { what: "no labels", where: "", next: "" };
    expect(endedWords(job({ state: "failed", error }))).toContain("no labels");
    expect(endedWords(job({ state: "done", outcome: { run: 3, validation_accuracy: 0.9762 } }))).toContain(
      "run 3, 97.6 %",
    );
  });
});

describe("the live curve", () => {
  const step = (stage: string, done: number, note: string) => ({ stage, done, note });
  it("is read from what the steps say, each epoch once", () => {
    const { stage, points } = liveCurve([
      step("computing features", 40, ""),
      step("training with mild", 1, "loss 0.512, right 81.3 %, validation 88.1 %"),
      step("training with mild", 2, "loss 0.401, right 85.0 %"),
      step("training with mild", 2, "loss 0.400, right 85.5 %"),
    ]);
    expect(stage).toBe("training with mild");
    expect(points).toHaveLength(2);
    expect(points[0]).toMatchObject({ epoch: 1, loss: 0.512 });
    expect(points[0]!.right).toBeCloseTo(0.813);
    expect(points[0]!.validation).toBeCloseTo(0.881);
    expect(points[1]).toMatchObject({ epoch: 2, loss: 0.4, validation: null });
  });

  it("begins anew with the next net, and stays while what follows has no curve", () => {
    const steps = [
      step("training with mild", 1, "loss 0.5, right 80.0 %"),
      step("training with strong", 1, "loss 0.7, right 70.0 %"),
      step("fine-tuning int8", 3, "loss 0.1"),
    ];
    expect(liveCurve(steps)).toMatchObject({ stage: "training with strong", points: [{ epoch: 1, loss: 0.7 }] });
    expect(liveCurve([])).toEqual({ stage: "", points: [] });
  });
});
