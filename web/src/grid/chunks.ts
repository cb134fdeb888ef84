// The samples of one filter, fetched in chunks as they come into view and forgotten again when they are far away:
// memory does not grow with what was looked at. What changed on the server is fetched anew while the old is shown.
import type { Sample, SamplePage } from "../api/types";

export const kChunk = 100;
export const kMostChunks = 80;
const kMostAtOnce = 5; // chunks of one request: the server gives 500 samples at most

export type Fetch = (offset: number, count: number, signal: AbortSignal) => Promise<SamplePage>;

interface Chunk {
  samples: Sample[];
  generation: number;
  used: number;
}

export class Chunks {
  total: number | null = null;
  private chunks = new Map<number, Chunk>();
  private loading = new Map<number, AbortController>();
  private generation = 0;
  private clock = 0;

  /** `changed` is called when something arrived, `failed` when something did not. */
  constructor(
    private readonly fetch: Fetch,
    private readonly changed: () => void,
    private readonly failed: (problem: unknown) => void = () => {},
  ) {}

  at(index: number): Sample | undefined {
    return this.chunks.get(Math.floor(index / kChunk))?.samples[index % kChunk];
  }

  /** Everything may have changed: what is in view is fetched again. */
  stale(): void {
    ++this.generation;
    this.stop();
  }

  /** Sees to it that samples `first` to `last` are here or on their way; what is on its way and no longer wanted is
   * called back, so that a jump does not wait for all that the scroll bar went past. */
  want(first: number, last: number): void {
    const end = this.total === null ? last : Math.min(last, this.total - 1);
    const wanted = new Set<number>();
    for (let chunk = Math.floor(first / kChunk); chunk <= Math.floor(Math.max(first, end) / kChunk); ++chunk)
      wanted.add(chunk);
    const needed = new Set([...wanted].map((chunk) => this.loading.get(chunk)));
    for (const [chunk, controller] of this.loading)
      if (!needed.has(controller)) {
        controller.abort();
        this.loading.delete(chunk);
      }
    const missing: number[] = [];
    for (const chunk of wanted) {
      const here = this.chunks.get(chunk);
      if (here) here.used = ++this.clock;
      if (here?.generation !== this.generation && !this.loading.has(chunk)) missing.push(chunk);
    }
    for (const run of runsOf(missing)) void this.load(run);
  }

  /** The ids of samples `first` to `last`, fetched where need be. */
  async ids(first: number, last: number): Promise<number[]> {
    const found: number[] = [];
    const signal = new AbortController().signal;
    for (let index = first; index <= last; ) {
      const sample = this.at(index);
      if (sample) {
        found.push(sample.id);
        ++index;
        continue;
      }
      const page = await this.fetch(index, Math.min(500, last - index + 1), signal);
      if (page.samples.length === 0) break;
      found.push(...page.samples.map((one) => one.id));
      index += page.samples.length;
    }
    return found;
  }

  /** Shows a change before the server says it. */
  amend(ids: Set<number>, change: (sample: Sample) => Sample): void {
    for (const chunk of this.chunks.values())
      chunk.samples = chunk.samples.map((sample) => (ids.has(sample.id) ? change(sample) : sample));
    this.changed();
  }

  stop(): void {
    for (const controller of this.loading.values()) controller.abort();
    this.loading.clear();
  }

  /** Neighbours in one request: they arrive together, and are drawn once. */
  private async load(run: number[]): Promise<void> {
    const controller = new AbortController();
    const generation = this.generation;
    for (const chunk of run) this.loading.set(chunk, controller);
    try {
      const page = await this.fetch(run[0]! * kChunk, run.length * kChunk, controller.signal);
      if (controller.signal.aborted) return;
      this.total = page.total;
      run.forEach((chunk, at) => {
        const samples = page.samples.slice(at * kChunk, (at + 1) * kChunk);
        this.chunks.set(chunk, { samples, generation, used: ++this.clock });
      });
      this.forget();
      this.changed();
    } catch (problem) {
      if (!controller.signal.aborted) this.failed(problem);
    } finally {
      for (const chunk of run) if (this.loading.get(chunk) === controller) this.loading.delete(chunk);
    }
  }

  private forget(): void {
    if (this.chunks.size <= kMostChunks) return;
    const oldest = [...this.chunks.entries()].sort((a, b) => a[1].used - b[1].used);
    for (const [chunk] of oldest.slice(0, this.chunks.size - kMostChunks)) this.chunks.delete(chunk);
  }
}

/** Rising numbers as runs of neighbours, each no longer than one request may be. */
function runsOf(chunks: number[]): number[][] {
  const runs: number[][] = [];
  for (const chunk of chunks) {
    const run = runs.at(-1);
    if (run && run.at(-1) === chunk - 1 && run.length < kMostAtOnce) run.push(chunk);
    else runs.push([chunk]);
  }
  return runs;
}
