export interface Picture {
  /** RGBA, row by row from the top: ImageData has it so. */
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
}

export interface Answer {
  /** The class; null where it is unknown: its score is below the class's threshold, or the picture is a stranger. */
  class: string | null;
  /** Index of the class with the highest score. */
  top: number;
  /** One a class, 0 to 1. */
  scores: number[];
  /** False: the picture looks unlike those of every class. */
  known: boolean;
  /** The scores as the net gives them. */
  raw: Int8Array;
}

export interface Model {
  readonly name: string;
  readonly classes: readonly string[];
  /** Of the net's picture, pixels; pictures of any size are stretched to it. */
  readonly width: number;
  readonly height: number;
  /** Scores from which on the classes are said. */
  readonly thresholds: readonly number[];
  classify(picture: Picture): Answer;
}

/** By default model.wasm beside the library. */
export function load(source?: URL | string | Response | ArrayBuffer | ArrayBufferView): Promise<Model>;
