// Exponential, logarithm, reciprocal and logistic in 32-bit fixed point, without tables.
//
// The same sequence of operations as gemmlowp's fixed-point functions, and as TensorFlow Lite's logarithm,
// which define its int8 Softmax, LogSoftmax, Logistic and Tanh; both roundings share them. Qm.n has m integer
// and n fractional bits, plus the sign.
#pragma once

#include <cstdint>

namespace dew::graph {

/// exp(x) as Q0.31 for x <= 0, which has `integer_bits` (at most 5) integer bits.
int32_t fixed_exp(int32_t x, int integer_bits);

/// 1 / (1 + x) as Q0.31 for x in [0, 1) as Q0.31, by three Newton-Raphson steps.
int32_t fixed_one_over_one_plus(int32_t x);

/// 1 / (1 + exp(-x)) as Q0.31 for x as Q4.27.
int32_t fixed_logistic(int32_t x);

/// tanh(x) as Q0.31 for x as Q4.27.
int32_t fixed_tanh(int32_t x);

/// 1 / x = reciprocal / 2^31 / 2^over_unit, for x > 0 with `integer_bits` integer bits.
struct Reciprocal {
  int32_t reciprocal = 0;
  int over_unit = 0;
};
Reciprocal fixed_reciprocal(int32_t x, int integer_bits);

/// ln(x) as Q5.26 for x > 0 with `integer_bits` (at most 21) integer bits. It is off by a few of its last
/// bits.
int32_t fixed_log(int32_t x, int integer_bits);

}  // namespace dew::graph
