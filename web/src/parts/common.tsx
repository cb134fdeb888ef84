// Small pieces that several pages use.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { project } from "../state/studio";
import { Icon, type IconName } from "./icons";

/** The colour of a class: its place in the list, so that a class looks the same on every page. */
export function hueOf(name: string | null): string {
  if (name === null) return "none";
  const now = project.value;
  if (now?.unsure && name === now.unsure) return "unsure";
  const index = now?.classes.indexOf(name) ?? -1;
  return index < 0 ? "none" : String(index % 8);
}

/** Letters from which on a class's name may be cut off somewhere. */
const kLongName = 16;

/** A class as a word with its colour; null: "no label". A long one is told whole to the mouse. */
export function ClassTag({ name, plain }: { name: string | null; plain?: boolean }): JSX.Element {
  return (
    <span
      class={plain ? "tag plain" : "tag"}
      data-hue={hueOf(name)}
      title={name && name.length > kLongName ? name : undefined}
    >
      <i aria-hidden="true" />
      <span>{name ?? "no label"}</span>
    </span>
  );
}

/** A share of 0...1 as a bar; null: nobody knows how much there is to do. */
export function Bar({ share, label }: { share: number | null; label: string }): JSX.Element {
  const value = share === null ? undefined : Math.round(100 * share);
  return (
    <div class={share === null ? "bar unknown" : "bar"} role="progressbar" aria-label={label} aria-valuenow={value}>
      <div style={{ width: `${share === null ? 35 : 100 * share}%` }} />
    </div>
  );
}

/** A score beside its class: the class, a bar, the figure. */
export function ScoreRow(props: { name: string; score: number | null; text: string; strong?: boolean }): JSX.Element {
  return (
    <div class={props.strong ? "score-row strong" : "score-row"}>
      <ClassTag name={props.name} plain />
      <div class="score-bar" data-hue={hueOf(props.name)} aria-hidden="true">
        <div style={{ width: `${100 * (props.score ?? 0)}%` }} />
      </div>
      <span class="figure">{props.text}</span>
    </div>
  );
}

export function Button(props: {
  children?: ComponentChildren;
  icon?: IconName;
  onClick: () => void;
  kind?: "primary" | "danger" | "quiet";
  disabled?: boolean;
  label?: string;
  id?: string;
}): JSX.Element {
  return (
    <button
      type="button"
      id={props.id}
      class={`button ${props.kind ?? ""}`}
      disabled={props.disabled}
      aria-label={props.label}
      title={props.label}
      onClick={props.onClick}
    >
      {props.icon && <Icon name={props.icon} size={18} />}
      {props.children}
    </button>
  );
}

export function Card(props: {
  title: string;
  children?: ComponentChildren;
  aside?: ComponentChildren;
  id?: string;
}): JSX.Element {
  return (
    <section class="card" id={props.id}>
      <header>
        <h2>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}

/** Nothing is there yet, and what would change that. */
export function Empty(props: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

export interface Figure {
  name: string;
  value: string;
  note?: string;
}

export function Figures({ figures }: { figures: Figure[] }): JSX.Element {
  return (
    <dl class="figures">
      {figures.map((figure) => (
        <div key={figure.name}>
          <dt>{figure.name}</dt>
          <dd>
            {figure.value}
            {figure.note && <small>{figure.note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A window above the page: focus stays inside, Escape closes. */
export function Dialog(props: { title: string; close: () => void; children: ComponentChildren }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-label={props.title} onClose={props.close}>
      <header>
        <h2>{props.title}</h2>
        <Button kind="quiet" icon="close" label="Close" onClick={() => dialog.current?.close()} />
      </header>
      {props.children}
    </dialog>
  );
}

/** Calls `work` for each key that is pressed on this page while nobody is typing. */
export function useKeys(work: (event: KeyboardEvent) => void): void {
  const newest = useRef(work);
  newest.current = work;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => newest.current(event);
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}

/** Which key does what. */
export function KeysDialog({ keys, close }: { keys: [string, string][]; close: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" close={close}>
      <KeyTable keys={keys} />
    </Dialog>
  );
}

function KeyTable({ keys }: { keys: [string, string][] }): JSX.Element {
  return (
    <table class="keys">
      <tbody>
        {keys.map(([key, does]) => (
          <tr key={key}>
            <th scope="row">
              {key
                .split(" ")
                .map((part) => (part === "or" || part === "…" ? ` ${part} ` : <kbd key={part}>{part}</kbd>))}
            </th>
            <td>{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
