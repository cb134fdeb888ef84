// A review as the page sees it. A key acts on the picture that is shown: the next one appears at once, from what was
// fetched ahead, and the decision is sent behind it, one after the other. Each names its sample, so a decision that
// was made about another queue (409) changes nothing and is told.
import { computed, signal } from "@preact/signals";
import { ApiError, get, post } from "../api/client";
import type { Review, ReviewCurrent } from "../api/types";
import { complain, complainOf, tell } from "./notices";

export const review = signal<Review | null>(null);
/** Samples whose decision is on its way, the oldest first. */
const sent = signal<number[]>([]);

/** The sample that is shown: in question, or to come once what is on its way has arrived. */
export const shown = computed<number | null>(() => ahead(review.value, sent.value));
/** What is known of it; null while only its picture is here. */
export const shownDetail = computed<ReviewCurrent | null>(() => {
  const current = review.value?.current;
  return current && current.id === shown.value ? current : null;
});

/** The first of the queue that is not on its way; null: nothing to show, or nobody knows yet. */
export function ahead(now: Review | null, onTheWay: number[]): number | null {
  if (now?.state !== "open" || !now.current) return null;
  return [now.current.id, ...now.next].find((id) => !onTheWay.includes(id)) ?? null;
}

export async function loadReview(): Promise<void> {
  try {
    const now = await get<Review>("review");
    if (sent.value.length === 0) review.value = now;
  } catch (problem) {
    complainOf(problem);
  }
}

let queue: Promise<void> = Promise.resolve();

/** Sends a decision about what is shown, and shows the next. */
export function act(kind: "decide" | "skip", name?: string): Promise<void> {
  const sample = shown.value;
  if (sample === null) return queue;
  sent.value = [...sent.value, sample];
  const body = kind === "decide" ? { class: name, sample } : { sample };
  queue = queue.then(() => send(`review/${kind}`, body, sample));
  return queue;
}

/** The label that stands is right. Where only the picture is here yet, there is nothing to accept. */
export function accept(): Promise<void> {
  const label = shownDetail.value?.label;
  return label === undefined ? queue : act("decide", label);
}

/** Takes the last step back, once all that is on its way has arrived. */
export function undo(): Promise<void> {
  queue = queue.then(() => send("review/undo", {}));
  return queue;
}

async function send(path: string, body: unknown, sample?: number): Promise<void> {
  if (sample !== undefined && !sent.value.includes(sample)) return; // an earlier one failed: this never was in question
  try {
    const now = await post<Review>(path, body);
    sent.value = sent.value.filter((id) => id !== sample);
    review.value = now;
    if (now.undone === "overruled") tell("Somebody has decided anew about that label since then: theirs stands.");
    if (now.undone === "nothing") tell("There is nothing to take back.");
  } catch (problem) {
    sent.value = [];
    if (problem instanceof ApiError && problem.unreachable)
      complain({ ...problem.trouble, what: "the last decision was not stored: the server does not answer" });
    else complainOf(problem);
    await loadReview();
  }
}

export function forgetReview(): void {
  review.value = null;
  sent.value = [];
  queue = Promise.resolve();
}
