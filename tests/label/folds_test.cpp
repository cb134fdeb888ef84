// Folds: even by class, groups in one piece.
#include "label/folds.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

namespace dew::label {
namespace {

TEST(Folds, HaveTheirShareOfEveryClass) {
  std::vector<int> label;
  for (const auto& [of, count] : std::map<int, int>{{0, 40}, {1, 8}, {2, 4}, {3, 2}, {4, 2}})
    label.insert(label.end(), static_cast<size_t>(count), of);
  std::vector<int64_t> alone(label.size());
  std::iota(alone.begin(), alone.end(), 0);
  const auto fold = draw_folds(alone, label, 4);
  std::map<int, std::map<int, int>> of_class;
  std::map<int, int> size;
  for (size_t i = 0; i < fold.size(); ++i) {
    ++of_class[label[i]][fold[i]];
    ++size[fold[i]];
  }
  for (const auto& [of, least] : std::map<int, int>{{0, 10}, {1, 2}, {2, 1}})
    for (int k = 0; k < 4; ++k) EXPECT_EQ(of_class[of][k], least) << "class " << of << ", fold " << k;
  for (int k = 0; k < 4; ++k) EXPECT_EQ(size[k], 14) << "the small classes are not short in the same folds";
}

TEST(Folds, KeepGroupsWholeEvenOverTwoClasses) {
  const std::vector<int64_t> group{1, 1, 1, 2, 2, 3, 3, 4, 4, 5};
  const std::vector<int> label{0, 0, 1, 0, 1, 0, 0, 1, 1, 1};
  const auto fold = draw_folds(group, label, 2);
  std::map<int64_t, std::set<int>> folds_of;
  for (size_t i = 0; i < fold.size(); ++i) folds_of[group[i]].insert(fold[i]);
  for (const auto& [id, folds] : folds_of) EXPECT_EQ(folds.size(), 1U) << "group " << id;
}

}  // namespace
}  // namespace dew::label
