// What jobs say, in words and numbers; nothing here asks the server.
import type { Job, JobStep, Trouble } from "../api/types";
import { count, duration, percent, plural } from "./words";

export function isActive(job: Job): boolean {
  return job.state === "waiting" || job.state === "running";
}

/** The list with `job` as it is now, in the order of their numbers. */
export function withJob(jobs: Job[], job: Job): Job[] {
  const before = jobs.find((known) => known.id === job.id);
  const merged = before && !job.history?.length ? { ...job, history: withStep(before, job) } : job;
  return [...jobs.filter((known) => known.id !== job.id), merged].sort((a, b) => a.id - b.id);
}

/** A server that keeps no history: the page remembers the steps that it saw. */
function withStep(before: Job, now: Job): JobStep[] | undefined {
  if (now.verb !== "train") return undefined;
  const kept = before.history ?? [];
  const last = kept.at(-1);
  if (now.done === 0 || (last && last.stage === now.stage && last.done === now.done)) return kept;
  return [...kept, { stage: now.stage, done: now.done, note: now.note }];
}

/** 0...1; null where nobody knows how much there is to do. */
export function shareDone(job: Job): number | null {
  return job.total > 0 ? Math.min(1, job.done / job.total) : null;
}

const kNames: Record<string, string> = {
  add: "Adding files",
  label: "Labelling",
  train: "Training",
  test: "Testing",
  rank: "Ranking labels",
  cascade: "Watching",
  compare: "Comparing",
  events: "The page of events",
  measure: "Measuring for a board",
  tune: "Tuning thresholds",
  map: "Making the map",
  group: "Looking for near-duplicates",
};

export function jobName(job: Job): string {
  return kNames[job.verb] ?? job.verb;
}

/** "training 12 of 30 · 0:41 left" */
export function progressWords(job: Job): string {
  if (job.state === "waiting") return "waiting for its turn";
  const parts = [job.stage];
  if (job.total > 0) parts[0] = `${job.stage} ${count(job.done)} of ${count(job.total)}`;
  else if (job.done > 0) parts[0] = `${job.stage} ${count(job.done)}`;
  if (job.seconds_left !== null) parts.push(`${duration(job.seconds_left)} left`);
  return parts.filter(Boolean).join(" · ");
}

/** Of a job whose server is no more. */
export function brokenOff(job: Job): Trouble {
  const goesOn = job.verb === "train" || job.verb === "label" || job.verb === "compare";
  return {
    what: `${jobName(job)} broke off: the server was started again`,
    where: "",
    next: goesOn ? "start it again: what is done already is kept" : "start it again",
  };
}

/** One sentence for a job that has ended. */
export function endedWords(job: Job): string {
  if (job.state === "stopped") return `${jobName(job)}: stopped. Start it again to go on where it stopped.`;
  if (job.state === "failed") return `${jobName(job)}: ${job.error?.what ?? "failed"}`;
  const said = outcomeWords(job);
  return `${jobName(job)}: done${said ? `. ${said}` : ""}`;
}

function outcomeWords(job: Job): string {
  const outcome = job.outcome ?? {};
  const number = (key: string) => (typeof outcome[key] === "number" ? (outcome[key] as number) : null);
  if (job.verb === "add" && number("samples_added") !== null) {
    const there = number("already_there") ?? 0;
    return [
      `${plural(number("samples_added")!, "sample")} added`,
      ...(there > 0 ? [`${count(there)} already there`] : []),
      `${count(number("skipped") ?? 0)} skipped`,
    ].join(", ");
  }
  if (job.verb === "label" && outcome["dry_run"] === true) return "";
  if (job.verb === "label" && number("asked") !== null)
    return `${count(number("asked")!)} asked, ${count(number("failed") ?? 0)} failed`;
  if (job.verb === "train" && number("validation_accuracy") !== null)
    return `run ${number("run")}, ${percent(number("validation_accuracy"))} on validation pictures`;
  if (job.verb === "cascade" && number("events") !== null) return plural(number("events")!, "event");
  if (job.verb === "compare" && typeof outcome.answer === "string") return outcome.answer;
  return "";
}

export interface LivePoint {
  epoch: number;
  loss: number | null;
  right: number | null;
  validation: number | null;
}

/** The curve of a running training, from what its steps say: "loss 0.233, right 94.1 %, validation 95.2 %". A stage
 * that begins is a new net: only the last stage with figures is drawn. */
export function liveCurve(steps: JobStep[]): { stage: string; points: LivePoint[] } {
  const spoken = steps.filter((step) => /loss [\d.]+/.test(step.note) && /right/.test(step.note));
  const stage = spoken.at(-1)?.stage ?? "";
  const points = new Map<number, LivePoint>();
  for (const step of spoken) {
    if (step.stage !== stage) continue;
    points.set(step.done, {
      epoch: step.done,
      loss: figure(step.note, /loss ([\d.]+)/),
      right: share(figure(step.note, /right ([\d.]+) %/)),
      validation: share(figure(step.note, /validation ([\d.]+) %/)),
    });
  }
  return { stage, points: [...points.values()].sort((a, b) => a.epoch - b.epoch) };
}

function figure(note: string, pattern: RegExp): number | null {
  const found = pattern.exec(note);
  return found ? Number(found[1]) : null;
}

function share(percentage: number | null): number | null {
  return percentage === null ? null : percentage / 100;
}
