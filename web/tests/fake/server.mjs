// A server of the studio's contract without a project behind it, for states that are hard to reach with the real
// one: a network that is cut, a job that dies, decisions that come too late. Serves the built page under the same
// Content-Security-Policy.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { epochNote, Jobs } from "./jobs.mjs";
import { comparison, event, kBoards, kReport, kReportPolicy, measured, promptScores } from "./reports.mjs";
import { groupsReply } from "./groups.mjs";
import { mapReply } from "./map.mjs";
import { confusion, curve, kMetrics, kSettings, kTest, run } from "./runs.mjs";
import { picture } from "./picture.mjs";
import { detail, filtered, makeProject, relabel, summary, undo } from "./project.mjs";

const kPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
  "media-src 'self' blob:; worker-src 'self' blob:; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
const kTypes = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

const kInvitation = {
  url: "https://192.168.178.29:8484/?token=0123#/data?camera=1",
  code: Array.from({ length: 41 }, (_, y) => `${(y % 2 ? "10" : "01").repeat(20)}1`),
};

const kGone = { what: "the original of yard-0.mp4 is gone", where: "/videos/yard-0.mp4", next: "put it back" };

export class FakeStudio {
  constructor(page, options = {}) {
    this.page = page;
    this.project = makeProject(options);
    this.streams = new Set();
    this.jobs = new Jobs((job) => this.say("job", job), options.pace);
    this.review = { state: "closed", queue: [], position: 0, decided: 0, changed: 0, skipped: 0, steps: [] };
    /** Ids of the samples that have a place on the map; null: there is no map. */
    this.mapped = options.map ? new Set(this.project.samples.map((sample) => sample.id)) : null;
    this.grouped = options.groups ?? false;
    this.runs = options.runs === false ? [] : [run(1, 0.976, 1), run(2, 0.952, 2)];
    this.events = Array.from({ length: options.events ?? 3 }, (_, index) => event(index + 1));
    this.compared = options.compared === false ? null : comparison();
    /** Ids of samples whose original is gone. */
    this.gone = new Set(options.gone ?? []);
    /** Answers of the next requests, by path: {status, error}. */
    this.failures = new Map();
    /** Milliseconds that every answer waits. */
    this.delay = 0;
    this.server = http.createServer((request, response) => void this.answer(request, response));
  }

