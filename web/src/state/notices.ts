// What the page has to say to the person: failures stay until they are dismissed, the rest goes by itself.
import { signal } from "@preact/signals";
import { ApiError } from "../api/client";
import type { Trouble } from "../api/types";

export interface Notice {
  id: number;
  kind: "error" | "done";
  what: string;
  where: string;
  next: string;
  /** A newer notice of the same topic takes its place. */
  topic?: string;
}

export const notices = signal<Notice[]>([]);

const kShownFor = 6000;
const kMost = 4;
let last = 0;

export function tell(what: string, topic?: string): void {
  const id = add("done", { what, where: "", next: "" }, topic);
  setTimeout(() => dismiss(id), kShownFor);
}

export function complain(trouble: Trouble): void {
  add("error", trouble);
}

/** Shows why something failed. What the connection's own line says already is not said again. */
export function complainOf(problem: unknown): void {
  if (problem instanceof DOMException && problem.name === "AbortError") return;
  if (problem instanceof ApiError) {
    if (!problem.unreachable) complain(problem.trouble);
    return;
  }
  complain({ what: `the page failed: ${String(problem)}`, where: "", next: "reload the page" });
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

function add(kind: Notice["kind"], trouble: Trouble, topic?: string): number {
  const alike = (old: Notice) => old.what === trouble.what && old.where === trouble.where;
  const same = (old: Notice) => old.kind === kind && (alike(old) || (topic !== undefined && old.topic === topic));
  const id = ++last;
  const kept = notices.value.filter((old) => !same(old));
  notices.value = [...kept, { id, kind, ...trouble, topic }].slice(-kMost);
  return id;
}

/** Runs what a button does; shows the failure where it fails. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (problem) {
    complainOf(problem);
    return undefined;
  }
}
