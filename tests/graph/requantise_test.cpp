// The numbers themselves: properties of the two roundings and of the fixed-point functions.
#include "graph/requantise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "graph/fixed_point.h"

namespace dew::graph {
namespace {

__extension__ using Wide = __int128;

constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
constexpr int32_t kMax = std::numeric_limits<int32_t>::max();

TEST(DewMultiplier, IsTheRoundedFactorBelowOneHalf) {
  EXPECT_EQ(dew_multiplier(0.25).multiplier, 1 << 30);
  EXPECT_EQ(dew_multiplier(0.25).shift, 0);
  EXPECT_EQ(dew_multiplier(0.0003).multiplier, 1288490);  // 0.0003 * 2^32 = 1288490.19
  EXPECT_EQ(dew_multiplier(std::ldexp(1.5, -33)).multiplier, 1);
  EXPECT_EQ(dew_multiplier(std::ldexp(1.0, -34)).multiplier, 0);
}

TEST(DewMultiplier, ShiftsFromOneHalfOn) {
  EXPECT_EQ(dew_multiplier(0.5).multiplier, 1 << 30);
  EXPECT_EQ(dew_multiplier(0.5).shift, 1);
  EXPECT_EQ(dew_multiplier(1.0).shift, 2);
  // Just below one half the rounded multiplier would be 2^31, which does not fit int32.
  EXPECT_EQ(dew_multiplier(0.5 - 1e-12).shift, 1);
  EXPECT_EQ(dew_multiplier(1e30).shift, 11);
  EXPECT_EQ(dew_multiplier(1e30).multiplier, 1 << 30);
}

TEST(DewScale, RoundsHalfUp) {
  const DewMultiplier quarter = dew_multiplier(0.25);
  EXPECT_EQ(dew_scale(2, quarter), 1);    // 0.5 goes up
  EXPECT_EQ(dew_scale(-2, quarter), 0);   // -0.5 as well
  EXPECT_EQ(dew_scale(-3, quarter), -1);  // -0.75
  EXPECT_EQ(dew_scale(6, quarter), 2);
  EXPECT_EQ(dew_scale(-6, quarter), -1);
  const DewMultiplier one = dew_multiplier(1.0);
  for (const int32_t x : {0, 1, -1, 127, -128, 1 << 28, -(1 << 28)}) EXPECT_EQ(dew_scale(x, one), x);
}

// Saturation of the left shift is invisible in an int8: after the clamp, the result equals exact arithmetic.
TEST(DewScale, EqualsExactArithmeticAfterTheClamp) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int32_t> any(kMin, kMax);
  std::uniform_real_distribution<double> exponent(-30, 9);
  for (int i = 0; i < 200000; ++i) {
    const int32_t acc = i % 7 == 0 ? (i % 2 == 0 ? kMin : kMax) : any(random) >> (i % 31);
    const double factor = std::exp2(exponent(random));
    const DewMultiplier m = dew_multiplier(factor);
    const auto product = Wide{acc} * m.multiplier * (1 << m.shift);
    const auto exact = (product + (Wide{1} << 31)) >> 32;
    const auto clamped = static_cast<int>(exact < -384 ? -384 : exact > 384 ? 384 : exact);
    ASSERT_EQ(std::clamp(dew_scale(acc, m), -384, 384), clamped) << acc << " " << factor;
    if (std::abs(acc * factor) < 384) {
      ASSERT_LE(std::abs(dew_scale(acc, m) - acc * factor), 0.76) << acc << " " << factor;
    }
  }
}

TEST(DewSum, NeverLeavesInt32AndIsTheSum) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> exponent(-8, 15.9);
  std::uniform_int_distribution<int> int8(-128, 127);
  for (int i = 0; i < 20000; ++i) {
    const double fa = std::exp2(exponent(random));
    const double fb = std::exp2(exponent(random) - 8);
    const int za = int8(random);
    const int zb = int8(random);
    const int zo = int8(random);
    const DewSum sum = dew_sum(fa, fb, za, zb, zo);
    ASSERT_GE(sum.shift, 0);
    for (const int a : {-128, 127, int8(random)}) {
      for (const int b : {-128, 127, int8(random)}) {
        const int64_t ta = int64_t{a} * sum.weight_a;
        const int64_t tb = int64_t{b} * sum.weight_b;
        for (const int64_t partial : {ta + tb, ta + sum.offset, tb + sum.offset, ta + tb + sum.offset}) {
          ASSERT_LE(partial, kMax);
          ASSERT_GE(partial, kMin);
        }
        const double real = (a - za) * fa + (b - zb) * fb + zo;
        const double step = 255.0 / std::exp2(sum.shift) + 0.5;  // of both rounded weights, and the last
        ASSERT_LE(std::abs(dew_add(a, b, sum) - real), step + 1e-9) << fa << " " << fb;
      }
    }
  }
}

