// The map of the fake project: a few heaps, by the sample's number; every fifteenth in the corner where nothing else is.
const kLargest = 0xfffe;
const kNoPlace = 0xffff;

/** The place of a sample, 0...1. */
export function placeOf(id) {
  if (id % 15 === 0) return [0.02 + 0.06 * noise(id), 0.9 + 0.08 * noise(id + 0.5)];
  const heap = id % 7;
  const turn = 2 * Math.PI * noise(id);
  const away = 0.11 * Math.sqrt(noise(id + 0.25));
  return [0.28 + 0.22 * (heap % 3) + away * Math.cos(turn), 0.18 + 0.27 * Math.floor(heap / 3) + away * Math.sin(turn)];
}

function noise(of) {
  const value = Math.sin(of * 12.9898) * 43758.5453;
  return value - Math.floor(value);
}

/** `made`: ids of the samples that the map was made of; null: there is none. */
export function mapReply(project, samples, made, making) {
  const known = (sample) => made !== null && made.has(sample.id);
  const coordinates = (axis) => {
    const bytes = Buffer.alloc(2 * samples.length);
    samples.forEach((sample, index) => {
      const number = known(sample) ? Math.round(placeOf(sample.id)[axis] * kLargest) : kNoPlace;
      bytes.writeUInt16LE(number, 2 * index);
    });
    return bytes.toString("base64");
  };
  const label = (sample) =>
    sample.label === null ? -1 : sample.label === project.unsure ? -2 : project.classes.indexOf(sample.label);
  const same = made !== null && made.size === project.samples.length;
  return {
    state: making ? "making" : made === null ? "none" : same ? "ready" : "outdated",
    version: project.version,
    classes: project.classes,
    ids: samples.map((sample) => sample.id),
    labels: samples.map(label),
    x: coordinates(0),
    y: coordinates(1),
    missing: samples.filter((sample) => !known(sample)).length,
  };
}
