// Runs that the fake server serves.
export function run(number, accuracy, seed) {
  return {
    run: number,
    folder: `runs/000${number}-2026-11-28`,
    gone: false,
    state: "done",
    at: `2026-11-28 1${number}:00:00`,
    validation_accuracy: accuracy,
    test_accuracy: accuracy - 0.002,
    int8_accuracy: accuracy - 0.002,
    settings: { backbone: "bundled", alpha: 0.35, input: 96, epochs: 20, seed },
    labels: "current",
  };
}

export function curve(number) {
  return Array.from({ length: 20 }, (_, index) => ({
    epoch: index + 1,
    train_loss: 0.7 * Math.exp(-index / (4 + number)),
    train_accuracy: 1 - 0.3 * Math.exp(-index / 4),
    validation_loss: 0.5 * Math.exp(-index / 6) + 0.1,
    validation_accuracy: 0.97 - 0.25 * Math.exp(-index / (3 + number)),
  }));
}

export function confusion() {
  const cell = (label, said, amount, first) =>
    Array.from({ length: amount }, (_, index) => ({ id: first + index, label, said, score: 0.99 - index / 40 }));
  const samples = [
    ...cell("yes", "yes", 38, 1),
    ...cell("yes", "no", 3, 40),
    ...cell("no", "yes", 5, 60),
    ...cell("no", "no", 74, 80),
  ];
  return {
    classes: ["yes", "no"],
    float: [
      [39, 2],
      [4, 75],
    ],
    int8: [
      [38, 3],
      [5, 74],
    ],
    samples,
  };
}

export const kTest = {
  float: { accuracy: 0.95, right: 114, interval95: [0.895, 0.977] },
  int8_host: { accuracy: 0.933, right: 112, interval95: [0.874, 0.966] },
  decided: { said: 110, coverage: 0.917, right: 108, accuracy: 0.982 },
  against: {
    text: "accuracy is measured against the answers of replay:answers.jsonl, on 120 samples of the test split",
  },
  arena_bytes: 17640,
  weights_bytes: 447213,
  macs: 10661808,
  target: "qemu:mps2-an386",
};

export const kSettings = [
  { key: "backbone", type: "text", value: "", standard: "", help: "The weights that training starts from." },
  { key: "alpha", type: "number", value: 0.35, standard: 0.35, help: "The width of the net." },
  {
    key: "input",
    type: "integer",
    value: 96,
    standard: 96,
    help: "The height and width of the net's input in pixels.",
  },
  { key: "epochs", type: "integer", value: 20, standard: 0, help: "Passes over the training pictures." },
  { key: "seed", type: "integer", value: 1, standard: 1, help: "The random seed." },
  {
    key: "qat",
    type: "choice",
    choices: ["auto", "on", "off"],
    value: "auto",
    standard: "auto",
    help: "Fine-tuning in int8.",
  },
];

export const kMetrics = {
  promise: {
    text: "promised: of what the net says, 0.95 or more is right",
    pictures: 400,
    classes: [
      { class: "yes", score: 0.5, said: 166, right: 160 },
      { class: "no", score: 0.66, said: 230, right: 229 },
    ],
    curve: [
      { score: 0.99, said: 80, right: 80 },
      { score: 0.9, said: 300, right: 297 },
      { score: 0.66, said: 396, right: 388 },
      { score: 0.5, said: 400, right: 390 },
    ],
  },
};
