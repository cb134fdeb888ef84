// Device: what the net needs there, and packages to build it into.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { address, get } from "../api/client";
import { fetchFile } from "../api/download";
import { Boards } from "../parts/boards";
import { Button, Card, Empty, Figures } from "../parts/common";
import { Icon } from "../parts/icons";
import { RunChoice } from "../parts/run_choice";
import { deviceFigures, inside } from "../state/figures";
import { attempt, complainOf } from "../state/notices";
import { formatRoute } from "../state/route";
import { useChosenRun } from "../state/runs";
import { connections } from "../state/studio";

/** What the packages are; one that is not here is shown by its name alone. */
const kAbout: Record<string, { title: string; about: string }> = {
  c: { title: "Plain C99", about: "The net, camera input and an example, with Makefile and CMake." },
  web: { title: "Page for phones", about: "A folder for any https host: camera, live classes, offline." },
  tflite: { title: "TensorFlow Lite", about: "The int8 model as .tflite, with its labels." },
  onnx: { title: "ONNX", about: "The int8 model in QDQ form." },
};

export function DevicePage(): JSX.Element {
  const { runs, run } = useChosenRun();
  const [targets, setTargets] = useState<string[]>([]);
  useEffect(() => {
    get<{ targets: string[] }>("packages").then((found) => setTargets(found.targets), complainOf);
  }, [connections.value]);
  const figures = run ? deviceFigures(run) : [];
  const board = run && inside(run.test, "target");
  return (
    <>
      <div class="page-head">
        <h1>Device</h1>
        <p class="muted grow">The net as C, as a package for a build system, or as a page for phones.</p>
        {runs && run && <RunChoice runs={runs} run={run.run} />}
      </div>
      {runs && runs.length === 0 && (
        <Empty title="No net was trained yet">
          <p>Train one first; its packages are then made here.</p>
          <a class="button primary" href={formatRoute("train")}>
            Train
          </a>
        </Empty>
      )}
      {run && figures.length > 0 && (
        <Card title={typeof board === "string" ? `What it needs on ${board}` : "What it needs"}>
          <Figures figures={figures} />
          {inside(run.test, "ram_bytes") === undefined && (
            <p class="muted">
              RAM in all, flash and instructions are measured when it is tested “on the board, too”, on the{" "}
              <a href={formatRoute("model", { run: run.run })}>Model page</a>.
            </p>
          )}
        </Card>
      )}
      {run && <Boards key={run.run} run={run.run} />}
      {run && (
        <Card title="Packages">
          <ul class="packages">
            {targets.map((target) => (
              <Package key={target} run={run.run} target={target} />
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

function Package({ run, target }: { run: number; target: string }): JSX.Element {
  const [making, setMaking] = useState(false);
  const about = kAbout[target];
  const download = async () => {
    setMaking(true);
    await attempt(() => save(run, target));
    setMaking(false);
  };
  return (
    <li>
      <Icon name="device" size={24} />
      <div class="grow">
        <strong>{about?.title ?? target}</strong>
        <p class="muted">{about?.about ?? `dewdrop deploy --to ${target}`}</p>
      </div>
      <Button
        icon="download"
        disabled={making}
        label={`Download ${about?.title ?? target}`}
        onClick={() => void download()}
      >
        {making ? "Making …" : ".zip"}
      </Button>
    </li>
  );
}

/** Fetched first, so that what goes wrong is told on the page and not saved as a file. */
async function save(run: number, target: string): Promise<void> {
  await fetchFile(address(`runs/${run}/package`, { to: target }), `${target}.zip`);
}
