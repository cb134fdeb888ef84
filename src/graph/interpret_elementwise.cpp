// Add, Sub, Mul, Div, Maximum, Minimum, Prelu, Quantize and Dequantize: no output depends on more than
// one row.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "graph/fixed_point.h"
#include "graph/interpret.h"
#include "graph/requantise.h"

namespace dew::graph {
namespace {

/// Maps an element of the output to that of an operand; axes of extent 1 repeat.
class Broadcast {
 public:
  Broadcast(const std::vector<int>& from, const std::vector<int>& to) : to_(to), to_strides_(strides(to)) {
    const auto own = strides(from);
    from_strides_.assign(to.size(), 0);
    for (size_t i = 0; i < from.size(); ++i) {
      if (from[i] != 1) from_strides_[to.size() - from.size() + i] = own[i];
    }
  }
  [[nodiscard]] size_t operator()(size_t element) const {
    int64_t index = 0;
    for (size_t d = 0; d < to_.size(); ++d)
      index += static_cast<int64_t>(element) / to_strides_[d] % to_[d] * from_strides_[d];
    return static_cast<size_t>(index);
  }

 private:
  std::vector<int> to_;
  std::vector<int64_t> to_strides_;
  std::vector<int64_t> from_strides_;
};

/// TensorFlow Lite's sum: both inputs get 20 more bits and are scaled to twice the larger input scale; their
/// sum is scaled to the output.
class TfliteSum {
 public:
  TfliteSum(double scale_a, double scale_b, double scale_out) {
    const double twice_larger = 2 * std::max(scale_a, scale_b);
    a_ = tflite_multiplier(scale_a / twice_larger);
    b_ = tflite_multiplier(scale_b / twice_larger);
    sum_ = tflite_multiplier(twice_larger / ((1 << kShift) * scale_out));
  }
  [[nodiscard]] int operator()(int a, int b) const {
    return tflite_scale(tflite_scale(a * (1 << kShift), a_) + tflite_scale(b * (1 << kShift), b_), sum_);
  }

