// Comparison: do nets taught by one label set see differently from nets taught by another?
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import type { Comparison, ComparisonFigures, Job } from "../api/types";
import { Bar, Button, Card, Empty, Figures } from "../parts/common";
import { AmountField, CheckField, WordField } from "../parts/fields";
import { Report } from "../parts/report";
import { JobLines } from "../parts/shell";
import { chanceWords, comparisonFigures, verdictWords } from "../state/comparison";
import { shareDone } from "../state/jobs";
import { complainOf } from "../state/notices";
import { activeJobs, connections, newestJob, project, startJob, stopJob, version } from "../state/studio";

export function ComparePage(): JSX.Element {
  const [known, setKnown] = useState<Comparison>();
  const running = activeJobs.value.find((job) => job.verb === "compare");
  const last = newestJob("compare");
  useEffect(() => {
    get<Comparison>("comparison").then(setKnown, complainOf);
  }, [version.value, connections.value, last?.state]);
  return (
    <>
      <div class="page-head">
        <h1>Comparison</h1>
        <p class="muted grow">Nets taught by one set of labels against nets taught by another.</p>
        {running && (
          <Button icon="stop" kind="danger" onClick={() => void stopJob(running)}>
            Stop comparing
          </Button>
        )}
      </div>
      {running ? <Running job={running} /> : known && <Ask sets={known.label_sets} />}
      {!running && last?.error && (
        <Card title="The last comparison did not end">
          <JobLines job={last} />
        </Card>
      )}
      {known?.last && <Found found={known.last} written={last?.id} />}
      {known && !known.last && !running && (
        <Empty title="Nothing was compared yet">
          <p>
            Whether a teacher's labels leave other blind spots than people's can be told once people have labelled some
            hundred pictures: on the Review page, or by a table that is imported.
          </p>
        </Empty>
      )}
    </>
  );
}

function Ask({ sets }: { sets: string[] }): JSX.Element {
  const [a, setA] = useState("policy");
  const [b, setB] = useState("people");
  const [seeds, setSeeds] = useState("5");
  const [folds, setFolds] = useState("");
  const [drift, setDrift] = useState(true);
  const [curve, setCurve] = useState(true);
  const people = project.value?.by_origin.people ?? 0;
  const start = () =>
    void startJob({
      verb: "compare",
      a,
      b,
      drift,
      curve,
      ...(Number(seeds) > 0 && { seeds: Number(seeds) }),
      ...(Number(folds) > 0 && { folds: Number(folds) }),
    });
  return (
    <Card title="Which labels">
      <div class="form">
        <WordField label="A" name="A" choices={sets} value={a} change={setA} />
        <WordField label="B" name="B" choices={sets} value={b} change={setB} />
        <AmountField label="Nets for each" placeholder="5" value={seeds} change={setSeeds} />
        <AmountField label="Folds" placeholder="the test split" value={folds} change={setFolds} />
      </div>
      <div class="button-row">
        <CheckField label="on spoiled pictures, too" value={drift} change={setDrift} />
        <CheckField label="on parts of the labels, too" value={curve} change={setCurve} />
      </div>
      <p class="muted">
        A set with “+10%” has its most suspicious tenth reviewed by people. With folds every picture is tested once, by
        nets that did not learn it. People have labelled {people}: those say who is right.
      </p>
      <div class="button-row">
        <Button icon="play" kind="primary" disabled={!a || !b} onClick={start}>
          Compare
        </Button>
      </div>
    </Card>
  );
}

function Running({ job }: { job: Job }): JSX.Element {
  return (
    <Card title="Comparing">
      <Bar share={shareDone(job)} label="Comparing" />
      <JobLines job={job} />
      <p class="muted">Nets that are trained stay: after a stop, the same comparison goes on where it was.</p>
    </Card>
  );
}

function Found({ found, written }: { found: ComparisonFigures; written?: number }): JSX.Element {
  return (
    <>
      <Card title="The answer">
        <blockquote class="question">{found.answer}</blockquote>
        <Figures figures={comparisonFigures(found)} />
      </Card>
      <Card title="What was asked of the figures">
        <div class="table-box" tabIndex={0} role="region" aria-label="Verdicts">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Question</th>
                <th scope="col">Answer</th>
                <th scope="col">All questions together</th>
              </tr>
            </thead>
            <tbody>
              {found.verdicts.map((verdict) => (
                <tr key={verdict.key}>
                  <th scope="row" class="long">
                    {verdict.question}
                  </th>
                  <td class={verdict.different ? "differs" : "muted"}>{verdictWords(verdict)}</td>
                  <td class="figure">{chanceWords(verdict)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {found.cannot.map((sentence) => (
          <p key={sentence} class="muted">
            {sentence}
          </p>
        ))}
        <Report title="The whole page, with pictures and curves" path="reports/compare" written={written} />
      </Card>
    </>
  );
}
