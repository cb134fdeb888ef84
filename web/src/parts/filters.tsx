// What the grid shows and in which order. The filters stand in the address, so that a view can be linked.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { refine } from "../state/route";
import { project } from "../state/studio";
import { count, plural, splitWord } from "../state/words";
import { Button } from "./common";

export const kFilterKeys = ["class", "split", "origin", "source", "text", "order"] as const;
const kTypingPause = 250;

/** What the server knows samples without a label by: "none", or where a class is called so a blank, which none is. */
export function noLabel(classes: string[]): string {
  return classes.includes("none") ? " " : "none";
}

interface Props {
  query: Record<string, string>;
  total: number | null;
  /** Of the grid's pictures; undefined: there are none. */
  size?: number;
  setSize: (size: number) => void;
}

export function Filters({ query, total, size, setSize }: Props): JSX.Element {
  const now = project.value!;
  const counted = (of: Record<string, number>, key: string) => (of[key] === undefined ? "" : ` (${count(of[key])})`);
  const classes = [...now.classes, ...(now.unsure ? [now.unsure] : [])];
  const narrowed = ["class", "split", "origin", "source", "text"].some((key) => query[key]);
  return (
    <div class="filters" role="search" aria-label="Filters">
      <Choice name="class" label="Class" value={query.class}>
        {classes.map((name) => [name, name + counted(now.by_class, name)])}
        {[[noLabel(classes), `no label (${count(now.unlabelled)})`]]}
      </Choice>
      <Choice name="split" label="Split" value={query.split}>
        {Object.keys(now.by_split).map((name) => [name, splitWord(name) + counted(now.by_split, name)])}
      </Choice>
      <Choice name="origin" label="Label by" value={query.origin}>
        {["people", "teacher", "local", "spread", "none"].map((name) => [
          name,
          (name === "none" ? "nobody" : name) + counted(now.by_origin, name),
        ])}
      </Choice>
      <Choice name="order" label="Order" value={query.order} all="name">
        {[
          ["confidence", "least confident first"],
          ["suspicion", "most suspicious first"],
        ]}
      </Choice>
      <Search value={query.text ?? ""} />
      {size !== undefined && (
        <label class="field zoom">
          <span>Size</span>
          <input
            type="range"
            min={72}
            max={260}
            step={4}
            value={size}
            onInput={(event) => setSize(Number(event.currentTarget.value))}
          />
        </label>
      )}
      {query.source && (
        <Button icon="close" onClick={() => refine({ source: "" })}>
          Source: {query.source}
        </Button>
      )}
      {narrowed && total !== null && (
        <p class="muted" aria-live="polite">
          {plural(total, "sample")} shown
        </p>
      )}
    </div>
  );
}

function Choice(props: {
  name: string;
  label: string;
  value: string | undefined;
  all?: string;
  children: string[][] | string[][][];
}): JSX.Element {
  const options = (props.children as unknown[]).flat(1) as (string[] | string)[];
  const pairs = options.filter((one): one is string[] => Array.isArray(one));
  return (
    <label class="field">
      <span>{props.label}</span>
      <select
        name={props.name}
        value={props.value ?? ""}
        onChange={(event) => refine({ [props.name]: event.currentTarget.value })}
      >
        <option value="">{props.all ?? "all"}</option>
        {pairs.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Waits until nobody has typed for a moment. */
function Search({ value }: { value: string }): JSX.Element {
  const [text, setText] = useState(value);
  const timer = useRef<number>();
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label class="field search">
      <span>Name</span>
      <input
        type="search"
        name="text"
        placeholder="part of a name"
        value={text}
        onInput={(event) => {
          const next = event.currentTarget.value;
          setText(next);
          clearTimeout(timer.current);
          timer.current = window.setTimeout(() => refine({ text: next }), kTypingPause);
        }}
      />
    </label>
  );
}
