// The runs that are there, and which one a page is about: the one its address names, else the newest that is done.
import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import type { Run, RunDetail } from "../api/types";
import { complainOf } from "./notices";
import { route } from "./route";
import { connections, newestJob, version } from "./studio";

export interface ChosenRun {
  /** undefined: not loaded yet. */
  runs: Run[] | undefined;
  run: RunDetail | undefined;
}

export function isDone(run: Run): boolean {
  return run.validation_accuracy !== null || run.state === "done" || run.state === "finished";
}

export function chosenNumber(runs: Run[], asked: string | undefined): number | undefined {
  const done = runs.filter(isDone);
  return (done.find((run) => String(run.run) === asked) ?? done.at(-1))?.run;
}

export function useChosenRun(): ChosenRun {
  const [runs, setRuns] = useState<Run[]>();
  const [run, setRun] = useState<RunDetail>();
  useEffect(() => {
    get<{ runs: Run[] }>("runs").then((found) => setRuns(found.runs), complainOf);
  }, [version.value, connections.value, newestJob("test")?.state]);
  const number = runs && chosenNumber(runs, route.value.query.run);
  useEffect(() => {
    if (number === undefined) return;
    let wanted = true;
    get<RunDetail>(`runs/${number}`).then((found) => wanted && setRun(found), complainOf);
    return () => void (wanted = false);
  }, [number, runs]);
  return { runs, run: run?.run === number ? run : undefined };
}
