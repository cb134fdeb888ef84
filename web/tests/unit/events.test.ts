import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Events, kLongestPause, pause, type Source } from "../../src/api/events";

class FakeSource implements Source {
  static made: FakeSource[] = [];
  onopen: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  private listeners: Record<string, (event: MessageEvent<string>) => void> = {};
  constructor() {
    FakeSource.made.push(this);
  }
  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners[kind] = listener;
  }
  close(): void {
    this.closed = true;
  }
  say(kind: string, data: string): void {
    this.listeners[kind]!({ data } as MessageEvent<string>);
  }
}

const newest = () => FakeSource.made.at(-1)!;

describe("Events", () => {
  const heard = { job: vi.fn(), project: vi.fn(), trouble: vi.fn(), opened: vi.fn(), lost: vi.fn() };
  beforeEach(() => {
    vi.useFakeTimers();
    FakeSource.made = [];
    Object.values(heard).forEach((one) => one.mockReset());
  });
  afterEach(() => vi.useRealTimers());
  const started = () => {
    const events = new Events(heard, () => new FakeSource());
    events.start();
    return events;
  };

  it("passes on jobs and versions, and nothing that is cut off", () => {
    started();
    newest().onopen!({} as Event);
    newest().say("job", '{"id": 4}');
    newest().say("project", '{"version": 7}');
    newest().say("job", '{"id": 4, "sta');
    expect(heard.opened).toHaveBeenCalledTimes(1);
    expect(heard.job.mock.calls).toEqual([[{ id: 4 }]]);
    expect(heard.project.mock.calls).toEqual([[7]]);
    newest().say("trouble", '{"what": "w", "where": "", "next": ""}');
    newest().say("trouble", "null");
    expect(heard.trouble.mock.calls).toEqual([[{ what: "w", where: "", next: "" }], [null]]);
  });

  it("tries again, ever more patiently, and starts afresh once it is connected", () => {
    started();
    newest().onopen!({} as Event);
    for (let tries = 1; tries <= 6; ++tries) {
      newest().onerror!({} as Event);
      expect(heard.lost).toHaveBeenLastCalledWith(tries);
      expect(newest().closed).toBe(true);
      const before = FakeSource.made.length;
      vi.advanceTimersByTime(pause(tries) - 1);
      expect(FakeSource.made).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(FakeSource.made).toHaveLength(before + 1);
    }
    expect(pause(20)).toBe(kLongestPause);
    newest().onopen!({} as Event);
    newest().onerror!({} as Event);
    expect(heard.lost).toHaveBeenLastCalledWith(1);
  });

  it("stops for good", () => {
    const events = started();
    newest().onerror!({} as Event);
    events.stop();
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.made).toHaveLength(1);
  });
});
