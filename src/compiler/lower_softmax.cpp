// Lowers Softmax and LogSoftmax: the exponentials of all differences between two bytes become a table.
#include <algorithm>
#include <cmath>

#include "compiler/lower.h"
#include "graph/fixed_point.h"
#include "graph/requantise.h"

namespace dew::compiler {
namespace {

using graph::Op;
using graph::OpKind;

constexpr int kDifferenceBits = 5;

/// Makes Q5.26 of a difference.
graph::TfliteMultiplier difference_factor(const Lowering& to, const Op& op) {
  return graph::tflite_multiplier(
      std::min(std::ldexp(static_cast<double>(op.beta) * to.scale(op.inputs[0]), 31 - kDifferenceBits),
               std::ldexp(1.0, 31) - 1.0));
}

/// As Q0.31, of 0, -1, -2 ... up to the least difference that counts.
std::vector<int32_t> exponentials(graph::TfliteMultiplier to_q5) {
  const int smallest = -static_cast<int>(std::ldexp(31.0, 26 - to_q5.shift));
  std::vector<int32_t> values;
  for (int difference = 0; difference > -256 && difference >= smallest; --difference) {
    const int64_t shifted = int64_t{difference} * (int64_t{1} << to_q5.shift);
    values.push_back(graph::fixed_exp(
        graph::doubling_high_multiply(static_cast<int32_t>(shifted), to_q5.multiplier), kDifferenceBits));
  }
  return values;
}

template <typename T>
void finish(Lowering& to, const Op& op, const std::string& kernel, T fields) {
  const auto values = exponentials(difference_factor(to, op));
  Step step = to.begin(op);
  step.kernel = kernel;
  fields.exponential = to.constant("exponential", values);
  fields.entries = static_cast<uint16_t>(values.size());
  fields.depth = to.fit<uint16_t>(shape4(to.tensor(op.inputs[0]))[3]);
  fields.count = step.table.row_bytes;
  step.kernel_table = kernel_table(fields);
  to.add(op, std::move(step));
}

}  // namespace

Result<void> lower_softmax(Lowering& to, const Op& op) {
  if (op.kind == OpKind::kSoftmax) {
    finish(to, op, "dew_softmax", dew_softmax{});
    return {};
  }
  dew_log_softmax fields = {};
  fields.multiplier = difference_factor(to, op).multiplier;
  fields.shift = static_cast<uint8_t>(difference_factor(to, op).shift);
  finish(to, op, "dew_log_softmax", fields);
  return {};
}

}  // namespace dew::compiler
