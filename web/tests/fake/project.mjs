// A project in memory: what the fake server serves. The same numbers give the same project.
const kReason = "A person walks at the left edge. <img src=x onerror=alert(1)> is text, too.";

export function makeProject({ samples = 600, labelled = true, classes = ["yes", "no"] } = {}) {
  const all = Array.from({ length: samples }, (_, index) => {
    const id = index + 1;
    const label = labelled ? (index % 14 === 5 ? null : classes[index % 3 === 0 ? 0 : 1]) : null;
    return {
      id,
      name: `yard.mp4#frame=${index * 15}&xywh=${(index % 4) * 192},0,192,192`,
      source: `yard-${Math.floor(index / 200)}.mp4`,
      split: index % 10 < 7 ? "train" : index % 10 < 8 ? "validation" : "test",
      label,
      origin: label ? "teacher" : "none",
      confidence: label ? 0.5 + ((index * 37) % 50) / 100 : null,
      suspicion: null,
    };
  });
  const question = "Is there a person in this picture?";
  return { question, instructions: "", classes, unsure: "unsure", samples: all, version: 1, steps: [], overruled: new Set() };
}

export function summary(project) {
  const tally = (key) => {
    const counts = {};
    for (const sample of project.samples) {
      const value = sample[key];
      if (value !== null) counts[value] = (counts[value] ?? 0) + 1;
    }
    return counts;
  };
  return {
    name: "yard",
    question: project.question,
    instructions: project.instructions,
    classes: project.classes,
    unsure: project.unsure,
    teachers: ["replay:answers.jsonl"],
    folder: "yard",
    samples: project.samples.length,
    unlabelled: project.samples.filter((sample) => sample.label === null).length,
    sources: new Set(project.samples.map((sample) => sample.source)).size,
    by_class: tally("label"),
    by_split: tally("split"),
    by_origin: tally("origin"),
    version: project.version,
  };
}

export function filtered(project, query) {
  const asked = ["class", "split", "origin", "source", "text", "order"].some((key) => query.get(key));
  if (!asked) return project.samples;
  const is = (key, value) => !query.get(key) || value === query.get(key);
  const text = (query.get("text") ?? "").toLowerCase();
  const found = project.samples.filter(
    (sample) =>
      (query.get("class") === "none" ? sample.label === null : is("class", sample.label)) &&
      is("split", sample.split) &&
      is("origin", sample.origin) &&
      is("source", sample.source) &&
      sample.name.toLowerCase().includes(text),
  );
  if (query.get("order") === "confidence") found.sort((a, b) => (a.confidence ?? 2) - (b.confidence ?? 2));
  return found;
}

export function detail(sample) {
  const answers = sample.label
    ? [
        {
          teacher: "replay",
          model: "answers.jsonl",
          class: sample.label,
          confidence: sample.confidence,
          reason: kReason,
          cost_usd: 0.0001,
          at: "2026-11-28 12:00:00",
        },
      ]
    : [];
  return { ...sample, answers, label_at: sample.label ? "2026-11-28 12:00:00" : null, basis: null };
}

export function relabel(project, ids, name, by = "people") {
  const step = [];
  for (const sample of project.samples) {
    if (!ids.includes(sample.id)) continue;
    step.push({ ...sample });
    Object.assign(sample, { label: name, origin: by, confidence: null });
  }
  project.steps.push(step);
  ++project.version;
  return { changed: step.filter((before) => before.label !== name).length, step: project.steps.length };
}

export function undo(project) {
  const step = project.steps.pop();
  if (!step) return { result: "nothing", samples: [], stand: 0 };
  const back = step.filter(({ id }) => !project.overruled.has(id));
  for (const before of back)
    Object.assign(
      project.samples.find((sample) => sample.id === before.id),
      before,
    );
  ++project.version;
  const stand = step.length - back.length;
  return { result: stand ? "overruled" : "taken_back", samples: back.map((sample) => sample.id), stand };
}
