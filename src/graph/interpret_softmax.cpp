// Softmax and LogSoftmax, row by row along the last axis, in TensorFlow Lite's fixed point.
#include <algorithm>
#include <cmath>

#include "graph/fixed_point.h"
#include "graph/interpret.h"
#include "graph/requantise.h"

namespace dew::graph {
namespace {

constexpr int kDifferenceBits = 5;  // integer bits of the exponent
constexpr int kSumBits = 12;        // of the sum: at most 4095 classes

/// What both make of a value's distance from its row's largest one.
class Exponents {
 public:
  explicit Exponents(double step)
      : to_q5_(
            tflite_multiplier(std::min(std::ldexp(step, 31 - kDifferenceBits), std::ldexp(1.0, 31) - 1.0))),
        smallest_(-static_cast<int>(std::ldexp(31.0, 26 - to_q5_.shift))) {}

  /// Below it, a value counts as minus infinity.
  [[nodiscard]] bool counts(int difference) const { return difference >= smallest_; }
  /// The difference as Q5.26.
  [[nodiscard]] int32_t real(int difference) const {
    const int64_t shifted = int64_t{difference} * (int64_t{1} << to_q5_.shift);
    return doubling_high_multiply(static_cast<int32_t>(shifted), to_q5_.multiplier);
  }
  /// Its exponential as Q0.31.
  [[nodiscard]] int32_t exp(int difference) const { return fixed_exp(real(difference), kDifferenceBits); }
  /// The sum of all exponentials of a row as Q12.19.
  [[nodiscard]] int32_t sum(std::span<const int8_t> row, int8_t largest) const {
    int32_t total = 0;
    for (const int8_t value : row) {
      if (counts(value - largest)) total += rounding_shift(exp(value - largest), kSumBits);
    }
    return total;
  }

 private:
  TfliteMultiplier to_q5_;
  int smallest_;
};

size_t depth(const Run& run, const Op& op) {
  return static_cast<size_t>(run.tensor(op.inputs[0]).shape.back());
}

}  // namespace

void interpret_softmax(Run& run, const Op& op) {
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const Exponents exponents(op.beta * run.scale(op.inputs[0]));
  for (size_t begin = 0; begin < in.size(); begin += depth(run, op)) {
    const auto row = in.subspan(begin, depth(run, op));
    const int8_t largest = *std::max_element(row.begin(), row.end());
    const Reciprocal one_over_sum = fixed_reciprocal(exponents.sum(row, largest), kSumBits);
    for (size_t i = 0; i < row.size(); ++i) {
      const int difference = row[i] - largest;
      int y = 0;
      if (exponents.counts(difference))
        y = rounding_shift(doubling_high_multiply(one_over_sum.reciprocal, exponents.exp(difference)),
                           one_over_sum.over_unit + 23);
      out[begin + i] = static_cast<int8_t>(std::clamp(y - 128, -128, 127));
    }
  }
}

/// TensorFlow Lite has a second threshold, from which on a difference minus the sum's logarithm would
/// overflow. That is below -16, where outputs end.
void interpret_log_softmax(Run& run, const Op& op) {
  constexpr int kOutputBits = 22;  // what a step of 1/16 has more than Q5.26
  const auto in = run.int8(op.inputs[0]);
  const auto out = run.out_int8(op.outputs[0]);
  const Exponents exponents(run.scale(op.inputs[0]));
  for (size_t begin = 0; begin < in.size(); begin += depth(run, op)) {
    const auto row = in.subspan(begin, depth(run, op));
    const int8_t largest = *std::max_element(row.begin(), row.end());
    const int64_t log_of_sum = fixed_log(exponents.sum(row, largest), kSumBits);
    for (size_t i = 0; i < row.size(); ++i) {
      const int difference = row[i] - largest;
      int y = -128;
      if (exponents.counts(difference)) {
        const int64_t real = std::max<int64_t>(exponents.real(difference) - log_of_sum, INT32_MIN);
        y = std::clamp(rounding_shift(static_cast<int32_t>(real), kOutputBits) + 127, -128, 127);
      }
      out[begin + i] = static_cast<int8_t>(y);
    }
  }
}

}  // namespace dew::graph
