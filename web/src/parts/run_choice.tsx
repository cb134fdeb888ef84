// Which run a page is about.
import type { JSX } from "preact";
import type { Run } from "../api/types";
import { refine } from "../state/route";
import { isDone } from "../state/runs";
import { percent, when } from "../state/words";

export function RunChoice({ runs, run }: { runs: Run[]; run: number }): JSX.Element {
  return (
    <label class="field">
      <span>Run</span>
      <select name="run" value={String(run)} onChange={(event) => refine({ run: event.currentTarget.value })}>
        {[...runs]
          .reverse()
          .filter(isDone)
          .map((one) => (
            <option key={one.run} value={String(one.run)}>
              {`${one.run} · ${percent(one.validation_accuracy)} · ${when(one.at)}`}
            </option>
          ))}
      </select>
    </label>
  );
}
