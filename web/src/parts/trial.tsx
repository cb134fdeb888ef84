// A try on a few samples: which ones, what the teacher said, what it cost. The answers are kept like any others, so
// that nothing is paid for twice.
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { get, pictureAddress } from "../api/client";
import type { SampleDetail, SamplePage } from "../api/types";
import { attempt } from "../state/notices";
import { formatRoute } from "../state/route";
import { ended, startJob } from "../state/studio";
import { dollars } from "../state/words";
import { Card } from "./common";
import { AnswerList } from "./sample_panel";

export const kTried = 20;

/** Outlives the page, so that a look elsewhere loses nothing. */
const found = signal<SampleDetail[]>([]);
const state = signal<"" | "asking" | "none">("");

export interface TrialState {
  start: (teacher: string) => Promise<void>;
}

export function useTrial(): TrialState {
  return { start };
}

async function start(teacher: string): Promise<void> {
  const request = { verb: "label", limit: kTried, ...(teacher && { teacher }) };
  const planned = await startJob({ ...request, dry_run: true });
  if (!planned) return;
  const plan = await ended(planned.id);
  const names = Array.isArray(plan.outcome?.samples) ? (plan.outcome.samples as string[]).slice(0, kTried) : [];
  if (plan.state !== "done") return;
  if (names.length === 0) return void (state.value = "none");
  const job = await startJob(request);
  if (!job) return;
  state.value = "asking";
  found.value = [];
  await ended(job.id);
  const samples = await attempt(() => Promise.all(names.map(byName)));
  found.value = (samples ?? []).filter((one) => one !== undefined);
  state.value = "";
}

async function byName(name: string): Promise<SampleDetail | undefined> {
  const page = await get<SamplePage>("samples", { text: name, count: 50 });
  const sample = page.samples.find((one) => one.name === name);
  return sample && get<SampleDetail>(`samples/${sample.id}`);
}

export function Trial(_: { trial: TrialState }): JSX.Element | null {
  if (state.value === "none")
    return (
      <Card title="The try">
        <p>This teacher has answered for every sample already: there is nothing to try it on.</p>
      </Card>
    );
  if (state.value === "asking")
    return (
      <Card title="The try">
        <p class="muted">Asking about {kTried} samples …</p>
      </Card>
    );
  if (found.value.length === 0) return null;
  const newest = found.value.map((sample) => sample.answers.at(-1));
  const cost = newest.reduce((sum, answer) => sum + (answer?.cost_usd ?? 0), 0);
  return (
    <Card title={`The try: ${found.value.length} samples, ${dollars(cost)}`}>
      <ul class="tried">
        {found.value.map((sample) => (
          <li key={sample.id}>
            <a href={formatRoute("data", { sample: sample.id })} aria-label={`Details of ${sample.name}`}>
              <img src={pictureAddress(sample.id, 160)} alt="" />
            </a>
            <AnswerList answers={sample.answers.slice(-1)} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
