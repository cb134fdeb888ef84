// The search: what fits is measured on the board, and halving trains the better ones to the end.
#include "search/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "student/quantise.h"
#include "tests/target/need_tools.h"

namespace dew::search {
namespace {

using testing::HasSubstr;

/// Reddish (0) or bluish (1) noise.
std::vector<student::Example> noise(uint64_t seed, int count, int input) {
  std::vector<student::Example> examples;
  for (int i = 0; i < count; ++i) {
    std::mt19937_64 random(seed * 1000 + static_cast<uint64_t>(i));
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

  static NetCandidate tiny(double alpha) {
    NetCandidate candidate;
    candidate.settings.net = "tiny";
    candidate.settings.alpha = alpha;
    candidate.settings.input = 32;
    candidate.settings.epochs = 8;
    candidate.settings.backbone = "random";
    candidate.figures = {static_cast<int64_t>(10000 * alpha), 0, 0, static_cast<int64_t>(8000 * alpha), 0};
    return candidate;
  }
};

/// RAM, flash and instructions of a net as the board runs it, without any of the search's own code.
target::Figures measured(const Task& task, const student::TrainSettings& settings) {
  const auto graph = student::sketch(settings, "net", task.classes).value();
  const auto plan = compiler::compile(graph, task.options).value();
  const target::Bytes picture(static_cast<size_t>(settings.input * settings.input * 3), 0x55);
  Watch watch;
  return target::run_on_board(plan, task.board, {&picture, 1}, watch).value().figures;
}

TEST_F(Searching, WhatFitsKeepsToEveryLimit) {
  NEED_TOOLS(task_.board);
  constexpr int64_t kRam = 24 << 10;
  constexpr int64_t kFlash = 256 << 10;
  constexpr int64_t kInstructions = 10'000'000;
  task_.limits = {kRam, kFlash, kInstructions};
  const auto found = fitting(task_, watch_);
  ASSERT_TRUE(found) << found.error().what;
  ASSERT_GE(found->size(), 2U);
  EXPECT_LE(found->size(), task_.candidates);
  for (const NetCandidate& one : *found) {
    const target::Figures figures = measured(task_, one.settings);
    EXPECT_LE(figures.ram_bytes, kRam) << describe(one.settings);
    EXPECT_LE(figures.flash_bytes, kFlash) << describe(one.settings);
    EXPECT_LE(figures.instructions, kInstructions) << describe(one.settings);
    EXPECT_EQ(figures.ram_bytes, one.figures.ram_bytes) << describe(one.settings);
    // Another picture takes another branch here and there.
    const auto instructions = static_cast<double>(figures.instructions);
    EXPECT_NEAR(static_cast<double>(one.figures.instructions) / instructions, 1.0, 0.01)
        << describe(one.settings);
  }
  // The best use of the board: the first one does not fit with the next larger input.
  student::TrainSettings larger = found->front().settings;
  larger.input += 16;
  const target::Figures figures = measured(task_, larger);
  EXPECT_TRUE(figures.ram_bytes > kRam || figures.flash_bytes > kFlash ||
              figures.instructions > kInstructions)
      << describe(larger);
  // Nets that start from a backbone come first. The whole MobileNetV2 needs 455 KB of flash.
  EXPECT_EQ(found->front().settings.net, "mobilenet_v2");
  for (const NetCandidate& one : *found)
    EXPECT_FALSE(one.settings.net == "mobilenet_v2" && one.settings.head == 0) << describe(one.settings);
}

TEST_F(Searching, WithRowsPushedALargerInputFitsTheSameRam) {
  NEED_TOOLS(task_.board);
  task_.limits.ram_bytes = 24 << 10;
  task_.limits.flash_bytes = 256 << 10;
  task_.limits.rows = true;
  const auto found = fitting(task_, watch_);
  ASSERT_TRUE(found) << found.error().what;
  const NetCandidate& best = found->front();
  EXPECT_LE(best.figures.ram_bytes, 24 << 10);
  EXPECT_GT(best.settings.input * best.settings.input * 3, 24 << 10) << "the image alone would not fit";
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

TEST_F(Searching, HalvingTrainsTheBetterOnesToTheEnd) {
  const std::vector<NetCandidate> four = {tiny(1), tiny(0.5), tiny(2), tiny(1.5)};
  const auto trained = halve(task_, four, watch_);
  ASSERT_TRUE(trained) << trained.error().what;
  ASSERT_EQ(trained->size(), 4U);
  std::vector<int> epochs;
  for (const NetCandidate& one : *trained) epochs.push_back(one.epochs);
  EXPECT_EQ(epochs, (std::vector<int>{8, 8, 4, 4}));
  EXPECT_GE((*trained)[0].accuracy, (*trained)[1].accuracy);
  EXPECT_GE((*trained)[0].accuracy, 0.9);
  // No other has less RAM than the smallest, so that is always the best of its size.
  const auto smallest = std::find_if(trained->begin(), trained->end(),
                                     [](const NetCandidate& one) { return one.settings.alpha == 0.5; });
  EXPECT_TRUE(smallest->best_of_its_size);

  // With its checkpoints the same search gives the same result.
  const auto again = halve(task_, four, watch_);
  ASSERT_TRUE(again);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ((*again)[i].accuracy, (*trained)[i].accuracy);
}

TEST_F(Searching, WithoutValidationPicturesNobodyCouldTellWhichIsBetter) {
  task_.load = [](int input) -> Result<Pictures> { return Pictures{noise(1, 16, input), {}}; };
  const auto trained = halve(task_, {tiny(1)}, watch_);
  ASSERT_FALSE(trained);
  EXPECT_THAT(trained.error().what, HasSubstr("no validation picture"));
}

}  // namespace
}  // namespace dew::search
