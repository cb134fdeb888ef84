// The map of the samples that the filters let through, kept in step with the server.
import { useEffect, useState } from "preact/hooks";
import { get, post } from "../api/client";
import type { MapReply } from "../api/types";
import { attempt, complainOf } from "../state/notices";
import { connections, newestJob, project, version } from "../state/studio";
import { labelNumber, pointsOf, relabelled, type Points } from "./points";

export interface MapState {
  /** Undefined until the server has answered. */
  state?: MapReply["state"];
  points?: Points;
  missing: number;
  /** Asks the server to make it, or to make it anew. */
  make: () => void;
  /** Shows a label before the server says it. */
  amend: (ids: ReadonlySet<number>, name: string) => void;
}

interface Kept {
  filter: string;
  reply: MapReply;
  points: Points;
}

/** `active`: whether anybody looks at it; `filterText`: what is asked for, as text that changes with it. */
export function useMap(active: boolean, filter: Record<string, string>, filterText: string): MapState {
  const [kept, keep] = useState<Kept>();
  const job = newestJob("map");
  useEffect(() => {
    if (!active) return;
    const controller = new AbortController();
    get<MapReply>("map", filter, controller.signal)
      .then((reply) => keep({ filter: filterText, reply, points: pointsOf(reply) }))
      .catch((problem) => controller.signal.aborted || complainOf(problem));
    return () => controller.abort();
  }, [active, filterText, version.value, connections.value, job?.id, job?.state]);
  const now = kept?.filter === filterText ? kept : undefined;
  return {
    state: now?.reply.state,
    points: now?.points,
    missing: now?.reply.missing ?? 0,
    make: () => void attempt(() => post("map")),
    amend: (ids, name) =>
      keep((before) => {
        if (!before) return before;
        const label = labelNumber(name, project.value?.classes ?? []);
        return { ...before, points: relabelled(before.points, ids, label) };
      }),
  };
}
