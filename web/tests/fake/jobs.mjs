// Jobs of the fake server: each a list of steps that timers walk, as the real ones report them.
export class Jobs {
  constructor(told, pace = 40) {
    this.told = told;
    this.pace = pace;
    this.all = [];
  }

  /** `steps`: [stage, total, note of a step]; `end(job)` says what came out, or throws {what, where, next}. */
  start(verb, stages, end) {
    const job = {
      id: this.all.length + 1,
      verb,
      state: "running",
      stage: "",
      done: 0,
      total: 0,
      note: "",
      seconds: 0,
      seconds_left: null,
      messages: [],
      outcome: null,
      error: null,
      history: [],
    };
    this.all.push(job);
    void this.walk(job, stages, end);
    return job;
  }

  async walk(job, stages, end) {
    const began = Date.now();
    for (const { stage, total, note } of stages) {
      for (let done = 0; done <= total && job.state === "running"; ++done) {
        Object.assign(job, { stage, total, done, note: done ? (note?.(done) ?? "") : "" });
        job.seconds = (Date.now() - began) / 1000;
        job.seconds_left = done ? ((total - done) * this.pace) / 1000 : null;
        if (job.verb === "train" && done) job.history.push({ stage, done, note: job.note });
        this.told(job);
        await new Promise((resolve) => setTimeout(resolve, this.pace));
      }
    }
    if (job.state === "running") {
      try {
        job.outcome = end(job);
        job.state = "done";
      } catch (error) {
        job.error = error;
        job.state = "failed";
      }
    }
    this.told(job);
  }

  busy(verb) {
    return this.all.some((job) => job.verb === verb && job.state === "running");
  }

  stop(id) {
    const job = this.all.find((one) => one.id === id);
    if (job?.state === "running") job.state = "stopped";
    return job;
  }
}

export function epochNote(done) {
  const loss = (0.7 * Math.exp(-done / 6)).toFixed(3);
  const right = Math.min(99.1, 70 + 5 * done).toFixed(1);
  return `loss ${loss}, right ${right} %, validation ${(Number(right) - 2).toFixed(1)} %`;
}
