import { describe, expect, it } from "vitest";
import { undoneWords } from "../../src/state/undone";

describe("a step that was taken back", () => {
  it("says how many labels were, and how many stand", () => {
    expect(undoneWords({ result: "nothing", samples: [], stand: 0 })).toBe("There is nothing to take back.");
    expect(undoneWords({ result: "taken_back", samples: [1], stand: 0 })).toBe("Taken back: 1 label.");
    expect(undoneWords({ result: "overruled", samples: [1, 2], stand: 1200 })).toBe(
      "Taken back: 2 labels. 1,200 stand: somebody has decided anew since then.",
    );
    expect(undoneWords({ result: "overruled", samples: [], stand: 1 })).toBe(
      "Taken back: nothing. 1 stands: somebody has decided anew since then.",
    );
  });
});
