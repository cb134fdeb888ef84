#include "compare/arms.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

namespace dew::compare {
namespace {

std::map<std::pair<int, int>, int> confusions(const std::vector<int>& people, const std::vector<int>& other) {
  std::map<std::pair<int, int>, int> count;
  for (size_t i = 0; i < people.size(); ++i) ++count[{people[i], other[i]}];
  return count;
}

TEST(Arms, MatchedNoiseKeepsEveryConfusion) {
  std::vector<int> people;
  std::vector<int> other;
  std::vector<int> stratum;
  for (int i = 0; i < 300; ++i) {
    people.push_back(i % 3);
    other.push_back(i % 3 == 0 && i < 60 ? 1 : i % 3);  // the first pictures of class 0 are called 1
    stratum.push_back(i / 150);
  }
  const auto noise = matched_noise(people, other, stratum, 1);
  EXPECT_EQ(confusions(people, noise), confusions(people, other));
  EXPECT_NE(noise, other);
  EXPECT_NE(noise, matched_noise(people, other, stratum, 2));
  EXPECT_EQ(noise, matched_noise(people, other, stratum, 1));
  for (size_t i = 150; i < 300; ++i) EXPECT_EQ(noise[i], people[i]) << "a stratum without errors gets none";
}

TEST(Arms, MatchedNoiseLeavesWhatPeopleDidNotLabel) {
  EXPECT_EQ(matched_noise({-1, 0, -1}, {2, 0, -1}, {0, 0, 0}, 1), (std::vector<int>{2, 0, -1}));
}

TEST(Arms, PartsHoldEachOther) {
  std::vector<size_t> pictures(100);
  std::iota(pictures.begin(), pictures.end(), size_t{0});
  std::vector<int> label;
  for (size_t i = 0; i < 100; ++i) label.push_back(i < 90 ? 0 : 1);
  const auto quarter = part_of(pictures, label, 0.25, 3);
  const auto half = part_of(pictures, label, 0.5, 3);
  EXPECT_EQ(quarter.size(), 23U + 3U);
  EXPECT_TRUE(std::includes(half.begin(), half.end(), quarter.begin(), quarter.end()));
  EXPECT_EQ(part_of({1, 2}, {0, 0, 1}, 0.01, 1).size(), 2U) << "one of each class at least";
}

TEST(Arms, ReviewedLabelsArePeoples) {
  EXPECT_EQ(reviewed_labels({1, 1, 1}, {0, 2, -1}, {0, 2}), (std::vector<int>{0, 1, 1}));
}

}  // namespace
}  // namespace dew::compare
