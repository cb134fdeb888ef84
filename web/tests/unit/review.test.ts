import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Review } from "../../src/api/types";
import { notices } from "../../src/state/notices";
import { accept, act, ahead, forgetReview, loadReview, review, shown, shownDetail, undo } from "../../src/state/review";

/** A queue of samples 10, 11, 12 ... at `position`. */
function at(position: number, what: Partial<Review> = {}): Review {
  const id = 10 + position;
  const current = {
    id,
    name: `s${id}`,
    label: "yes",
    label_probability: 0.1,
    classifier: "no",
    classifier_probability: 0.9,
    suspicion: 2,
    confidence: null,
    reason: "",
  };
  const next = [1, 2, 3, 4, 5].map((ahead) => id + ahead);
  return { state: "open", position, length: 100, current, decided: 0, changed: 0, skipped: 0, next, ...what };
}

interface Call {
  path: string;
  body: { class?: string; sample?: number };
  answer: (status: number, json: unknown) => void;
}
let calls: Call[] = [];

const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  calls = [];
  notices.value = [];
  vi.stubGlobal("fetch", (path: string, request: RequestInit) => {
    const body = request.body ? JSON.parse(String(request.body)) : {};
    return new Promise((resolve) =>
      calls.push({ path, body, answer: (status, json) => resolve(new Response(JSON.stringify(json), { status })) }),
    );
  });
  review.value = at(0);
});
afterEach(() => {
  forgetReview();
  vi.unstubAllGlobals();
});

describe("a review", () => {
  it("shows the next at once and sends one decision after the other", async () => {
    void act("decide", "no");
    expect(shown.value).toBe(11);
    expect(shownDetail.value).toBeNull();
    void act("decide", "yes");
    void act("skip");
    expect(shown.value).toBe(13);
    await settled();
    expect(calls.map((call) => [call.path, call.body])).toEqual([["/api/review/decide", { class: "no", sample: 10 }]]);
    calls[0]!.answer(200, at(1));
    await settled();
    expect(shown.value).toBe(13);
    expect(calls[1]).toMatchObject({ path: "/api/review/decide", body: { class: "yes", sample: 11 } });
    calls[1]!.answer(200, at(2));
    await settled();
    expect(calls[2]).toMatchObject({ path: "/api/review/skip", body: { sample: 12 } });
    calls[2]!.answer(200, at(3));
    await settled();
    expect(shown.value).toBe(13);
    expect(shownDetail.value?.id).toBe(13);
  });

  it("forgets what was decided behind a decision that came too late, and shows what is in question", async () => {
    void act("decide", "no");
    void act("decide", "no");
    await settled();
    calls[0]!.answer(409, { error: { what: "another label is in question", where: "10", next: "look again" } });
    await settled();
    expect(calls.map((call) => call.path)).toEqual(["/api/review/decide", "/api/review"]);
    calls[1]!.answer(200, at(7));
    await settled();
    expect(calls).toHaveLength(2); // the second decision was about a queue that is gone
    expect(shown.value).toBe(17);
    expect(notices.value.map((notice) => notice.what)).toEqual(["another label is in question"]);
  });

  it("accepts only a label that is shown", async () => {
    void accept();
    void accept(); // only the picture of the next is here
    await settled();
    expect(calls).toHaveLength(1);
    expect(calls[0]!.body).toEqual({ class: "yes", sample: 10 });
  });

  it("undoes behind what is on its way", async () => {
    void act("skip");
    void undo();
    await settled();
    expect(calls).toHaveLength(1);
    calls[0]!.answer(200, at(1));
    await settled();
    expect(calls[1]!.path).toBe("/api/review/undo");
    calls[1]!.answer(200, at(0));
    await settled();
    expect(shown.value).toBe(10);
  });

  it("says where an undo found that somebody else had decided", async () => {
    void undo();
    await settled();
    calls[0]!.answer(200, at(0, { undone: "overruled" }));
    await settled();
    expect(notices.value[0]?.what).toContain("theirs stands");
  });

  it("does nothing at the end, and waits where nothing more was fetched ahead", () => {
    expect(ahead(at(0), [10, 11, 12, 13, 14, 15])).toBeNull();
    expect(ahead(at(3, { current: null, next: [] }), [])).toBeNull();
    expect(ahead(at(0, { state: "ranking" }), [])).toBeNull();
    review.value = at(99, { current: null, next: [] });
    void act("skip");
    expect(calls).toHaveLength(0);
  });

  it("is not overwritten by an answer from before a decision", async () => {
    const loading = loadReview();
    void act("decide", "no");
    await settled();
    calls[0]!.answer(200, at(0));
    await loading;
    expect(shown.value).toBe(11);
  });
});
