// Which part of the map is shown: a point at (x, y) in 0...1 stands at (left + x * width, top + y * height) pixels.

export interface View {
  left: number;
  top: number;
  width: number;
  height: number;
}

const kMargin = 18;
const kMostZoom = 60;

/** All of the map in a box of so many pixels. */
export function whole(boxWidth: number, boxHeight: number): View {
  const [width, height] = [Math.max(1, boxWidth - 2 * kMargin), Math.max(1, boxHeight - 2 * kMargin)];
  return { left: kMargin, top: kMargin, width, height };
}

/** `factor` times as large; what is at (x, y) pixels stays there. No smaller than the whole, no larger than is of use. */
export function zoomed(view: View, factor: number, x: number, y: number, fit: View): View {
  const scale = Math.min(kMostZoom, Math.max(1, (view.width / fit.width) * factor));
  const by = (scale * fit.width) / view.width;
  const next = {
    left: x - (x - view.left) * by,
    top: y - (y - view.top) * by,
    width: scale * fit.width,
    height: scale * fit.height,
  };
  return held(next, fit);
}

export function panned(view: View, dx: number, dy: number, fit: View): View {
  return held({ ...view, left: view.left + dx, top: view.top + dy }, fit);
}

/** The same part of the map in a box of another size. */
export function resized(view: View, before: View, fit: View): View {
  const [sx, sy] = [fit.width / before.width, fit.height / before.height];
  const left = fit.left + (view.left - before.left) * sx;
  const top = fit.top + (view.top - before.top) * sy;
  return held({ left, top, width: view.width * sx, height: view.height * sy }, fit);
}

/** With this point (0...1) in sight. */
export function withSight(view: View, x: number, y: number, fit: View): View {
  const [px, py] = [view.left + x * view.width, view.top + y * view.height];
  const outside = (at: number, from: number, size: number) => at < from || at > from + size;
  if (!outside(px, fit.left, fit.width) && !outside(py, fit.top, fit.height)) return view;
  return panned(view, fit.left + fit.width / 2 - px, fit.top + fit.height / 2 - py, fit);
}

/** The map never leaves its box. */
function held(view: View, fit: View): View {
  return {
    ...view,
    left: Math.min(fit.left, Math.max(fit.left + fit.width - view.width, view.left)),
    top: Math.min(fit.top, Math.max(fit.top + fit.height - view.height, view.top)),
  };
}
