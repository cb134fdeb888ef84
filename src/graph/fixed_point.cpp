// See the header. Every step is part of the contract: in another order the last bits would differ.
#include "graph/fixed_point.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "graph/requantise.h"

namespace dew::graph {
namespace {

constexpr int32_t kOne = std::numeric_limits<int32_t>::max();  // 1 as Q0.31, nearly

/// x * 2^bits, saturated.
int32_t saturating_left(int32_t x, int bits) {
  const int64_t wide = int64_t{x} * (int64_t{1} << bits);
  if (wide > std::numeric_limits<int32_t>::max()) return std::numeric_limits<int32_t>::max();
  if (wide < std::numeric_limits<int32_t>::min()) return std::numeric_limits<int32_t>::min();
  return static_cast<int32_t>(wide);
}

/// exp(x) for x in [-1/4, 0), both Q0.31: the Taylor series around -1/8 up to the fourth power.
int32_t exp_of_last_quarter(int32_t x) {
  constexpr int32_t kExpOfMinusEighth = 1895147668;
  constexpr int32_t kThird = 715827883;
  const int32_t y = x + (int32_t{1} << 28);
  const int32_t y2 = doubling_high_multiply(y, y);
  const int32_t y3 = doubling_high_multiply(y2, y);
  const int32_t y4 = doubling_high_multiply(y2, y2);
  const int32_t sixths = doubling_high_multiply(rounding_shift(y4, 2) + y3, kThird);  // y^4/12 + y^3/3
  const int32_t tail = rounding_shift(sixths + y2, 1);
  return kExpOfMinusEighth + doubling_high_multiply(kExpOfMinusEighth, y + tail);
}

}  // namespace

int32_t fixed_exp(int32_t x, int integer_bits) {
  if (x == 0) return kOne;
  const int fraction_bits = 31 - integer_bits;
  const int32_t quarter = int32_t{1} << (fraction_bits - 2);
  const int32_t last = (x & (quarter - 1)) - quarter;  // x modulo 1/4, in [-1/4, 0)
  int32_t result = exp_of_last_quarter(saturating_left(last, integer_bits));
  const int32_t rest = last - x;  // a multiple of 1/4; each of its bits stands for a factor
  constexpr int32_t kExpOfMinusPower[] = {1672461947, 1302514674, 790015084, 290630308,
                                          39332535,   720401,     242};  // exp(-2^i), i = -2 .. 4
  for (int i = 0; i < integer_bits + 2; ++i) {
    if ((rest >> (fraction_bits - 2 + i)) & 1) result = doubling_high_multiply(result, kExpOfMinusPower[i]);
  }
  return result;
}

namespace {

constexpr int32_t kOneInQ2 = int32_t{1} << 29;

/// 2 / (1 + x) as Q2.29 for x in [0, 1) as Q0.31, by three Newton-Raphson steps.
int32_t two_over_one_plus(int32_t x) {
  constexpr int32_t k48Over17 = 1515870810;  // Q2.29, as all below
  constexpr int32_t kMinus32Over17 = -1010580540;
  const auto half_denominator = static_cast<int32_t>((int64_t{x} + kOne + 1) / 2);
  int32_t y = k48Over17 + doubling_high_multiply(half_denominator, kMinus32Over17);
  for (int step = 0; step < 3; ++step) {
    const int32_t error = kOneInQ2 - doubling_high_multiply(half_denominator, y);
    y += saturating_left(doubling_high_multiply(y, error), 2);
  }
  return y;
}

}  // namespace

int32_t fixed_one_over_one_plus(int32_t x) {
  return saturating_left(two_over_one_plus(x), 1);
}

/// With e = exp(-2|x|), tanh |x| = (1 - e) / (1 + e) = 2 / (1 + e) - 1. Q4.27 becomes 2x as Q5.26.
int32_t fixed_tanh(int32_t x) {
  if (x == 0) return 0;
  const int32_t positive = saturating_left(two_over_one_plus(fixed_exp(x > 0 ? -x : x, 5)) - kOneInQ2, 2);
  return x > 0 ? positive : -positive;
}

int32_t fixed_logistic(int32_t x) {
  if (x == 0) return int32_t{1} << 30;
  const int32_t positive = fixed_one_over_one_plus(fixed_exp(x > 0 ? -x : x, 4));
  return x > 0 ? positive : kOne - positive;
}

Reciprocal fixed_reciprocal(int32_t x, int integer_bits) {
  const int headroom = std::countl_zero(static_cast<uint32_t>(x));
  const uint32_t minus_one = (static_cast<uint32_t>(x) << headroom) - (uint32_t{1} << 31);
  return {fixed_one_over_one_plus(static_cast<int32_t>(minus_one)), integer_bits - headroom};
}

namespace {

/// x = 2^power * r, so that ln(x) = power * ln(2) + ln(r).
struct Reduced {
  int32_t r = 0;      ///< Q0.31, between sqrt(1/2) and 1
  int32_t power = 0;  ///< Q6.25, a multiple of 1/2, plus 1/4
};

/// Two candidates, whose powers are half a step apart; the one with the smaller r has the larger power.
Reduced reduced(int32_t x, int integer_bits) {
  constexpr int32_t kSqrtHalf = 1518500250;  // Q0.31
  constexpr int32_t kOneInQ6 = int32_t{1} << 25;
  constexpr int32_t kQuarter = kOneInQ6 / 4;
  const int above = std::countl_zero(static_cast<uint32_t>(x));
  const int32_t halved = x * (int32_t{1} << (above - 1));  // the highest bit below the sign is set
  const Reduced whole = {saturating_left(doubling_high_multiply(halved, kSqrtHalf), 1),
                         (integer_bits - above) * kOneInQ6 + kQuarter};
  const int room = std::countl_zero(static_cast<uint32_t>(doubling_high_multiply(x, kSqrtHalf))) - 1;
  const Reduced half = {saturating_left(x, room), (integer_bits - room) * kOneInQ6 - kQuarter};
  return {std::min(whole.r, half.r), std::max(whole.power, half.power)};
}

}  // namespace

/// ln(r) by a quotient of polynomials in r - (1/2)^(1/4); the powers' quarter is that of the fourth root.
int32_t fixed_log(int32_t x, int integer_bits) {
  constexpr int32_t kLogOfTwo = 1488522236;  // Q0.31, as all below
  constexpr int32_t kFourthRootOfHalf = 1805811301;
  constexpr int32_t kNumerator = 117049297;  // 11/240 * 2^(1/4)
  constexpr int32_t kQuadratic = 127690142;  // 1/20 * 2^(1/4)
  constexpr int32_t kConstant = 1057819769;  // 2 / 2^(1/4) - 2^(1/4)
  constexpr int32_t kLinear = 638450708;     // 1/4 * 2^(1/4)
  const auto [r, power] = reduced(x, integer_bits);
  const auto middle = static_cast<int32_t>((int64_t{r} + kFourthRootOfHalf + 1) / 2);
  const int32_t q = 2 * (r - kFourthRootOfHalf);
  const int32_t q2 = doubling_high_multiply(q, q);
  const int32_t numerator =
      doubling_high_multiply(q, r) + doubling_high_multiply(doubling_high_multiply(q, q2), kNumerator);
  const int32_t denominator =
      doubling_high_multiply(middle, kConstant + q + doubling_high_multiply(kQuadratic, q2)) +
      doubling_high_multiply(kLinear, q);  // minus one
  const int32_t quotient =
      doubling_high_multiply(rounding_shift(numerator, 6), fixed_one_over_one_plus(denominator));
  return saturating_left(doubling_high_multiply(power, kLogOfTwo) + quotient, 1);
}

}  // namespace dew::graph
