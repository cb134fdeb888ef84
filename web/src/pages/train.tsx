// Train: settings with sensible defaults, the live curve, runs side by side.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import type { Job, Run, RunDetail, SettingField } from "../api/types";
import { Chart } from "../parts/chart";
import { Bar, Button, Card, Empty } from "../parts/common";
import { RunTable } from "../parts/run_table";
import { SettingsForm } from "../parts/settings_form";
import { LimitsForm, limitKeys, type Limits } from "../parts/limits_form";
import { Report } from "../parts/report";
import { JobLines } from "../parts/shell";
import { changedSettings, type Draft } from "../state/settings";
import { liveCurve, progressWords, shareDone } from "../state/jobs";
import { attempt, complainOf } from "../state/notices";
import { activeJobs, connections, newestJob, project, startJob, stopJob, version } from "../state/studio";

const kMostCompared = 4;

export function TrainPage(): JSX.Element {
  const now = project.value!;
  const [fields, setFields] = useState<SettingField[]>([]);
  const [draft, setDraft] = useState<Draft>({});
  const [runs, setRuns] = useState<Run[]>();
  const [limits, setLimits] = useState<Limits>({ ram: "", flash: "", rows: false });
  const [compared, setCompared] = useState<number[]>([]);
  const running = activeJobs.value.find((job) => job.verb === "train");
  const last = newestJob("train");
  useEffect(() => {
    get<{ student: SettingField[] }>("settings").then((found) => setFields(found.student), complainOf);
  }, [connections.value]);
  useEffect(() => {
    get<{ runs: Run[] }>("runs").then((found) => setRuns(found.runs), complainOf);
  }, [version.value, connections.value, last?.state]);
  useEffect(() => {
    const newest = runs?.findLast((run) => run.validation_accuracy !== null);
    if (newest && compared.length === 0) setCompared([newest.run]);
  }, [runs]);

  const labelled = now.samples - now.unlabelled;
  const start = () =>
    void startJob({ verb: "train", settings: changedSettings(fields, draft), ...limitKeys(limits) });
  return (
    <>
      <div class="page-head">
        <h1>Train</h1>
        <p class="muted grow">A MobileNetV2 learns from the labels and is rounded to int8.</p>
        {running ? (
          <Button icon="stop" kind="danger" onClick={() => void stopJob(running)}>
            Stop training
          </Button>
        ) : (
          <Button icon="play" kind="primary" disabled={labelled === 0} onClick={start}>
            Start training
          </Button>
        )}
      </div>
      {labelled === 0 && (
        <Empty title="There is nothing to learn yet">
          <p>Label some pictures first: on the Teacher page, or in the grid of the Data page.</p>
        </Empty>
      )}
      {running && <Live job={running} />}
      {!running && last?.error && (
        <Card title="The last training failed">
          <JobLines job={last} />
        </Card>
      )}
      <div class="cards">
        <Card title="Settings">
          <SettingsForm fields={fields} draft={draft} change={setDraft} />
          <LimitsForm limits={limits} change={setLimits} />
        </Card>
        {compared.length > 0 && <Curves runs={compared} />}
      </div>
      {runs && runs.length > 0 && (
        <Card title="Runs">
          <RunTable
            runs={runs}
            compared={compared}
            toggle={(run) =>
              setCompared(
                compared.includes(run)
                  ? compared.filter((one) => one !== run)
                  : [...compared, run].slice(-kMostCompared),
              )
            }
          />
        </Card>
      )}
    </>
  );
}

function Live({ job }: { job: Job }): JSX.Element {
  const { stage, points } = liveCurve(job.history ?? []);
  const epochs = points.map((point) => point.epoch);
  return (
    <Card title="Training now" id="live">
      <Bar share={shareDone(job)} label="Training" />
      <p>
        {progressWords(job)} {job.note && <span class="muted">· {job.note}</span>}
      </p>
      {points.length > 1 && (
        <div class="charts">
          <Chart
            title={`Accuracy, ${stage}`}
            epochs={epochs}
            shares
            lines={[
              { label: "training", values: points.map((point) => point.right), hue: 0, dashed: true },
              { label: "validation", values: points.map((point) => point.validation), hue: 0 },
            ]}
          />
          <Chart
            title="Loss"
            epochs={epochs}
            lines={[{ label: "training", values: points.map((point) => point.loss), hue: 1 }]}
          />
        </div>
      )}
      {job.messages.length > 0 && <JobLines job={{ ...job, note: "" }} />}
      <p class="muted">After a stop, or when the server ends, the same settings go on with the epoch they were in.</p>
    </Card>
  );
}

function Curves({ runs }: { runs: number[] }): JSX.Element {
  const [details, setDetails] = useState<RunDetail[]>([]);
  useEffect(() => {
    let wanted = true;
    void attempt(() => Promise.all(runs.map((run) => get<RunDetail>(`runs/${run}`)))).then(
      (found) => wanted && found && setDetails(found),
    );
    return () => void (wanted = false);
  }, [runs.join(","), version.value]);
  const drawn = details.filter((run) => run.curve.length > 0);
  const longest = Math.max(0, ...drawn.map((run) => run.curve.length));
  const epochs = Array.from({ length: longest }, (_, index) => index + 1);
  const values = (run: RunDetail, ...keys: string[]) =>
    epochs.map((epoch) => {
      const point = run.curve.find((one) => one.epoch === epoch);
      return keys.map((key) => point?.[key]).find((value) => typeof value === "number") ?? null;
    });
  if (drawn.length === 0) return <Card title="Curves" />;
  return (
    <Card title={drawn.length === 1 ? `Curve of run ${drawn[0]!.run}` : "Curves side by side"}>
      <Chart
        title="Accuracy on validation pictures"
        epochs={epochs}
        shares
        lines={drawn.map((run) => ({
          label: `run ${run.run}`,
          values: values(run, "validation_accuracy", "accuracy"),
          hue: run.run,
        }))}
      />
      <Chart
        title="Loss"
        epochs={epochs}
        lines={drawn.map((run) => ({
          label: `run ${run.run}`,
          values: values(run, "train_loss", "loss"),
          hue: run.run,
        }))}
      />
      {drawn
        .filter((run) => run.searched)
        .map((run) => (
          <Report
            key={run.run}
            title={`Nets that run ${run.run} tried: memory against accuracy`}
            path={`runs/${run.run}/search`}
          />
        ))}
    </Card>
  );
}
