// Events, a comparison, boards and pages of reports that the fake server serves.
export const kReportPolicy =
  "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'self'";

export const kReport =
  "<!doctype html><html lang=en><title>report</title><style>h1 { color: teal }</style><h1>The whole page</h1>" +
  "<script>document.title = 'a script ran'</script>";

export function event(id, what = {}) {
  return {
    event: id,
    source: "yard.mp4",
    region: null,
    class: "yes",
    state: "ended",
    at: null,
    first_frame: 25 * id,
    last_frame: 25 * id + 75,
    start: id,
    end: id + 3,
    score: 0.94,
    pictures: [
      { file: "0.jpg", frame: 25 * id, seconds: id, score: 0.7, why: "first" },
      { file: "1.jpg", frame: 25 * id + 30, seconds: id + 1.2, score: 0.94, why: "surest" },
      ...[2, 3, 4].map((number) => ({
        file: `${number}.jpg`,
        frame: 25 * id + 15 * number,
        seconds: id + 0.6 * number,
        score: 0.8,
        why: "spread",
      })),
    ],
    answers: [
      { event: id, class: "yes", state: "answered", by: "gpt-6-luna", answer: `Somebody <i>walks</i> ${id}`, error: null, cost_usd: 0.0004 },
    ],
    ...what,
  };
}

export function comparison() {
  const share = (value) => ({ value, low: value - 0.02, high: value + 0.02 });
  return {
    a: "policy",
    b: "people",
    answer: "Nets taught by gpt-4v are right about 72.9 % of the tested pictures, nets taught by people about 75.3 %.",
    tested: 2455,
    seeds: 5,
    verdicts: [
      { key: "accuracy", question: "Are nets taught by A less accurate?", p: 0.001, p_together: 0.006, different: true },
      { key: "variance", question: "Do they vary more?", p: 0.52, p_together: null, different: false },
      { key: "holes", question: "Is there a slice?", p: null, p_together: null, different: null },
    ],
    cannot: ["Class lamp has too few pictures: 40 would do."],
    accuracy: { a: share(0.729), b: share(0.753), difference: { value: -0.024, low: -0.034, high: -0.014 } },
  };
}

export const kBoards = [
  { name: "nano-33-ble-sense", title: "Arduino Nano 33 BLE Sense", chip: "nrf52840", core: "cortex-m4" },
  { name: "cortex-m55", core: "cortex-m55" },
];

export function measured(run, board) {
  return {
    run,
    board,
    ram_bytes: 45_960,
    rows_ram_bytes: 24_000,
    flash_bytes: 457_984,
    instructions: 17_420_000,
    kernels: "dsp",
    text: "it fits",
    device: {
      title: board,
      chip: "nrf52840",
      core: "cortex-m4",
      mhz: 64,
      ram_bytes: 262_144,
      flash_bytes: 1_048_576,
      fits: { flash: true, image: true, rows: true },
      estimated_milliseconds: [380, 520],
    },
  };
}

export function promptScores() {
  const score = (name, right, what) => ({
    teacher: "openai",
    model: "gpt-6-luna",
    name,
    current: false,
    differs: "",
    labelled: 80,
    right,
    unsure: 2,
    accuracy: right / 80,
    interval95: [right / 80 - 0.05, right / 80 + 0.05],
    cost_usd: 0.02,
    against: null,
    ...what,
  });
  const against = { model: "gpt-6-luna", prompt_hash: "1a2b3c4d", both: 78, only_this_right: 9, only_other_right: 2, chance: 0.065 };
  return [score("1a2b3c4d", 66), score("9f00aa11", 73, { current: true, differs: "instructions", against })];
}
