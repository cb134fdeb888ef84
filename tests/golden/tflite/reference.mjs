// TensorFlow Lite's int8 reference kernels (double rounding) in plain JavaScript, written from their definitions
// and sharing nothing with src/. Their results are what `--rounding tflite` promises.
//
//     node reference.mjs run MODEL.tflite INPUTS.bin OUTPUTS.bin
//     node reference.mjs check FOLDER
//
// run: INPUTS.bin holds input tensors one after the other; OUTPUTS.bin gets their outputs.
// check: FOLDER holds NAME.tflite, golden/NAME/in_000.bin and golden/NAME/layers/, the output of every operator as
// TensorFlow Lite Micro computed it. Exit status 1 if any value differs.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  clamp, doublingHighMultiply, exponential, inputRadius, logarithm, logistic, multiply, quantizeMultiplier, reciprocal, round,
  roundingDivide,
} from './arithmetic.mjs';
import { readModel } from './model.mjs';

const count = (shape) => shape.reduce((a, b) => a * b, 1);

/** What an output is clamped to: int8's (or uint8's) range, cut by a fused activation. */
function range(activation, { type, scales, zeroPoint }) {
  const [low, high] = type === 'uint8' ? [0, 255] : [-128, 127];
  const six = round(Math.fround(6 / scales[0])); // in float32
  if (activation === 'RELU') return [Math.max(low, zeroPoint), high];
  if (activation === 'RELU6') return [Math.max(low, zeroPoint), Math.min(high, zeroPoint + six)];
  return [low, high];
}

/** Along one axis: the input index under a tap of an output's filter, by TensorFlow's padding rule. */
function along(input, filter, stride, dilation, same) {
  const reach = (filter - 1) * dilation + 1;
  const outputs = same ? Math.ceil(input / stride) : Math.ceil((input - reach + 1) / stride);
  const padding = same ? Math.max(0, (outputs - 1) * stride + reach - input) : 0;
  return (output, tap) => output * stride + tap * dilation - Math.floor(padding / 2);
}

/** Calls use(tap y, tap x, input y, input x) for the taps of one output pixel that lie inside the image. */
function forTaps(op, [, height, width], filterH, filterW, oy, ox, use) {
  const atY = along(height, filterH, op.strideH, op.dilationH ?? 1, op.same);
  const atX = along(width, filterW, op.strideW, op.dilationW ?? 1, op.same);
  for (let fy = 0; fy < filterH; ++fy) {
    const y = atY(oy, fy);
    if (y < 0 || y >= height) continue;
    for (let fx = 0; fx < filterW; ++fx) {
      const x = atX(ox, fx);
      if (x >= 0 && x < width) use(fy, fx, y, x);
    }
  }
}

/** Accumulators of one output channel to int8: scaled, shifted to the zero point, clamped. */
function requantiser(op, factor, output) {
  const multiplier = quantizeMultiplier(factor);
  const [low, high] = range(op.activation, output);
  return (accumulator) => clamp(multiply(accumulator, multiplier) + output.zeroPoint, low, high);
}

function convolution(op, [input, weights, bias], output) {
  const depthwise = op.name === 'DEPTHWISE_CONV_2D';
  const [batch, outH, outW, outC] = output.shape;
  const [, filterH, filterW] = weights.shape;
  const inC = input.shape[3];
  const scale = (c) => weights.scales[weights.scales.length > 1 ? c : 0];
  const factor = (c) => (input.scales[0] * scale(c)) / output.scales[0];
  const requantise = Array.from({ length: outC }, (_, c) => requantiser(op, factor(c), output));
  const pixels = input.shape[1] * input.shape[2];
  let at = 0;
  for (let row = 0; row < batch * outH; ++row) {
    const [first, oy] = [Math.floor(row / outH) * pixels, row % outH];
    for (let ox = 0; ox < outW; ++ox) {
      for (let oc = 0; oc < outC; ++oc) {
        let sum = bias?.values[oc] ?? 0;
        forTaps(op, input.shape, filterH, filterW, oy, ox, (fy, fx, y, x) => {
          const pixel = (first + y * input.shape[2] + x) * inC;
          const value = (ic) => input.values[pixel + ic] - input.zeroPoint;
          if (depthwise) {
            sum += value(Math.floor(oc / (outC / inC))) * weights.values[(fy * filterW + fx) * outC + oc];
            return;
          }
          const tap = ((oc * filterH + fy) * filterW + fx) * inC;
          for (let ic = 0; ic < inC; ++ic) sum += value(ic) * weights.values[tap + ic];
        });
        output.values[at++] = requantise[oc](sum);
      }
    }
  }
}

