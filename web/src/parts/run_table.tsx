// Runs side by side: what they reached, and in which settings they differ.
import type { JSX } from "preact";
import type { Run } from "../api/types";
import { textOf } from "../state/settings";
import { formatRoute } from "../state/route";
import { activeJobs } from "../state/studio";
import { percent, when } from "../state/words";

const isDone = (run: Run) => run.state === "done" || run.state === "finished";

/** A training that broke off is called so as long as no training runs here. */
function stateWords(run: Run): string {
  const trains = activeJobs.value.some((job) => job.verb === "train");
  return run.state === "training" && !trains ? "not finished" : run.state;
}

interface Props {
  runs: Run[];
  compared: number[];
  toggle: (run: number) => void;
}

/** The settings that people compare, as far as they differ; else the first few. */
export function differing(runs: Run[]): string[] {
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.settings ?? {})))];
  const plain = keys.filter((key) => !/sha256|samples|outputs|recipe|^name$|^classes$/.test(key));
  const differ = plain.filter((key) => new Set(runs.map((run) => textOf(run.settings?.[key]))).size > 1);
  return differ.length > 0
    ? differ
    : plain.filter((key) => ["backbone", "alpha", "input", "epochs", "seed"].includes(key));
}

export function RunTable({ runs, compared, toggle }: Props): JSX.Element {
  const keys = differing(runs);
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label="Runs">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Curve</th>
            <th scope="col">Run</th>
            <th scope="col">At</th>
            <th scope="col" class="number">
              Validation
            </th>
            <th scope="col" class="number">
              Test, float
            </th>
            <th scope="col" class="number">
              Test, int8
            </th>
            {keys.map((key) => (
              <th key={key} scope="col">
                {key}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...runs].reverse().map((run) => (
            <tr key={run.run}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Show the curve of run ${run.run}`}
                  checked={compared.includes(run.run)}
                  onChange={() => toggle(run.run)}
                />
              </td>
              <th scope="row">
                <a href={formatRoute("model", { run: run.run })}>{run.run}</a>{" "}
                {!isDone(run) && <span class="muted">{stateWords(run)}</span>}
                {run.gone && <span class="warn-text"> files gone</span>}
              </th>
              <td>{when(run.at)}</td>
              <td class="number">{percent(run.validation_accuracy)}</td>
              <td class="number">{percent(run.test_accuracy)}</td>
              <td class="number">{percent(run.int8_accuracy)}</td>
              {keys.map((key) => (
                <td key={key}>{textOf(run.settings?.[key])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
