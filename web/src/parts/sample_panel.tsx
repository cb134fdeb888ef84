// One sample with all that was said about it. What a teacher wrote is text.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import type { Answer, SampleDetail } from "../api/types";
import { complainOf } from "../state/notices";
import { keyOfClass } from "../state/keys";
import { refine } from "../state/route";
import { project, version } from "../state/studio";
import { dollars, percent, splitWord, when } from "../state/words";
import { Button, ClassTag } from "./common";
import { Picture } from "./picture";

interface Props {
  id: number;
  close: () => void;
  relabel: (name: string) => void;
}

export function SamplePanel({ id, close, relabel }: Props): JSX.Element {
  const now = project.value!;
  const [sample, setSample] = useState<SampleDetail>();
  useEffect(() => {
    const controller = new AbortController();
    get<SampleDetail>(`samples/${id}`, {}, controller.signal).then(setSample, complainOf);
    return () => controller.abort();
  }, [id, version.value]);
  const here = sample?.id === id ? sample : undefined;
  return (
    <aside class="panel" aria-label="Sample">
      <header>
        <h2 class="name">{here?.name ?? "…"}</h2>
        <Button kind="quiet" icon="close" label="Close the details" onClick={close} />
      </header>
      <Picture id={id} side={640} alt={here?.name ?? ""} class="large" />
      {here && (
        <>
          <p class="stands">
            <ClassTag name={here.label} />
            <span class="muted">{labelledBy(here)}</span>
          </p>
          <div class="class-buttons">
            {[...now.classes, ...(now.unsure ? [now.unsure] : [])].map((name) => (
              <button key={name} type="button" class="button" onClick={() => relabel(name)}>
                <ClassTag name={name} plain />
                <kbd>{keyOfClass(name, now.classes, now.unsure)}</kbd>
              </button>
            ))}
          </div>
          <dl class="facts">
            <dt>Split</dt>
            <dd>{splitWord(here.split)}</dd>
            <dt>Source</dt>
            <dd>
              <button type="button" class="link" onClick={() => refine({ source: here.source })}>
                {here.source}
              </button>
            </dd>
            {here.confidence !== null && <dt>Confidence</dt>}
            {here.confidence !== null && <dd>{percent(here.confidence)}</dd>}
            {here.suspicion !== null && <dt>Suspicion</dt>}
            {here.suspicion !== null && <dd>{here.suspicion.toFixed(2)}</dd>}
          </dl>
          <h3>{here.answers.length === 0 ? "No teacher was asked yet" : "Answers"}</h3>
          <AnswerList answers={here.answers} />
        </>
      )}
    </aside>
  );
}

const kOrigins: Record<string, string> = {
  people: "by a person",
  teacher: "by the teacher",
  local: "by the local classifier",
  spread: "taken from a near-identical frame",
};

function labelledBy(sample: SampleDetail): string {
  const by = kOrigins[sample.origin];
  return [by, when(sample.label_at)].filter(Boolean).join(", ");
}

export function AnswerList({ answers }: { answers: Answer[] }): JSX.Element {
  return (
    <ul class="answers">
      {answers.map((answer, index) => (
        <li key={index}>
          <p>
            <ClassTag name={answer.class} />{" "}
            {answer.confidence !== null && <span>{percent(answer.confidence, 0)}</span>}
          </p>
          {answer.reason && <p class="reason">{answer.reason}</p>}
          <p class="muted">
            {[teacherName(answer), answer.cost_usd ? dollars(answer.cost_usd) : "", when(answer.at)]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </li>
      ))}
    </ul>
  );
}

function teacherName(answer: Answer): string {
  return answer.model ? `${answer.teacher}:${answer.model}` : answer.teacher;
}
