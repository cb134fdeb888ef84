// What the net takes of boards, measured in their emulators, side by side.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import type { Board, Job, Measured } from "../api/types";
import { complainOf } from "../state/notices";
import { activeJobs, connections, jobsOf, startJob } from "../state/studio";
import { bytes, count } from "../state/words";
import { Button, Card } from "./common";
import { WordField } from "./fields";
import { JobLines } from "./shell";
import { Report } from "./report";

/** The newest measurement of each board, in the order in which boards were first measured. */
export function measuredOf(jobs: Job[], run: number): Measured[] {
  const found = new Map<string, Measured>();
  for (const job of jobs) {
    const outcome = job.outcome as unknown as Measured | null;
    if (job.state === "done" && outcome?.run === run) found.set(outcome.board, outcome);
  }
  return [...found.values()];
}

export function fitWords(measured: Measured): string {
  const fits = measured.device?.fits;
  if (!fits) return "";
  if (fits.flash === false) return "no: flash";
  if (fits.image) return "yes";
  if (fits.rows) return "with rows pushed";
  return fits.image === false ? "no: RAM" : "";
}

export function timeWords(measured: Measured): string {
  const lasts = measured.device?.estimated_milliseconds;
  const digits = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
  return lasts ? `${digits(lasts[0])} to ${digits(lasts[1])} ms` : "not known";
}

export function Boards({ run }: { run: number }): JSX.Element {
  const [boards, setBoards] = useState<Board[]>([]);
  const [board, setBoard] = useState("");
  useEffect(() => {
    get<{ boards: Board[] }>("boards").then((found) => setBoards(found.boards), complainOf);
  }, [connections.value]);
  const jobs = jobsOf("measure");
  const busy = activeJobs.value.some((job) => job.verb === "measure");
  const rows = measuredOf(jobs, run);
  const last = jobs.at(-1);
  return (
    <Card title="Boards side by side">
      <div class="button-row">
        <WordField
          label="Board, chip or core"
          name="board"
          choices={boards.map((one) => one.name)}
          placeholder="nano-33-ble-sense"
          value={board}
          change={setBoard}
        />
        <Button disabled={busy || !board} onClick={() => void startJob({ verb: "measure", run, board })}>
          {busy ? "Measuring …" : "Measure"}
        </Button>
      </div>
      <p class="muted">
        The net is built as firmware for it and run in an emulator; milliseconds are estimated from instructions. The
        table is kept until the studio ends.
      </p>
      {last && last.state !== "done" && <JobLines job={last} />}
      {rows.length > 0 && <BoardTable rows={rows} />}
      {rows.map((row) => (
        <Report
          key={row.board}
          title={`Memory over time and every layer on ${row.board}`}
          path={`runs/${run}/board`}
          query={{ board: row.board }}
        />
      ))}
    </Card>
  );
}

function BoardTable({ rows }: { rows: Measured[] }): JSX.Element {
  const of = (need: number | null, there: number | null | undefined) =>
    need === null ? "–" : there ? `${bytes(need)} of ${bytes(there)}` : bytes(need);
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label="Boards">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Board</th>
            <th scope="col">Fits</th>
            <th scope="col">RAM</th>
            <th scope="col">with rows pushed</th>
            <th scope="col">Flash</th>
            <th scope="col" class="number">
              Instructions
            </th>
            <th scope="col">An inference, about</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.board} title={row.text}>
              <th scope="row">
                {row.board} <span class="muted">{row.device?.core ?? row.kernels}</span>
              </th>
              <td>{fitWords(row)}</td>
              <td>{of(row.ram_bytes, row.device?.ram_bytes)}</td>
              <td>{of(row.rows_ram_bytes, row.device?.ram_bytes)}</td>
              <td>{of(row.flash_bytes, row.device?.flash_bytes)}</td>
              <td class="number">{row.instructions === null ? "–" : count(row.instructions)}</td>
              <td>{timeWords(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
