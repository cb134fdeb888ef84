// The map where there is one, and what to do where there is none yet.
import type { JSX } from "preact";
import type { Selection } from "../grid/selection";
import { Bar, Button, Empty } from "../parts/common";
import { isActive, progressWords, shareDone } from "../state/jobs";
import { newestJob, project } from "../state/studio";
import { plural } from "../state/words";
import { SampleMap } from "./map";
import type { MapState } from "./use_map";

interface Props {
  map: MapState;
  selection: Selection;
  select: (selection: Selection) => void;
  open: (id: number) => void;
}

export function MapPane({ map, selection, select, open }: Props): JSX.Element {
  const now = project.value!;
  const job = newestJob("map");
  if (!map.points || map.state === undefined) return <p class="muted loading">Loading the map …</p>;
  if (map.missing < map.points.ids.length)
    return (
      <div class="map-pane">
        <Outdated map={map} making={map.state === "making"} />
        <SampleMap
          points={map.points}
          classes={now.classes}
          unsure={now.unsure}
          selection={selection}
          select={select}
          open={open}
        />
      </div>
    );
  if (map.state === "making")
    return (
      <Empty title="The map is being made">
        <p>{job && isActive(job) ? progressWords(job) : "nearly done"}</p>
        <Bar share={job ? shareDone(job) : null} label="The map" />
        <p>You can go on elsewhere meanwhile, or stop it in the bar below.</p>
      </Empty>
    );
  if (map.state === "ready")
    return (
      <Empty title="No picture of these could be read">
        <p>The map shows what a net sees in the pictures. Change the filters to see others.</p>
      </Empty>
    );
  return (
    <Empty title="There is no map yet">
      <p>
        A net looks at every picture, and pictures that look alike to it come to lie together. The first time takes a
        while; what it saw is kept.
      </p>
      <Button kind="primary" icon="map" onClick={map.make}>
        Make the map
      </Button>
    </Empty>
  );
}

function Outdated({ map, making }: { map: MapState; making: boolean }): JSX.Element | null {
  if (map.state === "ready" && map.missing === 0) return null;
  const lacking = `${plural(map.missing, "sample")} without a place on the map`;
  if (map.state === "ready") return <p class="muted">{lacking}: the picture cannot be read.</p>;
  return (
    <p class="map-note">
      <span>{map.missing > 0 ? `${lacking}. ` : "Samples were removed, or the net that looks at them changed. "}</span>
      {making ? (
        <span class="muted">The map is being made anew.</span>
      ) : (
        <Button icon="map" onClick={map.make}>
          Make it anew
        </Button>
      )}
    </p>
  );
}