function fullyConnected(op, [input, weights, bias], output) {
  const [units, depth] = weights.shape;
  const product = Math.fround(input.scales[0] * weights.scales[0]); // in float32
  const requantise = requantiser(op, product / output.scales[0], output);
  for (let at = 0; at < output.values.length; ++at) {
    const unit = at % units;
    const row = Math.floor(at / units) * depth;
    let sum = bias?.values[unit] ?? 0;
    for (let i = 0; i < depth; ++i)
      sum += (input.values[row + i] - input.zeroPoint) * weights.values[unit * depth + i];
    output.values[at] = requantise(sum);
  }
}

/** The element of an operand that belongs to element `at` of the output: axes of extent 1 repeat. */
function broadcast(shape, to, at) {
  let index = 0;
  let stride = 1;
  for (let axis = 1; axis <= to.length; ++axis) {
    const extent = shape[shape.length - axis] ?? 1;
    const here = at % to[to.length - axis];
    at = Math.floor(at / to[to.length - axis]);
    if (extent > 1) index += here * stride;
    stride *= extent;
  }
  return index;
}

function add(op, [a, b], output) {
  const twiceLarger = 2 * Math.max(a.scales[0], b.scales[0]);
  const factorA = quantizeMultiplier(a.scales[0] / twiceLarger);
  const factorB = quantizeMultiplier(b.scales[0] / twiceLarger);
  const requantise = requantiser(op, twiceLarger / (2 ** 20 * output.scales[0]), output);
  for (let at = 0; at < output.values.length; ++at) {
    const x = a.values[broadcast(a.shape, output.shape, at)] - a.zeroPoint;
    const y = b.values[broadcast(b.shape, output.shape, at)] - b.zeroPoint;
    output.values[at] = requantise(multiply(x * 2 ** 20, factorA) + multiply(y * 2 ** 20, factorB));
  }
}

function mul(op, [a, b], output) {
  const requantise = requantiser(op, (a.scales[0] * b.scales[0]) / output.scales[0], output);
  for (let at = 0; at < output.values.length; ++at) {
    const x = a.values[broadcast(a.shape, output.shape, at)] - a.zeroPoint;
    const y = b.values[broadcast(b.shape, output.shape, at)] - b.zeroPoint;
    output.values[at] = requantise(x * y);
  }
}

function div(op, [a, b], output) {
  const [low, high] = range(op.activation, output);
  const divisorScale = Math.fround(b.scales[0] * output.scales[0]); // in float32, as the quotient
  const factor = quantizeMultiplier(Math.fround(a.scales[0] / divisorScale));
  for (let at = 0; at < output.values.length; ++at) {
    let x = a.values[broadcast(a.shape, output.shape, at)] - a.zeroPoint;
    let y = b.values[broadcast(b.shape, output.shape, at)] - b.zeroPoint;
    if (y < 0) [x, y] = [-x, -y];
    const inverse = reciprocal(y, 31);
    let headroom = 0; // CountLeadingSignBits
    while (headroom < 31 && Math.abs(x * 2 ** (headroom + 1) + 0.5) < 2 ** 31) ++headroom;
    const unscaled = doublingHighMultiply(x * 2 ** headroom, inverse.reciprocal);
    const shift = factor.shift - inverse.bitsOverUnit - headroom;
    const quotient = roundingDivide(doublingHighMultiply(unscaled, factor.multiplier), -shift);
    output.values[at] = clamp(quotient + output.zeroPoint, low, high);
  }
}

function pool(op, [input], output) {
  const [, outH, outW, channels] = output.shape;
  const [low, high] = range(op.activation, output);
  let at = 0;
  for (let oy = 0; oy < outH; ++oy) {
    for (let ox = 0; ox < outW; ++ox) {
      for (let c = 0; c < channels; ++c) {
        const inside = [];
        forTaps(op, input.shape, op.filterH, op.filterW, oy, ox, (fy, fx, y, x) =>
          inside.push(input.values[(y * input.shape[2] + x) * channels + c]));
        const sum = inside.reduce((a, b) => a + b, 0);
        const half = Math.floor(inside.length / 2);
        const average = Math.trunc((sum > 0 ? sum + half : sum - half) / inside.length);
        output.values[at++] = clamp(op.name === 'MAX_POOL_2D' ? Math.max(...inside) : average, low, high);
      }
    }
  }
}

function mean(op, [input, axes], output) {
  const rank = input.shape.length;
  const reduced = new Set([...axes.values].map((axis) => (axis + rank) % rank));
  const kept = input.shape.map((extent, axis) => (reduced.has(axis) ? 1 : extent));
  const sums = new Array(output.values.length).fill(0);
  input.values.forEach((value, at) => {
    sums[broadcast(kept, input.shape, at)] += value;
  });
  const terms = input.values.length / sums.length;
  // One over the count is folded into the multiplier, rounding down.
  let { multiplier, shift } = quantizeMultiplier(input.scales[0] / output.scales[0]);
  const fold = Math.min(31 - Math.clz32(terms), 32, 31 + shift);
  multiplier = Number((BigInt(multiplier) << BigInt(fold)) / BigInt(terms));
  shift -= fold;
  sums.forEach((sum, at) => {
    const scaled = multiply(sum - input.zeroPoint * terms, { multiplier, shift });
    output.values[at] = clamp(scaled + output.zeroPoint, -128, 127);
  });
}

