import { afterEach, describe, expect, it, vi } from "vitest";
import { address, ApiError, get, post, troubleOf } from "../../src/api/client";
import { nameOf } from "../../src/api/download";

const answers = (status: number, body: string) =>
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(body, { status })),
  );
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (problem: unknown) => problem as ApiError,
  );

afterEach(() => vi.unstubAllGlobals());

describe("requests", () => {
  it("leaves out what is empty and escapes the rest", () => {
    expect(address("samples", { offset: 0, class: "", text: "a&b #1", order: undefined })).toBe(
      "/api/samples?offset=0&text=a%26b+%231",
    );
    expect(address("project")).toBe("/api/project");
  });

  it("sends JSON with its type, which the server insists on", async () => {
    answers(200, '{"changed": 2}');
    expect(await post<{ changed: number }>("labels", { samples: [1, 2], class: "no" })).toEqual({ changed: 2 });
    const [url, request] = vi.mocked(fetch).mock.calls[0]!;
    expect(url).toBe("/api/labels");
    expect(request).toMatchObject({ method: "POST", headers: { "Content-Type": "application/json" } });
    expect(request?.body).toBe('{"samples":[1,2],"class":"no"}');
  });

  it("passes on what the server says went wrong", async () => {
    answers(409, '{"error": {"what": "a training runs", "where": "run 3", "next": "stop it first"}}');
    const problem = await failure(post("jobs", {}));
    expect(problem).toBeInstanceOf(ApiError);
    expect(problem).toMatchObject({
      status: 409,
      trouble: { what: "a training runs", where: "run 3", next: "stop it first" },
    });
  });

  it("says what to do where the server says nothing of use", async () => {
    answers(500, "<html>");
    expect(await failure(get("project"))).toMatchObject({ status: 500, trouble: { where: "/api/project" } });
    answers(200, "not JSON");
    expect(await failure(get("project"))).toBeInstanceOf(ApiError);
    expect(troubleOf(401, undefined, "/api/project").next).toContain("dewdrop studio");
    expect(troubleOf(400, { error: { what: 3 } }, "here").what).toContain("400");
    expect(troubleOf(400, { error: { what: "bad" } }, "here")).toEqual({ what: "bad", where: "", next: "" });
  });

  it("knows a server that is not there, and a request that was called back", async () => {
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => Promise.reject(new TypeError("Failed to fetch"))),
    );
    expect(await failure(get("project"))).toMatchObject({ status: 0, unreachable: true });
    const controller = new AbortController();
    controller.abort();
    expect(await failure(get("project", {}, controller.signal))).toBeInstanceOf(TypeError);
  });
});

describe("downloads", () => {
  it("takes the server's name without any folder in it", () => {
    expect(nameOf('attachment; filename="person-c.zip"')).toBe("person-c.zip");
    expect(nameOf('attachment; filename="../../x.zip"')).toBe(".._.._x.zip");
    expect(nameOf(null)).toBeUndefined();
  });
});
