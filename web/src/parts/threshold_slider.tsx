// A threshold to move, and what it does to precision and to how much is said at all.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { effectOf, type Thresholds } from "../state/thresholds";
import { percent } from "../state/words";
import { Card, ClassTag, Figures } from "./common";

export function ThresholdSlider({ thresholds }: { thresholds: Thresholds }): JSX.Element {
  const chosen = Math.max(...thresholds.classes.map((one) => one.score), thresholds.points.at(-1)!.score);
  const [score, setScore] = useState(chosen);
  const { coverage, precision } = effectOf(thresholds, score);
  const lowest = Math.floor(100 * thresholds.points.at(-1)!.score) / 100;
  return (
    <Card title="Thresholds">
      <label class="field">
        <span>The net says a class from this score on: {score.toFixed(2)}</span>
        <input
          type="range"
          name="threshold"
          min={lowest}
          max={1}
          step={0.01}
          value={score}
          onInput={(event) => setScore(Number(event.currentTarget.value))}
        />
      </label>
      <Figures
        figures={[
          { name: "Right of what it says", value: percent(precision) },
          { name: "Says a class for", value: percent(coverage), note: "of the pictures; else “unknown”" },
        ]}
      />
      <p class="muted">
        From {thresholds.pictures} pictures that the judged nets had not learned from. In the model stand:{" "}
        {thresholds.classes.map((one) => (
          <span key={one.class} class="threshold">
            <ClassTag name={one.class} plain /> {one.score.toFixed(2)}
          </span>
        ))}
      </p>
    </Card>
  );
}
