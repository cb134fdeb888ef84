// Functions of one byte: Relu, Relu6, LeakyRelu, HardSwish, Tanh, Logistic and Neg.
#include <algorithm>
#include <cmath>
#include <limits>

#include "graph/fixed_point.h"
#include "graph/interpret.h"
#include "graph/requantise.h"

namespace dew::graph {
namespace {

/// TensorFlow Lite Micro's Relu6 does not look at the output's scale: it clamps the bytes as they are.
void interpret_relu6_tflite(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const Range range = activation_range(op, run.tensor(op.inputs[0]));
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<int8_t>(std::clamp<int>(in[i], range.low, range.high));
}

}  // namespace

void interpret_relu(Run& run, const Op& op) {
  if (op.kind == OpKind::kRelu6 && run.rounding == Rounding::kTflite) return interpret_relu6_tflite(run, op);
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const Range range = activation_range(op, run.tensor(op.outputs[0]));
  const Requantiser requantise(run.rounding, run.scale(op.inputs[0]) / run.scale(op.outputs[0]),
                               run.zero_point(op.outputs[0]), range.low, range.high);
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<int8_t>(requantise(in[i] - run.zero_point(op.inputs[0])));
}

/// The slopes are products and quotients in float32, as TensorFlow Lite Micro computes them.
void interpret_leaky_relu(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const float scale_in = run.tensor(op.inputs[0]).quantisation.scale[0];
  const float scale_out = run.tensor(op.outputs[0]).quantisation.scale[0];
  const int zero_out = run.zero_point(op.outputs[0]);
  const Requantiser positive(run.rounding, scale_in / scale_out, zero_out, -128, 127);
  const Requantiser negative(run.rounding, scale_in * op.alpha / scale_out, zero_out, -128, 127);
  for (size_t i = 0; i < out.size(); ++i) {
    const int x = in[i] - run.zero_point(op.inputs[0]);
    out[i] = static_cast<int8_t>(x >= 0 ? positive(x) : negative(x));
  }
}

void interpret_neg(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const Requantiser requantise(run.rounding, run.scale(op.inputs[0]) / run.scale(op.outputs[0]),
                               run.zero_point(op.outputs[0]), -128, 127);
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<int8_t>(requantise(run.zero_point(op.inputs[0]) - in[i]));
}

namespace {

int saturate16(int value) {
  return std::clamp<int>(value, std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max());
}

/// A factor in 16 bits: multiplier / 2^15 * 2^shift.
struct Short {
  int multiplier = 0;
  int shift = 0;
};

Short short_multiplier(float factor) {
  const TfliteMultiplier whole = tflite_multiplier(factor);
  return {static_cast<int>(std::min<int64_t>((int64_t{whole.multiplier} + (1 << 15)) >> 16, 32767)),
          whole.shift};
}

/// a * b / 2^15 to nearest.
int short_product(int a, int b) {
  const int product = a * b;
  return saturate16((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

/// x * relu6(x + 3) / 6 in 16 bits, step by step as TensorFlow Lite's reference kernel.
int hard_swish(int x, Short to_output, Short to_three) {
  const int fine = x * 128;
  int part = fine;  // from here on [-1, 1] stands for [-3, 3]
  if (to_three.shift > 0) part = saturate16(part * (1 << (to_three.shift - 1)));
  part = short_product(part, to_three.multiplier);
  if (to_three.shift > 0) part = saturate16(part * 2);
  if (to_three.shift < 0) part = rounding_shift(part, -to_three.shift);
  part = (part + (1 << 15)) >> 1;  // now in [0, 1]
  const int product = part * short_product(fine, to_output.multiplier) / (1 << 15);
  return rounding_shift(product, -to_output.shift);
}

}  // namespace

void interpret_hard_swish(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const float fine = 1.0F / 128 * run.tensor(op.inputs[0]).quantisation.scale[0];
  const Short to_output = short_multiplier(fine / run.tensor(op.outputs[0]).quantisation.scale[0]);
  const Short to_three = short_multiplier(fine / (3.0F / 32768));
  for (size_t i = 0; i < out.size(); ++i) {
    const int y = hard_swish(in[i] - run.zero_point(op.inputs[0]), to_output, to_three);
    out[i] = static_cast<int8_t>(std::clamp(y + run.zero_point(op.outputs[0]), -128, 127));
  }
}

namespace {

/// Logistic and Tanh: Q4.27 in, Q0.31 out, of which the output keeps some bits; far from 0 it is constant.
void interpret_sigmoid(Run& run, const Op& op, int32_t (*function)(int32_t), int drop, int offset) {
  constexpr int kIntegerBits = 4;
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const TfliteMultiplier to_q4 = tflite_multiplier(std::ldexp(run.scale(op.inputs[0]), 31 - kIntegerBits));
  const int radius = static_cast<int>(std::ldexp(15.0, 27 - to_q4.shift));
  for (size_t i = 0; i < out.size(); ++i) {
    const int x = in[i] - run.zero_point(op.inputs[0]);
    if (x <= -radius || x >= radius) {
      out[i] = x < 0 ? -128 : 127;
      continue;
    }
    const int32_t y = rounding_shift(function(tflite_scale(x, to_q4)), drop);
    out[i] = static_cast<int8_t>(std::clamp(y + offset, -128, 127));
  }
}

}  // namespace

void interpret_logistic(Run& run, const Op& op) {
  interpret_sigmoid(run, op, fixed_logistic, 23, -128);
}

void interpret_tanh(Run& run, const Op& op) {
  interpret_sigmoid(run, op, fixed_tanh, 24, 0);
}

}  // namespace dew::graph
