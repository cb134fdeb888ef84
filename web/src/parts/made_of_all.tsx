// What a job makes of all samples once, the map and the groups: before there is any, while it is made, and when it is
// out of date.
import type { ComponentChildren, JSX } from "preact";
import { isActive, progressWords, shareDone } from "../state/jobs";
import { newestJob } from "../state/studio";
import { Bar, Button, Empty } from "./common";
import type { IconName } from "./icons";

interface Making {
  icon: IconName;
  /** Asks the server to make it, or to make it anew. */
  make: () => void;
}

export function NotMade(props: Making & { title: string; action: string; children: ComponentChildren }): JSX.Element {
  return (
    <Empty title={props.title}>
      <p>{props.children}</p>
      <Button kind="primary" icon={props.icon} onClick={props.make}>
        {props.action}
      </Button>
    </Empty>
  );
}

export function BeingMade({ verb, title, label }: { verb: string; title: string; label: string }): JSX.Element {
  const job = newestJob(verb);
  return (
    <Empty title={title}>
      <p>{job && isActive(job) ? progressWords(job) : "nearly done"}</p>
      <Bar share={job ? shareDone(job) : null} label={label} />
      <p>You can go on elsewhere meanwhile, or stop it in the bar below.</p>
    </Empty>
  );
}

export function OutOfDate(
  props: Making & { making: boolean; action: string; children: ComponentChildren },
): JSX.Element {
  return (
    <p class="map-note">
      <span>{props.children} </span>
      {props.making ? (
        <span class="muted">It is being made anew.</span>
      ) : (
        <Button icon={props.icon} onClick={props.make}>
          {props.action}
        </Button>
      )}
    </p>
  );
}
