// What a gate is made of, and where it closes.
#include "student/strangers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "student/thresholds.h"

namespace dew::student {
namespace {

using Rows = std::vector<std::vector<float>>;

/// Features of two classes, each with some that are high, as whole numbers of 0 to 255.
struct Drawn {
  Rows features;
  std::vector<int> answers;
};
Drawn draw(uint32_t seed, int count, int length) {
  std::mt19937 random(seed);
  std::exponential_distribution<float> value(0.1F);
  Drawn drawn;
  for (int i = 0; i < count; ++i) {
    std::vector<float> row;
    for (int k = 0; k < length; ++k)
      row.push_back(std::min(255.0F, std::floor(value(random) * (k % 2 == i % 2 ? 4.0F : 0.5F))));
    drawn.features.push_back(row);
    drawn.answers.push_back(i % 2);
  }
  return drawn;
}

TEST(Strangers, StrangenessIsChiSquareToTheNearestClass) {
  const Drawn drawn = draw(1, 20, 64);
  const Likeness likeness = likeness_of(drawn.features, drawn.answers, 2);
  std::vector<std::vector<double>> means(2, std::vector<double>(64));
  const auto shares = [](const std::vector<float>& row) {
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    std::vector<double> result;
    for (const float value : row) result.push_back(64 * value / sum);
    return result;
  };
  for (size_t i = 0; i < 20; ++i)
    for (size_t k = 0; k < 64; ++k) means[i % 2][k] += shares(drawn.features[i])[k] / 10;
  for (const auto& row : draw(2, 9, 64).features) {
    double least = 1e9;
    for (const auto& mean : means) {
      double sum = 0;
      for (size_t k = 0; k < 64; ++k) sum += std::pow(shares(row)[k] - mean[k], 2) / (mean[k] + 0.5) / 64;
      least = std::min(least, sum);
    }
    EXPECT_NEAR(strangeness(likeness, row), least, 0.03 * least + 0.02) << "weights are whole numbers";
  }
  EXPECT_TRUE(std::isinf(strangeness(likeness, std::vector<float>(64, 0.0F))));
  EXPECT_TRUE(likeness_of(drawn.features, drawn.answers, 3).weights.empty()) << "nothing shows class 2";
}

TEST(Strangers, TheGateOfWholeNumbersClosesWhereItWasChosen) {
  constexpr int kLength = 300;
  const Drawn learned = draw(3, 40, kLength);
  const Likeness likeness = likeness_of(learned.features, learned.answers, 2);
  Rows pictures = draw(4, 100, kLength).features;
  for (auto& row : draw(5, 100, kLength).features) {
    std::rotate(row.begin(), row.begin() + 77, row.begin() + 200);  // a stranger
    pictures.push_back(row);
  }
  std::vector<double> right;
  for (size_t i = 0; i < 60; ++i) right.push_back(strangeness(likeness, pictures[i]));
  const Gating gating = choose_gate(likeness, right);
  int known = 0;
  for (const auto& row : pictures) {
    const double strange = strangeness(likeness, row);
    std::vector<int8_t> bytes;
    for (const float value : row) bytes.push_back(static_cast<int8_t>(static_cast<int>(value) - 128));
    const bool passes = graph::is_known(gating.gate, bytes, -128);
    if (std::abs(strange - gating.strangeness) > 1e-4) {
      EXPECT_EQ(passes, strange < gating.strangeness);
    }
    known += passes ? 1 : 0;
  }
  EXPECT_GT(known, 80);
  EXPECT_LT(known, 120);
}

TEST(Strangers, NetsOfFoldsAreMadeComparable) {
  EXPECT_EQ(strangeness_ratio({}, {}), 1);
  const std::vector<double> by_folds = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  std::vector<double> by_the_net = by_folds;
  EXPECT_DOUBLE_EQ(strangeness_ratio(by_the_net, by_folds), 1);
  for (double& one : by_the_net) one *= 0.5;
  by_the_net[3] = 400;  // the median does not mind
  EXPECT_NEAR(strangeness_ratio(by_the_net, by_folds), std::pow(0.5, 15.0 / 20), 1e-12);
  EXPECT_NEAR(strangeness_ratio({2}, {1}), std::pow(2, 1.0 / 6), 1e-12) << "one picture says little";
}

Gating chosen_by(int64_t count) {
  std::vector<double> right;
  for (int64_t i = count; i > 0; --i) right.push_back(static_cast<double>(i));
  const Drawn drawn = draw(6, 10, 8);
  return choose_gate(likeness_of(drawn.features, drawn.answers, 2), right);
}

TEST(Strangers, TheGateTurnsAwayTwoInAHundredRightAnswers) {
  const Gating many = chosen_by(499);
  EXPECT_EQ(many.passed, 490) << "10 of 500 equally likely places are above";
  EXPECT_EQ(many.strangeness, 490);
  EXPECT_DOUBLE_EQ(many.turned_away, 0.02);
  EXPECT_TRUE(many.promised);
  EXPECT_EQ(chosen_by(148).passed, 147);
}

TEST(Strangers, FewPicturesPromiseLess) {
  constexpr int64_t kEnough = 49;  // one of fifty places is 2 %
  const Gating enough = chosen_by(kEnough);
  EXPECT_TRUE(enough.promised);
  EXPECT_LE(enough.turned_away, kMostTurnedAway);
  EXPECT_EQ(enough.passed, kEnough);
  const Gating few = chosen_by(kEnough - 1);
  EXPECT_FALSE(few.promised);
  EXPECT_EQ(few.needed, kEnough);
  EXPECT_GT(few.turned_away, kMostTurnedAway);
  EXPECT_EQ(few.passed, kEnough - 1) << "the largest seen";
  EXPECT_FALSE(few.gate.limits.empty());
  EXPECT_TRUE(chosen_by(kLeastForThreshold - 1).gate.limits.empty());
}

}  // namespace
}  // namespace dew::student
