// Near-duplicates of the fake project: twenty-four groups; in the first three the labels contradict one another.
const kGroups = 24;
const kTogether = 10; // seconds
const kManySources = 3;

function members(project, group) {
  const like = project.atFirst ?? (project.atFirst = new Map(project.samples.map((sample) => [sample.id, sample.label])));
  const all = project.samples.filter((sample) => sample.id % 40 === group);
  if (group < 3) return all;
  return all.filter((sample) => like.get(sample.id) === like.get(all[0].id));
}

function described(project, samples) {
  const number = (label) => (label === null ? -1 : label === project.unsure ? -2 : project.classes.indexOf(label));
  const labels = samples.map((sample) => number(sample.label));
  const splits = {};
  const spans = new Map();
  for (const { split, source, id } of samples) {
    splits[split] = (splits[split] ?? 0) + 1;
    const span = spans.get(source) ?? [id, id];
    spans.set(source, [Math.min(span[0], id), Math.max(span[1], id)]);
  }
  const seconds = Math.max(...[...spans.values()].map(([from, to]) => to - from));
  const warnings = [];
  if (seconds > kTogether) warnings.push("time");
  if (spans.size >= kManySources) warnings.push("sources");
  if (Object.keys(splits).length > 1) warnings.push("splits");
  const contradictory = new Set(labels.filter((label) => label >= 0)).size > 1;
  return { samples: samples.map(({ id }) => id), labels, contradictory, splits, sources: spans.size, seconds, warnings };
}

/** `through`: the samples that the filters let through; `firsts`: as the query says it, or null. */
export function groupsReply(project, through, firsts, found, making, gone = new Set()) {
  const wanted = new Set(through.map((sample) => sample.id));
  const all = found ? Array.from({ length: kGroups }, (_, group) => described(project, members(project, group))) : [];
  const groups = all.filter((group) => group.samples.length > 1);
  const shown = groups
    .filter((group) => group.samples.some((id) => wanted.has(id)))
    .sort((a, b) => b.contradictory - a.contradictory || b.samples.length - a.samples.length);
  const named = firsts?.split(",").map((first) => groups.find((group) => group.samples[0] === Number(first)));
  return {
    state: making ? "making" : found ? "ready" : "none",
    version: project.version,
    order: shown.map((group) => group.samples[0]),
    contradictory: shown.filter((group) => group.contradictory).length,
    unreadable: found ? through.filter((sample) => gone.has(sample.id)).length : 0,
    groups: named ? named.filter(Boolean) : shown.slice(0, 20),
  };
}
