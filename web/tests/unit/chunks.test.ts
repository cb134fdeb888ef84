import { describe, expect, it } from "vitest";
import type { Sample, SamplePage } from "../../src/api/types";
import { Chunks, kChunk, kMostChunks } from "../../src/grid/chunks";

const sample = (id: number, label = "yes"): Sample => ({
  id,
  name: `s${id}`,
  split: "training",
  label,
  origin: "teacher",
  confidence: null,
  suspicion: null,
});

/** A server of `total` samples whose ids are their places, which remembers what it was asked and waits to be let go. */
class Server {
  asked: number[] = [];
  private waiting: (() => void)[] = [];
  hold = false;
  label = "yes";
  constructor(readonly total: number) {}
  fetch = async (offset: number, count: number, signal: AbortSignal): Promise<SamplePage> => {
    this.asked.push(offset);
    if (this.hold) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (signal.aborted) throw new DOMException("stopped", "AbortError");
    const amount = Math.max(0, Math.min(count, this.total - offset));
    const samples = Array.from({ length: amount }, (_, index) => sample(offset + index, this.label));
    return { total: this.total, offset, version: 1, samples };
  };
  release(): void {
    for (const go of this.waiting.splice(0)) go();
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("Chunks", () => {
  it("fetches what is in view and nothing else", async () => {
    const server = new Server(100_000);
    const chunks = new Chunks(server.fetch, () => {});
    chunks.want(0, 59);
    await settled();
    expect(server.asked).toEqual([0]);
    expect(chunks.total).toBe(100_000);
    expect(chunks.at(59)?.id).toBe(59);
    chunks.want(77_780, 77_830);
    await settled();
    expect(server.asked).toEqual([0, 77_700]); // two chunks that arrive together
    expect(chunks.at(77_780)?.id).toBe(77_780);
    expect(chunks.at(77_830)?.id).toBe(77_830);
    chunks.want(77_830, 77_950);
    chunks.want(77_830, 78_600);
    await settled();
    expect(server.asked).toEqual([0, 77_700, 77_900, 78_000, 78_500]); // five chunks a request
    expect(chunks.at(78_600)?.id).toBe(78_600);
  });

  it("calls back what the scroll bar went past", async () => {
    const server = new Server(100_000);
    server.hold = true;
    let changes = 0;
    const failures: unknown[] = [];
    const chunks = new Chunks(
      server.fetch,
      () => ++changes,
      (problem) => failures.push(problem),
    );
    for (let at = 0; at < 50_000; at += 5000) chunks.want(at, at + 20);
    server.hold = false;
    chunks.want(60_000, 60_020);
    server.release();
    await settled();
    expect(changes).toBe(1);
    expect(failures).toEqual([]);
    expect(chunks.at(60_000)?.id).toBe(60_000);
    expect(chunks.at(5000)).toBeUndefined();
  });

  it("keeps a bounded number of chunks, the newest", async () => {
    const server = new Server(100_000);
    const chunks = new Chunks(server.fetch, () => {});
    for (let chunk = 0; chunk < kMostChunks + 5; ++chunk) {
      chunks.want(chunk * kChunk, chunk * kChunk + 1);
      await settled();
    }
    expect(chunks.at(0)).toBeUndefined();
    expect(chunks.at(4 * kChunk)).toBeUndefined();
    expect(chunks.at(5 * kChunk)?.id).toBe(5 * kChunk);
  });

  it("shows the old until the new is here", async () => {
    const server = new Server(300);
    const chunks = new Chunks(server.fetch, () => {});
    chunks.want(0, 10);
    await settled();
    server.label = "no";
    chunks.stale();
    expect(chunks.at(3)?.label).toBe("yes");
    chunks.want(0, 10);
    expect(chunks.at(3)?.label).toBe("yes");
    await settled();
    expect(chunks.at(3)?.label).toBe("no");
  });

  it("asks again after a set was empty", async () => {
    const server = new Server(0);
    const chunks = new Chunks(server.fetch, () => {});
    chunks.want(0, 10);
    await settled();
    expect(chunks.total).toBe(0);
    chunks.stale();
    chunks.want(0, 0);
    await settled();
    expect(server.asked).toEqual([0, 0]);
  });

  it("tells a failure and asks anew for what is missing", async () => {
    const failures: unknown[] = [];
    let broken = true;
    const server = new Server(10);
    const chunks = new Chunks(
      (...asked) => (broken ? Promise.reject(new Error("down")) : server.fetch(...asked)),
      () => {},
      (problem) => failures.push(problem),
    );
    chunks.want(0, 5);
    await settled();
    expect(failures).toHaveLength(1);
    broken = false;
    chunks.want(0, 5);
    await settled();
    expect(chunks.at(5)?.id).toBe(5);
  });

  it("finds the ids of a range that is not here, in pages the server allows", async () => {
    const server = new Server(2000);
    const chunks = new Chunks(server.fetch, () => {});
    chunks.want(0, 10);
    await settled();
    const ids = await chunks.ids(150, 1650);
    expect(ids).toHaveLength(1501);
    expect(ids[0]).toBe(150);
    expect(ids.at(-1)).toBe(1650);
    expect(server.asked).toEqual([0, 150, 650, 1150, 1650]);
  });

  it("amends what is shown", async () => {
    const chunks = new Chunks(new Server(10).fetch, () => {});
    chunks.want(0, 9);
    await settled();
    chunks.amend(new Set([2]), (one) => ({ ...one, label: "no" }));
    expect([1, 2, 3].map((at) => chunks.at(at)?.label)).toEqual(["yes", "no", "yes"]);
  });
});