 private:
  static constexpr int kShift = 20;
  TfliteMultiplier a_;
  TfliteMultiplier b_;
  TfliteMultiplier sum_;
};

}  // namespace

void interpret_add(Run& run, const Op& op) {
  const int a = op.inputs[0];
  const int b = op.inputs[1];
  const auto in_a = run.int8(a);
  const auto in_b = run.int8(b);
  const auto out = run.out_int8(op.outputs[0]);
  const Tensor& output = run.tensor(op.outputs[0]);
  const Broadcast at_a(run.tensor(a).shape, output.shape);
  const Broadcast at_b(run.tensor(b).shape, output.shape);
  const Range range = activation_range(op, output);
  const double scale_out = run.scale(op.outputs[0]);
  const int zero_out = run.zero_point(op.outputs[0]);
  const DewSum dew = dew_sum(run.scale(a) / scale_out, run.scale(b) / scale_out, run.zero_point(a),
                             run.zero_point(b), zero_out);
  const TfliteSum tflite(run.scale(a), run.scale(b), scale_out);
  for (size_t i = 0; i < out.size(); ++i) {
    const int8_t x = in_a[at_a(i)];
    const int8_t y = in_b[at_b(i)];
    const int sum = run.rounding == Rounding::kDew
                        ? dew_add(x, y, dew)
                        : tflite(x - run.zero_point(a), y - run.zero_point(b)) + zero_out;
    out[i] = static_cast<int8_t>(std::clamp(sum, range.low, range.high));
  }
}

/// TensorFlow Lite Micro's difference: as its sum, but the scales are divided in float32.
void interpret_sub(Run& run, const Op& op) {
  const int a = op.inputs[0];
  const int b = op.inputs[1];
  const auto in_a = run.int8(a);
  const auto in_b = run.int8(b);
  const auto out = run.out_int8(op.outputs[0]);
  const Tensor& output = run.tensor(op.outputs[0]);
  const Broadcast at_a(run.tensor(a).shape, output.shape);
  const Broadcast at_b(run.tensor(b).shape, output.shape);
  const Range range = activation_range(op, output);
  const int zero_out = run.zero_point(op.outputs[0]);
  const DewSum dew =
      dew_difference(run.scale(a) / run.scale(op.outputs[0]), run.scale(b) / run.scale(op.outputs[0]),
                     run.zero_point(a), run.zero_point(b), zero_out);
  const TfliteDifference tflite = tflite_difference(run.graph, op);
  for (size_t i = 0; i < out.size(); ++i) {
    const int8_t x = in_a[at_a(i)];
    const int8_t y = in_b[at_b(i)];
    int difference = 0;
    if (run.rounding == Rounding::kDew) {
      difference = dew_add(x, y, dew);
    } else {
      constexpr int kBits = 1 << 20;
      const int scaled = tflite_scale((x - run.zero_point(a)) * kBits, tflite.a) -
                         tflite_scale((y - run.zero_point(b)) * kBits, tflite.b);
      difference = tflite_scale(scaled, tflite.out) + zero_out;
    }
    out[i] = static_cast<int8_t>(std::clamp(difference, range.low, range.high));
  }
}

void interpret_maximum(Run& run, const Op& op) {
  const auto in_a = run.int8(op.inputs[0]);
  const auto in_b = run.int8(op.inputs[1]);
  const auto out = run.out_int8(op.outputs[0]);
  const Tensor& output = run.tensor(op.outputs[0]);
  const Broadcast at_a(run.tensor(op.inputs[0]).shape, output.shape);
  const Broadcast at_b(run.tensor(op.inputs[1]).shape, output.shape);
  for (size_t i = 0; i < out.size(); ++i) {
    const int8_t x = in_a[at_a(i)];
    const int8_t y = in_b[at_b(i)];
    out[i] = op.kind == OpKind::kMaximum ? std::max(x, y) : std::min(x, y);
  }
}

void interpret_prelu(Run& run, const Op& op) {
  const int alpha = op.inputs[1];
  const auto in = run.int8(op.inputs[0]);
  const auto slopes = run.int8(alpha);
  const auto out = run.out_int8(op.outputs[0]);
  const Tensor& output = run.tensor(op.outputs[0]);
  const Broadcast at(run.tensor(alpha).shape, output.shape);
  const double factor = run.scale(op.inputs[0]) / run.scale(op.outputs[0]);
  const int zero_out = run.zero_point(op.outputs[0]);
  const Requantiser positive(run.rounding, factor, zero_out, -128, 127);
  const Requantiser negative(run.rounding,
                             run.scale(op.inputs[0]) * run.scale(alpha) / run.scale(op.outputs[0]), zero_out,
                             -128, 127);
  for (size_t i = 0; i < out.size(); ++i) {
    const int x = in[i] - run.zero_point(op.inputs[0]);
    const int y = x >= 0 ? positive(x) : negative(x * (slopes[at(i)] - run.zero_point(alpha)));
    out[i] = static_cast<int8_t>(y);
  }
}

void interpret_mul(Run& run, const Op& op) {
  const int a = op.inputs[0];
  const int b = op.inputs[1];
  const auto in_a = run.int8(a);
  const auto in_b = run.int8(b);
  const auto out = run.out_int8(op.outputs[0]);
  const Tensor& output = run.tensor(op.outputs[0]);
  const Broadcast at_a(run.tensor(a).shape, output.shape);
  const Broadcast at_b(run.tensor(b).shape, output.shape);
  const Range range = activation_range(op, output);
  const double factor = run.scale(a) * run.scale(b) / run.scale(op.outputs[0]);
  const Requantiser requantise(run.rounding, factor, run.zero_point(op.outputs[0]), range.low, range.high);
  for (size_t i = 0; i < out.size(); ++i) {
    const int product = (in_a[at_a(i)] - run.zero_point(a)) * (in_b[at_b(i)] - run.zero_point(b));
    out[i] = static_cast<int8_t>(requantise(product));
  }
}

namespace {

/// TensorFlow Lite's a / b * m for b > 0: a, shifted as far as it goes, by the reciprocal of b, and then by
/// m.
int tflite_quotient(int a, int b, TfliteMultiplier m) {
  const Reciprocal one_over_b = fixed_reciprocal(b, 31);
  const int room = std::countl_zero(static_cast<uint32_t>(a < 0 ? ~a : a)) - 1;
  const auto shifted = static_cast<int32_t>(int64_t{a} * (int64_t{1} << room));
  const int32_t quotient = doubling_high_multiply(shifted, one_over_b.reciprocal);
  return rounding_shift(doubling_high_multiply(quotient, m.multiplier),
                        one_over_b.over_unit + room - m.shift);
}

}  // namespace

void interpret_div(Run& run, const Op& op) {
  const int a = op.inputs[0];
  const int b = op.inputs[1];
  const auto in_a = run.int8(a);
  const auto in_b = run.int8(b);
  const auto out = run.out_int8(op.outputs[0]);
  const Tensor& output = run.tensor(op.outputs[0]);
  const Broadcast at_a(run.tensor(a).shape, output.shape);
  const Broadcast at_b(run.tensor(b).shape, output.shape);
  const Range range = activation_range(op, output);
  const int zero_out = run.zero_point(op.outputs[0]);
  const double factor = run.scale(a) / (run.scale(b) * run.scale(op.outputs[0]));
  // TensorFlow Lite Micro's is a quotient of float32.
  const auto scale = [&run](int index) { return run.tensor(index).quantisation.scale[0]; };
  const TfliteMultiplier tflite = tflite_multiplier(scale(a) / (scale(b) * scale(op.outputs[0])));
  for (size_t i = 0; i < out.size(); ++i) {
    const int divisor = in_b[at_b(i)] - run.zero_point(b);
    const int by = std::abs(divisor);
    const int x = (in_a[at_a(i)] - run.zero_point(a)) * (divisor < 0 ? -1 : 1);
    const int y = run.rounding == Rounding::kDew ? dew_scale(x, dew_multiplier(factor / by))
                                                 : tflite_quotient(x, by, tflite);
    out[i] = static_cast<int8_t>(std::clamp(y + zero_out, range.low, range.high));
  }
}

void interpret_quantize(Run& run, const Op& op) {
  const int from = op.inputs[0];
  const int to = op.outputs[0];
  const Range range = activation_range(op, run.tensor(to));
  if (run.tensor(from).type == DType::kFloat32) {
    const auto in = run.bytes(from);
    for (int64_t i = 0; i < run.tensor(to).elements(); ++i) {
      float value = 0;
      std::memcpy(&value, &in[static_cast<size_t>(i) * 4], 4);
      float steps = std::round(value / run.tensor(to).quantisation.scale[0]);
      if (std::isnan(steps)) steps = 0;
      const int step = static_cast<int>(std::clamp(steps, -1024.0F, 1024.0F));
      run.put(to, i, std::clamp(step + run.zero_point(to), range.low, range.high));
    }
    return;
  }
  const Requantiser requantise(run.rounding, run.scale(from) / run.scale(to), run.zero_point(to), range.low,
                               range.high);
  for (int64_t i = 0; i < run.tensor(to).elements(); ++i)
    run.put(to, i, requantise(run.quantised(from, i) - run.zero_point(from)));
}

void interpret_dequantize(Run& run, const Op& op) {
  const int from = op.inputs[0];
  const auto out = run.out(op.outputs[0]);
  for (int64_t i = 0; i < run.tensor(from).elements(); ++i) {
    const float value = run.tensor(from).quantisation.scale[0] *
                        static_cast<float>(run.quantised(from, i) - run.zero_point(from));
    std::memcpy(&out[static_cast<size_t>(i) * 4], &value, 4);
  }
}

}  // namespace dew::graph
