// A discriminant over features that learns from rows without a label.
#include "student/self_taught.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace dew::student {
namespace {

constexpr int kClasses = 3;
constexpr size_t kLabelled = 9;
constexpr size_t kRows = 309;

/// Rows of three clouds in 40 columns; row i is of class i % 3. The clouds differ in few columns and lie long
/// in others, which say nothing: three labels a class do not tell which are which, many rows do.
std::vector<std::vector<float>> clouds() {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<std::vector<float>> rows(kRows, std::vector<float>(40));
  for (size_t i = 0; i < kRows; ++i)
    for (size_t d = 0; d < rows[i].size(); ++d) {
      const double apart = d < 6 && d % kClasses == i % kClasses ? 3 : 0;
      const double root = 10 + apart + normal(random) * (d < 6 ? 1 : 3);
      rows[i][d] = static_cast<float>(root * root);
    }
  return rows;
}

std::vector<int> labels(size_t labelled = kLabelled) {
  std::vector<int> label;
  for (size_t i = 0; i < labelled; ++i) label.push_back(static_cast<int>(i % kClasses));
  return label;
}

/// A net that is right about four of five rows, and otherwise prefers the next class.
std::vector<std::vector<float>> net_says() {
  std::vector<std::vector<float>> said;
  for (size_t i = kLabelled; i < kRows; ++i) {
    std::vector<float> row(kClasses, 0.2F);
    row[(i + (i / kClasses % 5 == 0 ? 1 : 0)) % kClasses] = 0.6F;
    said.push_back(row);
  }
  return said;
}

double share_right(const std::vector<int>& shown) {
  int right = 0;
  for (size_t i = 0; i < shown.size(); ++i)
    right += shown[i] == static_cast<int>((i + kLabelled) % kClasses) ? 1 : 0;
  return right / static_cast<double>(shown.size());
}

TEST(JudgeUnlabelled, TellsWhereTheyHelp) {
  const auto held = judge_unlabelled(clouds(), labels(30), kClasses, Watch());
  ASSERT_TRUE(held) << held.error().what;
  EXPECT_EQ(held->pictures, 30);
  EXPECT_GT(held->with_unlabelled, held->alone);
}

TEST(JudgeUnlabelled, RefusesWhatIsNoNumber) {
  EXPECT_FALSE(judge_unlabelled({{NAN}, {1}, {2}}, {0, 1}, 2, Watch()));
}

TEST(SelfTaught, KnowsMoreThanTheNetThatItStartsFrom) {
  const auto shown = self_taught(clouds(), labels(), net_says());
  ASSERT_TRUE(shown) << shown.error().what;
  ASSERT_EQ(shown->size(), kRows - kLabelled);
  EXPECT_GE(share_right(*shown), 0.88);
}

TEST(SelfTaught, WhereFeaturesSayNothingTheNetDecides) {
  const std::vector<std::vector<float>> alike(kRows, std::vector<float>(40, 1.0F));
  const auto shown = self_taught(alike, labels(), net_says());
  ASSERT_TRUE(shown) << shown.error().what;
  EXPECT_NEAR(share_right(*shown), 0.8, 0.01);
}

TEST(SelfTaught, RefusesWhatIsNoNumber) {
  auto rows = clouds();
  rows[20][3] = std::nanf("");
  EXPECT_FALSE(self_taught(rows, labels(), net_says()));
}

TEST(SelfTaughtSide, IsFiveThirdsOfTheInput) {
  EXPECT_EQ(self_taught_side(96), 160);
  EXPECT_EQ(self_taught_side(32), 48);
  EXPECT_EQ(self_taught_side(128), 208);
}

}  // namespace
}  // namespace dew::student
