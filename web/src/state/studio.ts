// What every page knows: the project, the jobs, whether the server is there.
import { computed, signal } from "@preact/signals";
import { ApiError, get, post } from "../api/client";
import { Events } from "../api/events";
import type { Job, Project, Trouble } from "../api/types";
import { attempt, complain, tell } from "./notices";
import { brokenOff, endedWords, isActive, withJob } from "./jobs";

export const project = signal<Project | null>(null);
export const jobs = signal<Job[]>([]);
export const connection = signal<"connecting" | "open" | "lost">("connecting");
/** Why the server does not let this page in. */
export const shutOut = signal<Trouble | null>(null);
/** Why the server cannot read the project as it is now. */
export const unreadable = signal<Trouble | null>(null);
/** The newest version that was heard of; pages load anew when it changes. */
export const version = signal(0);
/** Counts up with each connection: what was missed meanwhile has to be asked for. */
export const connections = signal(0);

export const activeJobs = computed(() => jobs.value.filter(isActive));

export function jobsOf(verb: string): Job[] {
  return jobs.value.filter((job) => job.verb === verb);
}

export function newestJob(verb: string): Job | undefined {
  return jobsOf(verb).at(-1);
}

let events: Events | undefined;

export function startStudio(): void {
  events = new Events({
    job: takeJob,
    project: (now) => {
      if (now !== version.value) version.value = now;
      void loadProject();
    },
    trouble: (why) => (unreadable.value = why),
    opened: () => {
      unreadable.value = null; // the server says it again where it is still so
      connection.value = "open";
      shutOut.value = null;
      ++connections.value;
      void loadProject();
      void loadJobs();
    },
    lost: () => {
      connection.value = "lost";
      void loadProject(); // says whether nobody is there or somebody who does not know this page
    },
  });
  events.start();
}

let loading = false;
let again = false;

/** One request at a time; what comes meanwhile is asked for once afterwards. */
export async function loadProject(): Promise<void> {
  if (loading) return void (again = true);
  loading = true;
  try {
    project.value = await get<Project>("project");
    version.value = project.value.version;
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 401) shutOut.value = problem.trouble;
    else if (problem instanceof ApiError && !problem.unreachable) complain(problem.trouble);
  }
  loading = false;
  if (again) {
    again = false;
    void loadProject();
  }
}

async function loadJobs(): Promise<void> {
  const before = new Set(jobs.value.map((job) => job.id));
  const found = await attempt(() => get<{ jobs: Job[] }>("jobs"));
  if (!found) return;
  for (const job of found.jobs) before.delete(job.id);
  // The server that worked on these is no more, or it has forgotten how they ended.
  for (const job of jobs.value) if (before.has(job.id) && isActive(job)) complain(brokenOff(job));
  jobs.value = jobs.value.filter((job) => !before.has(job.id));
  for (const job of found.jobs) takeJob(job);
}

export function takeJob(job: Job): void {
  const before = jobs.value.find((known) => known.id === job.id);
  jobs.value = withJob(jobs.value, job);
  if (!before || !isActive(before) || isActive(job)) return;
  if (job.state === "failed" && job.error) complain(job.error);
  else tell(endedWords(job), job.verb); // many files are many jobs: one notice
}

/** Starts a job; undefined where the server refused, which is then shown. */
export async function startJob(request: Record<string, unknown>): Promise<Job | undefined> {
  const job = await attempt(() => post<Job>("jobs", request));
  if (job) takeJob(job);
  return job;
}

export async function stopJob(job: Job): Promise<void> {
  const stopped = await attempt(() => post<Job>(`jobs/${job.id}/stop`));
  if (stopped) takeJob(stopped);
}

/** Waits until the job has ended, however it did. */
export function ended(id: number): Promise<Job> {
  return new Promise((resolve) => {
    let over = false;
    const leave = jobs.subscribe((all) => {
      const job = all.find((one) => one.id === id);
      if (over || !job || isActive(job)) return;
      over = true;
      resolve(job);
      queueMicrotask(() => leave());
    });
  });
}
