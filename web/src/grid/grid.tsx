// The grid over the whole set. Only what is in view exists; the scroll bar is as long as the set.
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { pictureAddress } from "../api/client";
import type { Sample } from "../api/types";
import { ClassTag } from "../parts/common";
import { percent } from "../state/words";
import { afterPaint } from "./after_paint";
import type { Chunks } from "./chunks";
import { cellsFor, kCaption, kGap, rowsOf, samplesOf } from "./layout";
import { useRows, useWidth } from "./rows";
import { kMostSelected, moved, only, ranged, step, toggled, type Selection } from "./selection";

export interface GridProps {
  chunks: Chunks;
  /** Counts up with everything that arrived, so that the grid draws itself. */
  tick: number;
  selection: Selection;
  select: (selection: Selection) => void;
  open: (sample: Sample) => void;
  failed: (problem: unknown) => void;
  /** Wanted pixels of a picture. */
  size: number;
}

export function Grid(props: GridProps): JSX.Element {
  const { chunks, selection } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const cells = cellsFor(width || 600, props.size);
  const total = chunks.total ?? 0;
  const rows = useRows(box, rowsOf(total, cells.columns), cells.height, kGap);
  const shown = rows.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 12;
  useLayoutEffect(() => {
    const [from, to] = samplesOf(first, last, cells.columns, chunks.total ?? 100);
    chunks.want(from, Math.max(from, to));
  });

  /** A range may reach over samples that are not here: their ids are fetched. */
  const range = async (to: number, added: boolean) => {
    const [from, until] = [Math.min(selection.anchor, to), Math.max(selection.anchor, to)];
    try {
      const ids = await chunks.ids(from, Math.min(until, from + kMostSelected - 1));
      props.select(ranged(selection, ids, to, added));
    } catch (problem) {
      props.failed(problem);
    }
  };

  const click = (event: MouseEvent, sample: Sample, index: number) => {
    const added = event.ctrlKey || event.metaKey;
    if (event.shiftKey) void range(index, added);
    else props.select(added ? toggled(selection, sample.id, index) : only(sample.id, index));
  };

  const press = (event: KeyboardEvent) => {
    const at = Math.min(selection.cursor, Math.max(0, total - 1));
    const sample = chunks.at(at);
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      event.preventDefault();
      void chunks
        .ids(0, Math.min(total, kMostSelected) - 1)
        .then((ids) => props.select({ ids: new Set(ids), anchor: 0, cursor: at }), props.failed);
      return;
    }
    if (event.key === " " && sample) props.select(toggled(selection, sample.id, at));
    else if (event.key === "Enter" && sample) props.open(sample);
    else if (event.key === "Escape" && selection.ids.size > 0) props.select({ ...selection, ids: new Set() });
    else {
      const height = box.current?.clientHeight ?? 0;
      const page = Math.max(1, Math.floor(height / (cells.height + kGap)));
      const next = total === 0 ? undefined : step(event.key, at, cells.columns, page, total);
      if (next === undefined) return;
      rows.scrollToIndex(Math.floor(next / cells.columns), { align: "auto" });
      const to = chunks.at(next);
      if (event.shiftKey) void range(next, false);
      else props.select(to ? only(to.id, next) : moved(selection, next));
    }
    event.preventDefault();
  };

  const cursorId = chunks.at(selection.cursor)?.id;
  return (
    <div
      ref={box}
      class="grid"
      role="listbox"
      aria-label="Samples"
      aria-multiselectable
      aria-activedescendant={cursorId === undefined ? undefined : `sample-${cursorId}`}
      tabIndex={0}
      onKeyDown={press}
    >
      <div role="presentation" class="grid-inside" style={{ height: `${rows.getTotalSize()}px` }}>
        {shown.flatMap((row) =>
          indices(row.index, cells.columns, total).map((index) => {
            const sample = chunks.at(index);
            const left = (index % cells.columns) * (cells.width + kGap);
            const place = {
              transform: `translate(${left}px, ${row.start}px)`,
              width: `${cells.width}px`,
              height: `${cells.height}px`,
            };
            if (!sample) return <div key={`at-${index}`} role="presentation" class="cell empty-cell" style={place} />;
            return (
              <Cell
                key={sample.id}
                sample={sample}
                index={index}
                total={total}
                place={place}
                side={cells.width}
                selected={selection.ids.has(sample.id)}
                cursor={selection.cursor === index}
                click={click}
                open={props.open}
              />
            );
          }),
        )}
      </div>
    </div>
  );
}

function indices(row: number, columns: number, total: number): number[] {
  const first = row * columns;
  return Array.from({ length: Math.max(0, Math.min(columns, total - first)) }, (_, column) => first + column);
}

interface CellProps {
  sample: Sample;
  index: number;
  total: number;
  place: Record<string, string>;
  side: number;
  selected: boolean;
  cursor: boolean;
  click: (event: MouseEvent, sample: Sample, index: number) => void;
  open: (sample: Sample) => void;
}

function Cell({ sample, index, total, place, side, selected, cursor, click, open }: CellProps): JSX.Element {
  // Few sizes, so that the server's thumbnails are used again when the window changes.
  const picture = useRef<HTMLImageElement>(null);
  const asked = side * devicePixelRatio <= 160 ? 160 : 320;
  // Asking for some fifty pictures takes a browser longer than drawing the cells: these are shown first, and what a
  // jump only passes is never asked for.
  useLayoutEffect(() => {
    const element = picture.current!;
    return afterPaint(() => (element.src = pictureAddress(sample.id, asked)));
  }, [sample.id, asked]);
  // Browsers go on fetching a picture that was taken away, and what is in view now waits for it.
  useLayoutEffect(() => {
    const element = picture.current;
    return () => element?.removeAttribute("src");
  }, []);
  return (
    <div
      id={`sample-${sample.id}`}
      class={`cell${cursor ? " cursor" : ""}`}
      role="option"
      aria-selected={selected}
      aria-posinset={index + 1}
      aria-setsize={total}
      aria-label={`${sample.name}, ${sample.label ?? "no label"}`}
      style={place}
      onClick={(event) => click(event, sample, index)}
      onDblClick={() => open(sample)}
    >
      <img
        ref={picture}
        alt=""
        draggable={false}
        decoding="async"
        style={{ height: `${side}px` }}
      />
      <div class="caption" style={{ height: `${kCaption}px` }}>
        <ClassTag name={sample.label} plain />
        <span class="muted figure">{sample.confidence === null ? "" : percent(sample.confidence, 0)}</span>
      </div>
    </div>
  );
}