TEST(Tflite, MultiplierIsNormalised) {
  EXPECT_EQ(tflite_multiplier(1.0).multiplier, 1 << 30);
  EXPECT_EQ(tflite_multiplier(1.0).shift, 1);
  EXPECT_EQ(tflite_multiplier(0.75).multiplier, 1610612736);
  EXPECT_EQ(tflite_multiplier(0.75).shift, 0);
  EXPECT_EQ(tflite_multiplier(1.0 - 1e-12).multiplier, 1 << 30);  // rounds up to the next power of two
  EXPECT_EQ(tflite_multiplier(1.0 - 1e-12).shift, 1);
  EXPECT_EQ(tflite_multiplier(0.0).multiplier, 0);
  EXPECT_EQ(tflite_multiplier(1e-12).multiplier, 0);
}

TEST(Tflite, RoundsTwice) {
  EXPECT_EQ(rounding_shift(5, 1), 3);
  EXPECT_EQ(rounding_shift(-5, 1), -3);
  EXPECT_EQ(rounding_shift(-3, 2), -1);
  EXPECT_EQ(rounding_shift(kMax, 31), 1);
  EXPECT_EQ(rounding_shift(kMin, 31), -1);
  EXPECT_EQ(rounding_shift(kMax, 32), 0);
  EXPECT_EQ(doubling_high_multiply(kMin, kMin), kMax);
  EXPECT_EQ(doubling_high_multiply(1, 1 << 30), 1);   // 0.5
  EXPECT_EQ(doubling_high_multiply(-1, 1 << 30), 0);  // -0.5 towards plus
  // 7 * 0.35 = 2.45: first 7 * 0.7 = 4.9 -> 5, then 5 / 2 -> 3. Once rounded it is 2.
  EXPECT_EQ(tflite_scale(7, tflite_multiplier(0.35)), 3);
  EXPECT_EQ(dew_scale(7, dew_multiplier(0.35)), 2);
}

TEST(FixedPoint, ExpIsTheExponential) {
  EXPECT_EQ(fixed_exp(0, 5), kMax);
  for (int i = 1; i < 32 * 64; ++i) {
    const double x = -i / 64.0;
    const int32_t raw = static_cast<int32_t>(std::lround(x * (1 << 26)));
    ASSERT_NEAR(fixed_exp(raw, 5) / 2147483648.0, std::exp(x), 3e-7) << x;
  }
}

TEST(FixedPoint, LogisticAndReciprocal) {
  for (int i = -15 * 64; i <= 15 * 64; ++i) {
    const double x = i / 64.0;
    const int32_t raw = static_cast<int32_t>(std::lround(x * (1 << 27)));
    ASSERT_NEAR(fixed_logistic(raw) / 2147483648.0, 1 / (1 + std::exp(-x)), 4e-7) << x;
  }
  for (double x = 1.0; x < 4000; x *= 1.37) {
    const Reciprocal r = fixed_reciprocal(static_cast<int32_t>(x * (1 << 19)), 12);
    ASSERT_NEAR(r.reciprocal / 2147483648.0 / std::exp2(r.over_unit), 1 / x, 1e-5 / x) << x;
  }
}

}  // namespace
}  // namespace dew::graph
