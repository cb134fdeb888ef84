// The settings of a training. What is not touched stays as dewdrop.toml has it.
import type { JSX } from "preact";
import type { SettingField } from "../api/types";
import { isNumber, objection, ordered, shownValue, textOf, type Draft } from "../state/settings";
import { Button } from "./common";

interface Props {
  fields: SettingField[];
  draft: Draft;
  change: (draft: Draft) => void;
}

export function SettingsForm({ fields, draft, change }: Props): JSX.Element {
  const { first, others } = ordered(fields);
  const one = (field: SettingField) => (
    <Setting
      key={field.key}
      field={field}
      text={shownValue(field, draft)}
      change={(text) => change({ ...draft, [field.key]: text })}
    />
  );
  return (
    <>
      <div class="settings">{first.map(one)}</div>
      {others.length > 0 && (
        <details>
          <summary>More settings</summary>
          <div class="settings">{others.map(one)}</div>
        </details>
      )}
      <p class="muted">Changes apply to the next training only; dewdrop.toml keeps its own.</p>
      {Object.keys(draft).length > 0 && (
        <Button kind="quiet" icon="undo" onClick={() => change({})}>
          As in dewdrop.toml
        </Button>
      )}
    </>
  );
}

function Setting(props: { field: SettingField; text: string; change: (text: string) => void }): JSX.Element {
  const { field, text, change } = props;
  const id = `setting-${field.key}`;
  const wrong = objection(field, text);
  const help = { "aria-describedby": `${id}-help`, "aria-invalid": wrong ? true : undefined };
  const standard = textOf(field.standard);
  return (
    <div class="setting">
      <label for={id}>{field.key}</label>
      {field.choices ? (
        <select id={id} {...help} value={text} onChange={(event) => change(event.currentTarget.value)}>
          {field.choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          {...help}
          inputMode={isNumber(field) ? "decimal" : "text"}
          spellcheck={false}
          placeholder={standard}
          value={text}
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
      <p id={`${id}-help`} class={wrong ? "error-text" : "muted"}>
        {wrong ?? field.help}
        {!wrong && standard && standard !== text && ` Default: ${standard}.`}
      </p>
    </div>
  );
}
