// Samples around the means of classes, some of them between two: what is chosen, what is labelled locally,
// and whether the interval that is told holds.
#include "label/rounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>

#include "label/selection.h"

namespace dew::label {
namespace {

constexpr size_t kClasses = 4;
constexpr size_t kColumns = 16;

struct Cloud {
  std::vector<float> features;
  std::vector<int> truth;
  std::vector<bool> between;  ///< drawn half-way to another class
  std::vector<int64_t> group;
};

/// A fifth of the samples lies between two classes, where the truth is a matter of chance.
Cloud cloud(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> means(kClasses * kColumns);
  for (float& mean : means) mean = 4 + 2 * normal(random);
  Cloud made;
  for (size_t i = 0; i < count; ++i) {
    const size_t own = random() % kClasses;
    const size_t other = (own + 1 + random() % (kClasses - 1)) % kClasses;
    const bool between = random() % 5 == 0;
    for (size_t d = 0; d < kColumns; ++d) {
      const float mean = means[own * kColumns + d];
      const float way = between ? (means[other * kColumns + d] - mean) / 2 : 0;
      made.features.push_back(std::fabs(mean + way + 0.4F * normal(random)));
    }
    made.truth.push_back(static_cast<int>(own));
    made.between.push_back(between);
    made.group.push_back(static_cast<int64_t>(i));
  }
  return made;
}

LocalClassifier classifier_of(const Cloud& cloud) {
  return LocalClassifier::make(cloud.features, kColumns, kClasses + 1, cloud.group).value();
}

/// The rounds of one call, `count` questions in all.
struct Asked {
  std::vector<int> label;
  std::vector<std::vector<size_t>> audits;
  std::vector<size_t> chosen;  ///< in the last round
  LocalView view;
};

Asked ask(const Cloud& cloud, const LocalClassifier& classifier, size_t count, size_t rounds, uint64_t seed) {
  Watch watch;
  Asked asked{std::vector<int>(cloud.truth.size(), kNotAsked), {}, {}, {}};
  const auto look = [&] {
    asked.view = local_view(classifier, asked.label, latest(asked.audits, 0.95), 0.95, watch).value();
  };
  for (size_t round = 0; round < rounds; ++round) {
    look();
    const Round next = next_round(classifier, asked.view, asked.label, count / rounds,
                                  checks_in(count / rounds, count, 0.95), seed * 100 + round, watch)
                           .value();
    for (const auto& some : {next.audit, next.chosen})
      for (const size_t i : some) {
        EXPECT_EQ(asked.label[i], kNotAsked) << "nothing is asked twice";
        asked.label[i] = cloud.truth[i];
      }
    asked.audits.push_back(next.audit);
    asked.chosen = next.chosen;
  }
  look();
  return asked;
}

double share_between(const Cloud& cloud, const std::vector<size_t>& samples) {
  double between = 0;
  for (const size_t i : samples) between += cloud.between[i] ? 1 : 0;
  return between / static_cast<double>(samples.size());
}

TEST(Selection, TypicalSamplesAreOneOfEachCluster) {
  const Cloud made = cloud(400, 1);
  std::vector<size_t> clear;
  for (size_t i = 0; i < made.truth.size(); ++i)
    if (!made.between[i]) clear.push_back(i);
  const LocalClassifier classifier = classifier_of(made);
  Watch watch;
  const auto typical = typical_samples({classifier.features(), kColumns}, clear, kClasses, 1, watch).value();
  std::set<int> classes;
  for (const size_t i : typical) classes.insert(made.truth[i]);
  EXPECT_EQ(classes.size(), kClasses);
}

TEST(Selection, ManyCopiesOfOneSampleAreChosenOnce) {
  const std::vector<float> features = {1, 1, 1, 1, 1, 1, 5, 5, 9, 9};
  Watch watch;
  const auto typical = typical_samples({features, 2}, {0, 1, 2, 3, 4}, 5, 1, watch).value();
  EXPECT_THAT(typical, ::testing::SizeIs(3));
}

TEST(Selection, TellingSamplesLieBetweenClasses) {
  const Cloud made = cloud(1000, 2);
  const Asked asked = ask(made, classifier_of(made), 200, 4, 1);
  EXPECT_GT(share_between(made, asked.chosen), 0.7);
  EXPECT_LT(share_between(made, asked.audits.back()), 0.4);
}

TEST(Rounds, WhatIsSureIsLabelledAndRight) {
  const Cloud made = cloud(1000, 3);
  const Asked asked = ask(made, classifier_of(made), 200, 4, 1);
  const auto local = local_labels(asked.view, asked.label, kClasses + 1);
  size_t given = 0;
  size_t right = 0;
  for (size_t i = 0; i < local.size(); ++i) {
    if (local[i] < 0) continue;
    EXPECT_EQ(asked.label[i], kNotAsked);
    ++given;
    right += local[i] == made.truth[i] ? 1 : 0;
  }
  EXPECT_GT(given, 500U);
  EXPECT_GT(static_cast<double>(right) / static_cast<double>(given), 0.95);
}

TEST(Rounds, TheIntervalHolds) {
  int holds = 0;
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    const Cloud made = cloud(800, 100 + seed);
    const Asked asked = ask(made, classifier_of(made), 240, 5, seed);
    const auto local = local_labels(asked.view, asked.label, kClasses + 1);
    int64_t given = 0;
    int64_t same = 0;
    for (size_t i = 0; i < local.size(); ++i)
      if (local[i] >= 0) ++given, same += local[i] == made.truth[i] ? 1 : 0;
    const double share = share_of(same, given).value();
    const Share& told = asked.view.agreement.share;
    EXPECT_GT(told.of, 20);
    holds += told.low <= share && share <= told.high ? 1 : 0;
  }
  EXPECT_GE(holds, 18);
}

TEST(Rounds, FewChecksAreNotBelievedHoweverWellTheyGo) {
  EXPECT_DOUBLE_EQ(least_believed(0.95), 0.85);
  EXPECT_EQ(least_checks(0.95), 22U);
  EXPECT_EQ(least_checks(0.9), 20U);
  EXPECT_EQ(least_checks(0.98), 61U);
  const Cloud made = cloud(1000, 3);
  const LocalClassifier classifier = classifier_of(made);
  const Asked asked = ask(made, classifier, 200, 4, 1);
  ASSERT_TRUE(asked.view.agreement.believed);
  auto few = latest(asked.audits, 0.95);
  few.resize(15);
  Watch watch;
  const LocalView view = local_view(classifier, asked.label, few, 0.95, watch).value();
  EXPECT_GT(view.agreement.share.of, 5);
  EXPECT_FALSE(view.agreement.believed);
  const auto local = local_labels(view, asked.label, kClasses + 1);
  EXPECT_EQ(std::count(local.begin(), local.end(), -1), std::ssize(local));
}

TEST(Rounds, WhereFewAreAskedAboutMoreOfThemAreChecks) {
  EXPECT_EQ(checks_in(80, 400, 0.95), 20U) << "one in four";
  EXPECT_EQ(checks_in(20, 0, 0.95), 5U) << "as many as it takes";
  EXPECT_EQ(checks_in(20, 68, 0.95), 10U) << "33 of 68";
  EXPECT_EQ(checks_in(20, 26, 0.95), 10U) << "never more than half";
  EXPECT_EQ(checks_in(1, 26, 0.95), 1U);
}

TEST(Rounds, NothingIsLabelledLocallyWhereNothingCanBeLearned) {
  Cloud made = cloud(400, 5);
  std::mt19937 random(1);
  for (int& one : made.truth) one = static_cast<int>(random() % kClasses);
  const Asked asked = ask(made, classifier_of(made), 120, 4, 1);
  const auto local = local_labels(asked.view, asked.label, kClasses + 1);
  EXPECT_EQ(std::count(local.begin(), local.end(), -1), 400);
}

TEST(Rounds, WhatTheTeacherSetsAsideIsNotLabelledLocally) {
  Cloud made = cloud(800, 9);
  for (int& one : made.truth)
    if (one == 3) one = kClasses;
  const Asked asked = ask(made, classifier_of(made), 200, 4, 1);
  const auto local = local_labels(asked.view, asked.label, kClasses + 1);
  size_t given = 0;
  size_t aside = 0;
  for (size_t i = 0; i < local.size(); ++i) {
    EXPECT_LT(local[i], static_cast<int>(kClasses));
    if (local[i] >= 0) ++given, aside += made.truth[i] == kClasses ? 1 : 0;
  }
  EXPECT_GT(given, 300U);
  EXPECT_LT(static_cast<double>(aside) / static_cast<double>(given), 0.05);
}

TEST(Rounds, OneClassAloneTeachesNothing) {
  Cloud made = cloud(100, 6);
  std::fill(made.truth.begin(), made.truth.end(), 2);
  const Asked asked = ask(made, classifier_of(made), 40, 2, 1);
  const auto local = local_labels(asked.view, asked.label, kClasses + 1);
  EXPECT_EQ(std::count(local.begin(), local.end(), -1), 100);
}

TEST(Rounds, AllOfThemAreAskedInTheEnd) {
  const Cloud made = cloud(50, 7);
  const Asked asked = ask(made, classifier_of(made), 80, 4, 1);
  EXPECT_EQ(std::count(asked.label.begin(), asked.label.end(), kNotAsked), 0);
}

TEST(Local, ALabelledSampleIsJudgedWithoutItself) {
  // Labels that have nothing to do with the features: whoever had seen a sample's own label would know it.
  Cloud made = cloud(200, 8);
  std::mt19937 random(2);
  for (int& one : made.truth) one = static_cast<int>(random() % kClasses);
  Watch watch;
  const auto p = classifier_of(made).probabilities(made.truth, watch).value();
  int right = 0;
  for (size_t i = 0; i < made.truth.size(); ++i) {
    const auto* row = &p[i * (kClasses + 1)];
    right += std::max_element(row, row + kClasses) - row == made.truth[i] ? 1 : 0;
    EXPECT_NEAR(std::accumulate(row, row + kClasses + 1, 0.0), 1, 1e-4);
  }
  EXPECT_LT(right, 80);
}

TEST(Local, RefusesFeaturesThatAreNotNumbers) {
  EXPECT_FALSE(LocalClassifier::make({1, NAN}, 1, 2, {0, 1}));
}

}  // namespace
}  // namespace dew::label
