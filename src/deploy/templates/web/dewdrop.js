// The net as a library: no dependencies, works in browsers, in workers and in Node.
//
//     import { load } from './dewdrop.js';
//     const model = await load();
//     model.classify(context.getImageData(0, 0, width, height)).class   // null: unknown
import about from './model.js';

const PAGE = 65536;

class Model {
  #exports;
  #frame;

  constructor(exports) {
    this.#exports = exports;
    exports.dew_begin();
    this.#frame = exports.dew_frame();
    this.name = about.name;
    this.classes = about.classes;
    this.width = about.width;
    this.height = about.height;
    this.thresholds = about.thresholds;
  }

  /** A picture as a canvas gives it: { data: RGBA bytes, width, height }, at most 4096 pixels wide and high. */
  classify(picture) {
    const { data, width, height } = picture ?? {};
    const bytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
    if (!bytes || !Number.isInteger(width) || !Number.isInteger(height))
      throw new TypeError('a picture is { data: Uint8Array or Uint8ClampedArray of RGBA, width, height }, as getImageData() gives it');
    if (data.length !== width * height * 4) throw new RangeError('the picture has not width x height pixels of 4 bytes');
    const memory = this.#exports.memory;
    const missing = this.#frame + data.length - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    new Uint8Array(memory.buffer, this.#frame, data.length).set(data);
    const address = this.#exports.dew_classify(width, height);
    if (address === 0) throw new RangeError('a picture has 1 to 4096 pixels a side, and at most 16 million');
    const raw = new Int8Array(memory.buffer, address, about.classes.length).slice();
    const said = this.#exports.dew_said();
    return {
      class: said < 0 ? null : about.classes[said],
      top: raw.indexOf(Math.max(...raw)),
      scores: Array.from(raw, (q) => (q - about.zeroPoint) * about.scale),
      known: this.#exports.dew_known() !== 0,
      raw,
    };
  }
}

/** `source`: the module's bytes, a Response or an address; by default model.wasm beside this file. */
export async function load(source = new URL('./model.wasm', import.meta.url)) {
  const bytes = source instanceof ArrayBuffer || ArrayBuffer.isView(source) ? source : await fetched(source);
  const module = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (checksum(module) !== about.checksum)
    throw new Error('model.wasm and model.js are of two deployments: load the page again, or deploy again');
  const { instance } = await WebAssembly.instantiate(module);
  return new Model(instance.exports);
}

// FNV-1a: a cache, or a disk that was full, may have mixed the files.
function checksum(bytes) {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}

async function fetched(source) {
  // Node fetches no files.
  if (globalThis.process?.versions?.node && String(source).startsWith('file:'))
    return (await import('node:fs/promises')).readFile(new URL(source));
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new Error(`the model cannot be fetched: ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}
