// From accumulators to int8, in both roundings: tiny pure functions that say what the numbers mean.
//
// The oracle computes with them, and docs/numeric-contract.md explains them. Kernels have their own code
// for the same formulas, or the comparison would show nothing; the compiler may take the multipliers.
#pragma once

#include <cstdint>

#include "graph/graph.h"

namespace dew::graph {

/// A real factor as `multiplier / 2^(32 - shift)`: 0 <= multiplier < 2^31, 0 <= shift <= 11.
struct DewMultiplier {
  int32_t multiplier = 0;
  int shift = 0;
};

/// The smallest shift whose rounded multiplier is below 2^31; 0 for every factor below one half. Factors
/// of 512 and more become 512: with it every accumulator but 0 leaves int8's range already.
DewMultiplier dew_multiplier(double factor);

/// (sat32(acc * 2^shift) * multiplier + 2^31) >> 32, the product in 64 bits, >> rounding down.
int32_t dew_scale(int32_t acc, DewMultiplier m);

/// A weighted sum of two int8 values as (a * weight_a + b * weight_b + offset) >> shift, all in int32.
struct DewSum {
  int32_t weight_a = 0;
  int32_t weight_b = 0;
  int32_t offset = 0;  ///< both inputs' zero points, the output's, and one half
  int shift = 0;
};

/// `factor_a` and `factor_b` are the inputs' scales over the output's, below 2^16 each. The shift is the
/// largest at which no int8 inputs overflow int32 in any order of the three terms.
DewSum dew_sum(double factor_a, double factor_b, int zero_a, int zero_b, int zero_out);
int32_t dew_add(int a, int b, const DewSum& sum);

/// TensorFlow Lite's form of a real factor: multiplier / 2^31 * 2^shift, multiplier 0 or in [2^30, 2^31).
struct TfliteMultiplier {
  int32_t multiplier = 0;
  int shift = 0;  ///< positive: to the left
};

TfliteMultiplier tflite_multiplier(double factor);

/// Rounds twice: the doubled high half of acc * multiplier, then the division by a power of two, each to
/// nearest; a tie of the second goes away from zero.
int32_t tflite_scale(int32_t acc, TfliteMultiplier m);

/// The doubled high half of a product, rounded to nearest: a * b / 2^31.
int32_t doubling_high_multiply(int32_t a, int32_t b);

/// x / 2^exponent to nearest, ties away from zero. An exponent above 31 gives 0.
int32_t rounding_shift(int32_t x, int exponent);

/// One of the two, with zero point and clamp: what ends every convolution.
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
