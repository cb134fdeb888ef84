// What counts as found, false and repeated, and that the best rule is chosen.
#include "cascade/judging.h"

#include <gtest/gtest.h>

namespace dew::cascade {
namespace {

/// Ten frames a second; `high` where a score is given, else 0.
Recording recording(size_t frames, const std::vector<std::pair<size_t, size_t>>& high,
                    const std::vector<TrueEvent>& truth, uint8_t score = 250) {
  Recording made{"r", {}, std::vector<uint8_t>(frames), truth};
  for (size_t i = 0; i < frames; ++i) made.seconds.push_back(static_cast<double>(i) / 10);
  for (const auto& [from, to] : high)
    for (size_t i = from; i <= to; ++i) made.scores[i] = score;
  return made;
}

Rule plain() {
  return {"yes", 0.5, 0.5, 1, 1, 0};
}

TEST(Judging, FoundFalseAndRepeated) {
  // True from 2 to 4 s; told at 2.0, again at 3.5, and at 8.0 where nothing is.
  const Judgement sum = judge(recording(100, {{20, 30}, {35, 40}, {80, 82}}, {{2, 4}}), plain());
  EXPECT_EQ(sum.truth, 1);
  EXPECT_EQ(sum.found, 1);
  EXPECT_EQ(sum.told, 3);
  EXPECT_EQ(sum.repeated, 1);
  EXPECT_EQ(sum.false_ones, 1);
  EXPECT_NEAR(sum.seconds, 10, 1e-6);
  EXPECT_NEAR(sum.empty_seconds, 8, 1e-6);
  EXPECT_NEAR(sum.false_an_hour(), 450, 1e-6);
}

TEST(Judging, OneThatSwallowsTheNextIsAMiss) {
  const Judgement sum = judge(recording(100, {{20, 60}}, {{2, 3}, {4, 6}}), plain());
  EXPECT_EQ(sum.found, 1);
  EXPECT_EQ(sum.told, 1);
  EXPECT_EQ(sum.recall(), 0.5);
}

TEST(Judging, ABitEarlyOrLateIsFound) {
  EXPECT_EQ(judge(recording(100, {{16, 30}}, {{2, 4}}), plain()).found, 1);
  EXPECT_EQ(judge(recording(100, {{14, 30}}, {{2, 4}}), plain()).found, 0);
  EXPECT_EQ(judge(recording(100, {{44, 60}}, {{2, 4}}), plain()).found, 1);
  EXPECT_EQ(judge(recording(100, {{46, 60}}, {{2, 4}}), plain()).found, 0);
}

TEST(Judging, DelaysAreFromTheStart) {
  const Judgement sum =
      judge(recording(200, {{23, 30}, {100, 110}, {149, 160}}, {{2, 4}, {10, 11}, {14, 16}}), plain());
  EXPECT_NEAR(sum.median_delay(), 0.3, 1e-6);
}

TEST(BestRule, SeparatesWhatCanBeSeparated) {
  // Events at 250; distractors that last one frame at 250, and long ones at 120.
  Recording made = recording(600, {{50, 80}, {200, 240}, {400, 430}}, {{5, 8}, {20, 24}, {40, 43}});
  for (const size_t flash : {100U, 300U, 500U}) made.scores[flash] = 250;
  for (size_t i = 520; i < 560; ++i) made.scores[i] = 120;
  const JudgedRule best = best_rule({made}, Rule{"yes"}, 0.95);
  EXPECT_EQ(best.judgement.found, 3);
  EXPECT_EQ(best.judgement.false_ones, 0);
  EXPECT_EQ(best.judgement.repeated, 0);
  EXPECT_GT(best.rule.on, 130 / 255.0);
  EXPECT_LT(best.rule.on, 0.97) << "the middle of what does as well";
  EXPECT_LE(best.judgement.median_delay(), 0.2);
  EXPECT_TRUE(check_rule(best.rule));
}

TEST(BestRule, TheFrontierFindsMoreOnlyWhereItTellsMore) {
  Recording made = recording(300, {{50, 80}, {200, 240}}, {{5, 8}, {20, 24}});
  for (size_t i = 60; i < 75; ++i) made.scores[i] = 100;  // of the first event the net is half sure
  const auto frontier = frontier_of(judge_candidates({made}, Rule{"yes"}));
  ASSERT_FALSE(frontier.empty());
  for (size_t i = 1; i < frontier.size(); ++i) {
    EXPECT_GT(frontier[i].judgement.found, frontier[i - 1].judgement.found);
    EXPECT_GT(frontier[i].judgement.told, frontier[i - 1].judgement.told);
  }
  EXPECT_EQ(frontier.back().judgement.found, 2);
  EXPECT_EQ(frontier.back().judgement.told, 2) << "no event is told twice where another rule tells it once";
}

TEST(BestRule, ComesAsNearAsItCan) {
  const JudgedRule best = best_rule({recording(100, {{20, 30}}, {{2, 4}, {7, 8}})}, Rule{"yes"}, 1);
  EXPECT_EQ(best.judgement.found, 1);
  EXPECT_EQ(best.judgement.false_ones, 0);
}

}  // namespace
}  // namespace dew::cascade
