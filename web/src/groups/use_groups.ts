// The groups of near-duplicates that the filters let through. Their order stays while a person goes through them,
// though labels change: it is asked for anew with other filters, or where groups were found anew.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, post } from "../api/client";
import type { Group, GroupsReply } from "../api/types";
import { attempt, complainOf } from "../state/notices";
import { connections, newestJob, project, version } from "../state/studio";
import { decided, pageOf } from "./groups";

export interface GroupsState {
  /** Undefined until the server has answered. */
  state?: GroupsReply["state"];
  order: number[];
  contradictory: number;
  unreadable: number;
  groups: Group[];
  page: number;
  turn: (page: number) => void;
  /** Asks the server to look for groups. */
  make: () => void;
  /** Shows a label before the server says it. */
  amend: (ids: ReadonlySet<number>, name: string) => void;
}

interface Kept {
  /** What the order depends on. */
  key: string;
  order: number[];
  reply: GroupsReply;
}

/** `active`: whether anybody looks at them; `filterText`: what is asked for, as text that changes with it. */
export function useGroups(active: boolean, filter: Record<string, string>, filterText: string): GroupsState {
  const [kept, keep] = useState<Kept>();
  const [page, turn] = useState(0);
  const job = newestJob("group");
  const key = `${filterText} ${job?.id} ${job?.state}`;
  const order = useRef<Pick<Kept, "key" | "order">>({ key: "", order: [] });
  useEffect(() => {
    if (!active) return;
    const known = order.current.key === key ? order.current.order : [];
    const first = known.length === 0;
    if (first) turn(0);
    const firsts = first ? undefined : pageOf(known, page).join(",");
    const controller = new AbortController();
    get<GroupsReply>("groups", { ...filter, firsts }, controller.signal)
      .then((reply) => {
        if (first) order.current = { key, order: reply.order };
        keep({ key, order: order.current.order, reply });
      })
      .catch((problem) => controller.signal.aborted || complainOf(problem));
    return () => controller.abort();
  }, [active, key, page, version.value, connections.value]);
  const now = kept?.key.startsWith(filterText) ? kept : undefined;
  return {
    state: now?.reply.state,
    order: now?.order ?? [],
    contradictory: now?.reply.contradictory ?? 0,
    unreadable: now?.reply.unreadable ?? 0,
    groups: now?.reply.groups ?? [],
    page,
    turn,
    make: () => void attempt(() => post("groups")),
    amend: (ids, name) =>
      keep((before) => {
        if (!before) return before;
        const classes = project.value?.classes ?? [];
        const whole = (group: Group) => group.samples.every((id) => ids.has(id));
        const groups = before.reply.groups.map((group) => (whole(group) ? decided(group, name, classes) : group));
        return { ...before, reply: { ...before.reply, groups } };
      }),
  };
}