function softmax(op, [input], output) {
  const depth = input.shape.at(-1);
  const { multiplier, shift } = quantizeMultiplier(Math.min(op.beta * input.scales[0] * 2 ** 26, 2 ** 31 - 1));
  const least = -inputRadius(5, shift);
  for (let row = 0; row < input.values.length; row += depth) {
    const logits = input.values.subarray(row, row + depth);
    const largest = Math.max(...logits);
    const powers = Array.from(logits, (x) =>
      x - largest < least ? null : exponential(doublingHighMultiply((x - largest) * 2 ** shift, multiplier), 5));
    const sum = powers.reduce((total, power) => total + (power === null ? 0 : roundingDivide(power, 12)), 0);
    const inverse = reciprocal(sum, 12);
    const share = (power) =>
      roundingDivide(doublingHighMultiply(inverse.reciprocal, power), inverse.bitsOverUnit + 23);
    powers.forEach((power, i) => {
      output.values[row + i] = clamp((power === null ? 0 : share(power)) - 128, -128, 127);
    });
  }
}

function logSoftmax(op, [input], output) {
  const depth = input.shape.at(-1);
  const scaled = quantizeMultiplier(Math.min(input.scales[0] * 2 ** 26, 2 ** 31 - 1));
  const back = quantizeMultiplier(2 ** (31 - scaled.shift) / scaled.multiplier);
  const least = -inputRadius(5, scaled.shift);
  for (let row = 0; row < input.values.length; row += depth) {
    const logits = input.values.subarray(row, row + depth);
    const largest = Math.max(...logits);
    let sum = 0;
    for (const x of logits) {
      if (x - largest >= least) sum += roundingDivide(exponential(multiply(x - largest, scaled), 5), 12);
    }
    const log = logarithm(sum);
    const threshold = Math.max(least - 1, multiply(log - 2 ** 31, back));
    logits.forEach((x, i) => {
      const counts = x - largest > threshold;
      const steps = counts ? roundingDivide(multiply(x - largest, scaled) - log, 22) + 127 : -128;
      output.values[row + i] = clamp(steps, -128, 127);
    });
  }
}

function sigmoid(op, [input], output) {
  const factor = quantizeMultiplier(input.scales[0] * 2 ** 27);
  const radius = inputRadius(4, factor.shift);
  input.values.forEach((value, at) => {
    const x = value - input.zeroPoint;
    if (Math.abs(x) < radius) {
      output.values[at] = clamp(roundingDivide(logistic(multiply(x, factor)), 23) - 128, -128, 127);
    } else {
      output.values[at] = x < 0 ? -128 : 127;
    }
  });
}

/** RELU, RELU6 and QUANTIZE: to another scale and zero point. */
function rescale(op, [input], output) {
  const requantise = requantiser({ activation: op.name }, input.scales[0] / output.scales[0], output);
  input.values.forEach((value, at) => {
    output.values[at] = requantise(value - input.zeroPoint);
  });
}

function pad(op, [input, paddings], output) {
  output.values.fill(output.zeroPoint);
  input.values.forEach((value, from) => {
    let to = 0;
    let stride = 1;
    for (let axis = input.shape.length - 1; axis >= 0; --axis) {
      to += ((from % input.shape[axis]) + paddings.values[2 * axis]) * stride;
      from = Math.floor(from / input.shape[axis]);
      stride *= output.shape[axis];
    }
    output.values[to] = value;
  });
}

function concatenation(op, inputs, output) {
  const axis = (op.axis + output.shape.length) % output.shape.length;
  const rows = count(output.shape.slice(0, axis));
  let at = 0;
  for (let row = 0; row < rows; ++row) {
    for (const { values } of inputs) {
      const length = values.length / rows;
      output.values.set(values.subarray(row * length, (row + 1) * length), at);
      at += length;
    }
  }
}

/** Without masks. */
function stridedSlice(op, [input, begin, , strides], output) {
  output.values.forEach((_, to) => {
    let rest = to;
    let from = 0;
    let stride = 1;
    for (let axis = input.shape.length - 1; axis >= 0; --axis) {
      from += ((rest % output.shape[axis]) * strides.values[axis] + begin.values[axis]) * stride;
      rest = Math.floor(rest / output.shape[axis]);
      stride *= input.shape[axis];
    }
    output.values[to] = input.values[from];
  });
}

