// Teacher: who is asked what, what it will cost, how it goes.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Job } from "../api/types";
import { Bar, Button, Card, ClassTag, Figures, hueOf, type Figure } from "../parts/common";
import { AmountField, CheckField, WordField } from "../parts/fields";
import { PromptScores, scoresOf } from "../parts/prompt_scores";
import { QuestionCard } from "../parts/question_card";
import { JobLines } from "../parts/shell";
import { Trial, useTrial } from "../parts/trial";
import { isActive, shareDone } from "../state/jobs";
import { activeJobs, ended, jobsOf, project, startJob, stopJob } from "../state/studio";
import { count, dollars, percent, plural } from "../state/words";

export function TeacherPage(): JSX.Element {
  const now = project.value!;
  const [teacher, setTeacher] = useState(now.teachers[0] ?? "");
  const [budget, setBudget] = useState("");
  const [limit, setLimit] = useState("");
  const [gold, setGold] = useState(false);
  const [forecast, setForecast] = useState<Job>();
  const trial = useTrial();
  const running = activeJobs.value.find((job) => job.verb === "label");
  const last = jobsOf("label").findLast((job) => job.outcome?.dry_run !== true);
  const asked = {
    verb: "label",
    ...(teacher && { teacher }),
    ...(Number(limit) > 0 && { limit: Number(limit) }),
    ...(Number(budget) > 0 && { budget_usd: Number(budget) }),
    ...(gold && { gold }),
  };
  const look = async () => {
    const job = await startJob({ ...asked, dry_run: true });
    if (job) setForecast(await ended(job.id));
  };

  return (
    <>
      <div class="page-head">
        <h1>Teacher</h1>
        <p class="muted grow">A large model answers the question for each picture that has no answer yet.</p>
      </div>
      <div class="cards">
        <div class="stack">
          <QuestionCard />
          <Labels />
        </div>
        <div class="stack">
          <Card title="Ask">
            <div class="form">
              <WordField
                label="Teacher"
                name="teacher"
                wide
                choices={now.teachers}
                placeholder="openai:gpt-6-luna"
                value={teacher}
                change={setTeacher}
              />
              <AmountField
                label="Budget in US dollars"
                name="budget"
                step={0.01}
                placeholder="no limit"
                value={budget}
                change={setBudget}
              />
              <AmountField label="At most this many" name="limit" placeholder="all" value={limit} change={setLimit} />
            </div>
            <p class="muted">
              openai:MODEL, http://127.0.0.1:8080/v1#MODEL, or replay:FILE. Keys come from the environment of the
              server.
            </p>
            <CheckField
              label="only what people have labelled, to see how often it is right"
              value={gold}
              change={setGold}
            />
            <div class="button-row">
              <Button icon="play" kind="primary" disabled={!!running} onClick={() => void startJob(asked)}>
                Start labelling
              </Button>
              <Button disabled={!!running} onClick={() => void trial.start(teacher)}>
                Try on 20
              </Button>
              <Button disabled={!!running} onClick={() => void look()}>
                What will it cost?
              </Button>
            </div>
          </Card>
          {forecast && <Forecast job={forecast} />}
          {running && <Running job={running} />}
          {!running && last && <Ended job={last} />}
        </div>
      </div>
      <PromptScores job={jobsOf("label").findLast((job) => scoresOf(job).length > 0)} />
      <Trial trial={trial} />
    </>
  );
}

function Forecast({ job }: { job: Job }): JSX.Element {
  const outcome = job.outcome ?? {};
  const samples = Array.isArray(outcome.samples) ? outcome.samples.length : 0;
  const tokens = Number(outcome.forecast_tokens_in ?? 0) + Number(outcome.forecast_tokens_out ?? 0);
  const prompt = typeof outcome.prompt === "string" ? outcome.prompt : "";
  return (
    <Card title="Forecast">
      {job.error ? (
        <JobLines job={job} />
      ) : (
        <>
          <Figures
            figures={[
              { name: "Questions", value: count(samples) },
              { name: "Cost, about", value: dollars(outcome.forecast_usd as number | null) },
              { name: "Tokens, about", value: count(tokens) },
              { name: "Spared", value: count(Number(outcome.spread ?? 0)), note: "near-identical frames" },
            ]}
          />
          {job.messages.map((message, index) => (
            <p key={index} class={message.kind === "warn" ? "warn-text" : "muted"}>
              {message.text}
            </p>
          ))}
          {prompt && (
            <details>
              <summary>The prompt</summary>
              <pre class="prompt" tabIndex={0}>
                {prompt}
              </pre>
            </details>
          )}
        </>
      )}
    </Card>
  );
}

function Running({ job }: { job: Job }): JSX.Element {
  return (
    <Card
      title="Labelling"
      aside={
        <Button icon="stop" kind="danger" onClick={() => void stopJob(job)}>
          Stop
        </Button>
      }
    >
      <Bar share={shareDone(job)} label="Labelling" />
      <JobLines job={job} />
      <p class="muted">Answers are kept as they come: after a stop, the next start asks only what is missing.</p>
    </Card>
  );
}

function Ended({ job }: { job: Job }): JSX.Element {
  const outcome = job.outcome ?? {};
  const figure = (name: string, key: string): Figure[] =>
    typeof outcome[key] === "number" ? [{ name, value: count(outcome[key] as number) }] : [];
  const failures = Array.isArray(outcome.failures)
    ? (outcome.failures as { sample: string; why: string; next: string }[])
    : [];
  return (
    <Card title={isActive(job) ? "Labelling" : `The last labelling: ${job.state}`}>
      {job.outcome && (
        <Figures
          figures={[
            ...figure("Asked", "asked"),
            ...figure("Labelled in all", "labelled"),
            ...figure("Unsure", "unsure"),
            ...figure("Failed", "failed"),
            { name: "Cost", value: dollars(outcome.cost_usd as number | null) },
          ]}
        />
      )}
      <JobLines job={job} />
      {failures.length > 0 && (
        <details open>
          <summary>{plural(failures.length, "failure")}</summary>
          <ul class="plain-list">
            {failures.slice(0, 20).map((failure, index) => (
              <li key={index}>
                <strong>{failure.sample}</strong> {failure.why}{" "}
                {failure.next && <span class="muted">{failure.next}</span>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Card>
  );
}

function Labels(): JSX.Element {
  const now = project.value!;
  const most = Math.max(1, ...Object.values(now.by_class), now.unlabelled);
  const classes = [...now.classes, ...(now.unsure ? [now.unsure] : [])];
  const rows = [...classes.map((name) => [name, now.by_class[name] ?? 0]), ["no label", now.unlabelled]] as [
    string,
    number,
  ][];
  return (
    <Card title="Labels now">
      <div class="score-rows counts">
        {rows.map(([name, amount]) => (
          <div key={name} class="score-row">
            <ClassTag name={name === "no label" ? null : name} plain />
            <div class="score-bar" data-hue={hueOf(name === "no label" ? null : name)} aria-hidden="true">
              <div style={{ width: `${(100 * amount) / most}%` }} />
            </div>
            <span class="figure">
              {count(amount)} <span class="muted">{percent(now.samples ? amount / now.samples : null, 0)}</span>
            </span>
          </div>
        ))}
      </div>
    </Card>
  );
}
