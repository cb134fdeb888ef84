import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../src/api/client";
import type { Job } from "../../src/api/types";

vi.mock("../../src/api/client", async (original) => ({ ...(await original<object>()), upload: vi.fn() }));
const { upload } = await import("../../src/api/client");
const { callOff, send, uploads } = await import("../../src/state/uploads");
const { notices } = await import("../../src/state/notices");
const { jobs, takeJob } = await import("../../src/state/studio");

const job = (id: number, state: string): Job => ({ id, verb: "add", state, title: "Adding" }) as unknown as Job;
const busy = () => new ApiError(409, { what: "files are being added", where: "", next: "wait" });
const file = (name: string) => new File(["x"], name);
const states = () => uploads.value.map((one) => one.state);

beforeEach(() => {
  vi.useFakeTimers();
  vi.mocked(upload).mockReset();
  jobs.value = [];
  notices.value = [];
});

describe("a file that comes while the server is busy", () => {
  it("is sent when that job ends", async () => {
    takeJob(job(1, "running"));
    vi.mocked(upload).mockRejectedValueOnce(busy()).mockResolvedValueOnce(job(2, "running"));
    send([file("a.png")]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(states()).toEqual(["sending"]);
    takeJob(job(1, "done"));
    await vi.advanceTimersByTimeAsync(0);
    expect(states()).toEqual(["sent"]);
  });

  it("is sent though the page heard of that job's end before the refusal", async () => {
    vi.mocked(upload).mockRejectedValueOnce(busy()).mockResolvedValueOnce(job(2, "running"));
    send([file("a.png")]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(states()).toEqual(["sent"]);
    expect(notices.value).toEqual([]);
  });

  it("is told where the server stays busy without a job", async () => {
    vi.mocked(upload).mockRejectedValue(busy());
    send([file("a.png")]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states()).toEqual(["failed"]);
    expect(notices.value.map((notice) => notice.what)).toEqual(["files are being added"]);
  });

  it("is not sent once it was called off", async () => {
    vi.mocked(upload).mockRejectedValue(busy());
    send([file("a.png")]);
    await vi.advanceTimersByTimeAsync(300);
    callOff();
    const before = vi.mocked(upload).mock.calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(vi.mocked(upload).mock.calls.length).toBe(before);
    expect(notices.value).toEqual([]);
  });
});
