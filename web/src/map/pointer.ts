// The mouse, fingers or the pen on the map: a lasso, a click, moving, zooming, and the point beneath.
import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { drawn, held, nearest, type Lasso } from "./geometry";
import { howOf, type How } from "./lasso";
import { Pinch } from "./pinch";
import type { Points } from "./points";
import { panned, zoomed, type View } from "./view";

const kReach = 12; // pixels from a point that still mean it
const kMiddle = 1; // the mouse's button

interface Args {
  canvas: RefObject<HTMLCanvasElement>;
  points: Points;
  view: View;
  setView: (change: (view: View) => View) => void;
  fit: View;
  /** Whether dragging moves the map instead of drawing. */
  moving: boolean;
  take: (indices: number[], how: How) => void;
  paint: () => void;
  open: (id: number) => void;
}

interface Drag {
  /** "pinch" lasts until no finger is down. */
  kind: "lasso" | "pan" | "pinch";
  lasso: Lasso;
  x: number;
  y: number;
}

export interface Pointer {
  /** The index of the point beneath. */
  hover: number | undefined;
  panning: boolean;
  /** Something is being dragged, as the page shows it and as it is this moment. */
  busy: boolean;
  dragging: () => boolean;
  lasso: () => Lasso;
  /** Nothing is beneath any more: the keys took over. */
  leave: () => void;
  holdSpace: () => void;
  /** Whether the key was pressed alone, without dragging meanwhile. */
  releaseSpace: () => boolean;
  down: (event: PointerEvent) => void;
  on: Record<string, (event: PointerEvent & MouseEvent) => void>;
}

export function usePointer(args: Args): Pointer {
  const now = useRef(args);
  now.current = args;
  const drag = useRef<Drag>();
  const pinch = useRef(new Pinch()).current;
  const space = useRef<"up" | "held" | "used">("up");
  const [hover, setHover] = useState<number>();
  const [busy, setBusy] = useState(false);

  const down = (event: PointerEvent) => {
    if (event.pointerType === "touch") {
      pinch.down(event.pointerId, event.offsetX, event.offsetY);
      if (pinch.count > 1) return begin("pinch", event);
    }
    if (drag.current || (event.button !== 0 && event.button !== kMiddle)) return;
    const pan = event.button === kMiddle || space.current !== "up" || args.moving;
    if (space.current === "held") space.current = "used";
    begin(pan ? "pan" : "lasso", event);
  };
  const begin = (kind: Drag["kind"], event: PointerEvent) => {
    drag.current = { kind, lasso: [], x: event.offsetX, y: event.offsetY };
    if (kind === "lasso") drawn(drag.current.lasso, event.offsetX, event.offsetY);
    else args.paint(); // what was drawn of a lasso is gone
    args.canvas.current?.setPointerCapture(event.pointerId);
    args.canvas.current?.focus({ preventScroll: true });
    setHover(undefined);
    setBusy(true);
    event.preventDefault();
  };
  const move = (event: PointerEvent) => {
    const going = drag.current;
    const pinched = pinch.move(event.pointerId, event.offsetX, event.offsetY);
    if (going?.kind === "pinch") {
      if (pinched) args.setView((view) => pinched(view, args.fit));
    } else if (!going) {
      setHover(nearest(args.points, args.view, event.offsetX, event.offsetY, kReach));
    } else if (going.kind === "lasso") {
      if (drawn(going.lasso, event.offsetX, event.offsetY)) args.paint();
    } else {
      const [dx, dy] = [event.offsetX - going.x, event.offsetY - going.y];
      args.setView((view) => panned(view, dx, dy, args.fit));
      [going.x, going.y] = [event.offsetX, event.offsetY];
    }
  };
  const up = (event: PointerEvent) => {
    const done = drag.current;
    pinch.up(event.pointerId);
    if (done?.kind === "pinch" && pinch.count > 0) return;
    drag.current = undefined;
    setBusy(false);
    if (done?.kind !== "lasso") return;
    if (done.lasso.length >= 6) return args.take(held(args.points, args.view, done.lasso), howOf(event));
    const at = nearest(args.points, args.view, event.offsetX, event.offsetY, kReach);
    if (at !== undefined || howOf(event) === "only") args.take(at === undefined ? [] : [at], howOf(event));
  };
  const cancel = (event: PointerEvent) => {
    pinch.up(event.pointerId);
    drag.current = undefined;
    setBusy(false);
  };

  // A page may not keep the wheel from scrolling in a listener that preact sets.
  useEffect(() => {
    const element = args.canvas.current!;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { fit, setView } = now.current;
      const factor = Math.exp(-event.deltaY * (event.deltaMode === 0 ? 1 : 30) * 0.0015);
      const [x, y] = [event.offsetX, event.offsetY];
      setView((view) => zoomed(view, factor, x, y, fit));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, []);

  // Space moves the map also where the keys are nowhere yet: the hand that holds the mouse need not click first.
  useEffect(() => {
    const nowhere = (event: KeyboardEvent) =>
      event.key === " " && (event.target === document.body || (event.target as Element).id === "main");
    const press = (event: KeyboardEvent) => {
      if (!nowhere(event)) return;
      if (space.current === "up") space.current = "held";
      event.preventDefault();
    };
    const release = (event: KeyboardEvent) => {
      if (nowhere(event)) space.current = "up";
    };
    addEventListener("keydown", press);
    addEventListener("keyup", release);
    return () => {
      removeEventListener("keydown", press);
      removeEventListener("keyup", release);
    };
  }, []);

  return {
    hover,
    panning: busy && drag.current?.kind === "pan",
    busy,
    dragging: () => drag.current !== undefined,
    lasso: () => (drag.current?.kind === "lasso" ? drag.current.lasso : []),
    leave: () => setHover(undefined),
    holdSpace: () => {
      if (space.current === "up") space.current = "held";
    },
    releaseSpace: () => {
      const alone = space.current === "held";
      space.current = "up";
      return alone;
    },
    down,
    on: {
      onPointerMove: move,
      onPointerUp: up,
      onPointerCancel: cancel,
      onPointerLeave: () => setHover(undefined),
      onDblClick: (event) => {
        const at = nearest(args.points, args.view, event.offsetX, event.offsetY, kReach);
        if (at !== undefined) args.open(args.points.ids[at]!);
      },
    },
  };
}
