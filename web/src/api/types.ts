// What the server says, as src/studio/ documents it. Numbers that are not known are null.

export interface Trouble {
  what: string;
  where: string;
  next: string;
}

export interface Project {
  name: string;
  question: string;
  /** Text added to the prompt. */
  instructions: string;
  classes: string[];
  /** The answer that sets a sample aside; "" where there is none. */
  unsure: string;
  teachers: string[];
  folder: string;
  samples: number;
  unlabelled: number;
  sources: number;
  by_class: Record<string, number>;
  by_split: Record<string, number>;
  by_origin: Record<string, number>;
  /** Counts up with every change to samples, labels and runs. */
  version: number;
}

export interface Sample {
  id: number;
  name: string;
  split: string;
  label: string | null;
  origin: string;
  confidence: number | null;
  suspicion: number | null;
}

export interface SamplePage {
  total: number;
  offset: number;
  version: number;
  samples: Sample[];
}

/** All samples of a filter as columns, in the grid's order. */
export interface MapReply {
  /** "outdated": samples came or went since it was made, or what it is made with changed. */
  state: "none" | "making" | "ready" | "outdated";
  version: number;
  classes: string[];
  ids: number[];
  /** Places in the classes; -1: no label, -2: set aside. */
  labels: number[];
  /** Base64 of 16-bit numbers, little-endian; where both are 65535 the sample has no place. */
  x: string;
  y: string;
  /** How many have no place. */
  missing: number;
}

/** Near-identical samples. */
export interface Group {
  samples: number[];
  /** Of each sample, as in a MapReply. */
  labels: number[];
  contradictory: boolean;
  splits: Record<string, number>;
  sources: number;
  /** That the group spans in one video. */
  seconds: number;
  /** In which ways deciding all at once hides something. */
  warnings: ("time" | "sources" | "splits")[];
}

export interface GroupsReply {
  state: MapReply["state"];
  version: number;
  /** The first sample of each group. */
  order: number[];
  contradictory: number;
  /** Samples of the filters whose picture could not be read when groups were looked for. */
  unreadable: number;
  groups: Group[];
}

/** What taking the last step back came to. */
export interface Undone {
  result: "nothing" | "taken_back" | "overruled";
  /** Those whose label was taken back. */
  samples: number[];
  /** How many others of the step stand: somebody has decided about them since. */
  stand: number;
}

export interface Answer {
  teacher: string;
  model: string;
  class: string;
  confidence: number | null;
  reason: string;
  cost_usd: number | null;
  at: string;
}

export interface SampleDetail extends Sample {
  source: string;
  answers: Answer[];
  label_at: string | null;
  basis: string | null;
}

export type JobState = "waiting" | "running" | "done" | "failed" | "stopped";

export interface JobMessage {
  kind: "inform" | "warn";
  text: string;
}

export interface JobStep {
  stage: string;
  done: number;
  note: string;
}

export interface Job {
  id: number;
  verb: string;
  state: JobState;
  stage: string;
  done: number;
  /** 0: nobody knows. */
  total: number;
  note: string;
  seconds: number;
  seconds_left: number | null;
  messages: JobMessage[];
  outcome: Record<string, unknown> | null;
  error: Trouble | null;
  /** One entry an epoch, of trainings. */
  history?: JobStep[];
}

export interface ReviewCurrent {
  id: number;
  name: string;
  label: string;
  label_probability: number | null;
  classifier: string;
  classifier_probability: number | null;
  suspicion: number | null;
  confidence: number | null;
  reason: string;
}

export interface Review {
  state: "closed" | "ranking" | "open";
  position: number;
  length: number;
  current: ReviewCurrent | null;
  decided: number;
  changed: number;
  skipped: number;
  /** Ids of the samples that follow, at most five. */
  next: number[];
  /** What an undo came to; only in its answer. */
  undone?: "nothing" | "taken_back" | "overruled";
}

