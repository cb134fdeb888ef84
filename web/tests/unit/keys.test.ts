import { describe, expect, it } from "vitest";
import { classOfKey, isTyping, keyOfClass, reviewAction, type Press } from "../../src/state/keys";

const press = (key: string, held: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});
const classes = ["yes", "no"];
const does = (key: string, held?: Partial<Press>) => reviewAction(press(key, held), classes, "unsure");

describe("review keys", () => {
  it("knows the keys that people bring along", () => {
    expect(does("1")).toEqual({ kind: "class", name: "yes" });
    expect(does("2")).toEqual({ kind: "class", name: "no" });
    expect(does("0")).toEqual({ kind: "class", name: "unsure" });
    expect(does("Enter")).toEqual({ kind: "accept" });
    expect(does(" ")).toEqual({ kind: "skip" });
    for (const key of ["f", "F", "ArrowRight"]) expect(does(key)).toEqual({ kind: "next" });
    for (const key of ["d", "D", "ArrowLeft"]) expect(does(key)).toEqual({ kind: "previous" });
    expect(does("Backspace")).toEqual({ kind: "undo" });
    expect(does("z", { ctrlKey: true })).toEqual({ kind: "undo" });
    expect(does("z", { metaKey: true })).toEqual({ kind: "undo" });
    expect(does("?", { shiftKey: true })).toEqual({ kind: "help" });
  });

  it("leaves the browser its own", () => {
    expect(does("3")).toBeUndefined();
    expect(does("z")).toBeUndefined();
    expect(does("z", { ctrlKey: true, shiftKey: true })).toBeUndefined();
    expect(does("f", { ctrlKey: true })).toBeUndefined();
    expect(does("1", { ctrlKey: true })).toBeUndefined();
    expect(does("ArrowLeft", { altKey: true })).toBeUndefined();
    expect(does("Tab")).toBeUndefined();
  });
});

describe("keys of classes", () => {
  const ten = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
  it("gives each class the key that chooses it", () => {
    for (const unsure of ["", "unsure"])
      for (const name of [...ten, ...(unsure ? [unsure] : [])]) {
        const key = keyOfClass(name, ten, unsure);
        if (key) expect(classOfKey(key, ten, unsure)).toBe(name);
      }
    expect(keyOfClass("j", ten, "")).toBe("0");
    expect(keyOfClass("j", ten, "unsure")).toBe("");
    expect(keyOfClass("i", ten, "unsure")).toBe("9");
  });
  it("has nothing at 0 where there is neither", () => {
    expect(classOfKey("0", classes, "")).toBeUndefined();
  });
});

describe("typing", () => {
  it("is what happens in fields of text only", () => {
    const field = (selector: string) => ({
      isContentEditable: false,
      matches: (asked: string) => asked.includes(selector),
    });
    expect(isTyping(field("textarea") as unknown as EventTarget)).toBe(true);
    expect(isTyping(field("button") as unknown as EventTarget)).toBe(false);
    expect(isTyping(null)).toBe(false);
  });
});
