// TensorFlow Lite's own interpreter (with XNNPACK, SIMD, one thread), built for WebAssembly, in Node.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** @tensorflow/tfjs-tflite wraps an Emscripten module for the browser; Node needs no wrapper. */
export async function loadInterpreter(said) {
  const wasm = join(dirname(require.resolve('@tensorflow/tfjs-tflite/package.json')), 'wasm');
  const factory = require(join(wasm, 'tflite_web_api_cc_simd.js'));
  return factory({
    wasmBinary: readFileSync(join(wasm, 'tflite_web_api_cc_simd.wasm')),
    print: () => {},
    printErr: (line) => said.push(line), // also informs; worth reading only where something failed
  });
}

export function createRunner(module, model) {
  const at = module._malloc(model.length); // the interpreter reads from it as long as it lives
  module.HEAPU8.set(model, at);
  const created = module.TFLiteWebModelRunner.CreateFromBufferAndOptions(at, model.length, {
    numThreads: 1,
    enableProfiling: false,
    maxProfilingBufferEntries: 1,
  });
  if (!created.ok()) throw new Error(`TensorFlow Lite refuses the model: ${created.errorMessage()}`);
  return created.value();
}

export function toArray(vector) {
  return Array.from({ length: vector.size() }, (_, i) => vector.get(i));
}

/** The tensor's memory as bytes. Asked for anew each time: the heap may have moved. */
export function bytesOf(tensor) {
  const view = tensor.data();
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
