// Data: the whole set in a grid, on a map or in groups; filter it, select in it, say what is right.
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiError, get, post } from "../api/client";
import type { SamplePage, Undone } from "../api/types";
import { Chunks } from "../grid/chunks";
import { Grid } from "../grid/grid";
import { kNothing, only, type Selection } from "../grid/selection";
import { GroupList } from "../groups/group_list";
import { useGroups } from "../groups/use_groups";
import { MapPane } from "../map/map_pane";
import { useMap } from "../map/use_map";
import { hasCamera } from "../parts/camera";
import { Button, ClassTag, Empty, KeysDialog, useKeys } from "../parts/common";
import { ChooseFiles, DropCurtain, useDroppedFiles } from "../parts/drop_zone";
import { Filters, kFilterKeys } from "../parts/filters";
import { PhoneInvitation } from "../parts/phone_invitation";
import { Recorder } from "../parts/recorder";
import { SamplePanel } from "../parts/sample_panel";
import { UploadList } from "../parts/upload_list";
import { ViewChoice, viewOf } from "../parts/view_choice";
import { classOfKey, isHelp, isTyping, isUndo, keyOfClass } from "../state/keys";
import { attempt, complain, complainOf, tell } from "../state/notices";
import { refine, route } from "../state/route";
import { connections, project, version } from "../state/studio";
import { undoneWords } from "../state/undone";
import { send } from "../state/uploads";
import { count, plural } from "../state/words";

const kFiles = "image/*,video/*,.zip,.tar,.gz,.tgz,.heic,.heif";

export function DataPage(): JSX.Element {
  const now = project.value!;
  const query = route.value.query;
  const filter = Object.fromEntries(kFilterKeys.map((key) => [key, query[key] ?? ""]));
  const filterText = JSON.stringify(filter);
  const view = viewOf(query);
  const [tick, setTick] = useState(0);
  const [selection, select] = useState<Selection>(kNothing);
  const [help, setHelp] = useState(false);
  const recording = query.camera === "1";
  const [inviting, setInviting] = useState(false);
  const [size, setSize] = useState(innerWidth < 600 ? 100 : 132);
  const chunks = useMemo(
    () =>
      new Chunks(
        (offset, amount, signal) => get<SamplePage>("samples", { offset, count: amount, ...filter }, signal),
        () => setTick((before) => before + 1),
        complainOf,
      ),
    [filterText],
  );
  useEffect(() => () => chunks.stop(), [chunks]);
  useEffect(() => select((before) => ({ ...before, anchor: 0, cursor: 0 })), [chunks]);
  useEffect(() => {
    chunks.stale();
    if (chunks.total === 0) chunks.want(0, 0); // there is no grid that would ask
    setTick((before) => before + 1);
  }, [version.value, connections.value]);

  const map = useMap(view === "map", filter, filterText);
  const groups = useGroups(view === "groups", filter, filterText);
  const total = view === "groups" ? null : view === "map" ? (map.points?.ids.length ?? null) : chunks.total;
  const cursorId = view === "groups" ? undefined : view === "map" ? map.points?.ids[selection.cursor] : chunks.at(selection.cursor)?.id;
  const openId = query.sample ? Number(query.sample) : undefined;
  /** What a key is about: the selection, else the sample whose details are open, else the one the grid's keys are at. */
  const targets = (): number[] => {
    if (view === "groups") return openId === undefined ? [] : [openId];
    if (selection.ids.size > 0) return [...selection.ids];
    if (openId !== undefined) return [openId];
    const there = document.activeElement?.matches(".grid, .map-canvas");
    return cursorId !== undefined && there ? [cursorId] : [];
  };

  const store = (name: string, ids: number[]) =>
    post<{ changed: number }>("labels", { samples: ids, class: name }).catch((problem: unknown) => {
      if (!(problem instanceof ApiError && problem.unreachable)) throw problem;
      const what = `not stored: ${plural(ids.length, "sample")}: ${name}`;
      complain({ what, where: "", next: "the server does not answer: decide again once it is back" });
    });
  /** False: it was not stored, and that is told. */
  const relabel = async (name: string, ids = targets()): Promise<boolean> => {
    if (ids.length === 0) return true;
    const stored = await attempt(async () => {
      const said = await store(name, ids);
      if (!said) return false;
      chunks.amend(new Set(ids), (sample) => ({ ...sample, label: name, origin: "people", confidence: null }));
      map.amend(new Set(ids), name);
      groups.amend(new Set(ids), name);
      tell(
        `${plural(ids.length, "sample")}: ${name} (${count(said.changed)} changed). Ctrl+Z takes it back.`,
        "labels",
      );
      return true;
    });
    return stored === true;
  };
  const undo = () =>
    attempt(async () => {
      tell(undoneWords(await post<Undone>("labels/undo")));
      chunks.stale();
      setTick((before) => before + 1);
    });

  useKeys((event) => {
    if (isTyping(event.target) || event.defaultPrevented || help || recording || inviting) return;
    if (isHelp(event)) setHelp(true);
    else if (isUndo(event)) void undo();
    else if (event.key === "Escape" && openId !== undefined) refine({ sample: undefined });
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else {
      const name = classOfKey(event.key, now.classes, now.unsure);
      if (name === undefined) return;
      void relabel(name);
    }
    event.preventDefault();
  });
  const over = useDroppedFiles(send);
  const choose = (next: Selection) => {
    select(next);
    const at = view === "map" ? map.points?.ids[next.cursor] : chunks.at(next.cursor)?.id;
    if (openId !== undefined && at !== undefined) refine({ sample: at });
  };

  return (
    <>
      <div class="page-head">
        <h1>Data</h1>
        <p class="muted grow">
          {plural(now.samples, "sample")} of {plural(now.sources, "source")}, {count(now.unlabelled)} without a label
        </p>
        <ChooseFiles id="files" label="Add files" accept={kFiles} multiple take={send} kind="primary" />
        {hasCamera() && <Button icon="camera" label="Pictures from the camera" onClick={() => refine({ camera: "1" })} />}
        <Button icon="phone" label="Pictures from a phone" onClick={() => setInviting(true)} />
        <Button kind="quiet" icon="help" label="Keys" onClick={() => setHelp(true)} />
      </div>
      <Filters query={filter} total={total} size={view === "grid" ? size : undefined} setSize={setSize} />
      <UploadList />
      <div class="actions" role="toolbar" aria-label="Say what the selected samples show">
        <ViewChoice view={view} />
        <span class="figure selected" aria-live="polite">
          {selection.ids.size > 0 ? `${count(selection.ids.size)} selected` : "none selected"}
        </span>
        {[...now.classes, ...(now.unsure ? [now.unsure] : [])].map((name) => (
          <button
            key={name}
            type="button"
            class="button"
            disabled={view === "groups" || selection.ids.size === 0}
            onClick={() => void relabel(name)}
          >
            <ClassTag name={name} plain />
            <kbd>{keyOfClass(name, now.classes, now.unsure)}</kbd>
          </button>
        ))}
        <Button icon="undo" onClick={() => void undo()}>
          Undo
        </Button>
        {cursorId !== undefined && (
          <Button kind="quiet" icon="search" onClick={() => refine({ sample: cursorId })}>
            Details
          </Button>
        )}
      </div>
      <div class="data-body">
        {total === 0 ? (
          <Nothing empty={now.samples === 0} />
        ) : view === "map" ? (
          <MapPane map={map} selection={selection} select={choose} open={(id) => refine({ sample: id })} />
        ) : view === "groups" ? (
          <GroupList
            state={groups}
            relabel={relabel}
            open={(id) => refine({ sample: id })}
            detailed={openId !== undefined}
          />
        ) : (
          <Grid
            key={filterText}
            chunks={chunks}
            tick={tick}
            selection={selection}
            select={choose}
            open={(sample) => refine({ sample: sample.id })}
            failed={complainOf}
            size={size}
          />
        )}
        {openId !== undefined && (
          <SamplePanel
            id={openId}
            close={() => refine({ sample: undefined })}
            relabel={(name) => {
              select(only(openId, selection.cursor));
              void relabel(name, [openId]);
            }}
          />
        )}
      </div>
      {over && <DropCurtain>Drop pictures, videos or archives to add them</DropCurtain>}
      {recording && <Recorder close={() => refine({ camera: undefined })} />}
      {inviting && <PhoneInvitation close={() => setInviting(false)} />}
      {help && <KeysDialog keys={{ grid: kKeys, map: kMapKeys, groups: kGroupKeys }[view]} close={() => setHelp(false)} />}
    </>
  );
}

