// Test samples of one cell of the confusion matrix, or those about which the net errs most surely.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { pictureAddress } from "../api/client";
import type { ConfusionSample } from "../api/types";
import { formatRoute } from "../state/route";
import { percent, plural } from "../state/words";
import { Button, Card, ClassTag } from "./common";
import type { Cell } from "./matrix";

const kShownAtOnce = 24;

/** The surest first. */
export function chosenSamples(samples: ConfusionSample[], cell: Cell | undefined): ConfusionSample[] {
  const wanted = cell
    ? samples.filter((one) => one.label === cell.label && one.said === cell.said)
    : samples.filter((one) => one.label !== one.said);
  return [...wanted].sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
}

export function Mistakes(props: { samples: ConfusionSample[]; cell?: Cell; clear: () => void }): JSX.Element {
  const [shown, setShown] = useState(kShownAtOnce);
  const found = chosenSamples(props.samples, props.cell);
  const title = props.cell
    ? `${plural(found.length, "sample")} labelled ${props.cell.label}, said ${props.cell.said}`
    : `Confident mistakes: ${found.length}`;
  return (
    <Card
      title={title}
      id="mistakes"
      aside={
        props.cell && (
          <Button kind="quiet" onClick={props.clear}>
            All mistakes
          </Button>
        )
      }
    >
      {found.length === 0 && <p class="muted">There are none.</p>}
      <ul class="tiles">
        {found.slice(0, shown).map((sample) => (
          <li key={sample.id}>
            <a href={formatRoute("data", { sample: sample.id })} aria-label={`Details of sample ${sample.id}`}>
              <img src={pictureAddress(sample.id, 160)} alt="" loading="lazy" />
            </a>
            <p>
              <span class="muted">label</span> <ClassTag name={sample.label} plain />
            </p>
            <p>
              <span class="muted">net</span> <ClassTag name={sample.said} plain />{" "}
              <span class="figure">{percent(sample.score, 0)}</span>
            </p>
          </li>
        ))}
      </ul>
      {found.length > shown && <Button onClick={() => setShown(shown + kShownAtOnce)}>Show more</Button>}
    </Card>
  );
}
