// Model: how good the net is, where it errs, and what it says to a picture or the camera.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, get } from "../api/client";
import type { Confusion, RunDetail } from "../api/types";
import { Classify } from "../parts/classify";
import { Button, Card, Empty, Figures } from "../parts/common";
import { Matrix, type Cell } from "../parts/matrix";
import { Mistakes } from "../parts/mistakes";
import { Report } from "../parts/report";
import { RunChoice } from "../parts/run_choice";
import { ThresholdSlider } from "../parts/threshold_slider";
import { figuresOf } from "../state/figures";
import { complainOf } from "../state/notices";
import { formatRoute } from "../state/route";
import { useChosenRun } from "../state/runs";
import { thresholdsOf } from "../state/thresholds";
import { activeJobs, newestJob, startJob, version } from "../state/studio";

export function ModelPage(): JSX.Element {
  const { runs, run } = useChosenRun();
  const [board, setBoard] = useState(false);
  const testing = activeJobs.value.some((job) => job.verb === "test");
  return (
    <>
      <div class="page-head">
        <h1>Model</h1>
        <p class="muted grow">What the net in int8 says, bit for bit as on the device.</p>
        {runs && run && <RunChoice runs={runs} run={run.run} />}
        {run && (
          <label class="check">
            <input type="checkbox" checked={board} onChange={(event) => setBoard(event.currentTarget.checked)} />
            on the board, too
          </label>
        )}
        {run && (
          <Button
            kind={run.test ? undefined : "primary"}
            disabled={testing}
            onClick={() => void startJob({ verb: "test", run: run.run, ...(board && { board }) })}
          >
            {testing ? "Testing …" : run.test ? "Test again" : "Test"}
          </Button>
        )}
      </div>
      {runs && runs.length === 0 && (
        <Empty title="No net was trained yet">
          <p>Train one first.</p>
          <a class="button primary" href={formatRoute("train")}>
            Train
          </a>
        </Empty>
      )}
      {run && <Reached run={run} />}
      {run && <Erring key={run.run} run={run} />}
      {run?.test && (
        <Card title="The report">
          <Report
            title="Where the net looks, its layers, its memory"
            path={`runs/${run.run}/report`}
            written={newestJob("test")?.id}
          />
        </Card>
      )}
    </>
  );
}

function Reached({ run }: { run: RunDetail }): JSX.Element {
  const { accuracy, sentences } = figuresOf(run);
  const thresholds = thresholdsOf(run.metrics);
  return (
    <div class="cards">
      <div class="stack">
        <Card title={`Run ${run.run}`}>
          <Figures figures={accuracy} />
          {sentences.map((text) => (
            <p key={text} class="muted">
              {text}
            </p>
          ))}
          {run.gone && (
            <p class="warn-text">
              The folder of this run, {run.folder}, is gone: its net can be neither asked nor taken along. Put it back, or
              train again.
            </p>
          )}
          {!run.gone && !run.test && <p>This run was not tested yet: Test asks it about the pictures that it never saw.</p>}
        </Card>
        {thresholds && <ThresholdSlider key={run.run} thresholds={thresholds} />}
      </div>
      <Classify run={run.run} />
    </div>
  );
}

function Erring({ run }: { run: RunDetail }): JSX.Element | null {
  const [confusion, setConfusion] = useState<Confusion>();
  const [cell, setCell] = useState<Cell>();
  const [missing, setMissing] = useState("");
  const tested = run.test !== null;
  useEffect(() => {
    if (!tested) return;
    get<Confusion>(`runs/${run.run}/confusion`).then(setConfusion, (problem: unknown) => {
      if (problem instanceof ApiError && problem.status === 409) setMissing(problem.trouble.what);
      else complainOf(problem);
    });
  }, [run.run, tested, version.value, newestJob("test")?.state]);
  if (tested && !confusion && missing)
    return (
      <Card title="What it confuses">
        <p>{missing}. Test it again to see that.</p>
      </Card>
    );
  if (!tested || !confusion) return null;
  return (
    <>
      <div class="cards">
        {confusion.int8 && (
          <Card title="In int8">
            <Matrix classes={confusion.classes} counts={confusion.int8} chosen={cell} choose={setCell} />
          </Card>
        )}
        {confusion.float && (
          <Card title="In float">
            <Matrix classes={confusion.classes} counts={confusion.float} />
          </Card>
        )}
      </div>
      <Mistakes samples={confusion.samples} cell={cell} clear={() => setCell(undefined)} />
    </>
  );
}
