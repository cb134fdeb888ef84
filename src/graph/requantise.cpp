// Both roundings. Arithmetic that could exceed 32 bits is done in 64, and saturated where the contract says
// so.
#include "graph/requantise.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dew::graph {
namespace {

constexpr int64_t kMin32 = std::numeric_limits<int32_t>::min();
constexpr int64_t kMax32 = std::numeric_limits<int32_t>::max();
constexpr double kLargestFactor = 512.0;

int32_t saturate(int64_t value) {
  return static_cast<int32_t>(std::clamp(value, kMin32, kMax32));
}

}  // namespace

DewMultiplier dew_multiplier(double factor) {
  factor = std::min(factor, kLargestFactor);
  int shift = 0;
  double scaled = std::round(std::ldexp(factor, 32));
  while (scaled > static_cast<double>(kMax32)) {
    ++shift;
    scaled = std::round(std::ldexp(factor, 32 - shift));
  }
  return {static_cast<int32_t>(scaled), shift};
}

int32_t dew_scale(int32_t acc, DewMultiplier m) {
  const int64_t shifted = saturate(int64_t{acc} * (int64_t{1} << m.shift));
  return static_cast<int32_t>((shifted * m.multiplier + (int64_t{1} << 31)) >> 32);
}

DewSum dew_sum(double factor_a, double factor_b, int zero_a, int zero_b, int zero_out) {
  // In any order of additions no partial sum exceeds 256 * (weight_a + weight_b) + 129 * 2^shift.
  int shift = 22;
  const auto weight = [&shift](double factor) {
    return static_cast<int64_t>(std::round(std::ldexp(factor, shift)));
  };
  while (256 * (weight(factor_a) + weight(factor_b)) + (int64_t{129} << shift) > kMax32) --shift;
  const int64_t half = shift == 0 ? 0 : int64_t{1} << (shift - 1);
  const int64_t offset = int64_t{zero_out} * (int64_t{1} << shift) + half - zero_a * weight(factor_a) -
                         zero_b * weight(factor_b);
  return {static_cast<int32_t>(weight(factor_a)), static_cast<int32_t>(weight(factor_b)),
          static_cast<int32_t>(offset), shift};
}

DewSum dew_difference(double factor_a, double factor_b, int zero_a, int zero_b, int zero_out) {
  DewSum sum = dew_sum(factor_a, factor_b, zero_a, zero_b, zero_out);
  sum.offset += 2 * zero_b * sum.weight_b;
  sum.weight_b = -sum.weight_b;
  return sum;
}

int32_t dew_add(int a, int b, const DewSum& sum) {
  return (a * sum.weight_a + b * sum.weight_b + sum.offset) >> sum.shift;
}

TfliteMultiplier tflite_multiplier(double factor) {
  if (factor == 0.0) return {};
  int shift = 0;
  const double fraction = std::frexp(factor, &shift);
  auto multiplier = static_cast<int64_t>(std::round(std::ldexp(fraction, 31)));
  if (multiplier == int64_t{1} << 31) {
    multiplier /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  return {static_cast<int32_t>(multiplier), std::min(shift, 30)};
}

int32_t doubling_high_multiply(int32_t a, int32_t b) {
  const int64_t product = int64_t{a} * b;
  const int64_t nudge = product >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  return saturate((product + nudge) / (int64_t{1} << 31));
}

int32_t rounding_shift(int32_t x, int exponent) {
  if (exponent > 31) return 0;
  const int64_t mask = (int64_t{1} << exponent) - 1;
  const int64_t remainder = x & mask;
  const int64_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return static_cast<int32_t>((int64_t{x} >> exponent) + (remainder > threshold ? 1 : 0));
}

int32_t tflite_scale(int32_t acc, TfliteMultiplier m) {
  const int left = std::max(m.shift, 0);
  const int right = std::max(-m.shift, 0);
  return rounding_shift(doubling_high_multiply(saturate(int64_t{acc} * (int64_t{1} << left)), m.multiplier),
                        right);
}

TfliteDifference tflite_difference(const Graph& graph, const Op& op) {
  const auto scale = [&graph](int tensor) {
    return graph.tensors[static_cast<size_t>(tensor)].quantisation.scale[0];
  };
  const float a = scale(op.inputs[0]);
  const float b = scale(op.inputs[1]);
  const float twice_larger = 2 * std::max(a, b);
  constexpr float kBits = 1 << 20;
  return {tflite_multiplier(a / twice_larger), tflite_multiplier(b / twice_larger),
          tflite_multiplier(twice_larger / (kBits * scale(op.outputs[0])))};
}

Requantiser::Requantiser(Rounding rounding, double factor, int zero_point, int low, int high)
    : rounding_(rounding),
      dew_(dew_multiplier(factor)),
      tflite_(tflite_multiplier(factor)),
      zero_point_(zero_point),
      low_(low),
      high_(high) {}

int Requantiser::operator()(int32_t acc) const {
  const int64_t scaled = rounding_ == Rounding::kDew ? dew_scale(acc, dew_) : tflite_scale(acc, tflite_);
  return static_cast<int>(std::clamp<int64_t>(scaled + zero_point_, low_, high_));
}

}  // namespace dew::graph