  async listen(port = 0) {
    await new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    this.port = this.server.address().port;
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Nobody answers any more; listen(port) brings the server back. */
  async close() {
    for (const stream of this.streams) stream.destroy();
    this.streams.clear();
    this.server.closeAllConnections?.();
    await new Promise((resolve) => this.server.close(resolve));
  }

  say(kind, data) {
    for (const stream of this.streams) stream.write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Somebody else, the command line say, changed the project. */
  changed() {
    ++this.project.version;
    this.say("project", { version: this.project.version });
  }

  async answer(request, response) {
    const url = new URL(request.url, "http://fake");
    if (this.delay) await new Promise((resolve) => setTimeout(resolve, this.delay));
    if (!url.pathname.startsWith("/api/")) return this.file(url.pathname, response);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const json = request.headers["content-type"] === "application/json" ? JSON.parse(bytes.toString() || "{}") : {};
    const failure = this.failures.get(url.pathname);
    if (failure) {
      this.failures.delete(url.pathname);
      return send(response, failure.status, { error: failure.error });
    }
    try {
      this.route(request.method, url.pathname.slice(5), url.searchParams, json, response, request, bytes);
    } catch (error) {
      if (!error.status) throw error;
      send(response, error.status, { error: error.error });
    }
  }

  route(method, where, query, json, response, request, bytes) {
    const { project, jobs } = this;
    const part = where.split("/");
    if (where === "events") return this.stream(request, response);
    if (where === "project") return send(response, 200, summary(project));
    if (where === "samples") return send(response, 200, this.samplePage(query));
    if (part[0] === "samples" && part[2] === "picture" && this.gone.has(Number(part[1])))
      return send(response, 500, { error: kGone });
    if (part[0] === "samples" && part[2] === "picture")
      return write(response, 200, "image/png", picture(Number(part[1])));
    if (part[0] === "samples") return send(response, 200, detail(this.sample(Number(part[1]))));
    if (where === "map" && method === "POST") return send(response, 202, this.makeMap());
    if (where === "map") {
      const making = this.jobs.busy("map");
      return send(response, 200, mapReply(project, filtered(project, query), this.mapped, making));
    }
    if (where === "groups" && method === "POST") return send(response, 202, this.findGroups());
    if (where === "groups") {
      const through = filtered(project, query);
      const making = this.jobs.busy("group");
      return send(response, 200, groupsReply(project, through, query.get("firsts"), this.grouped, making, this.gone));
    }
    if (where === "labels") return send(response, 200, this.tellAfter(relabel(project, json.samples, json.class)));
    if (where === "labels/undo") return send(response, 200, this.tellAfter(undo(project)));
    if (where === "upload") return send(response, 202, this.add(query.get("name")));
    if (where === "review/open") return send(response, 202, this.rank());
    if (part[0] === "review") return send(response, 200, this.reviewed(part[1], json));
    if (where === "jobs" && method === "POST") return send(response, 202, this.start(json));
    if (where === "jobs") return send(response, 200, { jobs: jobs.all });
    if (part[0] === "jobs") return send(response, 200, jobs.stop(Number(part[1])));
    if (where === "settings") return send(response, 200, { student: kSettings });
    if (where === "prompt") {
      Object.assign(project, { question: json.question, instructions: json.instructions });
      return send(response, 200, this.tellAfter(summary(project)));
    }
    if (where === "boards") return send(response, 200, { boards: kBoards });
    if (where === "phone") return send(response, 200, kInvitation);
    if (where === "reports") return send(response, 200, { compare: true, events: true, tune: false });
    if (part[0] === "reports") return write(response, 200, "text/html", kReport, kReportPolicy);
    if (where === "comparison") return send(response, 200, { label_sets: ["policy", "people"], last: this.compared });
    if (where === "cascade/events") return send(response, 200, this.eventPage(query));
    if (part[0] === "cascade") return write(response, 200, "image/png", picture(Number(part[2])));
    if (where === "packages") return send(response, 200, { targets: ["c", "onnx", "tflite", "web"] });
    if (where === "runs") return send(response, 200, { runs: this.runs });
    if (part[0] === "runs") return this.ofRun(Number(part[1]), part[2], response, bytes);
    return send(response, 404, { error: { what: "there is nothing here", where, next: "" } });
  }

  sample(id) {
    const found = this.project.samples.find((sample) => sample.id === id);
    if (!found) refuse(404, "there is no such sample", String(id));
    return found;
  }

  samplePage(query) {
    const offset = Number(query.get("offset") ?? 0);
    const all = filtered(this.project, query);
    const samples = all.slice(offset, offset + Number(query.get("count") ?? 200));
    return { total: all.length, offset, version: this.project.version, samples };
  }

  eventPage(query) {
    const before = Number(query.get("before") ?? 0) || Infinity;
    const events = this.events.filter((one) => one.event < before).sort((a, b) => b.event - a.event);
    return { total: this.events.length, questions: 3, usd: 0.0012, events: events.slice(0, Number(query.get("count"))) };
  }

  makeMap() {
    const stages = [
      { stage: "looking at pictures", total: 5 },
      { stage: "arranging pictures", total: 5 },
    ];
    const job = this.jobs.start("map", stages, () => {
      this.mapped = new Set(this.project.samples.map((sample) => sample.id));
      return { points: this.mapped.size };
    });
    return { state: "making", job };
  }

  findGroups() {
    const job = this.jobs.start("group", [{ stage: "comparing pictures", total: 5 }], () => {
      this.grouped = true;
      return { groups: 24 };
    });
    return { state: "making", job };
  }

  tellAfter(result) {
    setTimeout(() => this.say("project", { version: this.project.version }), 5);
    return result;
  }

  add(name) {
    if (this.jobs.busy("add")) refuse(409, "files are being added", name);
    return this.jobs.start("add", [{ stage: "adding", total: 5 }], () => {
      if (name.endsWith(".txt"))
        throw { what: "this is no picture and no video", where: name, next: "add another file" };
      const id = this.project.samples.length + 1;
      const fresh = {
        id,
        name,
        source: name,
        split: "train",
        label: null,
        origin: "none",
        confidence: null,
        suspicion: null,
      };
      this.project.samples.push(fresh);
      this.changed();
      return { samples_added: 1, samples_total: id, skipped: 0 };
    });
  }

  start(json) {
    if (this.jobs.busy(json.verb)) refuse(409, `another ${json.verb} runs`, json.verb);
    if (json.verb === "label") return this.label(json);
    if (json.verb === "measure")
      return this.jobs.start("measure", [{ stage: "building", total: 3 }], () => measured(json.run, json.board));
    if (json.verb === "cascade")
      return this.jobs.start("cascade", [{ stage: "watching", total: 30 }], () => ({ events: 1 }));
    if (json.verb === "compare")
      return this.jobs.start("compare", [{ stage: "training 30 nets", total: 5 }], () => {
        this.compared = comparison();
        return { answer: this.compared.answer, tested: 2455 };
      });
    if (json.verb === "events") return this.jobs.start("events", [], () => ({ events: 3 }));
    if (json.verb === "test")
      return this.jobs.start("test", [{ stage: "testing", total: 5 }], () => ({ run: json.run }));
    return this.jobs.start(
      "train",
      [{ stage: "training", total: json.settings?.epochs ?? 20, note: epochNote }],
      () => {
        if (json.settings?.seed === 13) throw { what: "a class has no pictures", where: "no", next: "label some" };
        this.runs.push(run(this.runs.length + 1, 0.981, json.settings?.seed ?? 1));
        this.changed();
        return { run: this.runs.length, validation_accuracy: 0.981 };
      },
    );
  }

  label(json) {
    if (json.gold) return this.jobs.start("label", [], () => ({ gold: 80, versions: promptScores(), asked: 0 }));
    const open = this.project.samples.filter((sample) => sample.label === null).slice(0, json.limit ?? Infinity);
    if (json.dry_run)
      return this.jobs.start("label", [], () => ({
        dry_run: true,
        samples: open.map((sample) => sample.name),
        forecast_usd: 0.0123,
        forecast_tokens_in: 12_000,
        forecast_tokens_out: 900,
        spread: 0,
        prompt: "Is there a person in this picture? Answer yes, no or unsure.",
      }));
    const stage = { stage: "labelling", total: 10, note: (done) => `yes ${done}, no ${2 * done}` };
    return this.jobs.start("label", [stage], () => {
      for (const sample of open) Object.assign(sample, { label: "no", origin: "teacher", confidence: 0.9 });
      this.changed();
      return { asked: open.length, labelled: 600, unsure: 0, failed: 0, cost_usd: 0.01, failures: [] };
    });
  }

  rank() {
    this.review.state = "ranking";
    return this.jobs.start("rank", [{ stage: "computing features", total: 8 }], () => {
      const queue = this.project.samples
        .filter((sample) => sample.label && sample.origin !== "people")
        .map((sample) => sample.id);
      this.review = { state: "open", queue, position: 0, decided: 0, changed: 0, skipped: 0, steps: [] };
      return { left: queue.length };
    });
  }

  reviewed(kind, json) {
    const now = this.review;
    const id = now.queue[now.position];
    if (kind && kind !== "undo" && json.sample !== id)
      refuse(409, "another label is in question by now", String(json.sample));
    if (kind === "decide") {
      const before = { ...this.sample(id) };
      now.steps.push(before);
      ++now.decided;
      if (before.label !== json.class) ++now.changed;
      relabel(this.project, [id], json.class);
    } else if (kind === "skip") {
      now.steps.push(null);
      ++now.skipped;
    } else if (kind === "undo" && now.steps.length) {
      const before = now.steps.pop();
      now.position -= 2;
      if (before) {
        const sample = this.sample(before.id);
        if (sample.label !== before.label) --now.changed;
        Object.assign(sample, before);
        --now.decided;
      } else --now.skipped;
    } else if (kind === "undo") now.position -= 1;
    if (kind) ++now.position;
    return this.reviewState();
  }

  reviewState() {
    const { queue, steps, ...now } = this.review;
    const id = queue[now.position];
    const sample = id === undefined ? undefined : this.sample(id);
    const current = sample && {
      id,
      name: sample.name,
      label: sample.label,
      label_probability: 0.08,
      classifier: sample.label === "yes" ? "no" : "yes",
      classifier_probability: 0.92,
      suspicion: 2.4,
      confidence: sample.confidence,
      reason: detail(sample).answers[0].reason,
    };
    return {
      ...now,
      length: queue.length,
      current: current ?? null,
      next: queue.slice(now.position + 1, now.position + 6),
    };
  }

  ofRun(number, what, response, bytes) {
    const found = this.runs.find((one) => one.run === number);
    if (!found) refuse(404, "there is no such run", String(number));
    if (what === "confusion") return send(response, 200, confusion());
    if (["report", "board", "search"].includes(what)) return write(response, 200, "text/html", kReport, kReportPolicy);
    if (what === "package") return write(response, 200, "application/zip", "PK\u0005\u0006" + "\0".repeat(18));
    if (what === "classify") {
      if (bytes.length === 0) refuse(415, "this is no picture", "the upload");
      const scores = [
        { class: "yes", score: 0.93 },
        { class: "no", score: 0.07 },
      ];
      return send(response, 200, { class: "yes", score: 0.93, decided: true, known: true, scores, milliseconds: 1.2 });
    }
    return send(response, 200, { ...found, curve: curve(number), metrics: kMetrics, test: kTest, searched: number === 2 });
  }

  stream(request, response) {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    this.streams.add(response);
    request.on("close", () => this.streams.delete(response));
    response.write(`event: project\ndata: ${JSON.stringify({ version: this.project.version })}\n\n`);
    for (const job of this.jobs.all) response.write(`event: job\ndata: ${JSON.stringify(job)}\n\n`);
  }

  file(name, response) {
    const file = path.join(this.page, path.normalize(name === "/" ? "/index.html" : name));
    if (!fs.existsSync(file)) return write(response, 404, "text/plain", "not found");
    write(response, 200, kTypes[path.extname(file)] ?? "application/octet-stream", fs.readFileSync(file));
  }
}

function refuse(status, what, where) {
  throw { status, error: { what, where, next: "wait, then try again" } };
}

function send(response, status, json) {
  write(response, status, "application/json", JSON.stringify(json));
}

function write(response, status, type, body, policy = kPolicy) {
  if (response.destroyed) return;
  response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": policy });
  response.end(body);
}
