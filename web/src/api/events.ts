// The server's events, with a connection that comes back by itself. The browser's EventSource gives up for good
// where the server answers anything but a stream, so each try has one of its own.
import type { Job, Trouble } from "./types";

export interface EventHandlers {
  job(job: Job): void;
  project(version: number): void;
  /** Why the server cannot read the project; null: it can again. */
  trouble(why: Trouble | null): void;
  /** Connected, at first and after every loss. */
  opened(): void;
  /** `tries`: how often it was tried since then. */
  lost(tries: number): void;
}

/** What is needed of an EventSource, so that tests can bring their own. */
export interface Source {
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export const kFirstPause = 500;
export const kLongestPause = 5000;

/** Milliseconds to wait before try number `tries`, from 1. */
export function pause(tries: number): number {
  return Math.min(kLongestPause, kFirstPause * 2 ** (tries - 1));
}

export class Events {
  private source: Source | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;

  constructor(
    private readonly handlers: EventHandlers,
    private readonly make: () => Source = () => new EventSource("/api/events") as Source,
  ) {}

  start(): void {
    clearTimeout(this.timer);
    this.source?.close();
    const source = this.make();
    this.source = source;
    source.onopen = () => {
      this.tries = 0;
      this.handlers.opened();
    };
    source.onerror = () => this.again();
    source.addEventListener("job", (event) => this.read(event, (json) => this.handlers.job(json as Job)));
    source.addEventListener("trouble", (event) =>
      this.read(event, (json) => this.handlers.trouble(json as Trouble | null)),
    );
    source.addEventListener("project", (event) =>
      this.read(event, (json) => this.handlers.project((json as { version: number }).version)),
    );
  }

  stop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  private again(): void {
    this.source?.close();
    this.handlers.lost(++this.tries);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), pause(this.tries));
  }

  private read(event: MessageEvent<string>, take: (json: unknown) => void): void {
    let json: unknown;
    try {
      json = JSON.parse(event.data);
    } catch {
      return; // half a message of a connection that broke: the next one brings the state again
    }
    take(json);
  }
}
