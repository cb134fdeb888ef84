// The search: what fits is measured on the board, halving follows the better ones.
#include "search/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/target/need_tools.h"

namespace dew::search {
namespace {

using testing::HasSubstr;

/// Reddish (0) or bluish (1) noise.
std::vector<student::Example> noise(uint64_t seed, int count, int input) {
  std::vector<student::Example> examples;
  for (int i = 0; i < count; ++i) {
    std::mt19937_64 random(1000 * seed + static_cast<uint64_t>(i));
    student::Example example;
    example.answer_class = i % 2;
    const size_t bright = example.answer_class == 0 ? 0 : 2;
    for (size_t k = 0; k < size_t{3} * input * input; ++k)
      example.rgb.push_back(static_cast<uint8_t>(random() % (k % 3 == bright ? 200 : 120)));
    examples.push_back(std::move(example));
  }
  return examples;
}

struct Searching : testing::Test {
  const TemporaryFolder folder_ = TemporaryFolder::create().value();
  Task task_;
  Watch watch_;

  void SetUp() override {
    task_.board = target::find_board("cortex-m4").value();
    task_.options.isa = compiler::isa_of(task_.board.core);
    task_.classes = {"red", "blue"};
    task_.settings.epochs = 8;
    task_.folder = folder_.path();
    task_.load = [](int input) -> Result<Pictures> {
      return Pictures{noise(1, 32, input), noise(2, 16, input)};
    };
  }

  static Candidate tiny(double alpha) {
    Candidate candidate;
    candidate.settings.net = "tiny";
    candidate.settings.alpha = alpha;
    candidate.settings.input = 32;
    candidate.settings.epochs = 8;
    candidate.settings.backbone = "random";
    candidate.figures = {static_cast<int64_t>(10000 * alpha), 0, 0, static_cast<int64_t>(8000 * alpha), 0};
    return candidate;
  }
};

TEST_F(Searching, WhatFitsKeepsToEveryLimit) {
  NEED_TOOLS(task_.board);
  task_.limits = {24 << 10, 256 << 10, 10'000'000};
  const auto found = fitting(task_, watch_);
  ASSERT_TRUE(found) << found.error().what;
  ASSERT_GE(found->size(), 2U);
  EXPECT_LE(found->size(), task_.candidates);
  for (const Candidate& one : *found) {
    EXPECT_TRUE(fits(one.figures, task_.limits)) << describe(one.settings);
    EXPECT_GT(one.figures.ram_bytes, 0);
    EXPECT_GT(one.figures.instructions, 0);
  }
  // What starts from a backbone stands in front, and a net too large for the limits nowhere.
  EXPECT_EQ(found->front().settings.net, "mobilenet_v2");
  const auto whole = [](const Candidate& one) {
    return one.settings.net == "mobilenet_v2" && one.settings.head == 0;
  };
  EXPECT_TRUE(std::none_of(found->begin(), found->end(), whole));
}

TEST_F(Searching, WhereNothingFitsTheErrorSaysWhatTheSmallestNeeds) {
  NEED_TOOLS(task_.board);
  task_.limits.ram_bytes = 4 << 10;
  const auto found = fitting(task_, watch_);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().what, HasSubstr("no net"));
  EXPECT_THAT(found.error().where, HasSubstr("B of RAM"));
  EXPECT_FALSE(found.error().next.empty());
}

TEST_F(Searching, HalvingFollowsTheBetterOnesToTheEnd) {
  const std::vector<Candidate> four = {tiny(1), tiny(0.5), tiny(2), tiny(1.5)};
  const auto followed = halve(task_, four, watch_);
  ASSERT_TRUE(followed) << followed.error().what;
  ASSERT_EQ(followed->size(), 4U);
  std::vector<int> epochs;
  for (const Candidate& one : *followed) epochs.push_back(one.epochs);
  EXPECT_EQ(epochs, (std::vector<int>{8, 8, 4, 4}));
  EXPECT_GE((*followed)[0].accuracy, (*followed)[1].accuracy);
  EXPECT_GE((*followed)[0].accuracy, 0.9);
  // No one has less RAM than the smallest, so it is always the best of its size.
  const auto smallest = std::find_if(followed->begin(), followed->end(),
                                     [](const Candidate& one) { return one.settings.alpha == 0.5; });
  EXPECT_TRUE(smallest->best_of_its_size);

  // Its checkpoints serve again, and the same search finds the same.
  const auto again = halve(task_, four, watch_);
  ASSERT_TRUE(again);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ((*again)[i].accuracy, (*followed)[i].accuracy);
}

TEST_F(Searching, WithoutValidationPicturesNobodyCouldTellWhichIsBetter) {
  task_.load = [](int input) -> Result<Pictures> { return Pictures{noise(1, 16, input), {}}; };
  const auto followed = halve(task_, {tiny(1)}, watch_);
  ASSERT_FALSE(followed);
  EXPECT_THAT(followed.error().what, HasSubstr("no validation picture"));
}

}  // namespace
}  // namespace dew::search
