// The virtual rows of a scrolling element: @tanstack/virtual-core, made to redraw a preact component.
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";

export type Rows = Virtualizer<HTMLElement, Element>;

/** `height` and `gap` in pixels; rows of one height, so nothing has to be measured. */
export function useRows(box: RefObject<HTMLElement>, count: number, height: number, gap: number): Rows {
  const [, redraw] = useState(0);
  const options = {
    count,
    gap,
    overscan: 1,
    estimateSize: () => height,
    getScrollElement: () => box.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw((before) => before + 1),
  };
  const [rows] = useState(() => new Virtualizer<HTMLElement, Element>(options));
  rows.setOptions(options);
  useEffect(() => rows._didMount(), []);
  useLayoutEffect(() => rows._willUpdate());
  useLayoutEffect(() => rows.measure(), [height]);
  return rows;
}

/** The width of an element's inside, in pixels; follows the window. */
export function useWidth(box: RefObject<HTMLElement>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    const measure = () => setWidth(element.clientWidth - padding);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}
