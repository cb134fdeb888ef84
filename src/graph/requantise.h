// From accumulators to int8, in both roundings: small pure functions that define the numbers.
//
// The oracle computes with them; docs/numeric-contract.md explains them. Kernels have their own code for the
// same formulas, or a comparison would prove nothing; the compiler uses the multipliers.
#pragma once

#include <cstdint>

#include "graph/graph.h"

namespace dew::graph {

/// A real factor as `multiplier / 2^(32 - shift)`: 0 <= multiplier < 2^31, 0 <= shift <= 11.
struct DewMultiplier {
  int32_t multiplier = 0;
  int shift = 0;
};

/// The smallest shift whose rounded multiplier is below 2^31; it is 0 for every factor below one half.
/// Factors above 512 become 512, with which every accumulator except 0 already leaves int8's range.
DewMultiplier dew_multiplier(double factor);

/// (sat32(acc * 2^shift) * multiplier + 2^31) >> 32. The product has 64 bits; >> rounds down.
int32_t dew_scale(int32_t acc, DewMultiplier m);

/// A weighted sum of two int8 values as (a * weight_a + b * weight_b + offset) >> shift, all in int32.
struct DewSum {
  int32_t weight_a = 0;
  int32_t weight_b = 0;
  int32_t offset = 0;  ///< the zero points of both inputs and the output, and one half
  int shift = 0;
};

/// `factor_a` and `factor_b` are the inputs' scales divided by the output's, each below 2^16. The shift is
/// the largest with which no int8 inputs overflow int32, in any order of the three terms.
DewSum dew_sum(double factor_a, double factor_b, int zero_a, int zero_b, int zero_out);
int32_t dew_add(int a, int b, const DewSum& sum);
/// The same for a - b: the weight of b is negative.
DewSum dew_difference(double factor_a, double factor_b, int zero_a, int zero_b, int zero_out);

/// TensorFlow Lite's form of a real factor: multiplier / 2^31 * 2^shift, with the multiplier 0 or in [2^30,
/// 2^31).
struct TfliteMultiplier {
  int32_t multiplier = 0;
  int shift = 0;  ///< positive: to the left
};

TfliteMultiplier tflite_multiplier(double factor);

/// Rounds twice, each time to nearest: the doubled high half of acc * multiplier, then the division by a
/// power of two, whose ties go away from zero.
int32_t tflite_scale(int32_t acc, TfliteMultiplier m);

/// The doubled high half of a product: a * b / 2^31, rounded to nearest.
int32_t doubling_high_multiply(int32_t a, int32_t b);

/// x / 2^exponent to nearest, ties away from zero. An exponent above 31 gives 0.
int32_t rounding_shift(int32_t x, int exponent);

/// TensorFlow Lite's difference, R(R(a, ...) - R(b, ...)): its multipliers come from quotients in float32,
/// unlike those of its sum.
struct TfliteDifference {
  TfliteMultiplier a;
  TfliteMultiplier b;
  TfliteMultiplier out;
};
TfliteDifference tflite_difference(const Graph& graph, const Op& op);

/// Turns accumulators into outputs in one of the two roundings, with zero point and clamp.
class Requantiser {
 public:
  Requantiser(Rounding rounding, double factor, int zero_point, int low, int high);
  [[nodiscard]] int operator()(int32_t acc) const;

 private:
  Rounding rounding_;
  DewMultiplier dew_;
  TfliteMultiplier tflite_;
  int64_t zero_point_;
  int low_;
  int high_;
};

}  // namespace dew::graph
