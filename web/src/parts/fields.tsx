// Fields of forms: a word above, what somebody typed below.
import type { JSX } from "preact";

interface Props {
  label: string;
  value: string;
  /** With what was typed; words without the blanks around them. */
  change: (value: string) => void;
  name?: string;
  placeholder?: string;
}

export function WordField(props: Props & { choices?: string[]; wide?: boolean }): JSX.Element {
  const list = props.choices && `choices-of-${props.name}`;
  return (
    <label class={props.wide ? "field wide" : "field"}>
      <span>{props.label}</span>
      <input
        name={props.name}
        list={list}
        spellcheck={false}
        autocomplete="off"
        placeholder={props.placeholder}
        value={props.value}
        onInput={(event) => props.change(event.currentTarget.value.trim())}
      />
      {list && (
        <datalist id={list}>
          {props.choices?.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </label>
  );
}

/** `step`: 1 for what is counted, 0.01 for dollars. */
export function AmountField(props: Props & { step?: number }): JSX.Element {
  const step = props.step ?? 1;
  return (
    <label class="field">
      <span>{props.label}</span>
      <input
        name={props.name}
        type="number"
        min={step < 1 ? 0 : 1}
        step={step}
        placeholder={props.placeholder}
        value={props.value}
        onInput={(event) => props.change(event.currentTarget.value)}
      />
    </label>
  );
}

/** Several lines, as they were typed. */
export function TextField(props: Props & { rows: number; code?: boolean }): JSX.Element {
  return (
    <label class="field wide">
      <span>{props.label}</span>
      <textarea
        name={props.name}
        rows={props.rows}
        spellcheck={!props.code}
        placeholder={props.placeholder}
        value={props.value}
        onInput={(event) => props.change(event.currentTarget.value)}
      />
    </label>
  );
}

export function CheckField(props: { label: string; value: boolean; change: (value: boolean) => void }): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={props.value} onChange={(event) => props.change(event.currentTarget.checked)} />
      {props.label}
    </label>
  );
}
