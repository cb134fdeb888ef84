// The sample that the mouse or the keys are at: its picture and its name, beside the point.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get, pictureAddress } from "../api/client";
import type { Sample } from "../api/types";
import { ClassTag } from "../parts/common";

const kPause = 60;
const kWidth = 176;
const kHeight = 216;

/** What the server says of a sample, a moment after it was asked for: a mouse goes past many. */
export function useSample(id: number | undefined): Sample | undefined {
  const [sample, setSample] = useState<Sample>();
  useEffect(() => {
    if (id === undefined) return;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      get<Sample>(`samples/${id}`, {}, controller.signal).then(setSample, () => {}); // the page tells elsewhere
    }, kPause);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [id]);
  return sample?.id === id ? sample : undefined;
}

interface Props {
  id: number;
  sample: Sample | undefined;
  label: string | null;
  /** Of the point, in pixels of the box. */
  x: number;
  y: number;
  boxWidth: number;
  boxHeight: number;
}

export function HoverCard(props: Props): JSX.Element {
  const left = props.x + 16 + kWidth > props.boxWidth ? props.x - 16 - kWidth : props.x + 16;
  const top = Math.min(props.y - 20, props.boxHeight - kHeight);
  const place = { left: `${Math.max(4, left)}px`, top: `${Math.max(4, top)}px`, width: `${kWidth}px` };
  return (
    <div class="map-card" style={place} aria-hidden="true">
      <img key={props.id} src={pictureAddress(props.id, 160)} alt="" decoding="async" />
      <ClassTag name={props.label} plain />
      <span class="muted">{props.sample?.name ?? "…"}</span>
    </div>
  );
}
