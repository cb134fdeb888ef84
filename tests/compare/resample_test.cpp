#include "compare/resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "base/statistics.h"
#include "compare/means.h"
#include "compare/random.h"

namespace dew::compare {
namespace {

std::vector<int64_t> each_alone(size_t count) {
  std::vector<int64_t> group(count);
  std::iota(group.begin(), group.end(), int64_t{0});
  return group;
}

TEST(Resample, AMeanHasItsStandardError) {
  // 100 pictures, 30 right, one seed: the deviation of the mean is sqrt(.3 * .7 / 99).
  Means means;
  Right right(1, std::vector<float>(100, 0.0F));
  for (size_t i = 0; i < 30; ++i) right[0][i] = 1;
  means.figure(means.mean(right));
  const auto told = means.told(each_alone(100), 1, 1);
  ASSERT_TRUE(told[0]);
  EXPECT_NEAR(told[0]->value, 0.3, 1e-6);
  const double half = 1.96 * std::sqrt(0.3 * 0.7 / 99);
  EXPECT_NEAR(told[0]->low, 0.3 - half, 0.02);
  EXPECT_NEAR(told[0]->high, 0.3 + half, 0.02);
  EXPECT_LT(told[0]->chance, 0.01);
}

TEST(Resample, SeedsThatDifferWidenTheInterval) {
  // Every picture is right by seed 1 and wrong by seed 2: other pictures change nothing, other seeds all.
  Means means;
  Right right{std::vector<float>(50, 1.0F), std::vector<float>(50, 0.0F), std::vector<float>(50, 1.0F),
              std::vector<float>(50, 0.0F)};
  means.figure(means.mean(right));
  const auto told = means.told(each_alone(50), 4, 1);
  EXPECT_NEAR(told[0]->value, 0.5, 1e-6);
  EXPECT_LE(told[0]->low, 0.01);
  EXPECT_GE(told[0]->high, 0.99);
}

TEST(Resample, EqualArmsAreNotDifferent) {
  Means means;
  Right right(3, std::vector<float>(40, 0.0F));
  for (size_t i = 0; i < 20; ++i) right[i % 3][i] = 1;
  means.difference(means.mean(right), means.mean(right));
  const auto told = means.told(each_alone(40), 3, 1);
  EXPECT_EQ(told[0]->value, 0);
  EXPECT_EQ(told[0]->low, 0);
  EXPECT_EQ(told[0]->high, 0);
  EXPECT_EQ(told[0]->chance, 1);
}

TEST(Resample, GroupsAreDrawnAsAWhole) {
  // One hundred copies of two pictures are two pictures.
  Means means;
  Right right(1, std::vector<float>(100, 0.0F));
  std::vector<int64_t> group(100, 1);
  for (size_t i = 0; i < 50; ++i) {
    right[0][i] = 1;
    group[i] = 0;
  }
  means.figure(means.mean(right));
  const auto told = means.told(group, 1, 1);
  EXPECT_EQ(told[0]->low, 0);
  EXPECT_EQ(told[0]->high, 1);
}

TEST(Resample, OneGroupTellsNothing) {
  Means means;
  means.figure(means.mean(Right(1, std::vector<float>(10, 1.0F))));
  EXPECT_FALSE(means.told(std::vector<int64_t>(10, 7), 1, 1)[0]);
}

TEST(Resample, PicturesThatDoNotCount) {
  Means means;
  means.figure(means.mean(Right{{1, 1, 0, 0}}, {1, 1, 0, 0}));
  EXPECT_EQ(means.told(each_alone(4), 1, 1)[0]->value, 1);
}

TEST(Resample, HolmByHand) {
  // .01 * 4, .02 * 3, .03 * 2, .04: each at least the one before.
  const auto together = holm({0.04, 0.01, std::nullopt, 0.03, 0.02});
  EXPECT_NEAR(*together[1], 0.04, 1e-12);
  EXPECT_NEAR(*together[4], 0.06, 1e-12);
  EXPECT_NEAR(*together[3], 0.06, 1e-12);
  EXPECT_NEAR(*together[0], 0.06, 1e-12);
  EXPECT_FALSE(together[2]);
}

TEST(Resample, McNemarByHand) {
  EXPECT_NEAR(sign_test(1, 5), 2 * (1 + 6) / 64.0, 1e-12);
  EXPECT_EQ(sign_test(0, 0), 1);
}

TEST(Resample, ExchangesAreAllWaysOnce) {
  const auto all = exchanges(3, 1, 1000, 1);
  EXPECT_EQ(all.size(), 20U);  // six choose three
  const std::vector<size_t> own{0, 1, 2};
  EXPECT_EQ(all[0][0], own);
  std::set<std::vector<size_t>> different;
  for (const auto& one : all) different.insert(one[0]);
  EXPECT_EQ(different.size(), 20U);
}

TEST(Resample, ExchangesOfFoldsAreDrawnApart) {
  const auto some = exchanges(5, 2, 50, 1);
  EXPECT_EQ(some.size(), 51U);
  size_t different = 0;
  for (const auto& one : some) {
    ASSERT_EQ(one.size(), 2U);
    EXPECT_EQ(one[0].size(), 5U);
    different += one[0] != one[1] ? 1 : 0;
  }
  EXPECT_GT(different, 30U);
}

}  // namespace
}  // namespace dew::compare
