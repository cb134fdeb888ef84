// Exponential, reciprocal and logistic in 32-bit fixed point, without tables.
//
// The same series of operations as gemmlowp's fixed-point functions, which TensorFlow Lite's int8 softmax
// and logistic are defined by; both roundings share them. Qm.n: m integer and n fractional bits beside
// the sign.
#pragma once

#include <cstdint>

namespace dew::graph {

/// exp(x) as Q0.31 for x <= 0 given with `integer_bits` (at most 5) integer bits.
int32_t fixed_exp(int32_t x, int integer_bits);

/// 1 / (1 + x) as Q0.31 for x in [0, 1) as Q0.31: Newton and Raphson, three steps.
int32_t fixed_one_over_one_plus(int32_t x);

/// 1 / (1 + exp(-x)) as Q0.31, x as Q4.27.
int32_t fixed_logistic(int32_t x);

/// 1 / x for x > 0 with `integer_bits` integer bits: the result is reciprocal / 2^31 / 2^over_unit.
struct Reciprocal {
  int32_t reciprocal = 0;
  int over_unit = 0;
};
Reciprocal fixed_reciprocal(int32_t x, int integer_bits);

}  // namespace dew::graph
