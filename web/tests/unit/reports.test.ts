import { describe, expect, it } from "vitest";
import type { CascadeEvent, Job } from "../../src/api/types";
import { fitWords, measuredOf, timeWords as boardTime } from "../../src/parts/boards";
import { limitKeys } from "../../src/parts/limits_form";
import { chanceWords, comparisonFigures, points, verdictWords } from "../../src/state/comparison";
import { answerWords, sourcesIn, sourceWords, timeWords, tunedWords, withNewer } from "../../src/state/events";
import { comparison, event, measured } from "../fake/reports.mjs";

const events = (...ids: number[]) => ids.map((id) => event(id));
const numbers = (list: CascadeEvent[]) => list.map((one) => one.event);

describe("events", () => {
  it("newer ones come before those that are known, and none is there twice", () => {
    expect(numbers(withNewer([], events(3, 2, 1)))).toEqual([3, 2, 1]);
    expect(numbers(withNewer(events(3, 2, 1), events(5, 4, 3)))).toEqual([5, 4, 3, 2, 1]);
    expect(numbers(withNewer(events(5, 4), events(3, 2)))).toEqual([5, 4, 3, 2]);
  });
  it("one that went on shows how it is now", () => {
    const open = [{ ...events(2)[0]!, state: "open" }, ...events(1)];
    expect(timeWords(open[0]!)).toBe("0:02.0, going on");
    const now = withNewer(open, events(2));
    expect(timeWords(now[0]!)).toBe("0:02.0, 3.0 s");
  });
  it("say when: of a camera by the clock, of a recording by its place", () => {
    expect(timeWords({ ...events(1)[0]!, start: 65.25, end: 70.25 })).toBe("1:05.3, 5.0 s");
    expect(timeWords({ ...events(1)[0]!, at: "2026-11-28T12:00:00Z" })).toMatch(/^2026-11-2\d \d\d:00, 3\.0 s$/);
  });
  it("name the part of the picture that was watched", () => {
    expect(sourceWords(events(1)[0]!)).toBe("yard.mp4");
    expect(sourceWords({ ...events(1)[0]!, region: [192, 0, 96, 64] })).toBe("yard.mp4#xywh=192,0,96,64");
  });
  it("are what a tuning chose thresholds for", () => {
    const judged = { truth: 12, found: 11, false: 1 };
    const one = { class: "yes", on: 0.45, off: 0.2, n: 8, m: 12, rest: 2, chosen: judged, apart: { ...judged, found: 9 } };
    expect(tunedWords({ classes: [one], written: null })).toEqual([
      "yes: on 0.45, off 0.20, 8 of 12 frames, rest 2 s; 11 of 12 found, 1 false (on what did not choose: 9 of 12 found, 1 false)",
      "dewdrop.toml is as it was.",
    ]);
    expect(tunedWords({ classes: [one], written: "/p/dewdrop.toml" })[1]).toBe("dewdrop.toml holds this now.");
    expect(tunedWords(null)).toEqual([]);
  });
  it("say what was answered, or why nothing was", () => {
    const base = { by: "m", answer: null, error: null, cost_usd: null };
    expect(answerWords({ ...base, state: "answered", answer: "A <b>dog</b>" })).toBe("A <b>dog</b>");
    expect(answerWords({ ...base, state: "failed", error: "401" })).toBe("could not be answered: 401");
    expect(answerWords({ ...base, state: "waiting" })).toBe("waits to be asked");
    expect(answerWords({ ...base, state: "new" })).toBe("new");
  });
  it("sources are lines", () => {
    expect(sourcesIn(" a b.mp4 \n\n\tcamera:0\r\n")).toEqual(["a b.mp4", "camera:0"]);
  });
});

describe("a comparison", () => {
  it("says what can be told", () => {
    const { verdicts } = comparison();
    expect(verdicts.map(verdictWords)).toEqual(["different", "may be chance", "cannot be told"]);
    expect(verdicts.map(chanceWords)).toEqual(["p 0.006", "p 0.520", ""]);
    expect(chanceWords({ ...verdicts[0]!, p_together: 0.0002 })).toBe("p < 0.001");
    expect([-0.024, 0.05].map(points)).toEqual(["−2.4", "5.0"]);
  });
  it("leaves out figures that it does not have", () => {
    const found = comparison();
    expect(comparisonFigures(found)).toHaveLength(4);
    expect(comparisonFigures({ ...found, accuracy: null }).map((one) => one.name)).toEqual(["Pictures tested"]);
  });
});

describe("limits of a board", () => {
  it("are sent where one is set", () => {
    expect(limitKeys({ ram: "", flash: "", rows: true })).toEqual({});
    expect(limitKeys({ ram: "64", flash: "", rows: false })).toEqual({ ram_kib: 64 });
    expect(limitKeys({ ram: "24", flash: "512", rows: true })).toEqual({ ram_kib: 24, flash_kib: 512, rows: true });
    expect(limitKeys({ ram: "-3", flash: "many", rows: true })).toEqual({});
  });
});

describe("boards", () => {
  const job = (id: number, outcome: unknown, state = "done") => ({ id, state, outcome }) as unknown as Job;
  it("keep their place when they are measured again, and other runs' are not among them", () => {
    const jobs = [
      job(1, measured(2, "a")),
      job(2, measured(2, "b")),
      job(3, measured(1, "c")),
      job(4, null, "failed"),
      job(5, { ...measured(2, "a"), flash_bytes: 7 }),
    ];
    expect(measuredOf(jobs, 2).map((one) => [one.board, one.flash_bytes])).toEqual([
      ["a", 7],
      ["b", 457_984],
    ]);
  });
  it("say whether the net fits, and how", () => {
    const known = measured(1, "a");
    const fit = (flash: boolean | null, image: boolean, rows: boolean) =>
      fitWords({ ...known, device: { ...known.device!, fits: { flash, image, rows } } });
    expect(fit(true, true, true)).toBe("yes");
    expect(fit(true, false, true)).toBe("with rows pushed");
    expect(fit(null, false, false)).toBe("no: RAM");
    expect(fit(false, true, true)).toBe("no: flash");
    expect(fitWords({ ...known, device: null })).toBe("");
    expect(boardTime(known)).toBe("380 to 520 ms");
    expect(boardTime({ ...known, device: null })).toBe("not known");
  });
});
