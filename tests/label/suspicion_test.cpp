// Planted wrong labels must be found, and only because the features tell them; folds must keep together what
// is alike.
#include "label/suspicion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <set>

#include "media/idx.h"

namespace dew::label {
namespace {

constexpr int kClasses = 5;
constexpr size_t kColumns = 24;

struct Planted {
  Evidence evidence;
  std::vector<bool> wrong;
};

/// `count` samples around class means in kColumns dimensions; a tenth carry another class's label.
Planted plant(int count, uint32_t seed, bool tell_apart = true) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> means(kClasses * kColumns);
  for (float& mean : means) mean = 1 + 0.5F * normal(random);
  Planted planted;
  Evidence& evidence = planted.evidence;
  evidence.classes = kClasses;
  evidence.columns = kColumns;
  for (int i = 0; i < count; ++i) {
    const int truth = i % kClasses;
    const bool wrong = random() % 10 == 0;
    planted.wrong.push_back(wrong);
    evidence.label.push_back(wrong ? (truth + 1 + static_cast<int>(random() % (kClasses - 1))) % kClasses
                                   : truth);
    evidence.human.push_back(false);
    evidence.group.push_back(i);
    evidence.alternatives.emplace_back();
    evidence.agreement.push_back(-1);
    evidence.confidence.push_back(-1);
    for (size_t d = 0; d < kColumns; ++d) {
      const float mean = tell_apart ? means[static_cast<size_t>(truth) * kColumns + d] : 1;
      evidence.features.push_back(std::fabs(mean + 0.4F * normal(random)));
    }
  }
  return planted;
}

/// The share of the wrong ones among the `count` most suspicious.
double found(const Planted& planted, const std::vector<Opinion>& opinions, size_t count) {
  std::vector<size_t> order(opinions.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return opinions[a].suspicion > opinions[b].suspicion; });
  int right = 0;
  for (size_t i = 0; i < count; ++i) right += planted.wrong[order[i]] ? 1 : 0;
  return static_cast<double>(right) /
         static_cast<double>(std::count(planted.wrong.begin(), planted.wrong.end(), true));
}

Result<std::vector<Opinion>> suspect(const Evidence& evidence) {
  Watch watch;
  return Suspicion(evidence, 5).opinions(watch);
}

std::vector<Opinion> opinions_of(const Evidence& evidence) {
  const auto opinions = suspect(evidence);
  EXPECT_TRUE(opinions);
  return opinions ? *opinions : std::vector<Opinion>(evidence.label.size());
}

TEST(Suspicion, FindsPlantedWrongLabels) {
  for (const uint32_t seed : {1U, 2U, 3U}) {
    const Planted planted = plant(800, seed);
    const auto opinions = opinions_of(planted.evidence);
    EXPECT_GE(found(planted, opinions, 80), 0.85) << "seed " << seed;
  }
}

TEST(Suspicion, FindsNothingWhereTheFeaturesTellNothing) {
  const Planted planted = plant(800, 4, false);
  EXPECT_LE(found(planted, opinions_of(planted.evidence), 80), 0.3) << "chance is 0.1";
}

TEST(Suspicion, ARareClassSwallowedByAnotherCanStillClaimItsSamples) {
  Planted planted = plant(800, 5);
  Evidence& evidence = planted.evidence;
  // Of class 4, all but six are called class 3, as a teacher does that prefers the better known word.
  int kept = 0;
  for (size_t i = 0; i < evidence.label.size(); ++i) {
    const bool rare = static_cast<int>(i) % kClasses == 4;
    evidence.label[i] = rare && ++kept > 6 ? 3 : static_cast<int>(i) % kClasses;
    planted.wrong[i] = rare && evidence.label[i] == 3 && kept <= 60;
    if (rare && kept > 60) evidence.label[i] = 4;
  }
  EXPECT_GE(found(planted, opinions_of(evidence), 80), 0.85);
}

