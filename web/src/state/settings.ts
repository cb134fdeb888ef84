// The settings of a training as a form has them: texts by key, and what of them is sent.
import type { SettingField } from "../api/types";

/** What the person typed, by key; what is not there stands as the project has it. */
export type Draft = Record<string, string>;

export function shownValue(field: SettingField, draft: Draft): string {
  return draft[field.key] ?? textOf(field.value);
}

export function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

/** Why a text cannot be the field's value; undefined: it can. */
export function objection(field: SettingField, text: string): string | undefined {
  if (isNumber(field) && text.trim() !== "" && !Number.isFinite(Number(text))) return "a number is wanted";
  if (field.type === "integer" && text.trim() !== "" && !Number.isInteger(Number(text)))
    return "a whole number is wanted";
  return undefined;
}

export function isNumber(field: SettingField): boolean {
  return field.type === "number" || field.type === "integer" || typeof field.value === "number";
}

/** Only what differs from the project, each of the type that the server gave it. */
export function changedSettings(fields: SettingField[], draft: Draft): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const field of fields) {
    const text = draft[field.key];
    if (text === undefined || text === textOf(field.value) || objection(field, text)) continue;
    if (isNumber(field)) {
      if (text.trim() !== "") changed[field.key] = Number(text);
    } else changed[field.key] = typeof field.value === "boolean" ? text === "true" : text;
  }
  return changed;
}

const kFirst = ["backbone", "alpha", "input", "epochs", "seed"];

/** Those that people change most, and the others. */
export function ordered(fields: SettingField[]): { first: SettingField[]; others: SettingField[] } {
  const first = kFirst.flatMap((key) => fields.filter((field) => field.key === key));
  return { first, others: fields.filter((field) => !kFirst.includes(field.key)) };
}
