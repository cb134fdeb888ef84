// web_speed.mjs FOLDER MODEL.tflite: one inference of the net that `deploy --to web` put into FOLDER against TensorFlow Lite's
// WebAssembly build (XNNPACK, SIMD, one thread) on the same net, in turns, so that a noisy machine disturbs both alike.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { bytesOf, createRunner, loadInterpreter, toArray } from '../tests/interop/tflite.mjs';

const ROUNDS = 40;
const TOGETHER = 10; // inferences of one before it is the other's turn

const [folder, file] = process.argv.slice(2);
const module = readFileSync(`${folder}/model.wasm`);
const { load } = await import(resolve(folder, 'dewdrop.js'));

let began = performance.now();
const ours = await load(module);
const data = new Uint8ClampedArray(ours.width * ours.height * 4).map((_, i) => (i * 37) % 256);
const picture = { data, width: ours.width, height: ours.height };
ours.classify(picture);
const first = performance.now() - began;

const interpreter = await loadInterpreter([]);
began = performance.now();
const theirs = createRunner(interpreter, readFileSync(file));
const input = bytesOf(toArray(theirs.GetInputs())[0]).map((_, i) => (i * 37) % 256);
theirs.Infer();
const theirFirst = performance.now() - began;

const runOurs = () => ours.classify(picture);
const runTheirs = () => {
  bytesOf(toArray(theirs.GetInputs())[0]).set(input);
  theirs.Infer();
  return bytesOf(toArray(theirs.GetOutputs())[0])[0];
};
const time = (run) => {
  const start = performance.now();
  for (let i = 0; i < TOGETHER; ++i) run();
  return (performance.now() - start) / TOGETHER;
};
const times = { ours: [], theirs: [] };
for (let round = 0; round < ROUNDS; ++round) {
  times.ours.push(time(runOurs));
  times.theirs.push(time(runTheirs));
}
const middle = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
const least = (all) => Math.min(...all);
const row = (name, of) => `${name}: ${of(times.ours).toFixed(2)} ms against ${of(times.theirs).toFixed(2)} ms, ${(of(times.ours) / of(times.theirs)).toFixed(2)} times`;
console.log(row('least', least));
console.log(row('median', middle));
console.log(`first class after the bytes are there: ${first.toFixed(0)} ms (TensorFlow Lite, its interpreter loaded: ${theirFirst.toFixed(0)} ms)`);