TEST(Suspicion, WhatTeachersSaidMovesASample) {
  const Planted planted = plant(400, 6);
  const auto before = opinions_of(planted.evidence);
  Evidence more = planted.evidence;
  for (size_t i = 0; i < more.label.size(); ++i) more.confidence[i] = 0.9F, more.agreement[i] = 0.8F;
  more.confidence[0] = 0.4F;
  more.agreement[1] = 0.4F;
  const auto after = opinions_of(more);
  const double shift = after[9].suspicion - before[9].suspicion;
  EXPECT_GT(after[0].suspicion - before[0].suspicion, shift + 1) << "an unsure teacher";
  EXPECT_GT(after[1].suspicion - before[1].suspicion, shift + 1) << "teachers who disagree";
}

TEST(Suspicion, AnotherAnswerCountsForTheClassItNamesAndAgainstTheOthers) {
  const Planted planted = plant(400, 6);
  const auto before = opinions_of(planted.evidence);
  // Two wrong labels that the classifier contradicts; the second answer agrees with it about the first alone.
  std::vector<size_t> wrong;
  for (size_t i = 0; i < before.size() && wrong.size() < 2; ++i)
    if (planted.wrong[i] && before[i].said != planted.evidence.label[i]) wrong.push_back(i);
  ASSERT_EQ(wrong.size(), 2U);
  Evidence more = planted.evidence;
  more.alternatives[wrong[0]] = {before[wrong[0]].said};
  int neither = 0;
  while (neither == before[wrong[1]].said || neither == more.label[wrong[1]]) ++neither;
  more.alternatives[wrong[1]] = {neither};
  const auto after = opinions_of(more);
  EXPECT_GT(after[wrong[0]].suspicion, before[wrong[0]].suspicion);
  EXPECT_LT(after[wrong[1]].suspicion, before[wrong[1]].suspicion);
  for (const size_t at : wrong) EXPECT_EQ(after[at].said, before[at].said) << "the classifier's own opinion";
}

TEST(Suspicion, AFewLabelsByPeopleUncoverASwallowedClass) {
  Planted planted = plant(600, 3);
  Evidence& evidence = planted.evidence;
  constexpr int kSwallowed = 4;
  for (size_t i = 0; i < evidence.label.size(); ++i) {
    const bool swallowed = static_cast<int>(i) % kClasses == kSwallowed;
    evidence.label[i] = swallowed ? kSwallowed - 1 : static_cast<int>(i) % kClasses;
    planted.wrong[i] = swallowed;
  }
  const size_t all = evidence.label.size() / kClasses;
  EXPECT_LT(found(planted, opinions_of(evidence), all), 0.7) << "the labels agree among themselves";
  for (size_t i = kSwallowed; i < 6 * kClasses; i += kClasses) {  // six of 120
    evidence.label[i] = kSwallowed;
    evidence.human[i] = true;
    planted.wrong[i] = false;
  }
  EXPECT_GT(found(planted, opinions_of(evidence), all - 6), 0.9);
}

TEST(Suspicion, TheSameEvidenceGivesTheSameOpinions) {
  const Planted planted = plant(200, 7);
  const auto once = opinions_of(planted.evidence);
  const auto again = opinions_of(planted.evidence);
  for (size_t i = 0; i < once.size(); ++i) ASSERT_EQ(once[i].suspicion, again[i].suspicion);
}

TEST(Suspicion, AGroupIsNeverJudgedByItself) {
  // Each sample has a twin with the same features and the same wrong label: as one group they are found out,
  // as two each vouches for the other.
  Planted planted = plant(300, 8);
  Evidence& evidence = planted.evidence;
  const size_t count = evidence.label.size();
  for (int copy = 0; copy < 5; ++copy)
    for (size_t i = 0; i < count; ++i) {
      evidence.label.push_back(evidence.label[i]);
      evidence.human.push_back(false);
      evidence.group.push_back(evidence.group[i]);
      evidence.alternatives.emplace_back();
      evidence.agreement.push_back(-1);
      evidence.confidence.push_back(-1);
      planted.wrong.push_back(planted.wrong[i]);
      for (size_t d = 0; d < kColumns; ++d) evidence.features.push_back(evidence.features[i * kColumns + d]);
    }
  const size_t tenth = evidence.label.size() / 10;
  const auto mean_given = [&](const std::vector<Opinion>& opinions) {
    double sum = 0;
    int wrong = 0;
    for (size_t i = 0; i < opinions.size(); ++i)
      if (planted.wrong[i]) sum += opinions[i].given, ++wrong;
    return sum / wrong;
  };
  const auto together = opinions_of(evidence);
  std::iota(evidence.group.begin(), evidence.group.end(), 0);
  const auto apart = opinions_of(evidence);
  EXPECT_GE(found(planted, together, tenth), 0.8);
  EXPECT_LT(mean_given(together), mean_given(apart)) << "twins in the training set vouch for a wrong label";
}