export interface SettingField {
  key: string;
  type: string;
  value: unknown;
  standard: unknown;
  help: string;
  choices?: string[];
}

export interface Run {
  run: number;
  folder: string;
  /** Its folder is not there any more: figures are all that is left. */
  gone: boolean;
  state: string;
  at: string;
  validation_accuracy: number | null;
  test_accuracy: number | null;
  int8_accuracy: number | null;
  settings: Record<string, unknown>;
  labels: string | null;
}

export interface CurvePoint {
  epoch: number;
  [figure: string]: number | null;
}

export interface RunDetail extends Run {
  curve: CurvePoint[];
  metrics: Record<string, unknown> | null;
  test: Record<string, unknown> | null;
  /** Whether it searched for a net that fits, and wrote a page about that. */
  searched: boolean;
}

export interface ConfusionSample {
  id: number;
  label: string;
  said: string;
  score: number | null;
}

export interface Confusion {
  classes: string[];
  /** [label][said] */
  float: number[][] | null;
  int8: number[][] | null;
  samples: ConfusionSample[];
}

export interface Classified {
  class: string;
  score: number;
  /** Whether the score reaches the class's threshold. */
  decided: boolean;
  /** Whether the picture looks like those of any class; null: the net has no gate that could tell. */
  known: boolean | null;
  scores: { class: string; score: number }[];
  milliseconds: number;
}

/** What a net takes of a board, measured in its emulator. */
export interface Measured {
  run: number;
  board: string;
  ram_bytes: number | null;
  rows_ram_bytes: number | null;
  flash_bytes: number | null;
  instructions: number | null;
  kernels: string;
  /** Sentences, one a line. */
  text: string;
  device: {
    title: string;
    chip: string;
    core: string;
    mhz: number;
    ram_bytes: number;
    flash_bytes: number | null;
    fits: { flash: boolean | null; image: boolean | null; rows: boolean | null };
    estimated_milliseconds: [number, number] | null;
  } | null;
}

export interface Board {
  name: string;
  title?: string;
  chip?: string;
  core: string;
}

export interface EventAnswer {
  by: string;
  state: string;
  answer: string | null;
  error: string | null;
  cost_usd: number | null;
}

export interface CascadeEvent {
  event: number;
  source: string;
  /** x, y, width, height of the part that was watched. */
  region: [number, number, number, number] | null;
  class: string;
  /** "open", "ended", "cut" */
  state: string;
  /** UTC; null: of a recording. */
  at: string | null;
  start: number;
  end: number;
  score: number;
  pictures: { seconds: number; score: number; why: string }[];
  answers: EventAnswer[];
}

export interface EventLog {
  total: number;
  questions: number;
  usd: number;
  /** The newest first. */
  events: CascadeEvent[];
}

export interface Interval {
  value: number;
  low: number;
  high: number;
}

export interface Verdict {
  key: string;
  question: string;
  p: number | null;
  /** Of all questions together. */
  p_together: number | null;
  /** null: cannot be told */
  different: boolean | null;
}

export interface ComparisonFigures {
  a: string;
  b: string;
  answer: string;
  tested: number;
  seeds: number;
  verdicts: Verdict[];
  cannot: string[];
  accuracy: { a: Interval | null; b: Interval | null; difference: Interval | null } | null;
}

export interface Comparison {
  label_sets: string[];
  last: ComparisonFigures | null;
}

/** A model with one wording of the prompt, on the pictures that people labelled. */
export interface PromptScore {
  teacher: string;
  model: string;
  /** The beginning of the prompt's hash. */
  name: string;
  current: boolean;
  /** From the other wordings: "detail low". */
  differs: string;
  labelled: number;
  right: number;
  unsure: number;
  accuracy: number | null;
  interval95: [number, number];
  cost_usd: number;
  against: { model: string; prompt_hash: string; both: number; only_this_right: number; only_other_right: number; chance: number } | null;
}
