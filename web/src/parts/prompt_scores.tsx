// Prompts and models against people's labels.
import type { JSX } from "preact";
import type { Job, PromptScore } from "../api/types";
import { interval } from "../state/figures";
import { count, dollars, percent, plural } from "../state/words";
import { Card } from "./common";

export function scoresOf(job: Job | undefined): PromptScore[] {
  const versions = job?.outcome?.versions;
  return Array.isArray(versions) ? (versions as PromptScore[]) : [];
}

/** "right alone on 12 of 80, gpt-4o on 4; p 0.077" */
export function rivalWords(score: PromptScore): string {
  const rival = score.against;
  if (!rival) return "";
  const p = rival.chance < 0.001 ? "p < 0.001" : `p ${rival.chance.toFixed(3)}`;
  return `right alone on ${rival.only_this_right} of ${rival.both}, ${rival.model} on ${rival.only_other_right}; ${p}`;
}

export function PromptScores({ job }: { job: Job | undefined }): JSX.Element | null {
  const scores = scoresOf(job);
  if (scores.length === 0) return null;
  const gold = typeof job?.outcome?.gold === "number" ? job.outcome.gold : 0;
  return (
    <Card title={`Against ${plural(gold, "label")} by people`}>
      <div class="table-box" tabIndex={0} role="region" aria-label="Prompts and models">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Prompt</th>
              <th scope="col" class="number">
                Right
              </th>
              <th scope="col" class="number">
                Unsure
              </th>
              <th scope="col" class="number">
                Cost
              </th>
              <th scope="col">Against the best of the others</th>
            </tr>
          </thead>
          <tbody>
            {scores.map((score) => (
              <tr key={`${score.teacher}:${score.model}#${score.name}`}>
                <th scope="row">
                  {score.model || score.teacher} {score.current && <span class="muted">asked now</span>}
                </th>
                <td>
                  {score.name} <span class="muted">{score.differs}</span>
                </td>
                <td class="number" title={interval(score)}>
                  {percent(score.accuracy)} of {count(score.labelled)}
                </td>
                <td class="number">{count(score.unsure)}</td>
                <td class="number">{dollars(score.cost_usd)}</td>
                <td class="long">{rivalWords(score)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
