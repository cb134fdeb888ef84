// How the Data page shows the samples: the address says it.
import type { JSX } from "preact";
import { refine } from "../state/route";
import { Icon } from "./icons";

export const kViews = ["grid", "map", "groups"] as const;
export type View = (typeof kViews)[number];

const kWords: Record<View, string> = { grid: "Grid", map: "Map", groups: "Groups" };

export function viewOf(query: Record<string, string>): View {
  return kViews.find((view) => view === query.view) ?? "grid";
}

export function ViewChoice({ view }: { view: View }): JSX.Element {
  return (
    <div class="views" role="group" aria-label="Show as">
      {kViews.map((one) => (
        <button
          key={one}
          type="button"
          class="button"
          aria-pressed={one === view}
          onClick={() => refine({ view: one === "grid" ? "" : one })}
        >
          <Icon name={one} size={18} />
          {kWords[one]}
        </button>
      ))}
    </div>
  );
}
