// A confusion matrix: a row a label, a column a class that the net says.
import type { JSX } from "preact";
import { count, percent } from "../state/words";
import { ClassTag } from "./common";

export interface Cell {
  label: string;
  said: string;
}

interface Props {
  classes: string[];
  /** [label][said]; further columns ("unknown") have no name among the classes. */
  counts: number[][];
  chosen?: Cell;
  /** Without it the cells are only shown. */
  choose?: (cell: Cell) => void;
}

/** How dark a cell is: its share of the label's row, 0...10. */
export function depth(value: number, row: number[]): number {
  const sum = row.reduce((total, one) => total + one, 0);
  return sum === 0 ? 0 : Math.ceil((10 * value) / sum);
}

export function Matrix({ classes, counts, chosen, choose }: Props): JSX.Element {
  const columns = counts[0]?.length ?? 0;
  const names = Array.from({ length: columns }, (_, index) => classes[index] ?? "unknown");
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label="Confusion matrix">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col" class="corner">
              label ↓ net →
            </th>
            {names.map((name) => (
              <th key={name} scope="col">
                <ClassTag name={name} plain />
              </th>
            ))}
            <th scope="col">found</th>
          </tr>
        </thead>
        <tbody>
          {counts.map((row, label) => (
            <tr key={label}>
              <th scope="row">
                <ClassTag name={classes[label] ?? "unknown"} plain />
              </th>
              {row.map((value, said) => {
                const cell = { label: classes[label] ?? "unknown", said: names[said]! };
                const right = label === said;
                const pressed = chosen?.label === cell.label && chosen.said === cell.said;
                return (
                  <td key={said} class={right ? "right" : "wrong"} data-depth={depth(value, row)}>
                    {choose ? (
                      <button
                        type="button"
                        aria-pressed={pressed}
                        disabled={value === 0}
                        aria-label={`${count(value)} with label ${cell.label}, said ${cell.said}: show them`}
                        onClick={() => choose(cell)}
                      >
                        {count(value)}
                      </button>
                    ) : (
                      count(value)
                    )}
                  </td>
                );
              })}
              <td class="found">{percent(shareRight(row, label), 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function shareRight(row: number[], label: number): number | null {
  const sum = row.reduce((total, one) => total + one, 0);
  return sum === 0 ? null : row[label]! / sum;
}
