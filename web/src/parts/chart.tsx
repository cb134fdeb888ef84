// Curves over epochs, drawn by uPlot in the page's colours.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { repainted } from "../state/theme";

export interface Line {
  label: string;
  /** One value an epoch; null: not measured. */
  values: (number | null)[];
  /** Which of the page's colours, from 0. */
  hue: number;
  dashed?: boolean;
}

interface Props {
  title: string;
  epochs: number[];
  lines: Line[];
  /** Shares are shown in percent. */
  shares?: boolean;
  height?: number;
}

export function Chart(props: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const shape = JSON.stringify([props.lines.map((line) => [line.label, line.hue, line.dashed]), repainted.value]);
  const data = [props.epochs, ...props.lines.map((line) => line.values)] as uPlot.AlignedData;
  useEffect(() => {
    const element = box.current!;
    plot.current = new uPlot(options(props, element), data, element);
    legendAtEnd(plot.current);
    const observer = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: props.height ?? 220 }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current?.destroy();
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(data), [JSON.stringify(data)]);
  return (
    <figure class="chart" aria-label={`${props.title}: ${described(props)}`} role="img">
      <figcaption aria-hidden="true">{props.title}</figcaption>
      <div ref={box} aria-hidden="true" />
    </figure>
  );
}

/** The curve's end in words, for those who do not see it. */
function described({ epochs, lines, shares }: Props): string {
  const ends = lines.map((line) => {
    const value = line.values.findLast((one) => one !== null);
    return `${line.label} ${value === undefined || value === null ? "not measured" : format(value, shares)}`;
  });
  return `after ${epochs.length} epochs ${ends.join(", ")}`;
}

function format(value: number, shares: boolean | undefined): string {
  return shares ? `${(100 * value).toFixed(1)} %` : value.toFixed(3);
}

/** What the axis shows: shares end at 100 %, a flat curve has room around it. */
export function rangeOf(low: number | null, high: number | null, shares?: boolean): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = Math.max((high - low) * 0.08, shares ? 0.02 : 0.01);
  return [Math.max(0, low - room), shares ? Math.min(1, high + room) : high + room];
}

/** Where no epoch is pointed at, the legend shows the last one. */
function legendAtEnd(plot: uPlot): void {
  plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

function options(props: Props, element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth || 400,
    height: props.height ?? 220,
    scales: { x: { time: false }, y: { range: (_, low, high) => rangeOf(low, high, props.shares) } },
    cursor: { points: { size: 6 } },
    hooks: { setCursor: [(plot) => plot.cursor.idx == null && legendAtEnd(plot)], setData: [legendAtEnd] },
    axes: [
      { ...axis, size: 30, font: "12px system-ui", incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      {
        ...axis,
        size: 52,
        font: "12px system-ui",
        values: (_, ticks) =>
          ticks.map((tick) => (props.shares ? `${Math.round(100 * tick)} %` : String(+tick.toFixed(3)))),
      },
    ],
    series: [
      { label: "epoch" },
      ...props.lines.map((line) => ({
        label: line.label,
        stroke: colour(`--hue-${line.hue % 8}`),
        width: 2,
        dash: line.dashed ? [6, 4] : undefined,
        points: { show: line.values.length < 3 },
        value: (_: uPlot, value: number | null) => (value === null ? "–" : format(value, props.shares)),
      })),
    ],
  };
}
