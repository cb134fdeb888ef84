// The map where there is one, and what to do where there is none yet.
import type { JSX } from "preact";
import type { Selection } from "../grid/selection";
import { Empty } from "../parts/common";
import { BeingMade, NotMade, OutOfDate } from "../parts/made_of_all";
import { project } from "../state/studio";
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
  if (map.state === "making") return <BeingMade verb="map" title="The map is being made" label="The map" />;
  if (map.state === "ready")
    return (
      <Empty title="No picture of these could be read">
        <p>The map shows what a net sees in the pictures. Change the filters to see others.</p>
      </Empty>
    );
  return (
    <NotMade title="There is no map yet" icon="map" action="Make the map" make={map.make}>
      A net looks at every picture, and pictures that look alike to it come to lie together. The first time takes a
      while; what it saw is kept.
    </NotMade>
  );
}

function Outdated({ map, making }: { map: MapState; making: boolean }): JSX.Element | null {
  if (map.state === "ready" && map.missing === 0) return null;
  const lacking = `${plural(map.missing, "sample")} without a place on the map`;
  if (map.state === "ready") return <p class="muted">{lacking}: the picture cannot be read.</p>;
  return (
    <OutOfDate icon="map" action="Make it anew" make={map.make} making={making}>
      {map.missing > 0 ? `${lacking}.` : "Samples were removed, or the net that looks at them changed."}
    </OutOfDate>
  );
}