TEST(Suspicion, OneClassAloneAndFeaturesThatAreNoNumbersAreErrors) {
  Evidence one = plant(50, 9).evidence;
  std::fill(one.label.begin(), one.label.end(), 2);
  EXPECT_THAT(suspect(one).error().what, ::testing::HasSubstr("all labels are of one class"));
  EXPECT_FALSE(suspect(Evidence{}));
  Evidence odd = plant(50, 9).evidence;
  odd.features[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(suspect(odd).error().what, ::testing::HasSubstr("not numbers"));
  Evidence few = plant(50, 9).evidence;  // fewer samples than folds or columns, a class with one sample
  few.label = {0, 0, 1};
  few.human.resize(3);
  few.features.resize(3 * kColumns);
  few.group.resize(3), few.alternatives.resize(3), few.agreement.resize(3), few.confidence.resize(3);
  const auto opinions = suspect(few);
  ASSERT_TRUE(opinions);
  for (const Opinion& opinion : *opinions) EXPECT_TRUE(std::isfinite(opinion.suspicion));
}

Source source(int64_t id, MediaKind kind) {
  Source result;
  result.id = id;
  result.info.kind = kind;
  return result;
}

Sample sample(int64_t id, int64_t from, std::optional<int64_t> frame = std::nullopt) {
  Sample result;
  result.id = id;
  result.source = from;
  result.frame = frame;
  return result;
}

TEST(FoldGroups, NearPicturesAreOneGroupAlsoThroughOthers) {
  std::vector<Sample> samples;
  std::vector<Source> sources;
  for (int64_t i = 1; i <= 5; ++i)
    samples.push_back(sample(i, i)), sources.push_back(source(i, MediaKind::kImage));
  const std::map<int64_t, uint64_t> hashes{
      {1, 0}, {2, 0x8000000100000001}, {3, 0x8001000300000003}, {4, 0xff}, {5, 0}};
  const auto group = fold_groups(samples, sources, hashes);
  EXPECT_EQ(group[0], group[1]) << "three bits";
  EXPECT_EQ(group[1], group[2]) << "three bits from the second";
  EXPECT_EQ(group[0], group[4]) << "the same";
  EXPECT_NE(group[0], group[3]) << "eight bits";
}

TEST(FoldGroups, TilesOfAPictureAndNeighboursInAVideoAreOneGroup) {
  std::vector<Sample> samples{sample(1, 1), sample(2, 1)};
  for (int64_t frame = 0; frame < 100; ++frame) samples.push_back(sample(10 + frame, 2, frame * 15));
  const auto group = fold_groups(samples, {source(1, MediaKind::kImage), source(2, MediaKind::kVideo)}, {});
  EXPECT_EQ(group[0], group[1]);
  EXPECT_NE(group[1], group[2]);
  int changes = 0;
  for (size_t i = 3; i < group.size(); ++i) changes += group[i] != group[i - 1] ? 1 : 0;
  EXPECT_EQ(changes, 9) << "ten stretches";
}

TEST(FoldGroups, PicturesInOneFileThatHaveNothingToDoWithEachOtherAreNoGroup) {
  std::vector<Sample> samples;
  for (int64_t frame = 0; frame < 5; ++frame) samples.push_back(sample(1 + frame, 1, frame));
  Source many = source(1, MediaKind::kVideo);
  many.info.frames_per_second = kUnrelatedFrames;
  const std::map<int64_t, uint64_t> hashes{{1, 0}, {2, 0xff}, {3, 0xff00}, {4, 0xff0000}, {5, 0}};
  const auto group = fold_groups(samples, {many}, hashes);
  EXPECT_EQ(std::set<int64_t>(group.begin(), group.end()).size(), 4U);
  EXPECT_EQ(group[0], group[4]) << "they look the same";
}

}  // namespace
}  // namespace dew::label
