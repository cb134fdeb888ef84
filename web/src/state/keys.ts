// Which key means what, as people know it from other labelling tools. Nothing here touches the page.

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export type ReviewAction =
  | { kind: "class"; name: string }
  | { kind: "accept" | "skip" | "next" | "previous" | "undo" | "help" };

/** Which class a figure stands for: 1 the first ... 9 the ninth; 0 the answer that sets aside, else the tenth. */
export function classOfKey(key: string, classes: string[], unsure: string): string | undefined {
  if (!/^[0-9]$/.test(key)) return undefined;
  if (key === "0") return unsure || classes[9];
  return classes[Number(key) - 1];
}

/** The figure of a class, for its button; "" beyond the tenth. */
export function keyOfClass(name: string, classes: string[], unsure: string): string {
  if (unsure && name === unsure) return "0";
  const index = classes.indexOf(name);
  if (index >= 0 && index < 9) return String(index + 1);
  return index === 9 && !unsure ? "0" : "";
}

export function isUndo(press: Press): boolean {
  if ((press.ctrlKey || press.metaKey) && !press.shiftKey && !press.altKey) return press.key.toLowerCase() === "z";
  return press.key === "Backspace" && !press.altKey && !press.ctrlKey && !press.metaKey;
}

export function isHelp(press: Press): boolean {
  return (press.key === "?" || press.key === "F1") && !press.ctrlKey && !press.metaKey;
}

const kReviewKeys: Record<string, "accept" | "skip" | "next" | "previous"> = {
  Enter: "accept",
  " ": "skip",
  f: "next",
  ArrowRight: "next",
  d: "previous",
  ArrowLeft: "previous",
};

export function reviewAction(press: Press, classes: string[], unsure: string): ReviewAction | undefined {
  if (isUndo(press)) return { kind: "undo" };
  if (isHelp(press)) return { kind: "help" };
  if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
  const name = classOfKey(press.key, classes, unsure);
  if (name !== undefined) return { kind: "class", name };
  const kind = kReviewKeys[press.key.length === 1 ? press.key.toLowerCase() : press.key];
  return kind && { kind };
}

/** Whether the person is typing, so that letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element || typeof element.matches !== "function") return false;
  return element.isContentEditable || element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
}