const kKeys: [string, string][] = [
  ["1 … 9", "the selected samples show the first … ninth class"],
  ["0", "set the selected samples aside"],
  ["Ctrl+Z or Backspace", "take the last step back"],
  ["← → ↑ ↓", "move; with Shift select what lies between"],
  ["Space", "select or leave out; Ctrl+click does the same"],
  ["Ctrl+A", "select all that the filters show"],
  ["Home or End", "first or last sample"],
  ["Enter", "details with the teacher's answers"],
  ["Esc", "select nothing"],
];

const kMapKeys: [string, string][] = [
  ...kKeys.slice(0, 3),
  ["← → ↑ ↓", "the nearest picture that way; with Shift it is added"],
  ["C", "select the cluster around the picture; with Shift it is added, with Alt left out"],
  ["Space", "select or leave out; held, dragging moves the map"],
  ["+ or −", "zoom, as the mouse's wheel does; Home shows the whole map"],
  ["Ctrl+A", "select all that the filters show"],
  ["Enter", "details with the teacher's answers"],
  ["Esc", "select nothing"],
];

const kGroupKeys: [string, string][] = [
  ["1 … 9", "all pictures of the group show the first … ninth class"],
  ["0", "set all pictures of the group aside"],
  ["Ctrl+Z or Backspace", "take the last step back"],
  ["↑ ↓", "the group before or after"],
  ["Enter", "details of the group's first picture"],
];

function Nothing({ empty }: { empty: boolean }): JSX.Element {
  return empty ? (
    <Empty title="No pictures yet">
      <p>Drop pictures, videos or archives here, or use Add files. Videos become one sample a frame.</p>
    </Empty>
  ) : (
    <Empty title="No sample is like this">
      <p>Change the filters to see others.</p>
      <Button onClick={() => refine(Object.fromEntries(kFilterKeys.map((key) => [key, ""])))}>Show all</Button>
    </Empty>
  );
}
