// Runs an ONNX model in ONNX Runtime, built for WebAssembly, in Node.
//
//     node run_onnx.mjs model.onnx inputs.bin outputs.bin [all|disabled]
//
// inputs.bin holds any number of input tensors one after the other, raw, as the model takes them; outputs.bin
// gets each one's output tensors in the model's order. The last word is the runtime's level of optimisation:
// "all" (default) fuses the quantised pattern into integer kernels, "disabled" runs every node as written.
import { readFileSync, writeFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';

const [modelPath, inputsPath, outputsPath, optimisation = 'all'] = process.argv.slice(2);
if (outputsPath === undefined) {
  console.error('usage: node run_onnx.mjs model.onnx inputs.bin outputs.bin [all|disabled]');
  process.exit(2);
}

const arrayOf = { int8: Int8Array, uint8: Uint8Array, float32: Float32Array };

/** The bytes as a tensor; a copy, since a slice of a file is not aligned. */
function tensorOf({ type, shape }, bytes) {
  const array = arrayOf[type];
  if (array === undefined) throw new Error(`inputs of type ${type} are not known here`);
  return new ort.Tensor(type, new array(Uint8Array.from(bytes).buffer), shape);
}

function bytesOf({ data }) {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

async function runAll(session, inputs) {
  const [input] = session.inputMetadata;
  const size = input.shape.reduce((a, b) => a * b, 1) * arrayOf[input.type].BYTES_PER_ELEMENT;
  if (inputs.length === 0 || inputs.length % size !== 0)
    throw new Error(`${inputs.length} bytes of input are no multiple of the ${size} that the model takes`);
  const results = [];
  for (let at = 0; at < inputs.length; at += size) {
    const outputs = await session.run({ [input.name]: tensorOf(input, inputs.subarray(at, at + size)) });
    for (const name of session.outputNames) results.push(Buffer.from(bytesOf(outputs[name])));
  }
  return Buffer.concat(results);
}

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
try {
  const session = await ort.InferenceSession.create(readFileSync(modelPath), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: optimisation,
  });
  writeFileSync(outputsPath, await runAll(session, readFileSync(inputsPath)));
} catch (error) {
  console.error(error instanceof Error ? error.message : `ONNX Runtime failed: ${error}`);
  process.exit(1);
}
