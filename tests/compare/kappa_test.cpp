#include "compare/kappa.h"

#include <gtest/gtest.h>

#include <string>

namespace dew::compare {
namespace {

std::vector<bool> bits(const std::string& text) {
  std::vector<bool> result;
  for (const char one : text) result.push_back(one == '1');
  return result;
}

std::optional<double> consistency(const std::string& one, const std::string& other) {
  return error_consistency(bits(one), bits(other));
}

// The values of Klein et al. 2025's reference implementation (arXiv 2507.06645).
TEST(Kappa, FromAgreements) {
  EXPECT_NEAR(*kappa(0.8, 0.5), 0.6, 1e-12);
  EXPECT_NEAR(*kappa(0.3, 0.3), 0, 1e-12);
  EXPECT_NEAR(*kappa(0.4, 0.6), -0.5, 1e-12);
  EXPECT_FALSE(kappa(0.3, 1));
  EXPECT_FALSE(kappa(1, 1));
}

TEST(Kappa, OfSequences) {
  EXPECT_FALSE(consistency("11111", "11111"));
  EXPECT_FALSE(consistency("00000", "00000"));
  EXPECT_FALSE(consistency("", ""));
  EXPECT_NEAR(*consistency("0011", "1100"), -1, 1e-12);
  EXPECT_NEAR(*consistency("0011", "0011"), 1, 1e-12);
  EXPECT_NEAR(*consistency("0011", "0101"), 0, 1e-12);
  EXPECT_NEAR(unbiased_kappa(*consistency("0101111", "0110000"), 7), -0.25, 1e-12);
}

TEST(Kappa, TheLargestThatAccuraciesAllow) {
  EXPECT_NEAR(largest_kappa(0.8, 0.6), 0.545454545454, 1e-9);
}

TEST(Kappa, HowLikelyItIsByChance) {
  const auto own = consistency("111000", "110000");
  EXPECT_NEAR(*own, 0.6666667, 1e-6);
  EXPECT_LT(kappa_chance(*own, 3, 2, 6), 0.05);
  EXPECT_LT(kappa_chance(0.5, 50, 50, 100), 1e-5);
  EXPECT_GT(kappa_chance(0.001, 70, 70, 100), 0.95);
  EXPECT_LT(kappa_chance(0.5, 25, 25, 50), 0.001);  // exactly, and about as the normal distribution has it
  EXPECT_NEAR(kappa_chance(0.2, 30, 30, 60), kappa_chance(0.2, 31, 30, 61), 0.04);
}

}  // namespace
}  // namespace dew::compare
