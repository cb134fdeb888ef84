// Files on their way to the server, one at a time; what they become is a job of the server.
import { computed, signal } from "@preact/signals";
import { ApiError, upload } from "../api/client";
import type { Job } from "../api/types";
import { complainOf } from "./notices";
import { ended, jobsOf, takeJob } from "./studio";
import { isActive } from "./jobs";

export interface Upload {
  id: number;
  name: string;
  share: number;
  state: "waiting" | "sending" | "sent" | "failed";
}

export const uploads = signal<Upload[]>([]);
export const sending = computed(() => uploads.value.some((one) => one.state === "waiting" || one.state === "sending"));

let last = 0;
let line: Promise<void> = Promise.resolve();
let calledOff = new AbortController();

export function send(files: Iterable<File>): void {
  if (!sending.value) uploads.value = [];
  for (const file of files) {
    const id = ++last;
    uploads.value = [...uploads.value, { id, name: file.name, share: 0, state: "waiting" }];
    const { signal } = calledOff;
    line = line.then(() => sendOne(id, file, signal));
  }
}

export function callOff(): void {
  calledOff.abort();
  calledOff = new AbortController();
  uploads.value = uploads.value.filter((one) => one.state === "sent" || one.state === "failed");
}

async function sendOne(id: number, file: File, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  change(id, { state: "sending" });
  try {
    takeJob(await patiently(id, file, signal));
    change(id, { state: "sent", share: 1 });
  } catch (problem) {
    change(id, { state: "failed" });
    complainOf(problem);
  }
}

const kTries = 12;
const kPause = 200; // milliseconds

/**
 * A server that is still busy with the file before (409) gets this one when it is done. That job's end may be known
 * here before the refusal arrives, and another page's job not yet: then it is tried again a little later.
 */
async function patiently(id: number, file: File, signal: AbortSignal): Promise<Job> {
  for (let tries = 1; ; ++tries) {
    try {
      return await upload<Job>(file, (share) => change(id, { share }), signal);
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.status !== 409 || tries === kTries) throw problem;
      const busy = jobsOf("add").find(isActive);
      await (busy ? ended(busy.id) : pause());
    }
    if (signal.aborted) throw new DOMException("stopped", "AbortError");
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, kPause));
}

function change(id: number, what: Partial<Upload>): void {
  uploads.value = uploads.value.map((one) => (one.id === id ? { ...one, ...what } : one));
}
