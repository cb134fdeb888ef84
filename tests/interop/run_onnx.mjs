// Runs ONNX models in ONNX Runtime, built for WebAssembly, in Node.
//
//     node run_onnx.mjs [--disabled] model.onnx inputs.bin outputs.bin [model.onnx inputs.bin outputs.bin]...
//
// inputs.bin holds any number of input tensors one after the other, raw, as the model takes them; outputs.bin
// gets each one's output tensors in the model's order. By default the runtime fuses the quantised pattern into
// integer kernels; with --disabled it runs every node as written.
import { readFileSync, writeFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';

const words = process.argv.slice(2);
const optimisation = words[0] === '--disabled' ? 'disabled' : 'all';
const files = words.filter((word) => word !== '--disabled');
if (files.length === 0 || files.length % 3 !== 0) {
  console.error('usage: node run_onnx.mjs [--disabled] model.onnx inputs.bin outputs.bin ...');
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
for (let at = 0; at < files.length; at += 3) {
  const [model, inputs, outputs] = files.slice(at, at + 3);
  try {
    const session = await ort.InferenceSession.create(readFileSync(model), {
      executionProviders: ['wasm'],
      graphOptimizationLevel: optimisation,
    });
    writeFileSync(outputs, await runAll(session, readFileSync(inputs)));
    await session.release();
  } catch (error) {
    console.error(`${model}: ${error instanceof Error ? error.message : `ONNX Runtime failed: ${error}`}`);
    process.exit(1);
  }
}
