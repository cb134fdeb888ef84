// Groups of near-duplicates, a row each: one key or click decides a whole one.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { pictureAddress } from "../api/client";
import type { Group } from "../api/types";
import { kMostSelected } from "../grid/selection";
import { labelName } from "../map/points";
import { Button, ClassTag, Empty, hueOf } from "../parts/common";
import { Icon } from "../parts/icons";
import { BeingMade, NotMade, OutOfDate } from "../parts/made_of_all";
import { classOfKey, keyOfClass } from "../state/keys";
import { takeKeys } from "../parts/take_keys";
import { project } from "../state/studio";
import { count, plural } from "../state/words";
import { kGroupsShown, pagesOf, shownOf, spoken, tally, warningsOf } from "./groups";
import type { GroupsState } from "./use_groups";

const kPictures = 10; // of a group

interface Props {
  state: GroupsState;
  /** False: it was not stored, and that is told. */
  relabel: (name: string, ids: number[]) => Promise<boolean>;
  open: (id: number) => void;
  /** The details of one picture are open: figures are about that. */
  detailed: boolean;
}

export function GroupList({ state, relabel, open, detailed }: Props): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const top = state.groups[0]?.samples[0];
  useEffect(() => takeKeys(list.current?.querySelector<HTMLElement>("li")), [top]);
  if (state.state === undefined) return <p class="muted loading">Loading the groups …</p>;
  if (state.state === "making")
    return <BeingMade verb="group" title="Near-duplicates are being looked for" label="Near-duplicates" />;
  if (state.state === "none")
    return (
      <NotMade title="Nobody has looked for near-duplicates yet" icon="groups" action="Look for them" make={state.make}>
        Pictures that are nearly the same are decided together, with one key. The first time takes a while.
      </NotMade>
    );
  const pages = pagesOf(state.order);
  const first = state.page * kGroupsShown;
  const focus = (row: number) => list.current?.querySelectorAll<HTMLElement>(":scope > li")[row]?.focus();
  const goTo = (row: number) => {
    if (row >= state.groups.length && state.page + 1 < pages) state.turn(state.page + 1);
    else if (row < 0 && state.page > 0) state.turn(state.page - 1);
    else focus(row);
  };
  return (
    <div class="groups-pane">
      {state.state === "outdated" && (
        <OutOfDate icon="groups" action="Look again" make={state.make} making={false}>
          Samples came or went since these groups were found, or label.spread_bits changed.
        </OutOfDate>
      )}
      {state.unreadable > 0 && (
        <p class="muted">{plural(state.unreadable, "sample")} in no group: the picture could not be read.</p>
      )}
      {state.order.length === 0 ? (
        <Empty title="No pictures of these are nearly the same">
          <p>Change the filters to see others.</p>
        </Empty>
      ) : (
        <>
          <div class="groups-head">
            <p class="grow" aria-live="polite">
              Groups {count(first + 1)}–{count(Math.min(first + kGroupsShown, state.order.length))} of{" "}
              {count(state.order.length)}
              {state.contradictory > 0 && `; in ${count(state.contradictory)} labels contradict one another`}
            </p>
            <Button disabled={state.page === 0} onClick={() => state.turn(state.page - 1)}>
              Previous
            </Button>
            <Button disabled={state.page + 1 >= pages} onClick={() => state.turn(state.page + 1)}>
              Next
            </Button>
          </div>
          <ul class="groups" ref={list} key={state.page}>
            {state.groups.map((group, row) => (
              <GroupRow
                key={group.samples[0]}
                group={group}
                open={open}
                detailed={detailed}
                decide={(name) => {
                  void relabel(name, group.samples).then((stored) => stored || focus(row));
                  goTo(row + 1);
                }}
                move={(by) => goTo(row + by)}
              />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

interface RowProps {
  group: Group;
  detailed: boolean;
  decide: (name: string) => void;
  move: (by: number) => void;
  open: (id: number) => void;
}

function GroupRow({ group, detailed, decide, move, open }: RowProps): JSX.Element {
  const now = project.value!;
  const classes = [...now.classes, ...(now.unsure ? [now.unsure] : [])];
  const tooMany = group.samples.length > kMostSelected;
  const shown = shownOf(group, kPictures);
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const name = classOfKey(event.key, now.classes, now.unsure);
    if (name !== undefined && detailed) return; // the page takes it
    if (name !== undefined && event.repeat) event.preventDefault(); // a key that is held decides once
    else if (name !== undefined && !tooMany) decide(name);
    else if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && event.target === event.currentTarget) open(group.samples[shown[0]!]!);
    else return;
    event.preventDefault();
  };
  return (
    <li
      class={group.contradictory ? "group contradictory" : "group"}
      tabIndex={0}
      aria-label={spoken(group, now.classes, now.unsure)}
      onKeyDown={press}
    >
      <div class="group-head">
        <strong>{plural(group.samples.length, "picture")}</strong>
        {tally(group, now.classes, now.unsure).map(([name, amount]) => (
          <span key={name} class="group-label">
            <ClassTag name={name} plain /> <span class="figure muted">{count(amount)}</span>
          </span>
        ))}
        {group.contradictory && (
          <span class="contradiction">
            <Icon name="warn" size={16} /> labels contradict one another
          </span>
        )}
        <span class="grow" />
        {classes.map((name) => (
          <button key={name} type="button" class="button" disabled={tooMany} onClick={() => decide(name)}>
            <ClassTag name={name} plain />
            <kbd>{keyOfClass(name, now.classes, now.unsure)}</kbd>
          </button>
        ))}
      </div>
      {tooMany && <p class="warn-text">At most {count(kMostSelected)} samples are relabelled in one step.</p>}
      {warningsOf(group).map((warning) => (
        <p key={warning} class="warn-text">
          {warning}
        </p>
      ))}
      <div class="group-pictures">
        {shown.map((place) => {
          const id = group.samples[place]!;
          const label = labelName(group.labels[place]!, now.classes, now.unsure);
          return (
            <button
              key={id}
              type="button"
              class="group-picture"
              data-hue={hueOf(label)}
              aria-label={`Sample ${id}, ${label ?? "no label"}: details`}
              onClick={() => open(id)}
            >
              <img src={pictureAddress(id, 160)} alt="" loading="lazy" decoding="async" />
            </button>
          );
        })}
        {group.samples.length > shown.length && (
          <span class="muted figure">+ {count(group.samples.length - shown.length)}</span>
        )}
      </div>
    </li>
  );
}
