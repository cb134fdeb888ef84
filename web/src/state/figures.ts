// A run's figures as pages show them, read from its metrics and from what `test` found. What is not known is left out.
import type { RunDetail } from "../api/types";
import type { Figure } from "../parts/common";
import { bytes, count, percent } from "./words";

type Tree = Record<string, unknown>;

/** tree.a.b; undefined where any of them is missing or null. */
export function inside(tree: unknown, ...keys: string[]): unknown {
  let at: unknown = tree;
  for (const key of keys) at = at && typeof at === "object" ? (at as Tree)[key] : undefined;
  return at ?? undefined;
}

function number(tree: unknown, ...keys: string[]): number | undefined {
  const value = inside(tree, ...keys);
  return typeof value === "number" ? value : undefined;
}

function text(tree: unknown, ...keys: string[]): string | undefined {
  const value = inside(tree, ...keys);
  return typeof value === "string" && value ? value : undefined;
}

/** "93.6–99.0 %" */
export function interval(tree: unknown, ...keys: string[]): string | undefined {
  const ends = inside(tree, ...keys, "interval95");
  if (!Array.isArray(ends) || ends.length !== 2) return undefined;
  return `95 %: ${(100 * ends[0]).toFixed(1)}–${(100 * ends[1]).toFixed(1)} %`;
}

export function figuresOf(run: RunDetail): { accuracy: Figure[]; sentences: string[] } {
  const test = run.test ?? {};
  const accuracy: Figure[] = [];
  const share = (name: string, value: number | undefined, note?: string) =>
    value !== undefined && accuracy.push({ name, value: percent(value), note });
  share("Test, int8", number(test, "int8_host", "accuracy"), interval(test, "int8_host"));
  share("Test, float", number(test, "float", "accuracy"), interval(test, "float"));
  share("Test, on the board", number(test, "int8_board", "accuracy"), interval(test, "int8_board"));
  const said = number(test, "decided", "coverage");
  share(
    "Right where it decides",
    number(test, "decided", "accuracy"),
    said === undefined ? "" : `decides ${percent(said, 0)}`,
  );
  share("Validation", run.validation_accuracy ?? undefined);
  const sentences = [text(test, "against", "text"), text(run.metrics, "promise", "text")];
  return { accuracy, sentences: sentences.filter((one): one is string => one !== undefined).map(sentence) };
}

function sentence(words: string): string {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** What the net needs on a device. */
export function deviceFigures(run: RunDetail): Figure[] {
  const test = run.test ?? {};
  const figures: Figure[] = [];
  const add = (name: string, value: number | undefined, write: (value: number) => string, note?: string) =>
    value !== undefined && figures.push({ name, value: write(value), note });
  add("RAM in all", number(test, "ram_bytes"), bytes, "image, arena, stack");
  add("RAM, pushed by rows", number(test, "rows_ram_bytes"), bytes);
  add("Arena", number(test, "arena_bytes"), bytes);
  add("Stack", number(test, "stack_bytes"), bytes);
  add("Flash", number(test, "flash_bytes"), bytes, "weights, code, tables");
  add("Weights", number(test, "weights_bytes"), bytes);
  add(
    "Instructions",
    number(test, "instructions"),
    (value) => `${(value / 1e6).toFixed(1)} M`,
    "an inference, counted",
  );
  add("Multiplications", number(test, "macs"), (value) => `${(value / 1e6).toFixed(1)} M`, "an inference");
  add("Compared with the board", number(test, "bit_compared"), count, bitWords(test));
  return figures;
}

function bitWords(test: Tree): string | undefined {
  const equal = inside(test, "bit_equal");
  return equal === true ? "pictures, all equal to the bit" : equal === false ? "pictures, some differ" : undefined;
}
