// Runs a .tflite model in TensorFlow Lite's own interpreter (with XNNPACK), built for WebAssembly, in Node.
//
//     node run_tflite.mjs model.tflite inputs.bin outputs.bin
//
// inputs.bin holds any number of input tensors one after the other, raw, as the model takes them;
// outputs.bin gets each one's output tensors in the model's order. Exit status 1 and the
// interpreter's own words on stderr where the model does not load or run.
import { readFileSync, writeFileSync } from 'node:fs';
import { bytesOf, createRunner, loadInterpreter, toArray } from './tflite.mjs';

function runAll(runner, inputs) {
  const [input] = toArray(runner.GetInputs());
  const size = bytesOf(input).length;
  if (inputs.length === 0 || inputs.length % size !== 0)
    throw new Error(`${inputs.length} bytes of input are no multiple of the ${size} that the model takes`);
  const results = [];
  for (let at = 0; at < inputs.length; at += size) {
    // Behind variables, tensors get their memory anew in every run, so nothing of them is kept.
    bytesOf(toArray(runner.GetInputs())[0]).set(inputs.subarray(at, at + size));
    if (!runner.Infer()) throw new Error('TensorFlow Lite cannot run the model');
    for (const output of toArray(runner.GetOutputs())) results.push(Buffer.from(bytesOf(output)));
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
