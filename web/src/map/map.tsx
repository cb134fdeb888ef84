// The map: one canvas over all samples that the filters let through. A lasso selects; the keys are the grid's.
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { kMostSelected, toggled, type Selection } from "../grid/selection";
import { Button } from "../parts/common";
import { Icon } from "../parts/icons";
import { takeKeys } from "../parts/take_keys";
import { tell } from "../state/notices";
import { repainted } from "../state/theme";
import { count, plural } from "../state/words";
import { HoverCard, useSample } from "./card";
import { drawLasso, drawPoints, drawRing, inkOf } from "./draw";
import { cluster, nearest, towards } from "./geometry";
import { howOf, taken, type How } from "./lasso";
import { usePointer } from "./pointer";
import { labelName, type Points } from "./points";
import { resized, whole, withSight, zoomed, type View } from "./view";

/** Pixels between points that hang together. */
const kTogether = 14;
const kZoomStep = 1.5;

export interface MapProps {
  points: Points;
  classes: string[];
  unsure: string;
  selection: Selection;
  select: (selection: Selection) => void;
  open: (id: number) => void;
}

interface Size {
  width: number;
  height: number;
}

export function SampleMap(props: MapProps): JSX.Element {
  const { points, selection } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useMemo(() => document.createElement("canvas"), []); // the points alone, drawn when they change
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const fit = whole(size.width, size.height);
  const [view, setView] = useState<View>(fit);
  const [moving, setMoving] = useState(false);
  const [keysAt, setKeysAt] = useState(false);
  const ink = useMemo(() => inkOf(props.classes), [repainted.value, props.classes]);
  const zoom = view.width / fit.width;

  const take = (indices: number[], how: How) => {
    const { selection: next, left } = taken(selection, points.ids, indices, how);
    props.select(next);
    if (left > 0) tell(`${count(kMostSelected)} samples can be selected at a time: ${count(left)} are left out.`);
  };
  const paint = () => {
    const context = canvas.current?.getContext("2d");
    if (!context || canvas.current!.width === 0 || layer.width === 0) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, layer.width, layer.height);
    context.drawImage(layer, 0, 0);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    drawLasso(context, pointer.lasso(), ink);
    if (shownAt !== undefined)
      drawRing(context, view.left + points.x[shownAt]! * view.width, view.top + points.y[shownAt]! * view.height, ink);
  };
  const pointer = usePointer({ canvas, points, view, setView, fit, moving, take, paint, open: props.open });

  const cursor = placed(points, selection.cursor) ? selection.cursor : undefined;
  const shownAt = pointer.hover !== undefined && placed(points, pointer.hover) ? pointer.hover : keysAt ? cursor : undefined;
  const shownId = shownAt === undefined ? undefined : points.ids[shownAt];
  const sample = useSample(shownId);

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const before = useRef(fit);
  useLayoutEffect(() => {
    setView((now) => resized(now, before.current, fit));
    before.current = fit;
  }, [size]);
  useLayoutEffect(() => {
    for (const one of [layer, canvas.current!]) {
      one.width = Math.round(size.width * devicePixelRatio);
      one.height = Math.round(size.height * devicePixelRatio);
    }
  }, [size]);
  useLayoutEffect(() => {
    const context = layer.getContext("2d");
    if (context && layer.width > 0) drawPoints(context, points, view, zoom, selection.ids, ink);
  }, [points, view, selection.ids, ink, size]);
  useLayoutEffect(paint);
  useEffect(() => takeKeys(canvas.current), []);
  useEffect(() => {
    if (keysAt && cursor !== undefined) setView((now) => withSight(now, points.x[cursor]!, points.y[cursor]!, fit));
  }, [cursor, keysAt]);

  const zoomBy = (factor: number) => {
    const [x, y] =
      keysAt && cursor !== undefined
        ? [view.left + points.x[cursor]! * view.width, view.top + points.y[cursor]! * view.height]
        : [size.width / 2, size.height / 2];
    setView(zoomed(view, factor, x, y, fit));
  };
  const press = (event: KeyboardEvent) => {
    const at = cursor ?? nearest(points, view, size.width / 2, size.height / 2);
    if (at === undefined) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key !== "a") return;
      take(indicesPlaced(points), "only");
    } else if (key === "c") take([at, ...cluster(points, view, at, kTogether).filter((one) => one !== at)], howOf(event));
    else if (event.altKey) return;
    else if (event.key === " ") pointer.holdSpace();
    else if (event.key === "Enter") props.open(points.ids[at]!);
    else if (event.key === "Escape" && selection.ids.size > 0) props.select({ ...selection, ids: new Set() });
    else if (key === "+" || key === "=") zoomBy(kZoomStep);
    else if (key === "-") zoomBy(1 / kZoomStep);
    else if (event.key === "Home") setView(fit);
    else {
      const next = towards(points, view, at, event.key);
      if (next === undefined) return;
      take([next], event.shiftKey ? "add" : "only");
    }
    setKeysAt(true);
    pointer.leave();
    event.preventDefault();
  };
  const release = (event: KeyboardEvent) => {
    if (event.key !== " " || !pointer.releaseSpace() || cursor === undefined) return;
    props.select(toggled(selection, points.ids[cursor]!, cursor));
  };

  const label = shownAt === undefined ? null : labelName(points.labels[shownAt]!, props.classes, props.unsure);
  return (
    <div class="map">
      <div ref={box} class="map-box">
        <canvas
          ref={canvas}
          class={moving || pointer.panning ? "map-canvas moving" : "map-canvas"}
          tabIndex={0}
          role="application"
          aria-roledescription="map"
          aria-label={`Map of ${plural(points.ids.length, "sample")}: pictures that look alike lie together`}
          aria-describedby="map-help"
          onKeyDown={press}
          onKeyUp={release}
          onFocus={(event) => setKeysAt(!pointer.dragging() && event.currentTarget.matches(":focus-visible"))}
          onBlur={() => {
            setKeysAt(false);
            pointer.releaseSpace();
          }}
          onPointerDown={(event) => {
            setKeysAt(false);
            pointer.down(event);
          }}
          {...pointer.on}
        />
        {shownAt !== undefined && !pointer.busy && (
          <HoverCard
            id={shownId!}
            sample={sample}
            label={label}
            x={view.left + points.x[shownAt]! * view.width}
            y={view.top + points.y[shownAt]! * view.height}
            boxWidth={size.width}
            boxHeight={size.height}
          />
        )}
        <div class="map-tools" role="toolbar" aria-label="Map">
          <Button icon="plus" label="Zoom in" onClick={() => zoomBy(kZoomStep)} />
          <Button icon="minus" label="Zoom out" onClick={() => zoomBy(1 / kZoomStep)} />
          <Button icon="whole" label="Show the whole map" onClick={() => setView(fit)} />
          <button
            type="button"
            class="button"
            aria-pressed={moving}
            aria-label="Drag moves the map"
            title="Drag moves the map"
            onClick={() => setMoving(!moving)}
          >
            <Icon name="hand" size={18} />
          </button>
        </div>
      </div>
      <p id="map-help" class="muted map-help">
        Drag a line around pictures to select them; Shift adds, Alt leaves out. Arrow keys go to the nearest picture, C
        selects the cluster around it.
      </p>
      <p class="unseen" aria-live="polite">
        {keysAt && sample && shownId !== undefined
          ? `${sample.name}, ${label ?? "no label"}${selection.ids.has(shownId) ? ", selected" : ""}`
          : ""}
      </p>
    </div>
  );
}

function placed(points: Points, index: number): boolean {
  return index < points.x.length && !Number.isNaN(points.x[index]!);
}

function indicesPlaced(points: Points): number[] {
  return points.ids.map((_, index) => index).filter((index) => placed(points, index));
}
