// A real model's answers for 2,464 pictures (GPT-4V on Caltech101, ../shared/data/caltech101-gpt4v), which
// tell no confidence: what a thousand labels by people teach about the others.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "label/calibration.h"
#include "label/gold.h"

namespace dew::label {
namespace {

struct Row {
  std::string human;
  std::string said;
};

std::vector<std::string> lines_of(const std::string& text) {
  return split_list(text, '\n');
}

std::vector<Judged> judged(const std::vector<Row>& rows, const std::vector<std::string>& classes, size_t from,
                           size_t to) {
  std::vector<Judged> result;
  const auto index = [&](const std::string& name) {
    return static_cast<int>(std::find(classes.begin(), classes.end(), name) - classes.begin());
  };
  for (size_t i = from; i < to; ++i)
    if (index(rows[i].said) < static_cast<int>(classes.size()))  // eight answers name no class
      result.push_back({static_cast<int64_t>(i), index(rows[i].human), index(rows[i].said), std::nullopt});
  return result;
}

TEST(Caltech, WhatAThousandGoldLabelsTellAboutTheOthers) {
  const fs::path folder = fs::path(DEWDROP_SOURCE_DIR) / "../shared/data/caltech101-gpt4v";
  if (!fs::exists(folder / "labels.csv")) GTEST_SKIP() << "NOT TESTED: " << folder << " is not there";
  const auto classes = lines_of(*read_file(folder / "classes.txt"));
  std::vector<Row> rows;
  for (const std::string& line : lines_of(*read_file(folder / "labels.csv"))) {
    const auto cells = split_list(line, ',');
    if (cells.size() > 3 && cells[0] != "file") rows.push_back({cells[1], cells[2]});
  }
  ASSERT_EQ(classes.size(), 100U);
  ASSERT_EQ(rows.size(), 2464U);
  constexpr size_t kGold = 1000;  // the files' numbers tell nothing of the class
  const auto gold = judged(rows, classes, 0, kGold);
  auto others = judged(rows, classes, kGold, rows.size());
  const auto fitted = fit_calibration({}, gold, classes.size());
  ASSERT_TRUE(fitted);

  // A confidence that knows no classes, against which the classes' must earn their place.
  std::vector<Judged> flat = others;
  double surprise = 0;
  double flat_surprise = 0;
  for (size_t i = 0; i < others.size(); ++i) {
    others[i].confidence = fitted->of(others[i].said, std::nullopt);
    flat[i].confidence = fitted->accuracy;
    surprise -= std::log(others[i].right() ? *others[i].confidence : 1 - *others[i].confidence);
    flat_surprise -= std::log(others[i].right() ? *flat[i].confidence : 1 - *flat[i].confidence);
  }
  const auto n = static_cast<double>(others.size());
  const Reliability table = reliability(others);
  std::printf("gold %zu, accuracy %.3f, drawn %.1f\n", gold.size(), fitted->accuracy, fitted->drawn);
  for (const auto& bin : table.bins)
    std::printf("confidence %.1f-%.1f: %4ld labels, mean %.3f, right %.3f\n", bin.from, bin.to,
                static_cast<long>(bin.samples), bin.confidence,
                static_cast<double>(bin.right) / static_cast<double>(bin.samples));
  std::printf("the other %zu: ECE %.4f; surprise %.4f nats a label, %.4f without classes\n", others.size(),
              table.error, surprise / n, flat_surprise / n);
  EXPECT_LT(table.error, 0.03);
  EXPECT_LT(surprise, flat_surprise) << "the class tells something";

  int64_t wrong = 0;
  int64_t kept = 0;
  int64_t kept_wrong = 0;
  for (const Judged& one : others) {
    wrong += one.right() ? 0 : 1;
    if (*one.confidence < 0.9) continue;
    ++kept;
    kept_wrong += one.right() ? 0 : 1;
  }
  std::printf(
      "threshold 0.9: %ld of %zu labels set aside, %ld of %ld wrong ones among them: %.2f %% -> %.2f %% "
      "wrong\n",
      static_cast<long>(static_cast<int64_t>(others.size()) - kept), others.size(),
      static_cast<long>(wrong - kept_wrong), static_cast<long>(wrong), 100 * static_cast<double>(wrong) / n,
      100 * static_cast<double>(kept_wrong) / static_cast<double>(kept));
  EXPECT_LT(static_cast<double>(kept_wrong) / static_cast<double>(kept),
            0.75 * static_cast<double>(wrong) / n);
}

}  // namespace
}  // namespace dew::label