const KERNELS = {
  ADD: add, AVERAGE_POOL_2D: pool, CONCATENATION: concatenation, CONV_2D: convolution, DEPTHWISE_CONV_2D: convolution,
  DIV: div, FULLY_CONNECTED: fullyConnected, LOG_SOFTMAX: logSoftmax, LOGISTIC: sigmoid, MAX_POOL_2D: pool, MEAN: mean,
  MUL: mul, PAD: pad, QUANTIZE: rescale, RELU: rescale, RELU6: rescale, SOFTMAX: softmax,
  STRIDED_SLICE: stridedSlice,
  RESHAPE: (op, [input], output) => output.values.set(input.values),
};

const arrayOf = (type, bytes) => (type === 'int8' ? Int8Array.from(bytes) : Uint8Array.from(bytes));

/** What operators of variables do; `variables` holds their values by name. False: it is another operator. */
function runVariable(op, tensors, subgraphs, variables) {
  switch (op.name) {
    case 'CALL_ONCE':
      if (variables.called?.has(op.subgraph)) return true;
      (variables.called ??= new Set()).add(op.subgraph);
      runGraph(subgraphs, op.subgraph, null, variables);
      return true;
    case 'VAR_HANDLE':
      tensors[op.outputs[0]].variable = op.variable;
      return true;
    case 'READ_VARIABLE':
      tensors[op.outputs[0]].values = variables[tensors[op.inputs[0]].variable].slice();
      return true;
    case 'ASSIGN_VARIABLE':
      variables[tensors[op.inputs[0]].variable] = tensors[op.inputs[1]].values.slice();
      return true;
    default:
      return false;
  }
}

/** All tensors of one run of a subgraph. */
function runGraph(subgraphs, number, input, variables) {
  const graph = subgraphs[number];
  const tensors = graph.tensors.map((tensor) => ({
    ...tensor,
    values: tensor.values ?? arrayOf(tensor.type, new Uint8Array(count(tensor.shape))),
  }));
  if (input !== null) {
    const entrance = tensors[graph.inputs[0]];
    entrance.values = arrayOf(entrance.type, input);
  }
  for (const op of graph.operators) {
    if (runVariable(op, tensors, subgraphs, variables)) continue;
    KERNELS[op.name](op, op.inputs.map((index) => tensors[index]), tensors[op.outputs[0]]);
  }
  return tensors;
}

/** All tensors of one run; `variables` is what earlier runs have left. */
const run = (subgraphs, input, variables = {}) => runGraph(subgraphs, 0, input, variables);

const bytesOf = (tensor) => Buffer.from(tensor.values.buffer, tensor.values.byteOffset, tensor.values.length);

function runAll(modelPath, inputsPath, outputsPath) {
  const subgraphs = readModel(readFileSync(modelPath));
  const [model] = subgraphs;
  const variables = {};
  const inputs = readFileSync(inputsPath);
  const size = count(model.tensors[model.inputs[0]].shape);
  const outputs = [];
  for (let at = 0; at < inputs.length; at += size) {
    const tensors = run(subgraphs, inputs.subarray(at, at + size), variables);
    for (const index of model.outputs) outputs.push(bytesOf(tensors[index]));
  }
  writeFileSync(outputsPath, Buffer.concat(outputs));
}

/** How many values of how many differ from TensorFlow Lite Micro's, operator by operator. */
function checkAll(folder) {
  let different = 0;
  for (const name of readdirSync(join(folder, 'golden'))) {
    const golden = join(folder, 'golden', name);
    const model = readModel(readFileSync(join(folder, `${name}.tflite`)));
    const tally = {};
    const compare = (what, got, due) => {
      tally[what] ??= { values: 0, different: 0 };
      tally[what].values += due.length;
      tally[what].different += due.filter((byte, i) => byte !== got[i]).length;
    };
    const { layers } = JSON.parse(readFileSync(join(golden, 'layers', 'layers.json')));
    const tensors = run(model, readFileSync(join(golden, 'in_000.bin')));
    for (const { op, tensor_index: index, file } of layers)
      compare(op, bytesOf(tensors[index]), readFileSync(join(golden, 'layers', file)));
    for (const [what, { values, different: wrong }] of Object.entries(tally)) {
      console.log(`${name} ${what}: ${wrong} of ${values} values differ`);
      different += wrong;
    }
  }
  return different;
}

const [verb, ...paths] = process.argv.slice(2);
if (verb === 'run' && paths.length === 3) {
  runAll(...paths);
} else if (verb === 'check' && paths.length === 1) {
  process.exit(checkAll(paths[0]) === 0 ? 0 : 1);
} else {
  console.error('usage: node reference.mjs run MODEL.tflite INPUTS.bin OUTPUTS.bin | check FOLDER');
  process.exit(2);
}
