// Runs a .tflite model in TensorFlow Lite's own interpreter (with XNNPACK), built for WebAssembly, in Node.
//
//     node run_tflite.mjs model.tflite inputs.bin outputs.bin
//
// inputs.bin holds any number of input tensors one after the other, raw, as the model takes them;
// outputs.bin gets each one's output tensors in the model's order. Exit status 1 and the
// interpreter's own words on stderr where the model does not load or run.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** @tensorflow/tfjs-tflite wraps an Emscripten module for the browser; Node needs no wrapper. */
async function loadInterpreter(said) {
  const wasm = join(dirname(require.resolve('@tensorflow/tfjs-tflite/package.json')), 'wasm');
  const factory = require(join(wasm, 'tflite_web_api_cc_simd.js'));
  return factory({
    wasmBinary: readFileSync(join(wasm, 'tflite_web_api_cc_simd.wasm')),
    print: () => {},
    printErr: (line) => said.push(line), // also informs; worth reading only where something failed
  });
}

function createRunner(module, model) {
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

function toArray(vector) {
  return Array.from({ length: vector.size() }, (_, i) => vector.get(i));
}

/** The tensor's memory as bytes. Asked for anew each time: the heap may have moved. */
function bytesOf(tensor) {
  const view = tensor.data();
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function runAll(runner, inputs) {
  const [input] = toArray(runner.GetInputs());
  const outputs = toArray(runner.GetOutputs());
  const size = bytesOf(input).length;
  if (inputs.length === 0 || inputs.length % size !== 0)
    throw new Error(`${inputs.length} bytes of input are no multiple of the ${size} that the model takes`);
  const results = [];
  for (let at = 0; at < inputs.length; at += size) {
    bytesOf(input).set(inputs.subarray(at, at + size));
    if (!runner.Infer()) throw new Error('TensorFlow Lite cannot run the model');
    for (const output of outputs) results.push(Buffer.from(bytesOf(output)));
  }
  return Buffer.concat(results);
}

const [model, inputs, outputs] = process.argv.slice(2);
if (outputs === undefined) {
  console.error('usage: node run_tflite.mjs model.tflite inputs.bin outputs.bin');
  process.exit(2);
}
const said = [];
try {
  const runner = createRunner(await loadInterpreter(said), readFileSync(model));
  writeFileSync(outputs, runAll(runner, readFileSync(inputs)));
} catch (error) {
  for (const line of said) console.error(line);
  console.error(error instanceof Error ? error.message : `TensorFlow Lite failed: ${error}`);
  process.exit(1);
}
